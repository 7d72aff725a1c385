/** My own microphone and camera, as lobby, booth and room show them. */
import { Camera, CameraOff, Mic, MicOff, TriangleAlert, Video, Volume2 } from 'lucide-preact';
import type { DeviceProblem, DeviceState } from '../room/model';
import { family } from '../ui/browser';
import { Button } from '../ui/button';
import { Meter } from '../ui/meter';
import { Note } from '../ui/note';
import { Picture } from '../ui/picture';
import { Select } from '../ui/select';
import { useDesk } from './desk';

type Kind = 'microphone' | 'camera';

const signs = { microphone: { on: Mic, off: MicOff }, camera: { on: Camera, off: CameraOff } } as const;

export function Mirror() {
  const { visit, words } = useDesk();
  const camera = visit.devices.camera.value;
  const shown = camera.state === 'on';
  const label = words.t('lobby.picture');
  return (
    <div class="mirror" data-testid="mirror">
      <Picture stream={visit.devices.preview.value} shown={shown} label={label} />
      {shown ? (
        <span class="mirror-name">{visit.bootstrap.value?.you.name}</span>
      ) : (
        <p class="mirror-word">
          <CameraOff size={32} aria-hidden="true" />
          {words.t(camera.state === 'asking' ? 'lobby.asking' : 'lobby.cameraOff')}
        </p>
      )}
    </div>
  );
}

export function DeviceToggle({ kind }: { kind: Kind }) {
  const { visit, words } = useDesk();
  const on = visit.devices[kind].value.state === 'on';
  const Sign = signs[kind][on ? 'on' : 'off'];
  return (
    <button
      type="button"
      class="toggle"
      aria-pressed={on}
      data-testid={kind === 'microphone' ? 'mic-toggle' : 'camera-toggle'}
      onClick={() => void visit.devices.toggle(kind)}
    >
      <Sign size={20} aria-hidden="true" />
      {words.t(`devices.${kind}`)}
      <span class="toggle-state" aria-hidden="true">
        {words.t(on ? 'devices.on' : 'devices.off')}
      </span>
    </button>
  );
}

/** The level moves ten times a second; nothing else is drawn with it. */
export function Level() {
  const { visit, words } = useDesk();
  const on = visit.devices.microphone.value.state === 'on';
  return (
    <div class="prepare-level">
      <Meter level={on ? visit.devices.level.value : 0} label={words.t('lobby.level')} />
      <p>{words.t(on ? 'lobby.levelHint' : 'lobby.levelOff')}</p>
    </div>
  );
}

export function DeviceChoices() {
  const { visit, words } = useDesk();
  const { microphone, camera, microphones, cameras, speakers, speaker } = visit.devices;
  const lists = [
    { kind: 'microphone', icon: Mic, list: microphones.value, value: chosen(microphone.value) },
    { kind: 'camera', icon: Video, list: cameras.value, value: chosen(camera.value) },
    { kind: 'speaker', icon: Volume2, list: speakers.value, value: speaker.value },
  ] as const;
  return (
    <div class="choices">
      {lists.map(
        ({ kind, icon, list, value }) =>
          list.length > 0 && (
            <Select
              key={kind}
              label={words.t(`devices.${kind}`)}
              icon={icon}
              value={value}
              options={[
                // Nothing chosen yet: a select with no matching option would show an empty line.
                ...(list.some(({ deviceId }) => deviceId === value)
                  ? []
                  : [{ value, label: words.t('devices.usual') }]),
                ...list.map(({ deviceId, label }, index) => ({
                  value: deviceId,
                  label:
                    label ||
                    words.t('devices.unnamed', { kind: words.t(`devices.${kind}`), number: index + 1 }),
                })),
              ]}
              onChoose={(deviceId) => void visit.devices.choose(kind, deviceId)}
              testid={`choose-${kind}`}
            />
          ),
      )}
    </div>
  );
}

/** One problem at a time: without sound there is no consultation, so the microphone comes first. */
export function Problem() {
  const { visit, words } = useDesk();
  const first =
    problemOf('microphone', visit.devices.microphone.value) ??
    problemOf('camera', visit.devices.camera.value);
  if (!first) {
    return null;
  }
  const { kind, problem } = first;
  const remedy = problem === 'denied' ? (`denied_${family(navigator.userAgent)}` as const) : problem;
  return (
    <Note
      icon={TriangleAlert}
      tone="wait"
      testid="device-problem"
      title={words.t(`problem.${kind}.${problem}`)}
      action={<Button onClick={() => void visit.devices.toggle(kind)}>{words.t('devices.again')}</Button>}
    >
      {words.t(`problem.remedy.${remedy}`)} {words.t('problem.without')}
    </Note>
  );
}

function problemOf(kind: Kind, device: DeviceState): { kind: Kind; problem: DeviceProblem } | null {
  return device.state === 'problem' ? { kind, problem: device.problem } : null;
}

function chosen(device: DeviceState): string {
  return device.state === 'on' ? device.deviceId : '';
}
