import { type ReadonlySignal, signal } from '@preact/signals';
import { type ScreenState, screenState, toggleFullScreen } from '../media/fullscreen';
import type { BoothCall } from './call';
import type { Monitor } from './health';
import type { KioskModel } from './model';
import type { Bell } from './ring';

export interface KioskDeps {
  doc: Document;
  bell: Bell;
  call: BoothCall;
  monitor: Monitor;
}

/** Kiosk is what a booth's own screen has besides the room: it rings, calls, measures itself and fills the screen. */
export class Kiosk implements KioskModel {
  private readonly deps: KioskDeps;
  private readonly screenSignal;
  private readonly changed = () => {
    this.screenSignal.value = screenState(this.deps.doc);
  };

  constructor(deps: KioskDeps) {
    this.deps = deps;
    this.screenSignal = signal<ScreenState>(screenState(deps.doc));
    deps.doc.addEventListener('fullscreenchange', this.changed);
  }

  get ring() {
    return this.deps.bell.ring;
  }
  get call() {
    return this.deps.call.call;
  }
  get health() {
    return this.deps.monitor.health;
  }
  get screen(): ReadonlySignal<ScreenState> {
    return this.screenSignal;
  }

  callCoordinator(): void {
    this.deps.call.start();
  }

  closeCall(): void {
    this.deps.call.close();
  }

  stopRing(): void {
    this.deps.bell.stop();
  }

  toggleFullScreen(): void {
    void toggleFullScreen(this.deps.doc);
  }

  close(): void {
    this.deps.doc.removeEventListener('fullscreenchange', this.changed);
    this.deps.bell.stop();
    this.deps.monitor.stop();
  }
}
