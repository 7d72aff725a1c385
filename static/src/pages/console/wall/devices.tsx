/** A person's devices, chosen for them by a coordinator: which microphone, camera and loudspeaker, and how loud. */
import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Devices } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Select } from '../../../ui/select';
import { useDesk } from '../../desk';
import { useDoing } from '../doing';
import { useStaff } from '../staff';

interface Props {
  consultation: string;
  seat: string;
  name: string;
  onClose: () => void;
}

const kinds = [
  { kind: 'microphone', list: 'microphones' },
  { kind: 'camera', list: 'cameras' },
  { kind: 'speaker', list: 'speakers' },
] as const;

export function DevicesDialog({ consultation, seat, name, onClose }: Props) {
  const { words } = useDesk();
  const { steer } = useStaff().board;
  const found = useSignal<Devices | null>(null);
  const asking = useDoing();
  const ask = () => {
    asking.run(async () => {
      found.value = await steer.askDevices(consultation, seat);
    });
  };
  useEffect(ask, []);
  return (
    <Dialog
      title={words.t('devices_of.title', { name })}
      close={words.t('room.close')}
      onClose={onClose}
      testid="devices-dialog"
    >
      <p role="status">{asking.failed ?? (asking.busy && words.t('devices_of.asking'))}</p>
      {asking.failed && <Button onClick={ask}>{words.t('lobby.retry')}</Button>}
      {found.value && <Choices consultation={consultation} seat={seat} devices={found.value} />}
    </Dialog>
  );
}

function Choices({ consultation, seat, devices }: { consultation: string; seat: string; devices: Devices }) {
  const { words } = useDesk();
  const { steer } = useStaff().board;
  const doing = useDoing();
  // Of the slider: it moves on while the other browser obeys, and its last place is what counts.
  const loud = useDoing();
  const wanted = useRef<number | null>(null);
  const setGain = (percent: number) => {
    wanted.current = percent;
    loud.run(async () => {
      for (let next = wanted.current; next !== null; next = wanted.current) {
        wanted.current = null;
        await steer.gain(consultation, seat, next);
      }
    });
  };
  const chosen = useSignal({
    microphone: devices.microphone,
    camera: devices.camera,
    speaker: devices.speaker,
  });
  return (
    <div class="form">
      {kinds.map(({ kind, list }) => (
        <Select
          key={kind}
          label={words.t(`devices.${kind}`)}
          value={chosen.value[kind]}
          options={optionsOf(devices[list], chosen.value[kind], {
            none: words.t('devices_of.none'),
            unnamed: (number) => words.t('devices_of.unnamed', { number }),
          })}
          testid={`device-${kind}`}
          onChoose={(id) => {
            if (id === '') return;
            const before = chosen.value;
            chosen.value = { ...before, [kind]: id };
            doing.run(() =>
              steer.chooseDevice(consultation, seat, kind, id).catch((cause) => {
                // What did not change is not shown as changed.
                chosen.value = before;
                throw cause;
              }),
            );
          }}
        />
      ))}
      <Gain start={devices.gain} set={setGain} />
      <p role="status">
        {doing.failed ?? loud.failed ?? ((doing.done || loud.done) && words.t('devices_of.set'))}
      </p>
    </div>
  );
}

interface Told {
  none: string;
  unnamed: (number: number) => string;
}

/** An empty list, or a choice that is not in it, still shows a line that says so. */
function optionsOf(
  list: Devices['microphones'],
  chosen: string,
  told: Told,
): { value: string; label: string }[] {
  const options = list.map(({ id, label }, index) => ({
    value: id,
    label: label || told.unnamed(index + 1),
  }));
  return options.some(({ value }) => value === chosen)
    ? options
    : [{ value: chosen, label: told.none }, ...options];
}

function Gain({ start, set }: { start: number; set: (percent: number) => void }) {
  const { words } = useDesk();
  const id = useId();
  const percent = useSignal(start);
  return (
    <div class="field">
      <label for={id}>
        {words.t('devices_of.gain')}{' '}
        <span class="digits">{words.t('devices_of.percent', { count: percent.value })}</span>
      </label>
      <input
        id={id}
        class="range"
        type="range"
        min={10}
        max={400}
        step={10}
        value={percent.value}
        data-testid="gain"
        aria-valuetext={words.t('devices_of.percent', { count: percent.value })}
        onInput={(event) => {
          percent.value = Number(event.currentTarget.value);
        }}
        // Sent when it is let go, not at every step on the way.
        onChange={() => set(percent.value)}
      />
    </div>
  );
}
