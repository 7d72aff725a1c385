/** One person's media as facts and remedies, worst first. Pure: the words are in i18n. */
import type { Quality, Symptom, Vitals } from '../../../protocol/types';
import type { Shape, Tone } from '../../../ui/state';
import { type Rank, rankOfSymptom } from './matters';

/** What is said of a person before any figure: whether it is heard and seen, and hears and sees. */
export type Saying =
  | { says: 'none' | 'early' | 'well' | 'someTrouble' }
  | { says: 'up' | 'down' | 'both'; how: 'fair' | 'poor' }
  | { says: 'help'; symptom: Helpless };

/** Symptoms of which nothing gets better before somebody acts. */
type Helpless = 'no_media' | 'one_way_in' | 'sound_blocked' | 'not_played' | 'one_way_out';

const isHelpless = (symptom: Symptom): symptom is Helpless =>
  rankOfSymptom(symptom, { quality: 'good' }) === 3;

/** From these scores on a direction is good, and fair; the server has the same. */
const [good, fair] = [4, 3];

type Word = 'good' | 'fair' | 'poor';
const wordOf = (score: number): Word =>
  score === 0 || score >= good ? 'good' : score >= fair ? 'fair' : 'poor';

/** sayingOf is the one sentence that a coordinator should read; figures come after it, for who asks. */
export function sayingOf(vitals: Vitals): Saying {
  if (vitals.quality === 'none') return { says: 'none' };
  const symptom = vitals.symptoms.find(isHelpless);
  if (symptom) return { says: 'help', symptom };
  const { score_up: scoreUp = 0, score_down: scoreDown = 0 } = vitals;
  const [up, down] = [wordOf(scoreUp), wordOf(scoreDown)];
  if (up !== 'good' && down !== 'good')
    return { says: 'both', how: up === 'poor' || down === 'poor' ? 'poor' : 'fair' };
  if (up !== 'good') return { says: 'up', how: up };
  if (down !== 'good') return { says: 'down', how: down };
  if (vitals.quality !== 'good') return { says: 'someTrouble' };
  return { says: scoreUp === 0 && scoreDown === 0 ? 'early' : 'well' };
}

/** A part of the line: route UDP · round trip 310 ms · loss 2 % · no freezes. */
export type Fact =
  | { fact: 'route'; route: 'udp' | 'tcp' | 'relay' }
  | { fact: 'rtt'; ms: number }
  | { fact: 'noLoss' }
  | { fact: 'loss'; up: number; down: number }
  | { fact: 'noFreezes' }
  | { fact: 'frozen'; percent: number }
  | { fact: 'concealed'; percent: number }
  | { fact: 'jitter'; up: number; down: number }
  | { fact: 'picture'; up: string; down: string }
  | { fact: 'line'; kbps: number }
  | { fact: 'score'; up: string; down: string };

export function factsOf(vitals: Vitals): Fact[] {
  const facts: Fact[] = [];
  if (vitals.route === '') return facts;
  facts.push({ fact: 'route', route: vitals.route });
  if (vitals.rtt_ms > 0) facts.push({ fact: 'rtt', ms: vitals.rtt_ms });
  const [up, down] = [percent(vitals.loss_up), percent(vitals.loss_down)];
  facts.push(up === 0 && down === 0 ? { fact: 'noLoss' } : { fact: 'loss', up, down });
  const frozen = percent(vitals.frozen);
  facts.push(frozen === 0 ? { fact: 'noFreezes' } : { fact: 'frozen', percent: frozen });
  const concealed = percent(vitals.concealed);
  if (concealed > 0) facts.push({ fact: 'concealed', percent: concealed });
  const { jitter_up_ms: up_ms = 0, jitter_down_ms: down_ms = 0 } = vitals;
  if (up_ms > 0 || down_ms > 0) facts.push({ fact: 'jitter', up: up_ms, down: down_ms });
  const sent = pictureOf(vitals.layer_up, vitals.rate_up);
  const got = pictureOf(vitals.layer_down, vitals.rate_down);
  if (sent || got) facts.push({ fact: 'picture', up: sent || '–', down: got || '–' });
  if (vitals.line_kbps) facts.push({ fact: 'line', kbps: vitals.line_kbps });
  const { score_up: scoreUp = 0, score_down: scoreDown = 0 } = vitals;
  if (scoreUp > 0 || scoreDown > 0)
    facts.push({ fact: 'score', up: scoreText(scoreUp), down: scoreText(scoreDown) });
  return facts;
}

/** The height that a layer has at 16:9, as static/src/media asks browsers for. */
const heights: Readonly<Record<string, string>> = { q: '180p', h: '360p', f: '720p' };

function pictureOf(layer = '', rate = 0): string {
  return [heights[layer] ?? layer, rate > 0 ? `${rate}/s` : ''].filter(Boolean).join(' ');
}

/** scoreText is one place after the point; nothing to tell it by is a dash. */
export function scoreText(score: number): string {
  return score > 0 ? score.toFixed(1) : '–';
}

// In halves: what is smaller nobody hears, and the numbers stand still.
function percent(fraction: number): number {
  return Math.round(Math.max(0, fraction) * 200) / 2;
}

export interface Sick {
  symptom: Symptom;
  rank: Rank;
}

/** sickOf are the symptoms to be told, each once. */
export function sickOf(vitals: Vitals): Sick[] {
  return [...new Set(vitals.symptoms)]
    .map((symptom) => ({ symptom, rank: rankOfSymptom(symptom, vitals) }))
    .sort((a, b) => b.rank - a.rank);
}

/** lookOf is colour and shape of a rank; its word is the matter's own. */
export function lookOf(rank: Rank): { tone: Tone; shape: Shape } {
  switch (rank) {
    case 3:
      return { tone: 'late', shape: 'mark' };
    case 2:
      return { tone: 'wait', shape: 'half' };
    case 1:
      return { tone: 'idle', shape: 'ring' };
    case 0:
      return { tone: 'live', shape: 'full' };
  }
}

export function lookOfQuality(quality: Quality): { tone: Tone; shape: Shape } {
  switch (quality) {
    case 'good':
      return { tone: 'live', shape: 'full' };
    case 'fair':
      return { tone: 'wait', shape: 'half' };
    case 'poor':
      return { tone: 'late', shape: 'mark' };
    case 'none':
      return { tone: 'idle', shape: 'ring' };
  }
}

/** diagnosticsText is what goes to the clipboard: for an expert elsewhere, so in English and as it came. */
export function diagnosticsText(
  about: string,
  fields: readonly (readonly [string, string])[],
  lines: readonly string[],
): string {
  return [
    about,
    ...fields.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`),
    ...lines,
  ].join('\n');
}
