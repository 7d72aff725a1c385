/** One moment of a conversation: how loud the loudspeaker was, and the microphone, 0 to 1. */
export interface Moment {
  far: number;
  near: number;
}

/** The way through the room and the sound card takes up to half a second, in steps of 100 ms. */
const longest = 5;
const enough = 60;
const alike = 0.65;
const loud = 0.15;

/**
 * echoHeard tells whether the microphone repeats the loudspeaker. Two people who
 * talk in turns move against each other; an echo moves along, a little later.
 * The microphone is read behind the browser's own cancellation, so what is found
 * is what the others hear.
 */
export function echoHeard(moments: readonly Moment[]): boolean {
  if (moments.length < enough) return false;
  const far = moments.map((m) => m.far);
  const near = moments.map((m) => m.near);
  // Without somebody who speaks and pauses there is nothing to compare with.
  const speaking = far.filter((level) => level > loud).length / far.length;
  if (speaking < 0.1 || speaking > 0.95 || Math.max(...near) < loud) return false;
  for (let lag = 0; lag <= longest; lag++) {
    if (likeness(far.slice(0, far.length - lag), near.slice(lag)) > alike) return true;
  }
  return false;
}

/** Pearson's correlation, -1 to 1; 0 when one of both stands still. */
function likeness(a: readonly number[], b: readonly number[]): number {
  const n = a.length;
  const meanA = a.reduce((sum, x) => sum + x, 0) / n;
  const meanB = b.reduce((sum, x) => sum + x, 0) / n;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < n; i++) {
    const da = (a[i] ?? 0) - meanA;
    const db = (b[i] ?? 0) - meanB;
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa > 1e-6 && bb > 1e-6 ? ab / Math.sqrt(aa * bb) : 0;
}
