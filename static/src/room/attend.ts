import { type ReadonlySignal, signal } from '@preact/signals';
import { isPassing } from '../protocol/codes';
import { Refused } from '../protocol/failure';
import type { Bootstrap, Change, Code, Consultation, Join, Joined, SourceName } from '../protocol/types';
import { delayBefore } from '../signal/backoff';
import { chosenOf, dayOf, nextOf, sameDay } from './consultations';
import { type Answer, sameWaiting, waitingOf } from './lobby';
import type { DayLine, Place } from './model';
import type { Room } from './room';

type Why = Extract<Place, { at: 'over' }>['why'];

export interface AttendDeps {
  bootstrap(): Bootstrap;
  now(): number;
  random(): number;
  place(): Place;
  go(place: Place): void;
  /** the id of the session while it is up, null otherwise */
  session(): string | null;
  /** begins a new session if the server ended this page's for good: its seat went elsewhere */
  revive(): void;
  /** as far as is known nobody sits on this page's seat: who did is away, or gone */
  seatDeserted(consultation: Consultation): boolean;
  join(join: Join): Promise<Joined>;
  tellLeave(): void;
  sources(): SourceName[];
  makeRoom(consultation: Consultation, joined: Joined, session: string): Room;
  /** asked to go in, and was not let in, or nobody answered */
  stillOutside(): void;
  /** in a room with this session: may send, from now on */
  entered(sources: readonly SourceName[]): void;
  /** in no room any more */
  leftRoom(): void;
}

const lookEvery = 500;
/** Who waits to be admitted hears of it; this is for the case that the word was lost. */
const admissionEvery = 20_000;
/** How long a booth shows the end of a consultation before it turns to the next buyer. */
const boothPause = 8000;

/**
 * Attend walks a person or a booth from the lobby into the room, over, and on to
 * the next consultation. What is wanted outlives sessions: after a rejoin it goes
 * back in by itself.
 */
export class Attend {
  private readonly deps: AttendDeps;
  private wanted: string | null = null;
  private answer: Answer = { said: 'nothing' };
  /** says yes to the question of a seat in use */
  private move = false;
  private asking = false;
  private attempt = 0;
  private notBefore = 0;
  private room: Room | null = null;
  private readonly seatedSignal = signal<string | null>(null);
  private readonly daySignal = signal<DayLine[]>([]);
  /** what the person chose among several */
  private chosen: string | null = null;
  private readonly finished = new Set<string>();
  /** consultations that a booth does not enter again by itself */
  private readonly left = new Set<string>();
  private overSince = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(deps: AttendDeps) {
    this.deps = deps;
  }

  /** The session that sits in the room; null while there is none, or it has to be entered again. */
  get seated(): ReadonlySignal<string | null> {
    return this.seatedSignal;
  }

  /** A join is on its way. */
  get knocking(): boolean {
    return this.asking;
  }

  /** All consultations of this link, as they stand. */
  get day(): ReadonlySignal<DayLine[]> {
    return this.daySignal;
  }

  start(): void {
    this.toLobby();
    this.timer = setInterval(() => this.look(), lookEvery);
  }

  stop(): void {
    clearInterval(this.timer);
    this.closeRoom();
  }

  press(): void {
    const place = this.deps.place();
    if (place.at !== 'lobby' || !place.next) return;
    this.wanted = place.next.id;
    this.left.delete(place.next.id);
    if (this.answer.said !== 'early' && this.answer.said !== 'held') this.answer = { said: 'nothing' };
    this.hurry();
  }

  /** Answers the question of a seat in use elsewhere. */
  moveHere(yes: boolean): void {
    if (this.answer.said !== 'in_use') return;
    this.answer = { said: 'nothing' };
    this.move = yes;
    if (!yes) {
      if (this.wanted) this.left.add(this.wanted);
      this.wanted = null;
    }
    this.hurry();
  }

  /** A coordinator lets this person in, or asks them to come: who has pressed Join goes in. */
  admitted(consultation: string | null): void {
    const { at } = this.deps.place();
    if (at !== 'lobby' && at !== 'over') return;
    this.left.delete(consultation ?? this.next()?.id ?? '');
    if (consultation !== null && this.next()?.id !== consultation) this.choose(consultation);
    if (this.answer.said === 'held') this.answer = { said: 'nothing' };
    if (this.deps.place().at === 'over') this.toLobby();
    else this.hurry();
  }

  /** The next try is due now. */
  hurry(): void {
    this.attempt = 0;
    this.notBefore = 0;
    this.look();
  }

  leave(): void {
    const { room } = this;
    if (!room) return;
    this.left.add(room.consultation.id);
    this.deps.tellLeave();
    this.over(room.consultation, 'left');
  }

  back(): void {
    if (this.deps.place().at === 'over') this.toLobby();
  }

  choose(consultation: string): void {
    const { at } = this.deps.place();
    if (at !== 'lobby' && at !== 'over') return;
    this.chosen = consultation;
    this.toLobby();
  }

  /** The session is up: a new one, or the old one again. */
  sessionUp(): void {
    this.hurry();
  }

  /** The session is gone; a new one has to enter again. */
  sessionLost(): void {
    this.seatedSignal.value = null;
  }

  /**
   * Our own old session may still hold the seat when media made us begin a new
   * one; that is no question for the person.
   */
  sessionRenewed(): void {
    if (this.room) this.move = true;
  }

  /** The resume came too late to replay: joined is the whole truth, null means in no room. */
  resynced(joined: Joined | null): void {
    const seated = this.seatedSignal.value;
    if (!joined) this.seatedSignal.value = null;
    else if (this.room && seated) this.room.reset(joined, seated);
  }

  changed(changes: readonly Change[]): void {
    if (!this.room) return;
    this.room.apply(changes);
    const out = changes.find((c) => c.left && c.left.id === this.seatedSignal.value)?.left;
    if (!out) return;
    switch (out.reason) {
      case 'ended':
        this.over(this.room.consultation, 'ended');
        break;
      case 'removed':
        // Out until a coordinator says otherwise. Whose link was withdrawn hears that next.
        this.hold(this.room.consultation);
        break;
      case 'moved':
      case 'renewed': // by another page of the same link, or a copy of this tab
        this.over(this.room.consultation, 'moved');
        break;
      case 'left':
        this.over(this.room.consultation, 'left');
        break;
      case 'lost':
      case 'node_died':
      case 'fault':
        // Nobody meant it: back in.
        this.seatedSignal.value = null;
        this.look();
        break;
    }
  }

  /** The server ended the session for good; true when the page has a place for that. */
  dismissed(code: Code): boolean {
    if (this.deps.place().at === 'over') return true;
    const why = code === 'replaced' ? 'moved' : code;
    if (why !== 'moved' && why !== 'ended' && why !== 'removed' && why !== 'cancelled') return false;
    if (!this.room) return false;
    this.over(this.room.consultation, why);
    return true;
  }

  private next(): Consultation | null {
    const { consultations } = this.deps.bootstrap();
    const now = this.deps.now();
    return (
      chosenOf(consultations, this.chosen, now, this.finished) ?? nextOf(consultations, now, this.finished)
    );
  }

  private isBooth(): boolean {
    return this.deps.bootstrap().kind === 'booth';
  }

  private toLobby(): void {
    this.deps.revive();
    this.wanted = null;
    this.answer = { said: 'nothing' };
    this.move = false;
    const next = this.next();
    this.deps.go({ at: 'lobby', next, waiting: { for: 'person' } });
    this.hurry();
  }

  /** Looks at the clock and does what is due. */
  private look(): void {
    const place = this.deps.place();
    this.lookAtDay();
    switch (place.at) {
      case 'lobby':
        this.lookInLobby(place);
        break;
      case 'room':
        if (this.room && this.seatedSignal.value === null) void this.enter(this.room.consultation);
        break;
      case 'over':
        this.lookAfterwards(place);
        break;
      case 'opening':
      case 'sign_in':
      case 'stopped':
      case 'unsupported':
      case 'console':
        break;
    }
  }

  private lookAtDay(): void {
    const { consultations } = this.deps.bootstrap();
    const day = dayOf(consultations, this.deps.now(), this.finished, this.next());
    if (!sameDay(day, this.daySignal.peek())) this.daySignal.value = day;
  }

  private lookInLobby(place: Extract<Place, { at: 'lobby' }>): void {
    const next = this.next();
    if (next?.id !== place.next?.id) this.answer = { said: 'nothing' };
    if (this.isBooth() && next && !this.left.has(next.id)) this.wanted = next.id;
    if (this.isBooth() && next && this.answer.said === 'in_use' && this.deps.seatDeserted(next)) {
      // The power failed: the seat is still held by this very screen as it was before.
      this.answer = { said: 'nothing' };
      this.move = true;
    }
    const wanted = next !== null && this.wanted === next.id;
    const now = this.deps.now();
    const waiting = waitingOf(next, wanted, this.answer, now);
    // One that was rescheduled is another object: its page has to show the new time.
    if (next !== place.next || !sameWaiting(waiting, place.waiting)) {
      this.deps.go({ at: 'lobby', next, waiting });
    }
    const due =
      waiting.for === 'reply' || (wanted && (waiting.for === 'retry' || waiting.for === 'admission'));
    if (next && due) void this.enter(next);
  }

  private lookAfterwards(place: Extract<Place, { at: 'over' }>): void {
    if (!this.isBooth() || this.deps.now() - this.overSince < boothPause) return;
    // Whoever took the seat elsewhere has it until this consultation is over.
    const taken = place.why === 'moved' || place.why === 'removed';
    if (taken && this.next()?.id === place.consultation.id) return;
    this.toLobby();
  }

  private async enter(consultation: Consultation): Promise<void> {
    const session = this.deps.session();
    if (this.asking || !session || this.deps.now() < this.notBefore) return;
    this.asking = true;
    const sources = this.deps.sources();
    try {
      const join: Join = { consultation: consultation.id, sources };
      const joined = await this.deps.join(this.move ? { ...join, move: true } : join);
      this.welcome(consultation, joined, session, sources);
    } catch (error) {
      this.refuse(consultation, error);
    } finally {
      this.asking = false;
      if (!this.room) this.deps.stillOutside();
    }
  }

  private welcome(
    consultation: Consultation,
    joined: Joined,
    session: string,
    sources: readonly SourceName[],
  ): void {
    this.attempt = 0;
    this.move = false;
    this.answer = { said: 'nothing' };
    this.seatedSignal.value = session;
    if (this.room) this.room.reset(joined, session);
    else {
      this.room = this.deps.makeRoom(consultation, joined, session);
      this.deps.go({ at: 'room', room: this.room });
    }
    this.deps.entered(sources);
  }

  private refuse(consultation: Consultation, error: unknown): void {
    // Nobody answered: it is asked again when the session is up again.
    if (!(error instanceof Refused)) return;
    this.notBefore =
      this.deps.now() + delayBefore(Math.max(1, this.attempt), this.deps.random(), error.retryAfter);
    this.attempt += 1;
    const { code } = error;
    switch (code) {
      case 'too_early':
        this.notBefore = 0;
        this.answer = { said: 'early', opensAt: error.opensAt ?? Date.parse(consultation.opens_at) };
        break;
      case 'seat_in_use':
        this.answer = { said: 'in_use' };
        break;
      case 'held':
        this.notBefore = this.deps.now() + Math.max(admissionEvery, error.retryAfter);
        this.answer = { said: 'held' };
        break;
      case 'ended':
      case 'cancelled':
      case 'removed':
      case 'moved':
        this.over(consultation, code);
        return;
      default:
        // Back into a room that we were in, or into a booth: tried until it works.
        if (this.room && isPassing(code)) return;
        this.answer = { said: 'no', code };
        if (!this.isBooth() || !isPassing(code)) this.wanted = null;
    }
    if (this.room) this.toLobbyKeeping(consultation);
    this.look();
  }

  private hold(consultation: Consultation): void {
    this.wanted = null;
    this.left.add(consultation.id);
    this.answer = { said: 'held' };
    this.toLobbyKeeping(consultation);
    this.look();
  }

  /** Out of the room, with the answer that took us out. */
  private toLobbyKeeping(consultation: Consultation): void {
    this.closeRoom();
    this.deps.go({ at: 'lobby', next: consultation, waiting: { for: 'person' } });
  }

  private over(consultation: Consultation, why: Why): void {
    this.closeRoom();
    this.wanted = null;
    this.move = false;
    if (why !== 'left' && why !== 'moved') this.finished.add(consultation.id);
    else this.left.add(consultation.id);
    this.overSince = this.deps.now();
    const next = this.next();
    this.deps.go({ at: 'over', consultation, why, back: next?.id === consultation.id, next });
  }

  private closeRoom(): void {
    if (!this.room) return;
    this.deps.leftRoom();
    this.room.dispose();
    this.room = null;
    this.seatedSignal.value = null;
  }
}
