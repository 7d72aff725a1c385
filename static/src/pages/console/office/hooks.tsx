/** Webhooks: other programs that are told what happens, and what they were told last. */
import { useSignal } from '@preact/signals';
import { Webhook } from 'lucide-preact';
import type { DeliveryState, Hook, HookTopic } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Check, Field } from '../../../ui/field';
import { type Shape, State, type Tone } from '../../../ui/state';
import { useDesk, zoneOf } from '../../desk';
import { useDoing } from '../doing';
import { useLoaded } from '../loaded';
import { useStaff } from '../staff';
import { Waits } from '../waits';
import { moment } from './moment';
import { Part } from './part';
import { Secret } from './secret';

const topics: readonly HookTopic[] = ['room', 'seat', 'verdict', 'contact'];

const signs: Record<DeliveryState, { tone: Tone; shape: Shape }> = {
  delivered: { tone: 'live', shape: 'full' },
  waiting: { tone: 'wait', shape: 'half' },
  given_up: { tone: 'late', shape: 'cross' },
};

export function Hooks() {
  const { words } = useDesk();
  const { board } = useStaff();
  const hooks = useLoaded(() => board.office.hooks());
  const adding = useSignal(false);
  const open = useSignal<string | null>(null);
  const again = () => void hooks.load();
  const chosen = hooks.value?.find(({ id }) => id === open.value);
  return (
    <Part
      title={words.t('office.hooks.title')}
      lead={words.t('office.hooks.lead')}
      load={hooks.now.value}
      again={again}
      testid="hooks"
      action={
        <Button
          icon={Webhook}
          testid="add-hook"
          onClick={() => {
            adding.value = true;
          }}
        >
          {words.t('office.hooks.add')}
        </Button>
      }
    >
      {hooks.value?.length === 0 && <p class="form-hint">{words.t('office.hooks.none')}</p>}
      <ul class="office-list">
        {hooks.value?.map((hook) => (
          <Line
            key={hook.id}
            hook={hook}
            onOpen={() => {
              open.value = hook.id;
            }}
          />
        ))}
      </ul>
      {chosen && (
        <HookCard
          hook={chosen}
          onChanged={again}
          onClose={() => {
            open.value = null;
          }}
        />
      )}
      {adding.value && (
        <AddHook
          onAdded={again}
          onClose={() => {
            adding.value = false;
          }}
        />
      )}
    </Part>
  );
}

function Line({ hook, onOpen }: { hook: Hook; onOpen: () => void }) {
  const desk = useDesk();
  const { words } = desk;
  const { tone, shape, key } = hook.disabled
    ? ({ tone: 'late', shape: 'cross', key: 'off' } as const)
    : hook.failing_since
      ? ({ tone: 'wait', shape: 'half', key: 'failing' } as const)
      : ({ tone: 'live', shape: 'full', key: 'fine' } as const);
  const when = moment(desk.format.value, zoneOf(desk), hook.failing_since);
  return (
    <li data-testid="hook">
      <span>
        <strong class="office-url">{hook.url}</strong>{' '}
        <small>{desk.format.value.list(hook.topics.map((topic) => words.t(`office.topic.${topic}`)))}</small>
      </span>
      <State tone={tone} shape={shape}>
        {words.t(`office.hooks.${key}`, { when })}
      </State>
      <Button onClick={onOpen} testid="hook-open">
        {words.t('office.hooks.open')}
      </Button>
    </li>
  );
}

function HookCard({ hook, onChanged, onClose }: { hook: Hook; onChanged: () => void; onClose: () => void }) {
  const desk = useDesk();
  const { words } = desk;
  const { board } = useStaff();
  const deliveries = useLoaded(() => board.office.deliveries(hook.id));
  const doing = useDoing();
  const format = desk.format.value;
  const zone = zoneOf(desk);
  const again = () => {
    void deliveries.load();
    onChanged();
  };
  const remove = () =>
    doing.run(
      () => board.office.deleteHook(hook.id),
      () => {
        onChanged();
        onClose();
      },
    );
  return (
    <Dialog title={hook.url} close={words.t('room.close')} onClose={onClose} testid="hook-card">
      <p role="status">{doing.failed}</p>
      <Waits load={deliveries.now.value} again={() => void deliveries.load()} />
      {deliveries.value?.length === 0 && <p class="form-hint">{words.t('office.hooks.silent')}</p>}
      <ul class="office-list">
        {deliveries.value?.map((one) => (
          <li key={one.id} data-testid="delivery">
            <span>
              <strong>{words.t(`office.topic.${one.topic}`)}</strong>{' '}
              <small>
                {moment(format, zone, one.at)} · {words.t('office.hooks.tries', { count: one.tries })}
                {one.status > 0 && ` · HTTP ${one.status}`}
              </small>
            </span>
            <State {...signs[one.state]}>{words.t(`office.delivery.${one.state}`)}</State>
            {one.state !== 'waiting' && (
              <Button
                busy={doing.busy}
                onClick={() => doing.run(() => board.office.replay(hook.id, one.id), again)}
              >
                {words.t('office.hooks.replay')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <div class="buttons">
        <Button look="end" busy={doing.busy} onClick={remove} testid="delete-hook">
          {words.t('office.hooks.remove')}
        </Button>
      </div>
    </Dialog>
  );
}

function AddHook({ onAdded, onClose }: { onAdded: () => void; onClose: () => void }) {
  const { words } = useDesk();
  const { board } = useStaff();
  const doing = useDoing();
  const url = useSignal('');
  const chosen = useSignal<HookTopic[]>(['room', 'seat']);
  const made = useSignal<string | null>(null);
  const add = () =>
    doing.run(async () => {
      made.value = (await board.office.addHook({ url: url.value.trim(), topics: chosen.value })).secret ?? '';
    }, onAdded);
  return (
    <Dialog
      title={words.t('office.hooks.add')}
      close={words.t('room.close')}
      onClose={onClose}
      testid="add-hook-dialog"
    >
      {made.value === null ? (
        <form
          class="form"
          onSubmit={(press) => {
            press.preventDefault();
            if (url.value.trim() && chosen.value.length > 0) add();
          }}
        >
          <Field
            label={words.t('office.hooks.url')}
            hint={words.t('office.hooks.urlHint')}
            value={url.value}
            length={500}
            placeholder="https://"
            testid="hook-url"
            onChange={(value) => {
              url.value = value;
            }}
          />
          <fieldset class="office-scopes">
            <legend>{words.t('office.hooks.topics')}</legend>
            {topics.map((topic) => (
              <Check
                key={topic}
                checked={chosen.value.includes(topic)}
                onChange={(on) => {
                  chosen.value = on ? [...chosen.value, topic] : chosen.value.filter((one) => one !== topic);
                }}
              >
                {words.t(`office.topic.${topic}`)}
              </Check>
            ))}
          </fieldset>
          <div class="buttons">
            <Button look="main" type="submit" busy={doing.busy} testid="hook-yes">
              {words.t('office.hooks.addYes')}
            </Button>
          </div>
          <p role="status">{doing.failed}</p>
        </form>
      ) : (
        <Secret text={made.value} lead={words.t('office.hooks.secret')} name={url.value} />
      )}
    </Dialog>
  );
}
