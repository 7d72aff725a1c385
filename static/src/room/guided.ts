import { effect, type ReadonlySignal, untracked } from '@preact/signals';
import type { Devices } from '../media/devices';
import { diagnosticsOf, type Stat, surroundingsOf } from '../media/diagnose';
import { GainStage } from '../media/gain';
import { CameraLook } from '../media/look';
import type { MediaPeer } from '../media/peer';
import type { SoundBank } from '../media/sound';
import type { Change, ClientType, Diagnostics } from '../protocol/types';
import type { Attend } from './attend';
import type { Place } from './model';
import type { Opening } from './opening';
import { Orders } from './orders';
import type { MediaPath } from './path';
import { Room } from './room';
import { Teller } from './teller';

export interface GuidedDeps {
  win: Window & typeof globalThis;
  place: ReadonlySignal<Place>;
  opening: Opening;
  attend: Attend;
  devices: Devices;
  path: MediaPath<MediaPeer>;
  reachable(): boolean;
  sound: Pick<SoundBank, 'playback'>;
  ask<T>(type: ClientType, body: unknown): Promise<T>;
}

/** Rates are told over this long. */
const glance = 1000;

const listOf = (report: RTCStatsReport): Stat[] => [...report.values()] as Stat[];

/** Guided is what this page does for the coordinators: it obeys their orders and tells them how a room goes here. */
export class Guided {
  private readonly deps: GuidedDeps;
  private readonly teller: Teller;
  private readonly look: CameraLook;
  private readonly unwatch: (() => void)[];
  readonly orders: Orders;
  readonly gain: GainStage;

  constructor(deps: GuidedDeps) {
    this.deps = deps;
    const { win, devices, path, place } = deps;
    this.look = new CameraLook(win.document);
    this.gain = new GainStage(devices.outgoing('microphone'));
    this.orders = new Orders({
      devices,
      gain: this.gain,
      canChooseSpeaker: 'setSinkId' in win.HTMLMediaElement.prototype,
      stopShare: () => this.room()?.stopShare(),
      diagnose: () => this.diagnose(),
      report: (report) => deps.ask<void>('report', report),
      comeIn: (consultation) => void deps.opening.refresh().then(() => deps.attend.admitted(consultation)),
    });
    this.teller = new Teller({
      expected: () => this.room()?.expected ?? null,
      slots: () => path.peer?.slots ?? [],
      stats: async () => (path.peer ? listOf(await path.peer.report()) : null),
      microphone: devices.microphone,
      level: devices.level,
      camera: () => this.look.read(),
      hidden: () => win.document.hidden,
      playback: (slots) => deps.sound.playback(slots),
      monotonic: () => win.performance.now(),
      reachable: deps.reachable,
      tell: (vitals) => deps.ask<void>('vitals', vitals),
    });
    this.unwatch = [
      effect(() => {
        const { at } = place.value;
        untracked(() => this.turn(at));
      }),
      // Only in a room: elsewhere nobody asks, and a video element that plays costs something.
      effect(() => this.look.show(place.value.at === 'room' ? devices.preview.value : null)),
    ];
  }

  changed(changes: readonly Change[]): void {
    this.orders.changed(changes);
  }

  close(): void {
    for (const stop of this.unwatch) stop();
    this.teller.stop();
    this.orders.close();
    this.gain.close();
  }

  private turn(at: Place['at']): void {
    if (at === 'room') this.teller.start();
    else this.teller.stop();
    if (at !== 'lobby' && at !== 'over') this.orders.settled();
  }

  private room(): Room | null {
    const place = this.deps.place.peek();
    return place.at === 'room' && place.room instanceof Room ? place.room : null;
  }

  private async diagnose(): Promise<Diagnostics> {
    const { win, path } = this.deps;
    const around = surroundingsOf(win);
    const { peer } = path;
    if (!peer) return diagnosticsOf([], [], await around);
    const before = listOf(await peer.report());
    await new Promise((resolve) => setTimeout(resolve, glance));
    return diagnosticsOf(before, listOf(await peer.report()), await around);
  }
}
