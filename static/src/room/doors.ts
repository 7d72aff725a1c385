import { type ReadonlySignal, signal } from '@preact/signals';
import type { Code, DeviceAccess } from '../protocol/types';
import type { Doors, DoorsModel } from './model';

export interface DoorsDeps {
  read(): Promise<DeviceAccess>;
  codeOf(error: unknown): Code | null;
}

/** DeviceDoors tells what is typed into the encoder and the wall screen of this link, while somebody looks. */
export class DeviceDoors implements DoorsModel {
  private readonly deps: DoorsDeps;
  private readonly state = signal<Doors>({ state: 'closed' });
  private turn = 0;

  constructor(deps: DoorsDeps) {
    this.deps = deps;
  }

  get doors(): ReadonlySignal<Doors> {
    return this.state;
  }

  open(): void {
    const { state } = this.state.peek();
    if (state === 'loading' || state === 'shown') return;
    void this.load();
  }

  close(): void {
    this.turn += 1;
    this.state.value = { state: 'closed' };
  }

  private async load(): Promise<void> {
    this.turn += 1;
    const mine = this.turn;
    this.state.value = { state: 'loading' };
    try {
      const access = await this.deps.read();
      if (mine === this.turn) this.state.value = { state: 'shown', access };
    } catch (error) {
      if (mine === this.turn) this.state.value = { state: 'failed', code: this.deps.codeOf(error) };
    }
  }
}
