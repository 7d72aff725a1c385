/**
 * Proposal is a change that is looked at before it is made: checked by a dry run, then applied on the
 * very revision that the check was made on. Whoever came first wins; the other is told, and the
 * timetable is read again. Owned by the page that asks; `done` tells its owner that something was applied.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import { type Failure, failureOf } from './load';

export type Proposed<R, O> =
  | { at: 'idle' }
  | { at: 'checking' }
  | { at: 'checked'; request: R; outcome: O }
  | { at: 'applying'; request: R; outcome: O }
  | { at: 'applied'; outcome: O }
  /** somebody else changed the timetable in between */
  | { at: 'stale' }
  | { at: 'failed'; why: Failure };

export interface ProposalDeps<R, O> {
  run(request: R, dryRun: boolean): Promise<O>;
  /** an outcome that cannot be applied: it has errors, or was refused */
  blocked(outcome: O): boolean;
  applied(outcome: O): boolean;
  /** after a conflict and after an applied change */
  reload(): Promise<void>;
}

export class Proposal<R, O> {
  private readonly deps: ProposalDeps<R, O>;
  private readonly state = signal<Proposed<R, O>>({ at: 'idle' });
  private turn = 0;

  constructor(deps: ProposalDeps<R, O>) {
    this.deps = deps;
  }

  get now(): ReadonlySignal<Proposed<R, O>> {
    return this.state;
  }

  /** a changed form makes an earlier check worthless */
  reset(): void {
    if (this.state.peek().at === 'applying') return;
    this.turn++;
    this.state.value = { at: 'idle' };
  }

  async check(request: R): Promise<void> {
    if (this.state.peek().at === 'applying') return;
    const mine = ++this.turn;
    this.state.value = { at: 'checking' };
    try {
      const outcome = await this.deps.run(request, true);
      if (mine === this.turn) this.state.value = { at: 'checked', request, outcome };
    } catch (cause) {
      if (mine === this.turn) await this.fail(cause);
    }
  }

  /** only what was checked is applied, and only when nothing stands against it */
  async apply(): Promise<void> {
    const now = this.state.peek();
    if (now.at !== 'checked' || this.deps.blocked(now.outcome)) return;
    this.state.value = { ...now, at: 'applying' };
    try {
      const outcome = await this.deps.run(now.request, false);
      // The server checks once more: what has come up since then is shown like a check.
      this.state.value = this.deps.applied(outcome)
        ? { at: 'applied', outcome }
        : { at: 'checked', request: now.request, outcome };
      await this.deps.reload();
    } catch (cause) {
      await this.fail(cause);
    }
  }

  private async fail(cause: unknown): Promise<void> {
    const why = failureOf(cause);
    if (why !== 'conflict') {
      this.state.value = { at: 'failed', why };
      return;
    }
    this.state.value = { at: 'stale' };
    await this.deps.reload();
  }
}
