/** The staff's way in, the record and the staff's tab. */
import { signal } from '@preact/signals';
import type { Me, Right } from '../../src/protocol/types';
import type { Visit } from '../../src/room/model';
import type { SignInState } from '../../src/room/signin';
import { board } from './board';
import { visitOf } from './fakes';
import { staffTouches } from './touches';

const ways = { passphrase: true, openid: 'Gyeonggi SSO', trial: false };

const me: Me = {
  id: 'a1',
  login: 'kim.minji',
  name: '김민지',
  right: 'coordinator',
  language: 'ko',
  session: 's1',
  events: [
    ['yangju-2021', '양주 섬유기업 온라인 수출상담회'],
    ['dongducheon-2021', '동두천 니트 화상 상담회'],
  ].map(([id = '', name = '']) => ({
    id,
    name,
    organiser: '경기섬유종합지원센터',
    zone: 'Asia/Seoul',
    language: 'ko',
  })),
};

const signIn = (state: SignInState) => (): Visit =>
  visitOf({
    kind: 'console',
    role: 'coordinator',
    place: {
      at: 'sign_in',
      signIn: {
        state: signal(state),
        signIn: () => undefined,
        choose: () => undefined,
        signOut: () => undefined,
      },
    },
    consultations: [],
  });

function office(right: Right): Visit {
  const visit = visitOf({
    kind: 'console',
    role: 'coordinator',
    name: 'Administrator',
    place: { at: 'console', board: board() },
    consultations: [],
  });
  const bootstrap = visit.bootstrap.value;
  if (bootstrap) Object.assign(bootstrap.you, { id: 'a0', right });
  return visit;
}

export const staffScenes: Record<string, () => Visit> = {
  signin: signIn({ at: 'form', ways, problem: null }),
  signin_wrong: signIn({ at: 'form', ways, problem: { code: 'sign_in_wrong', until: 0 } }),
  signin_wait: signIn({
    at: 'form',
    ways: { passphrase: true, trial: false },
    problem: { code: 'rate_limited', until: performance.now() + 48_000 },
  }),
  signin_none: signIn({ at: 'form', ways: { passphrase: false, trial: false }, problem: null }),
  signin_events: signIn({ at: 'events', me }),
  ...Object.fromEntries(Object.keys(staffTouches).map((name) => [name, () => office('administrator')])),
  record_viewer: () => office('viewer'),
  staff_viewer: () => office('viewer'),
};
