import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { DeviceState } from '../media/device';
import { onScale } from '../media/level';
import { unreachable } from '../protocol/codes';
import { Refused } from '../protocol/failure';
import type { Help, SeatRole } from '../protocol/types';
import type { DevicesModel, HelpModel, HelpState, HelpTrouble } from './model';

/** What the hand needs of the coordinator's devices. */
export interface HelpDevices extends DevicesModel {
  outgoing(kind: 'microphone'): ReadonlySignal<MediaStreamTrack | null>;
  rest(): void;
}

export interface HelpDeps {
  devices: HelpDevices;
  tell(help: Help): Promise<void>;
  /** a PeerConnection is there and connected; false when it does not come about */
  media(): Promise<boolean>;
  send(track: MediaStreamTrack | null): void;
  /** how loud the room is just now, 0 to 1, linear */
  loudness(): number;
  soundBlocked: ReadonlySignal<boolean>;
  playSound(): void;
}

/** A microphone that is taken anew costs half a second; after this long its lamp goes out. */
const lampOut = 60_000;
const levelEvery = 100;

/**
 * Hand listens and speaks to one room at a time. What is sent follows the wish at
 * once; the server follows by messages, and its word counts for whether anybody hears.
 */
export class Hand implements HelpModel {
  private readonly deps: HelpDeps;
  private readonly current = signal<HelpState>({ mode: 'quiet' });
  private readonly heardSignal = signal(0);
  /** counts wishes: the answer to one that was overtaken is nobody's */
  private turn = 0;
  /** the room that the server may still have this console in */
  private entered: string | null = null;
  /** the server has told that it has, since the last wish */
  private confirmed = false;
  private lampTimer: ReturnType<typeof setTimeout> | undefined;
  private levelTimer: ReturnType<typeof setInterval> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private readonly unwatch: () => void;

  constructor(deps: HelpDeps) {
    this.deps = deps;
    const outgoing = deps.devices.outgoing('microphone');
    // Another microphone was chosen, or this one was unplugged, while speaking.
    this.unwatch = effect(() => {
      const track = outgoing.value;
      deps.send(this.speaking(this.current.value) ? track : null);
    });
  }

  get state(): ReadonlySignal<HelpState> {
    return this.current;
  }
  get devices(): DevicesModel {
    return this.deps.devices;
  }
  get heard(): ReadonlySignal<number> {
    return this.heardSignal;
  }
  get soundBlocked(): ReadonlySignal<boolean> {
    return this.deps.soundBlocked;
  }

  listen(consultation: string): void {
    this.deps.playSound();
    this.mute();
    void this.begin({ mode: 'starting', wants: 'listen', consultation, to: null });
  }

  speak(consultation: string, to: SeatRole | null = null): void {
    const now = this.current.peek();
    if (this.speaking(now) && now.consultation === consultation && now.to === to) return;
    this.deps.playSound();
    clearTimeout(this.lampTimer);
    // In the click that it was asked by: later the browser would not ask the person.
    const microphone = this.open();
    void this.begin({ mode: 'starting', wants: 'speak', consultation, to }, microphone);
  }

  hush(): void {
    const now = this.current.peek();
    if (this.speaking(now)) this.listen(now.consultation);
  }

  quiet(): void {
    this.mute();
    this.become({ mode: 'quiet' });
    this.leave();
  }

  allowSound(): void {
    this.deps.playSound();
  }

  /** The socket is gone: whether anybody hears is not known, so nobody does. */
  sessionDown(): void {
    if (this.current.peek().mode === 'quiet') return;
    this.mute();
    this.become({ mode: 'quiet' });
  }

  /** The same session is up again; the server may not have noticed. */
  sessionUp(): void {
    if (this.entered !== null && this.current.peek().mode === 'quiet') this.leave();
  }

  sessionLost(): void {
    this.entered = null;
    this.sessionDown();
  }

  /** A new PeerConnection carries nothing yet. */
  mediaRenewed(): void {
    if (this.speaking(this.current.peek())) this.deps.send(this.deps.devices.outgoing('microphone').peek());
  }

  /** What the server says that this console helps; it ends that by itself when a room closes. */
  told(helps: string | undefined): void {
    const now = this.current.peek();
    if (now.mode !== 'listen' && now.mode !== 'speak') return;
    if (helps === now.consultation) this.confirmed = true;
    else if (this.confirmed) {
      this.entered = null;
      this.mute();
      this.become({ mode: 'quiet' });
    }
  }

  close(): void {
    this.turn += 1;
    this.unwatch();
    clearTimeout(this.lampTimer);
    clearTimeout(this.again);
    clearInterval(this.levelTimer);
  }

  private async begin(
    wish: Extract<HelpState, { mode: 'starting' }>,
    microphone?: Promise<DeviceState>,
  ): Promise<void> {
    this.become(wish);
    const mine = this.turn;
    const overtaken = () => mine !== this.turn;
    const { wants, consultation, to } = wish;
    const failed = (why: HelpTrouble, still: 'quiet' | 'listen' = 'quiet') => {
      if (overtaken()) return;
      this.mute();
      this.become({ mode: 'failed', consultation, why, still });
      if (still === 'quiet') this.leave();
    };
    if (!(await this.deps.media())) return failed({ what: 'unreachable' });
    if (overtaken()) return;
    const state = await microphone;
    if (overtaken()) {
      // Allowed too late: nobody wants to speak any more.
      if (!this.speaking(this.current.peek())) this.rest();
      return;
    }
    if (state && state.state !== 'on') return this.speechless(state, consultation, failed);
    try {
      await this.deps.tell(to ? { consultation, mode: wants, to } : { consultation, mode: wants });
    } catch (error) {
      if (!(error instanceof Refused)) return failed({ what: 'unreachable' });
      // Another one speaks there: to listen is still possible.
      const still = wants === 'speak' && (await this.listens(consultation)) ? 'listen' : 'quiet';
      return failed({ what: 'refused', code: error.code }, still);
    }
    if (overtaken()) return;
    this.become(
      wants === 'speak' ? { mode: 'speak', consultation, to } : { mode: 'listen', consultation, to: null },
    );
  }

  /** There is no microphone to speak with; the room can be heard all the same. */
  private async speechless(
    state: DeviceState,
    consultation: string,
    failed: (why: HelpTrouble, still: 'quiet' | 'listen') => void,
  ): Promise<void> {
    const problem = state.state === 'problem' ? state.problem : 'failed';
    failed({ what: 'microphone', problem }, (await this.listens(consultation)) ? 'listen' : 'quiet');
  }

  private listens(consultation: string): Promise<boolean> {
    return this.deps.tell({ consultation, mode: 'listen' }).then(
      () => true,
      () => false,
    );
  }

  /** Takes the microphone, or switches the one that is held on again. */
  private async open(): Promise<DeviceState> {
    const { microphone } = this.deps.devices;
    const before = microphone.peek().state;
    if (before === 'off' || before === 'problem') await this.deps.devices.toggle('microphone');
    while (microphone.peek().state === 'asking') {
      await new Promise<void>((resolve) => {
        const stop = microphone.subscribe((now) => {
          if (now.state === 'asking') return;
          queueMicrotask(() => stop()); // it may be called before it has a name
          resolve();
        });
      });
    }
    return microphone.peek();
  }

  /** Nothing leaves this machine any more, whatever the server thinks. The device is held for the next word. */
  private mute(): void {
    this.turn += 1;
    this.deps.send(null);
    this.rest();
  }

  private rest(): void {
    const { devices } = this.deps;
    if (devices.microphone.peek().state === 'on') void devices.toggle('microphone');
    clearTimeout(this.lampTimer);
    this.lampTimer = setTimeout(() => devices.rest(), lampOut);
  }

  private leave(): void {
    clearTimeout(this.again);
    const mine = this.turn;
    this.deps.tell({ consultation: '', mode: 'quiet' }).then(
      () => {
        if (mine === this.turn) this.entered = null;
      },
      (error: unknown) => {
        if (!(error instanceof Refused) || error.code !== 'rate_limited' || mine !== this.turn) return;
        this.again = setTimeout(
          () => {
            if (mine === this.turn) this.leave();
          },
          Math.max(500, error.retryAfter),
        );
      },
    );
  }

  private speaking(
    state: HelpState,
  ): state is Extract<HelpState, { mode: 'speak' }> | Extract<HelpState, { mode: 'starting' }> {
    return state.mode === 'speak' || (state.mode === 'starting' && state.wants === 'speak');
  }

  private become(state: HelpState): void {
    this.turn += 1;
    this.confirmed = false;
    this.current.value = state;
    if ('consultation' in state) this.entered = state.consultation;
    clearInterval(this.levelTimer);
    switch (state.mode) {
      case 'listen':
      case 'speak':
        this.measure();
        break;
      case 'failed':
        if (state.still === 'listen') this.measure();
        else this.heardSignal.value = 0;
        break;
      case 'quiet':
      case 'starting':
        this.heardSignal.value = 0;
        break;
      default:
        unreachable(state);
    }
  }

  private measure(): void {
    this.levelTimer = setInterval(() => {
      this.heardSignal.value = onScale(this.deps.loudness());
    }, levelEvery);
  }
}
