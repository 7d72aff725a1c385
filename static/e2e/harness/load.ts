import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of a processor a second, as /proc counts them (USER_HZ). */
const hertz = 100;

/** Seconds of processor time that a process has used. */
function cpuOf(pid: number | string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may have blanks; utime and stime are the 14th and 15th field.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / hertz;
  } catch {
    return 0; // it has ended
  }
}

/** The processes of this namespace whose command line has a word in it: of a browser there are many. */
function named(word: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
    } catch {
      return false;
    }
  });
}

/** Load counts what programs need of the processors: percent of one core since it was made. */
export class Load {
  private readonly begun = performance.now();
  private readonly before = new Map<string, number>();

  constructor(private readonly programs: Readonly<Record<string, number | string>>) {
    for (const [name, used] of this.used()) this.before.set(name, used);
  }

  percent(): Record<string, number> {
    const seconds = (performance.now() - this.begun) / 1000;
    return Object.fromEntries(
      this.used().map(([name, used]) => [
        name,
        Math.round((100 * (used - (this.before.get(name) ?? 0))) / seconds),
      ]),
    );
  }

  /** A number is a process, a word all that have it in their command line. */
  private used(): [string, number][] {
    return Object.entries(this.programs).map(([name, what]) => [
      name,
      typeof what === 'number' ? cpuOf(what) : named(what).reduce((sum, pid) => sum + cpuOf(pid), 0),
    ]);
  }
}
