import { NotDone } from '../protocol/failure';
import type {
  Contacted,
  ContactRequest,
  Devices,
  Diagnostics,
  PaperRequest,
  Report,
  Script,
  SourceName,
  Steer,
} from '../protocol/types';
import type { RoomsDesk } from './desk';
import type { SteerModel } from './model';

export interface WheelDeps {
  newKey(): string;
  steer(steer: Steer): Promise<void>;
  desk: RoomsDesk;
}

/** A browser that has not answered by now is busy, or gone. */
const patience = 10_000;

/**
 * Wheel does what a coordinator wants done to one person or one room. What a browser has to answer is
 * waited for by the key of its request, since it comes as news and not as a reply.
 */
export class Wheel implements SteerModel {
  private readonly deps: WheelDeps;
  private readonly open = new Map<string, (report: Report | null) => void>();

  constructor(deps: WheelDeps) {
    this.deps = deps;
  }

  mute(consultation: string, seat: string, source: SourceName, reason: string): Promise<void> {
    return this.tell({ action: 'mute', consultation, seat, source, reason });
  }

  remove(consultation: string, seat: string, reason: string): Promise<void> {
    return this.tell({ action: 'remove', consultation, seat, reason });
  }

  admit(consultation: string, seat: string, reason: string): Promise<void> {
    return this.tell({ action: 'admit', consultation, seat, reason });
  }

  async askDevices(consultation: string, seat: string): Promise<Devices> {
    const { devices } = await this.order({ action: 'devices', consultation, seat });
    if (!devices) throw new NotDone('failed');
    return devices;
  }

  async chooseDevice(
    consultation: string,
    seat: string,
    kind: 'microphone' | 'camera' | 'speaker',
    device: string,
  ): Promise<void> {
    await this.order({ action: kind, consultation, seat, device });
  }

  async gain(consultation: string, seat: string, percent: number): Promise<void> {
    await this.order({ action: 'gain', consultation, seat, gain: percent });
  }

  async diagnose(consultation: string, seat: string): Promise<Diagnostics> {
    const { diagnostics } = await this.order({ action: 'diagnose', consultation, seat });
    if (!diagnostics) throw new NotDone('failed');
    return diagnostics;
  }

  care(consultation: string, take: boolean): Promise<void> {
    return this.deps.desk.care(consultation, take);
  }

  handOver(to: string): Promise<void> {
    return this.deps.desk.handOver(to);
  }

  contact(consultation: string, contact: ContactRequest): Promise<Contacted> {
    return this.deps.desk.contact(consultation, contact);
  }

  script(consultation: string): Promise<Script> {
    return this.deps.desk.script(consultation);
  }

  end(consultation: string, reason: string): Promise<void> {
    return this.deps.desk.end(consultation, reason);
  }

  paper(consultation: string, paper: PaperRequest): Promise<void> {
    return this.deps.desk.paper(consultation, paper);
  }

  /** News for this console; a key that nobody waits for is an answer that came too late. */
  reported(report: Report): void {
    this.open.get(report.key)?.(report);
  }

  close(): void {
    for (const answer of [...this.open.values()]) answer(null);
  }

  private tell(steer: Omit<Steer, 'key'>): Promise<void> {
    return this.deps.steer(named(steer, this.deps.newKey()));
  }

  private async order(steer: Omit<Steer, 'key'>): Promise<Report> {
    const key = this.deps.newKey();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const answered = new Promise<Report | null>((resolve) => {
      this.open.set(key, resolve);
      timer = setTimeout(() => resolve(null), patience);
    });
    try {
      await this.deps.steer(named(steer, key));
      const report = await answered;
      if (!report) throw new NotDone('silent');
      if (report.failed) throw new NotDone(report.failed);
      return report;
    } finally {
      clearTimeout(timer);
      this.open.delete(key);
    }
  }
}

/** An empty reason is none. */
function named({ reason, ...steer }: Omit<Steer, 'key'>, key: string): Steer {
  return reason ? { ...steer, key, reason } : { ...steer, key };
}
