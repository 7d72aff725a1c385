import { type ReadonlySignal, signal } from '@preact/signals';
import { Refused } from '../protocol/failure';
import type { Code, Me, SignInWays } from '../protocol/types';
import { delayBefore } from '../signal/backoff';
import { isSignedOut, type StaffDoor } from '../signal/staff';

/** How far somebody of the staff is on the way to a console. */
export type SignInState =
  /** asks who this is; waits for the server as long as it takes */
  | { at: 'asking' }
  /** problem is null, or why the last try did not work; until: milliseconds of performance.now() before the next */
  | { at: 'form'; ways: SignInWays; problem: Problem | null }
  | { at: 'signing' }
  | { at: 'events'; me: Me }
  /** the event is being opened */
  | { at: 'entering' };

export interface Problem {
  /** null: nobody answered */
  code: Code | null;
  until: number;
}

/** The staff's way in, for its page. */
export interface SignInModel {
  readonly state: ReadonlySignal<SignInState>;
  signIn(login: string, passphrase: string): void;
  choose(event: string): void;
  signOut(): void;
}

export interface SignInDeps {
  door: Pick<StaffDoor, 'ways' | 'signIn' | 'signOut' | 'me'>;
  monotonic(): number;
  /** the event of the address bar, or that was open before; null: none */
  wished(): string | null;
  /** what the address bar says went wrong at the other provider; null: nothing */
  problem(): Code | null;
  enter(event: string): void;
}

/** SignIn finds out who sits here and which event they want. */
export class SignIn implements SignInModel {
  readonly state = signal<SignInState>({ at: 'asking' });
  private readonly deps: SignInDeps;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(deps: SignInDeps) {
    this.deps = deps;
  }

  start(): void {
    const code = this.deps.problem();
    void this.look(0, code ? { code, until: 0 } : null);
  }

  /** The sign-in ended: by a coordinator elsewhere, by time, or by the server. */
  again(code: Code): void {
    this.state.value = { at: 'asking' };
    void this.form(0, { code, until: 0 });
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  signIn(login: string, passphrase: string): void {
    const now = this.state.value;
    if (now.at !== 'form') return;
    this.state.value = { at: 'signing' };
    void this.try(now.ways, login, passphrase);
  }

  choose(event: string): void {
    if (this.state.value.at !== 'events') return;
    this.state.value = { at: 'entering' };
    this.deps.enter(event);
  }

  signOut(): void {
    this.state.value = { at: 'asking' };
    void this.deps.door
      .signOut()
      .catch(() => undefined) // the cookie is worth nothing to who cannot reach the server, either
      .then(() => this.form(0, null));
  }

  private async try(ways: SignInWays, login: string, passphrase: string): Promise<void> {
    const { door, monotonic } = this.deps;
    try {
      await door.signIn({ login, passphrase });
    } catch (error) {
      const refused = error instanceof Refused ? error : null;
      this.state.value = {
        at: 'form',
        ways,
        problem: {
          code: refused?.code ?? null,
          until: refused?.retryAfter ? monotonic() + refused.retryAfter : 0,
        },
      };
      return;
    }
    await this.look(0, null);
  }

  private async look(attempt: number, problem: Problem | null): Promise<void> {
    let me: Me;
    try {
      me = await this.deps.door.me();
    } catch (error) {
      if (isSignedOut(error)) return this.form(0, problem);
      this.later(attempt, (next) => this.look(next, problem));
      return;
    }
    const wished = this.deps.wished();
    const event = me.events.find(({ id }) => id === wished) ?? (me.events.length === 1 ? me.events[0] : null);
    if (event) {
      this.state.value = { at: 'entering' };
      this.deps.enter(event.id);
    } else this.state.value = { at: 'events', me };
  }

  private async form(attempt: number, problem: Problem | null): Promise<void> {
    try {
      this.state.value = { at: 'form', ways: await this.deps.door.ways(), problem };
    } catch {
      this.later(attempt, (next) => this.form(next, problem));
    }
  }

  /** A server that is away is asked again, as links are. */
  private later(attempt: number, retry: (next: number) => Promise<void>): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void retry(attempt + 1), delayBefore(attempt + 1, Math.random()));
  }
}
