/** What a visit has beside place, devices and connection: notes, tests, consent, kiosk, the day. */
import { signal } from '@preact/signals';
import type { Consultation, Health, Readiness } from '../../src/protocol/types';
import type {
  Call,
  Consent,
  DayLine,
  Doors,
  Gathering,
  Handover,
  NetworkTrial,
  NoteLine,
  Place,
  Practice,
  Ring,
  TimeWarning,
  ToneTest,
  Visit,
  VoiceTest,
} from '../../src/room/model';

export interface Extras {
  gathering?: Gathering;
  notes?: NoteLine[];
  unread?: number;
  voice?: VoiceTest;
  tone?: ToneTest;
  practice?: Practice;
  network?: NetworkTrial;
  readiness?: Partial<Readiness>;
  consent?: Consent;
  warnings?: TimeWarning[];
  call?: Call;
  ring?: Ring;
  health?: Partial<Health>;
  screen?: 'full' | 'window' | 'unavailable';
  handover?: Handover;
  doors?: Doors;
}

type Extra = Pick<
  Visit,
  'day' | 'gathering' | 'notes' | 'tests' | 'consent' | 'timeWarnings' | 'kiosk' | 'handover' | 'doors'
>;

export function extrasOf(setting: Extras & { place: Place }, consultations: readonly Consultation[]): Extra {
  const nothing = () => undefined;
  const { place } = setting;
  const next = place.at === 'lobby' ? place.next : null;
  const handover = signal<Handover>(setting.handover ?? { state: 'closed' });
  return {
    day: signal(consultations.map((one) => lineOf(one, next))),
    gathering: signal(setting.gathering ?? null),
    notes: {
      list: signal(setting.notes ?? []),
      unread: signal(setting.unread ?? 0),
      send: nothing,
      read: nothing,
    },
    tests: {
      voice: signal<VoiceTest>(setting.voice ?? { state: 'idle' }),
      tone: signal<ToneTest>(setting.tone ?? { state: 'idle' }),
      practice: signal<Practice>(setting.practice ?? { state: 'off' }),
      network: signal<NetworkTrial>(setting.network ?? { state: 'idle' }),
      readiness: signal<Readiness>({
        browser: 'Chrome',
        camera: 'passed',
        clock_offset_ms: 12,
        media: 'passed',
        microphone: 'untested',
        rtt_ms: 180,
        speaker: 'untested',
        supported: true,
        zone: 'America/New_York',
        ...setting.readiness,
      }),
      startVoice: nothing,
      startTone: nothing,
      heard: nothing,
      stop: nothing,
      startPractice: nothing,
      stopPractice: nothing,
      startNetwork: nothing,
      stopNetwork: nothing,
    },
    consent: {
      consent: signal<Consent>(setting.consent ?? { state: 'not_needed' }),
      give: async () => true,
    },
    timeWarnings: signal(setting.warnings ?? []),
    kiosk: {
      ring: signal<Ring>(setting.ring ?? { state: 'quiet' }),
      call: signal<Call>(setting.call ?? { state: 'none' }),
      health: signal<Health | null>({
        camera: 'ok',
        echo: false,
        level: 0.2,
        loss: 0,
        microphone: 'ok',
        rtt_ms: 20,
        ...setting.health,
      }),
      screen: signal(setting.screen ?? 'window'),
      callCoordinator: nothing,
      closeCall: nothing,
      stopRing: nothing,
      toggleFullScreen: nothing,
    },
    doors: {
      doors: signal<Doors>(setting.doors ?? { state: 'closed' }),
      open: nothing,
      close: nothing,
    },
    handover: {
      handover,
      open: nothing,
      close: () => {
        handover.value = { state: 'closed' };
      },
    },
  };
}

function lineOf(consultation: Consultation, next: Consultation | null): DayLine {
  const chosen = consultation.id === next?.id;
  switch (consultation.phase) {
    case 'ended':
      return { consultation, state: 'over', chosen };
    case 'cancelled':
      return { consultation, state: 'cancelled', chosen };
    default:
      return { consultation, state: chosen ? 'open' : 'ahead', chosen };
  }
}
