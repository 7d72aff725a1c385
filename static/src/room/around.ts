import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import type { Devices } from '../media/devices';
import type { Stat } from '../media/diagnose';
import { type Gauge, gaugeOf } from '../media/gauge';
import { onScale } from '../media/level';
import { CameraLook } from '../media/look';
import type { MediaPeer } from '../media/peer';
import { ProbePeer } from '../media/probe';
import { loudestOf } from '../media/slots';
import type { SoundBank } from '../media/sound';
import { Tones } from '../media/tones';
import { countPath, type PathCount } from '../media/vitals';
import { canRecord, play, record } from '../media/voice';
import { keepAwake } from '../media/wakelock';
import { Refused } from '../protocol/failure';
import type {
  Change,
  ClientType,
  Code,
  Consent,
  DeviceAccess,
  IceServer,
  Note,
  Practising,
  Probed,
  Resumed,
  Waiting,
} from '../protocol/types';
import { Rest } from '../signal/rest';
import type { Attend } from './attend';
import { BoothCall } from './call';
import { ConsentAsk } from './consent';
import { DeviceDoors } from './doors';
import { LinkHandover } from './handover';
import { Monitor } from './health';
import { kept } from './kept';
import { Kiosk } from './kiosk';
import type { Gathering, Place, TimeWarning } from './model';
import { NetworkCheck } from './networktest';
import { Notes } from './notes';
import type { Opening } from './opening';
import type { MediaPath } from './path';
import { Rehearsal } from './practice';
import type { Publisher } from './publisher';
import { type Remembered, Reporter } from './readiness';
import { Bell } from './ring';
import { timeWarnings, zonesOfCountry } from './timetruth';
import { Trials } from './trials';
import { TryOut } from './tryout';
import { Turning } from './turning';
import { Vigil } from './vigil';
import { WayProbe } from './wayprobe';

export interface AroundDeps {
  win: Window & typeof globalThis;
  place: ReadonlySignal<Place>;
  opening: Opening;
  attend: Attend;
  devices: Devices;
  sound: SoundBank;
  path: MediaPath<MediaPeer>;
  publisher: Publisher;
  servers(): readonly IceServer[];
  /** counts the sockets of this session */
  sockets(): number;
  now(): number;
  /** the session is up */
  reachable(): boolean;
  ask<T>(type: ClientType, body: unknown): Promise<T>;
}

const lookEvery = 500;
const readEvery = 60_000;

const codeOf = (error: unknown): Code | null => (error instanceof Refused ? error.code : null);

/** Around is all that a person or a booth has besides the room: the lobby's company, notes, tests, the booth's own. */
export class Around {
  private readonly deps: AroundDeps;
  private readonly vigil: Vigil;
  private readonly rehearsal: Rehearsal;
  private readonly turning = new Turning();
  private readonly bell: Bell;
  private readonly boothCall: BoothCall;
  private readonly monitor: Monitor;
  private readonly tones = new Tones();
  private readonly look: CameraLook;
  private readonly zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  /** device minus server; moves by steps that matter, so that nothing is drawn for less */
  private readonly offset = signal<number | null>(null);
  private readonly firstRead = Date.now();
  private readonly stoppers: (() => void)[] = [];
  private lastRead = 0;

  readonly notes: Notes;
  readonly tests: TryOut;
  readonly consent: ConsentAsk;
  readonly kiosk: Kiosk;
  readonly handover: LinkHandover;
  readonly doors: DeviceDoors;
  readonly timeWarnings: ReadonlySignal<TimeWarning[]>;

  constructor(deps: AroundDeps) {
    this.deps = deps;
    const { win, opening, devices, path, ask, now } = deps;
    const rest = new Rest({
      token: () => opening.token(),
      distrustToken: () => opening.distrustToken(),
      fetcher: win.fetch.bind(win),
    });
    this.look = new CameraLook(win.document);
    this.vigil = new Vigil({
      wait: (consultation) => ask<Waiting>('wait', { consultation }),
      tellLeave: () => this.tellLeave(),
      reachable: () => deps.reachable() && !deps.attend.knocking && deps.place.peek().at !== 'room',
      notes: (notes, fresh) => this.heard(notes, fresh),
      learned: (gathering) => opening.learn(gathering),
      mistaken: () => void opening.refresh(),
    });
    this.notes = new Notes({
      now,
      newKey: () => win.crypto.randomUUID(),
      send: (note) => ask<void>('note', note),
      readUntil: kept(() => win.sessionStorage, 'sangdam.notes.read', 0),
    });
    this.rehearsal = new Rehearsal({
      practise: () => ask<Practising>('practice', {}),
      tellLeave: () => this.tellLeave(),
      send: (on) => this.send(on),
      slots: () => path.peer?.slots ?? [],
      playSound: () => deps.sound.play(),
      codeOf,
    });
    const speaker = () => devices.speaker.value;
    this.tests = new TryOut({
      microphone: devices.microphone,
      camera: devices.camera,
      level: devices.level,
      path: path.view,
      trials: new Trials({
        now,
        microphone: () => devices.outgoing('microphone').value,
        level: devices.level,
        canRecord,
        record,
        play: (blob, abort) => play(blob, speaker(), abort),
        tone: (abort) => this.tones.test(speaker(), abort),
      }),
      rehearsal: this.rehearsal,
      network: this.networkCheck(),
      reporter: new Reporter({
        post: async (readiness) => void (await rest.post('/me/readiness', readiness)),
        memory: kept<Remembered | null>(() => win.localStorage, 'sangdam.tests', null),
      }),
      roundTrip: async () => (await this.count())?.roundTrip ?? null,
      clockOffset: () => this.offset.value ?? 0,
      userAgent: win.navigator.userAgent,
      zone: this.zone,
    });
    this.consent = new ConsentAsk({
      tell: async (notice) => (await (await rest.post('/me/consent', { notice })).json()) as Consent,
      codeOf,
    });
    this.handover = new LinkHandover({
      link: () => win.location.origin + win.location.pathname + win.location.hash,
      draw: async (text) => (await rest.post('/qr', { text })).blob(),
      codeOf,
    });
    this.doors = new DeviceDoors({
      read: async () => (await (await rest.get('/me/devices')).json()) as DeviceAccess,
      codeOf,
    });
    this.bell = new Bell({ now, chime: (abort) => this.tones.ring(speaker(), abort) });
    this.boothCall = new BoothCall({ now, tell: () => ask<void>('call', {}) });
    this.monitor = new Monitor({
      microphone: devices.microphone,
      level: () => devices.level.peek(),
      far: () => onScale(loudestOf(path.peer?.slots ?? [])),
      camera: () => this.look.read(),
      path: () => this.count(),
      tell: (health) => ask<void>('health', health),
    });
    this.kiosk = new Kiosk({
      doc: win.document,
      bell: this.bell,
      call: this.boothCall,
      monitor: this.monitor,
    });
    this.timeWarnings = computed(() => this.warnings());
  }

  get gathering(): ReadonlySignal<Gathering | null> {
    return this.vigil.gathering;
  }

  /** The link is open, and it is no console's. */
  start(): void {
    const { deps } = this;
    const tick = setInterval(() => this.tick(), lookEvery);
    this.lastRead = deps.now();
    this.tests.watch();
    this.stoppers.push(
      () => clearInterval(tick),
      effect(() => {
        const bootstrap = deps.opening.bootstrap.value;
        if (bootstrap) untracked(() => this.consent.learn(bootstrap));
      }),
      effect(() => {
        const place = deps.place.value;
        const practising = this.rehearsal.busy;
        const next = place.at === 'lobby' ? (place.next?.id ?? null) : null;
        untracked(() => {
          this.turn(place);
          // Practising took this session out of the server's lobby; waiting would end it.
          if (practising && next !== null) this.vigil.forget();
          else this.vigil.want(next);
          // It has been used, or there is nothing left to go on with.
          if (place.at === 'over') this.handover.close();
        });
      }),
    );
    if (deps.opening.known.kind === 'booth') this.startBooth();
  }

  /** Nobody sits on this page's seat, as far as the lobby tells: who held it is away. */
  seatDeserted(consultation: string, seat: string): boolean {
    const gathering = this.vigil.gathering.peek();
    if (gathering?.consultation.id !== consultation) return false;
    return !gathering.seats.some((s) => s.seat === seat && s.state === 'here');
  }

  sessionUp(): void {
    this.vigil.look();
    this.notes.sayAgain();
    this.boothCall.again();
  }

  sessionLost(): void {
    this.vigil.forget();
    this.rehearsal.forget();
  }

  resumed(resumed: Resumed, replayed: boolean): void {
    if (replayed) return;
    if (resumed.waiting) {
      this.vigil.told(resumed.waiting);
      this.heard(resumed.waiting.notes, false);
    } else this.vigil.forget();
  }

  changed(changes: readonly Change[], session: string | null): void {
    const notes = changes.flatMap(({ note }) => note ?? []);
    if (notes.length) this.heard(notes, false);
    for (const { waiting, left } of changes) {
      if (waiting) this.vigil.told(waiting);
      // Put out of the lobby, or of a room: the timetable is another one than this page knows.
      if (left && left.id === session) void this.deps.opening.refresh().then(() => this.vigil.renew());
    }
  }

  stillOutside(): void {
    if (!this.rehearsal.busy) this.vigil.renew();
  }

  /** A room lets this session in. */
  enters(): void {
    this.vigil.forget();
    this.rehearsal.forget();
    this.handover.close();
    this.doors.close();
    this.tests.goesIn();
  }

  mediaRenewed(): void {
    this.rehearsal.mediaRenewed();
  }

  close(): void {
    for (const stop of this.stoppers.splice(0)) stop();
    this.vigil.close();
    this.rehearsal.forget();
    this.tests.close();
    this.kiosk.close();
    this.handover.close();
    this.tones.close();
  }

  private startBooth(): void {
    const { devices, win } = this.deps;
    this.monitor.start();
    this.stoppers.push(
      keepAwake(win),
      effect(() => this.look.show(devices.preview.value)),
    );
    // After a power cut nobody is there to press anything, and the room may be open already.
    void devices.start();
  }

  private tick(): void {
    const { opening, place } = this.deps;
    const now = this.deps.now();
    const offset = Date.now() - now;
    if (this.offset.peek() === null || Math.abs(offset - (this.offset.peek() ?? 0)) > 2000)
      this.offset.value = offset;
    const { at } = place.peek();
    if (opening.known.kind === 'booth') this.bell.look(this.rungFor());
    if ((at === 'lobby' || at === 'over') && now - this.lastRead > readEvery) {
      this.lastRead = now;
      void opening.refresh();
    }
  }

  /** What a booth turns to; nothing rings into a conversation. */
  private rungFor() {
    const place = this.deps.place.peek();
    switch (place.at) {
      case 'lobby':
      case 'over':
        return place.next;
      case 'room': {
        const { phase } = place.room.clock.peek();
        return phase === 'live' || phase === 'closing' ? null : place.room.consultation;
      }
      default:
        return null;
    }
  }

  /** Others come to a booth: what was written with those before is not theirs, nor is the answer to a call. */
  private turn(place: Place): void {
    if (this.deps.opening.known.kind !== 'booth' || !this.turning.look(place)) return;
    this.notes.clear();
    this.boothCall.close();
  }

  private heard(notes: readonly Note[], fresh: boolean): void {
    const booth = this.deps.opening.known.kind === 'booth';
    if (fresh && booth) this.notes.clear();
    this.notes.learn(notes);
    if (booth) this.boothCall.heard(notes);
  }

  private send(on: boolean): void {
    const { path, publisher } = this.deps;
    if (!on) publisher.leave();
    else if (path.peer) publisher.enter(path.peer, publisher.sources());
  }

  private tellLeave(): void {
    void this.deps.ask('leave', {}).catch(() => undefined);
  }

  private networkCheck(): NetworkCheck {
    const { win, path, devices, publisher, servers, sockets, ask, now } = this.deps;
    const monotonic = () => win.performance.now();
    const ways = new WayProbe({
      servers,
      make: (relays, relayed) => new ProbePeer(relays, relayed),
      ask: (probe) => ask<Probed>('probe', probe),
    });
    return new NetworkCheck({
      now,
      monotonic,
      ping: () => ask('ping', { at: monotonic() }),
      sockets,
      connected: () => path.view.peek().state === 'connected',
      way: () => path.way.peek(),
      gauge: () => this.gauge(),
      rehearse: () => {
        // Nothing to send, or the person tries the room already.
        if (publisher.sources().length === 0 || this.rehearsal.busy) return () => undefined;
        this.rehearsal.start();
        return () => this.rehearsal.stop();
      },
      probe: (way, within, abort) => ways.try(way, within, abort),
      level: devices.level,
      microphoneOn: () => devices.microphone.peek().state === 'on',
      clockOffset: () => this.offset.peek() ?? 0,
    });
  }

  private async gauge(): Promise<Gauge | null> {
    const { peer } = this.deps.path;
    return peer ? gaugeOf([...(await peer.report()).values()] as Stat[]) : null;
  }

  private async count(): Promise<PathCount | null> {
    const { peer } = this.deps.path;
    return peer ? countPath((await peer.report()).values()) : null;
  }

  private warnings(): TimeWarning[] {
    const bootstrap = this.deps.opening.bootstrap.value;
    const place = this.deps.place.value;
    const offset = this.offset.value;
    if (!bootstrap || offset === null) return [];
    const next = place.at === 'lobby' || place.at === 'over' ? place.next : null;
    const server = untracked(() => this.deps.now());
    return timeWarnings({
      device: server + offset,
      server,
      here: this.zone,
      eventZone: bootstrap.event.zone,
      country: bootstrap.country ?? '',
      buyerZone: bootstrap.zone ?? '',
      start: next ? Date.parse(next.starts_at) : null,
      invited: Date.parse(bootstrap.invited_at) || this.firstRead,
      zonesOf: zonesOfCountry,
    });
  }
}
