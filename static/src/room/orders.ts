import { type ReadonlySignal, signal } from '@preact/signals';
import type { DeviceState } from '../media/device';
import { unreachable } from '../protocol/codes';
import type { Change, Devices, Diagnostics, Order, OrderFailure, SendReport } from '../protocol/types';
import type { DevicesModel, Invitation, OrdersModel, Steered } from './model';

export interface OrdersDeps {
  devices: DevicesModel;
  canChooseSpeaker: boolean;
  gain: { readonly percent: number; set(percent: number): boolean };
  stopShare(): void;
  diagnose(): Promise<Diagnostics>;
  report(report: SendReport): Promise<void>;
  /** a coordinator opens the door to the consultation, null: to the one of the lobby */
  comeIn(consultation: string | null): void;
}

type Outcome = { devices?: Devices; diagnostics?: Diagnostics; failed?: OrderFailure };

/** A sentence about what somebody did here is read in less. */
const toldFor = 15_000;
const mostDevices = 30;
const longest = 120;
/** The server may tell an order twice, after a resume. */
const remembered = 50;

/** Orders does what a coordinator wants of this browser, tells its person who wanted it, and answers. */
export class Orders implements OrdersModel {
  private readonly deps: OrdersDeps;
  private readonly toldSignal = signal<Steered | null>(null);
  private readonly invitationSignal = signal<Invitation | null>(null);
  private readonly known: string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: OrdersDeps) {
    this.deps = deps;
  }

  get told(): ReadonlySignal<Steered | null> {
    return this.toldSignal;
  }
  get invitation(): ReadonlySignal<Invitation | null> {
    return this.invitationSignal;
  }

  close(): void {
    clearTimeout(this.timer);
    this.toldSignal.value = null;
  }

  changed(changes: readonly Change[]): void {
    for (const { order } of changes) {
      if (!order || this.known.includes(order.id)) continue;
      this.known.push(order.id);
      if (this.known.length > remembered) this.known.shift();
      void this.obey(order);
    }
  }

  /** The person is inside, or nothing is left to go into. */
  settled(): void {
    this.invitationSignal.value = null;
  }

  private async obey(order: Order): Promise<void> {
    const { kind } = order;
    if (kind === 'come_in') {
      this.invitationSignal.value = { by: order.by };
      this.deps.comeIn(order.consultation || null);
      return;
    }
    const told: Steered = {
      id: order.id,
      kind,
      by: order.by,
      source: order.source || null,
      outcome: 'working',
    };
    this.tell(told);
    const outcome = await this.do(order, kind).catch((): Outcome => ({ failed: 'failed' }));
    if (this.toldSignal.peek()?.id === order.id)
      this.tell({ ...told, outcome: outcome.failed ? 'failed' : 'done' });
    // The socket may be down: the console is told by the server that nobody answered.
    await this.deps.report({ order: order.id, ...outcome }).catch(() => undefined);
  }

  private tell(told: Steered): void {
    clearTimeout(this.timer);
    this.toldSignal.value = told;
    this.timer = setTimeout(() => this.close(), toldFor);
  }

  private async do(order: Order, kind: Steered['kind']): Promise<Outcome> {
    switch (kind) {
      case 'mute':
        return this.mute(order);
      case 'microphone':
      case 'camera':
        return this.choose(kind, order.device ?? '');
      case 'speaker':
        return this.chooseSpeaker(order.device ?? '');
      case 'gain':
        return this.deps.gain.set(order.gain ?? 100) ? {} : { failed: 'unsupported' };
      case 'devices':
        return { devices: this.list() };
      case 'diagnose':
        return { diagnostics: await this.deps.diagnose() };
      default:
        return unreachable(kind);
    }
  }

  private async mute({ source }: Order): Promise<Outcome> {
    const { devices } = this.deps;
    switch (source) {
      case 'microphone':
      case 'camera':
        if (devices[source].peek().state === 'on') await devices.toggle(source);
        return {};
      case 'screen':
      case 'screen_audio':
        this.deps.stopShare();
        return {};
      default:
        return { failed: 'unsupported' };
    }
  }

  /** What was chosen stays chosen; a device that does not start gives way to the one before. */
  private async choose(kind: 'microphone' | 'camera', device: string): Promise<Outcome> {
    const { devices } = this.deps;
    const list = kind === 'microphone' ? devices.microphones : devices.cameras;
    if (!list.peek().some(({ deviceId }) => deviceId === device)) return { failed: 'no_such_device' };
    const before = devices[kind].peek();
    await devices.choose(kind, device);
    const failed = failureOf(devices[kind].peek());
    if (failed && before.state === 'on' && before.deviceId) await devices.choose(kind, before.deviceId);
    return failed ? { failed } : {};
  }

  private async chooseSpeaker(device: string): Promise<Outcome> {
    const { devices, canChooseSpeaker } = this.deps;
    if (!canChooseSpeaker) return { failed: 'unsupported' };
    if (!devices.speakers.peek().some(({ deviceId }) => deviceId === device))
      return { failed: 'no_such_device' };
    await devices.choose('speaker', device);
    return {};
  }

  private list(): Devices {
    const { devices, gain } = this.deps;
    const named = (choices: { deviceId: string; label: string }[]) =>
      choices
        .slice(0, mostDevices)
        .map(({ deviceId, label }) => ({ id: deviceId, label: label.slice(0, longest) }));
    const chosen = (state: DeviceState) => (state.state === 'on' ? state.deviceId : '');
    return {
      microphones: named(devices.microphones.peek()),
      cameras: named(devices.cameras.peek()),
      speakers: named(devices.speakers.peek()),
      microphone: chosen(devices.microphone.peek()),
      camera: chosen(devices.camera.peek()),
      speaker: devices.speaker.peek(),
      gain: gain.percent,
    };
  }
}

function failureOf(state: DeviceState): OrderFailure | null {
  if (state.state !== 'problem') return null;
  switch (state.problem) {
    case 'denied':
      return 'not_allowed';
    case 'missing':
      return 'no_such_device';
    case 'busy':
    case 'failed':
      return 'failed';
  }
}
