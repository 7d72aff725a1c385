import { limitOf, type Stat } from '../media/diagnose';
import type { MediaSlot } from '../media/slots';
import type { CameraHealth, MicrophoneHealth, Participant, Slot, TellVitals } from '../protocol/types';

/** What two readings of the same PeerConnection, some time apart, say. */
export interface Reading {
  /** milliseconds of a steady clock */
  at: number;
  stats: readonly Stat[];
}

/** What of a microphone is judged: the loudest moment, and the share of moments at the top of the scale. */
export interface Voice {
  on: boolean;
  loudest: number;
  clipped: number;
}

/** A quiet office is louder; below this a cable is out or a switch is off. */
const faintest = 0.03;
const tooOften = 0.1;

export function microphoneOf({ on, loudest, clipped }: Voice): MicrophoneHealth {
  if (!on) return 'off';
  if (loudest < faintest) return 'silent';
  return clipped > tooOften ? 'clipping' : 'ok';
}

/** How the sound of this page goes; see SoundBank. */
export type Playback = 'ok' | 'blocked' | 'stopped';

export interface Counted {
  before: Reading;
  now: Reading;
  microphone: MicrophoneHealth;
  camera: CameraHealth;
  unheard: readonly string[];
  hidden: boolean;
  /** tracks that have shown or sounded one person all the time; what stands still for a reason is no freeze */
  steady: ReadonlySet<string>;
  /** whose seat each track of a voice or face is of */
  seats?: ReadonlyMap<string, string>;
  playback?: Playback;
}

const fraction = (part: number, whole: number): number =>
  whole > 0 ? Math.min(1, Math.max(0, Math.round((1000 * part) / whole) / 1000)) : 0;

/** vitalsOf is what a browser has counted between two readings. */
export function vitalsOf({
  before,
  now,
  microphone,
  camera,
  unheard,
  hidden,
  steady,
  seats = new Map(),
  playback,
}: Counted): TellVitals {
  const earlier = new Map(before.stats.map((stat) => [stat.id, stat]));
  const seconds = (now.at - before.at) / 1000;
  let frozen = 0;
  let freezes = 0;
  let concealed = 0;
  let slowest = Number.POSITIVE_INFINITY;
  const hollow: string[] = [];
  for (const stat of now.stats) {
    if (stat.type !== 'inbound-rtp' || !steady.has(stat.trackIdentifier ?? '')) continue;
    const old = earlier.get(stat.id);
    const since = (key: 'freezeCount' | 'totalFreezesDuration' | 'totalSamplesReceived') =>
      Math.max(0, (stat[key] ?? 0) - (old?.[key] ?? 0));
    if (stat.kind === 'video') {
      frozen = Math.max(frozen, fraction(since('totalFreezesDuration'), seconds));
      freezes += since('freezeCount');
      const pictures = (stat.framesDecoded ?? 0) - (old?.framesDecoded ?? 0);
      // A screen that shows one page sends few pictures, and nobody misses any.
      if (old && pictures > 0 && seats.has(stat.trackIdentifier ?? ''))
        slowest = Math.min(slowest, pictures / seconds);
    } else {
      const seat = seats.get(stat.trackIdentifier ?? '');
      if (old && seat !== undefined && isHollow(old, stat)) hollow.push(seat);
      // Silence that is made up while nobody sends is no fault.
      const lost = Math.max(0, audible(stat) - (old ? audible(old) : 0));
      concealed = Math.max(concealed, fraction(lost, since('totalSamplesReceived')));
    }
  }
  return {
    frozen,
    freezes: Math.min(freezes, 1000),
    concealed,
    microphone,
    camera,
    limited: limitOf(now.stats),
    unheard: [...unheard],
    hidden,
    ...(playback ? { playback } : {}),
    ...(hollow.length ? { hollow } : {}),
    ...(Number.isFinite(slowest) ? { rate: Math.min(240, Math.round(slowest)) } : {}),
  };
}

/** Ten packets are 200 ms of a voice: fewer prove nothing, and a microphone without a voice sends two or three a second. */
const enough = 10;
/** So much made up is no voice any more. */
const allButAll = 0.9;
/** Of a mean square of 1 at full scale: what a quiet room gives is ten times as loud. */
const nothing = 1e-9;

/** isHollow finds sound that arrives and does not come out: all of it is made up, or it is as good as zero. */
function isHollow(before: Stat, now: Stat): boolean {
  const since = (key: 'packetsReceived' | 'totalSamplesReceived' | 'concealedSamples') =>
    (now[key] ?? 0) - (before[key] ?? 0);
  if (since('packetsReceived') < enough) return false;
  const samples = since('totalSamplesReceived');
  if (now.totalSamplesReceived !== undefined && samples <= 0) return true;
  if (samples > 0 && since('concealedSamples') / samples >= allButAll) return true;
  if (now.totalAudioEnergy === undefined || now.totalSamplesDuration === undefined) return false;
  const energy = now.totalAudioEnergy - (before.totalAudioEnergy ?? 0);
  const lasted = now.totalSamplesDuration - (before.totalSamplesDuration ?? 0);
  return lasted > 0 && energy / lasted < nothing;
}

const audible = (stat: Stat): number => (stat.concealedSamples ?? 0) - (stat.silentConcealedSamples ?? 0);

/**
 * Steady finds the tracks that have carried one person for two windows on end. A browser counts the gap while a
 * camera was off, or between two people in one slot, as a freeze when the next picture comes.
 */
export class Steady {
  private window: Map<string, string> | null = null;
  private before = new Set<string>();

  /** Who is to be seen or heard by each track just now; a track that rests is left out. */
  sample(carried: ReadonlyMap<string, string>): void {
    if (!this.window) {
      this.window = new Map(carried);
      return;
    }
    for (const [track, who] of this.window) if (carried.get(track) !== who) this.window.delete(track);
  }

  /** The window is over, another one begins. */
  turn(): ReadonlySet<string> {
    const now = new Set(this.window?.keys() ?? []);
    const both = new Set([...now].filter((track) => this.before.has(track)));
    this.before = now;
    this.window = null;
    return both;
  }
}

/** carriedBy tells which tracks of a room's slots carry whom just now. */
export function carriedBy(
  participants: readonly Participant[],
  slots: readonly Slot[],
  places: readonly MediaSlot[],
): Map<string, string> {
  const carried = new Map<string, string>();
  for (const { slot, kind, participant, paused } of slots) {
    const person = participants.find(({ id }) => id === participant);
    if (!person || person.away) continue;
    const [sound, picture] =
      kind === 'stage' ? (['screen_audio', 'screen'] as const) : (['microphone', 'camera'] as const);
    const { audio, video } = places[slot] ?? {};
    if (audio && person.sources.includes(sound)) carried.set(audio.track.id, participant);
    const rests = paused || person.resting.includes(picture);
    if (video && !rests && person.sources.includes(picture)) carried.set(video.track.id, participant);
  }
  return carried;
}

/** seatsOf tells whose voice or face each track of the room's slots is. */
export function seatsOf(
  participants: readonly Participant[],
  slots: readonly Slot[],
  places: readonly MediaSlot[],
): Map<string, string> {
  const seats = new Map<string, string>();
  for (const { slot, kind, participant } of slots) {
    const person = participants.find(({ id }) => id === participant);
    if (!person || kind !== 'person') continue;
    const { audio, video } = places[slot] ?? {};
    if (audio && person.sources.includes('microphone')) seats.set(audio.track.id, person.seat);
    if (video && person.sources.includes('camera')) seats.set(video.track.id, person.seat);
  }
  return seats;
}

/**
 * Unheard finds the seats whose microphone is on and of which no sound has come for a while: their
 * slot's count of audio packets stands still.
 */
export class Unheard {
  private readonly patience: number;
  private readonly last = new Map<string, { packets: number; since: number }>();

  constructor(patience = 5000) {
    this.patience = patience;
  }

  /** Takes the packets of each slot at a time in milliseconds. */
  read(
    now: number,
    participants: readonly Participant[],
    slots: readonly Slot[],
    packets: ReadonlyMap<number, number>,
  ): string[] {
    const expected = new Set<string>();
    const unheard: string[] = [];
    for (const { slot, kind, participant } of slots) {
      const person = participants.find(({ id }) => id === participant);
      const count = packets.get(slot);
      if (!person || kind !== 'person' || count === undefined) continue;
      if (person.away || !person.sources.includes('microphone')) continue;
      const key = `${person.id} ${slot}`;
      expected.add(key);
      const before = this.last.get(key);
      if (before && before.packets === count) {
        if (now - before.since >= this.patience) unheard.push(person.seat);
      } else this.last.set(key, { packets: count, since: now });
    }
    for (const key of this.last.keys()) if (!expected.has(key)) this.last.delete(key);
    return unheard;
  }
}
