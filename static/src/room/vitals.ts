import { limitOf, type Stat } from '../media/diagnose';
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

export interface Counted {
  before: Reading;
  now: Reading;
  microphone: MicrophoneHealth;
  camera: CameraHealth;
  unheard: readonly string[];
  hidden: boolean;
}

const fraction = (part: number, whole: number): number =>
  whole > 0 ? Math.min(1, Math.max(0, Math.round((1000 * part) / whole) / 1000)) : 0;

/** vitalsOf is what a browser has counted between two readings. */
export function vitalsOf({ before, now, microphone, camera, unheard, hidden }: Counted): TellVitals {
  const earlier = new Map(before.stats.map((stat) => [stat.id, stat]));
  const seconds = (now.at - before.at) / 1000;
  let frozen = 0;
  let freezes = 0;
  let concealed = 0;
  for (const stat of now.stats) {
    if (stat.type !== 'inbound-rtp') continue;
    const old = earlier.get(stat.id);
    const since = (key: 'freezeCount' | 'totalFreezesDuration' | 'totalSamplesReceived') =>
      Math.max(0, (stat[key] ?? 0) - (old?.[key] ?? 0));
    if (stat.kind === 'video') {
      frozen = Math.max(frozen, fraction(since('totalFreezesDuration'), seconds));
      freezes += since('freezeCount');
    } else {
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
  };
}

const audible = (stat: Stat): number => (stat.concealedSamples ?? 0) - (stat.silentConcealedSamples ?? 0);

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
