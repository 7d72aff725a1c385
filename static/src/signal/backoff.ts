/**
 * How long to wait before a try, in milliseconds; the last one repeats for ever.
 * A server that restarts is back within seconds, and people sit before a frozen
 * picture: the first quarter of a minute is worth a try every second.
 */
const steps = [
  0, 250, 500, 700, 700, 700, 800, 800, 1000, 1000, 1000, 1000, 1000, 1000, 1500, 2000, 2000, 3000, 4000,
  5000,
] as const;

/**
 * The delay before try number `attempt` (0 is the first). Half of it is left to
 * chance, so that the browsers of a whole hall do not come back in one instant
 * after a restart. `random` is in [0, 1).
 */
export function delayBefore(attempt: number, random: number, atLeast = 0): number {
  const step = steps[Math.min(Math.max(0, Math.floor(attempt)), steps.length - 1)] ?? 0;
  const jittered = step === 0 ? random * 100 : step * (0.5 + random);
  return Math.max(Math.round(jittered), atLeast);
}
