import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Captured, captureBoth, captureOne, type DeviceKind } from './capture';
import type { DeviceChoice, DeviceState } from './device';
import { LevelMeter } from './level';

/** What the person chose before, kept for the next visit. */
export interface ChoiceStore {
  get(kind: DeviceKind | 'speaker'): string | null;
  set(kind: DeviceKind | 'speaker', deviceId: string): void;
}

export interface DevicesDeps {
  /** Missing where the page is not secure; then nobody asks for a device either. */
  media: MediaDevices;
  choices: ChoiceStore;
  useSpeaker(deviceId: string): Promise<void>;
}

/** One kind of device: its state, and the track behind it. */
interface Input {
  readonly state: Signal<DeviceState>;
  /** what is to be sent, null while off */
  readonly outgoing: Signal<MediaStreamTrack | null>;
  /** open, though perhaps muted */
  track: MediaStreamTrack | null;
  /** the person wants it on; outlives a rest */
  wished: boolean;
  /** counts captures: the result of one that was overtaken is thrown away */
  turn: number;
}

const newInput = (): Input => ({
  state: signal<DeviceState>({ state: 'off' }),
  outgoing: signal<MediaStreamTrack | null>(null),
  track: null,
  wished: true,
  turn: 0,
});

/**
 * Devices owns this person's microphone, camera and choice of speaker. It decides
 * nothing about who hears: what may be sent stands in `outgoing`.
 */
export class Devices {
  private readonly deps: DevicesDeps;
  private readonly inputs: Record<DeviceKind, Input> = { microphone: newInput(), camera: newInput() };
  private readonly choiceLists = {
    microphones: signal<DeviceChoice[]>([]),
    cameras: signal<DeviceChoice[]>([]),
    speakers: signal<DeviceChoice[]>([]),
  };
  private readonly speakerSignal: Signal<string>;
  private readonly levelSignal = signal(0);
  private readonly previewSignal = signal<MediaStream | null>(null);
  private readonly meter = new LevelMeter((level) => {
    this.levelSignal.value = level;
  });
  private starting: Promise<void> | null = null;
  private readonly devicesChanged = () => void this.refresh(true);

  constructor(deps: DevicesDeps) {
    this.deps = deps;
    this.speakerSignal = signal(deps.choices.get('speaker') ?? '');
    deps.media?.addEventListener?.('devicechange', this.devicesChanged);
  }

  get microphone(): ReadonlySignal<DeviceState> {
    return this.inputs.microphone.state;
  }
  get camera(): ReadonlySignal<DeviceState> {
    return this.inputs.camera.state;
  }
  get microphones(): ReadonlySignal<DeviceChoice[]> {
    return this.choiceLists.microphones;
  }
  get cameras(): ReadonlySignal<DeviceChoice[]> {
    return this.choiceLists.cameras;
  }
  get speakers(): ReadonlySignal<DeviceChoice[]> {
    return this.choiceLists.speakers;
  }
  get speaker(): ReadonlySignal<string> {
    return this.speakerSignal;
  }
  get level(): ReadonlySignal<number> {
    return this.levelSignal;
  }
  get preview(): ReadonlySignal<MediaStream | null> {
    return this.previewSignal;
  }

  /** The track that may be sent, null while the person is muted or the camera off. */
  outgoing(kind: DeviceKind): ReadonlySignal<MediaStreamTrack | null> {
    return this.inputs[kind].outgoing;
  }

  /** Asks for both at once, the first time and after a rest; later calls wait for the first. */
  start(): Promise<void> {
    this.starting ??= this.ask();
    return this.starting;
  }

  async toggle(kind: DeviceKind): Promise<void> {
    const { state } = this.inputs[kind].state.value;
    if (state === 'asking') return;
    this.inputs[kind].wished = state !== 'on';
    if (state === 'on') this.switchOff(kind);
    else await this.switchOn(kind);
  }

  async choose(kind: DeviceKind | 'speaker', deviceId: string): Promise<void> {
    this.deps.choices.set(kind, deviceId);
    if (kind === 'speaker') {
      this.speakerSignal.value = deviceId;
      await this.deps.useSpeaker(deviceId);
      return;
    }
    const wasOff = this.inputs[kind].state.value.state === 'off';
    // A second capture of one kind silences the first on iPhones: the old one goes first.
    this.release(kind);
    if (!wasOff) await this.open(kind);
  }

  /** Lets go of both until the next start, which brings back what was on. */
  rest(): void {
    this.starting = null;
    for (const kind of ['microphone', 'camera'] as const) {
      this.release(kind);
      this.inputs[kind].state.value = { state: 'off' };
    }
  }

  close(): void {
    this.deps.media?.removeEventListener?.('devicechange', this.devicesChanged);
    for (const kind of ['microphone', 'camera'] as const) this.release(kind);
    this.meter.close();
  }

  private async ask(): Promise<void> {
    const { microphone, camera } = this.inputs;
    if (microphone.wished && camera.wished) await this.askBoth();
    else if (microphone.wished) await this.open('microphone');
    else if (camera.wished) await this.open('camera');
    const speaker = this.speakerSignal.value;
    if (speaker) await this.deps.useSpeaker(speaker);
  }

  private async askBoth(): Promise<void> {
    const { microphone, camera } = this.inputs;
    const turns = { microphone: ++microphone.turn, camera: ++camera.turn };
    microphone.state.value = { state: 'asking' };
    camera.state.value = { state: 'asking' };
    const { choices, media } = this.deps;
    const both = await captureBoth(media, choices.get('microphone'), choices.get('camera'));
    this.take('microphone', both.microphone, turns.microphone);
    this.take('camera', both.camera, turns.camera);
    await this.refresh(false);
  }

  private async open(kind: DeviceKind): Promise<void> {
    const input = this.inputs[kind];
    const turn = ++input.turn;
    input.state.value = { state: 'asking' };
    this.take(kind, await captureOne(this.deps.media, kind, this.deps.choices.get(kind)), turn);
    await this.refresh(false);
  }

  private take(kind: DeviceKind, captured: Captured, turn: number): void {
    const input = this.inputs[kind];
    if (turn !== input.turn) {
      if ('track' in captured) captured.track.stop();
      return;
    }
    if ('problem' in captured) {
      input.state.value = { state: 'problem', problem: captured.problem };
      return;
    }
    const { track } = captured;
    input.track = track;
    // Unplugged, or taken away by the system: another one may be there. What the
    // person switched off does not come on by it.
    track.onended = () => {
      if (input.track !== track) return;
      this.release(kind);
      if (input.state.value.state !== 'off') void this.open(kind);
    };
    this.showOn(kind, track);
  }

  private showOn(kind: DeviceKind, track: MediaStreamTrack): void {
    const input = this.inputs[kind];
    track.enabled = true;
    input.state.value = {
      state: 'on',
      label: track.label,
      deviceId: track.getSettings().deviceId ?? '',
    };
    input.outgoing.value = track;
    if (kind === 'camera') this.previewSignal.value = new MediaStream([track]);
    else this.meter.listen(track);
  }

  private async switchOn(kind: DeviceKind): Promise<void> {
    const { track } = this.inputs[kind];
    if (track?.readyState === 'live') this.showOn(kind, track);
    else await this.open(kind);
  }

  /** The camera is let go, so that its lamp goes out; the microphone stays open and silent, to be back at once. */
  private switchOff(kind: DeviceKind): void {
    const input = this.inputs[kind];
    if (kind === 'camera') this.release('camera');
    else {
      if (input.track) input.track.enabled = false;
      input.outgoing.value = null;
      this.meter.quiet();
    }
    input.state.value = { state: 'off' };
  }

  private release(kind: DeviceKind): void {
    const input = this.inputs[kind];
    input.turn += 1;
    input.outgoing.value = null;
    if (input.track) {
      input.track.onended = null;
      input.track.stop();
      input.track = null;
    }
    if (kind === 'camera') this.previewSignal.value = null;
    else this.meter.quiet();
  }

  /** Reads the list of devices; `plugged` says that it changed by itself. */
  private async refresh(plugged: boolean): Promise<void> {
    const list = await this.deps.media.enumerateDevices().catch(() => []);
    this.choiceLists.microphones.value = choicesOf(list, 'audioinput');
    this.choiceLists.cameras.value = choicesOf(list, 'videoinput');
    this.choiceLists.speakers.value = choicesOf(list, 'audiooutput');
    if (!plugged) return;
    for (const kind of ['microphone', 'camera'] as const) {
      const state = this.inputs[kind].state.value;
      const present = list.some((d) => d.kind === (kind === 'microphone' ? 'audioinput' : 'videoinput'));
      if (state.state === 'problem' && state.problem === 'missing' && present) void this.open(kind);
    }
  }
}

/** The devices of a kind that have a name; before permission they have none. */
export function choicesOf(list: readonly MediaDeviceInfo[], kind: MediaDeviceKind): DeviceChoice[] {
  return list
    .filter((d) => d.kind === kind && d.deviceId !== '' && d.label !== '')
    .map(({ deviceId, label }) => ({ deviceId, label }));
}

/** Choices kept in local storage; where that is forbidden they last as long as the page. */
export function storedChoices(storage: () => Storage): ChoiceStore {
  const memory = new Map<string, string>();
  return {
    get(kind) {
      try {
        return memory.get(kind) ?? storage().getItem(`sangdam.device.${kind}`);
      } catch {
        return memory.get(kind) ?? null;
      }
    },
    set(kind, deviceId) {
      memory.set(kind, deviceId);
      try {
        storage().setItem(`sangdam.device.${kind}`, deviceId);
      } catch {
        // Kept in memory.
      }
    },
  };
}
