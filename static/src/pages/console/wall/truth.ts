/** One person's media as facts and remedies, worst first. Pure: the words are in i18n. */
import type { Quality, Symptom, Vitals } from '../../../protocol/types';
import type { Shape, Tone } from '../../../ui/state';
import { type Rank, rankOfSymptom } from './matters';

/** A part of the line: route UDP · round trip 310 ms · loss 2 % · no freezes. */
export type Fact =
  | { fact: 'route'; route: 'udp' | 'tcp' | 'relay' }
  | { fact: 'rtt'; ms: number }
  | { fact: 'noLoss' }
  | { fact: 'loss'; up: number; down: number }
  | { fact: 'noFreezes' }
  | { fact: 'frozen'; percent: number }
  | { fact: 'concealed'; percent: number };

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
  return facts;
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
