import type { BoothState } from '../../protocol/types';

/** What is the matter with a booth, the worst first. */
export type Ailment =
  | 'never'
  | 'gone'
  | 'silent_link'
  | 'microphone_off'
  | 'camera_off'
  | 'microphone_silent'
  | 'camera_frozen'
  | 'camera_dark'
  | 'microphone_clipping'
  | 'network'
  | 'slow'
  | 'echo';

const grave: ReadonlySet<Ailment> = new Set(['gone', 'silent_link', 'microphone_off', 'camera_off']);

export interface BoothLook {
  tone: 'live' | 'wait' | 'late' | 'idle';
  shape: 'full' | 'half' | 'mark' | 'ring';
  ailments: Ailment[];
}

// Health comes every 5 s at most; three missed ones are a silence.
const silence = 20_000;

export function boothLook(booth: BoothState, now: number): BoothLook {
  const ailments = ailmentsOf(booth, now);
  const [worst] = ailments;
  if (worst === undefined) return { tone: 'live', shape: 'full', ailments };
  if (worst === 'never') return { tone: 'idle', shape: 'ring', ailments };
  return grave.has(worst)
    ? { tone: 'late', shape: 'mark', ailments }
    : { tone: 'wait', shape: 'half', ailments };
}

function ailmentsOf(booth: BoothState, now: number): Ailment[] {
  if (!booth.connected) return [booth.since ? 'gone' : 'never'];
  const { health, health_at } = booth;
  if (!health) return [];
  const found: Ailment[] = [];
  if (health_at && now - Date.parse(health_at) > silence) found.push('silent_link');
  if (health.microphone === 'off') found.push('microphone_off');
  if (health.camera === 'off') found.push('camera_off');
  if (health.microphone === 'silent') found.push('microphone_silent');
  if (health.camera === 'frozen') found.push('camera_frozen');
  if (health.camera === 'dark') found.push('camera_dark');
  if (health.microphone === 'clipping') found.push('microphone_clipping');
  if (health.loss >= 0.05) found.push('network');
  if (health.rtt_ms >= 400) found.push('slow');
  if (health.echo) found.push('echo');
  return found;
}
