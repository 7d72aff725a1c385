import { expect, test } from 'vitest';
import { Refused } from '../../protocol/failure';
import type {
  BoothState,
  LinkInfo,
  LinkReadiness,
  Note,
  Outcome,
  Row,
  Timetable,
} from '../../protocol/types';
import { createEventDesk, type EventDesk } from '../desk';
import { boothLook } from './booths';
import { LinksModel, linksOf } from './links';
import { Loaded } from './load';
import { isOpen, threadsOf, withNote } from './notes';
import { lightCounts, readinessOf } from './readiness';
import { TimetableModel } from './timetable';

const outcome = (change: Partial<Outcome> = {}): Outcome => ({
  applied: false,
  revision: 7,
  problems: [],
  conflicts: [],
  plan: [{ what: 'consultation', id: 'S01', change: 'changed', fields: [] }],
  same: 0,
  ...change,
});

function deskOf(change: Partial<EventDesk>): EventDesk {
  const no = () => Promise.reject(new Error('not asked for'));
  const timetable = async () => ({ revision: 7 }) as Timetable;
  const all = { edit: no, importFile: no, edits: no, extend: no, verdict: no, links: no, addLink: no };
  const more = { revoke: no, reissue: no, linksFile: no, mail: no, qr: no, readiness: no, linkDevices: no };
  return { timetable, ...all, ...more, ...change };
}

test('a change is applied on the revision that was checked, and once', async () => {
  const asked: [number, boolean][] = [];
  const model = new TimetableModel(
    deskOf({
      edit: async ({ revision }, dryRun) => {
        asked.push([revision, dryRun]);
        return outcome({ applied: !dryRun });
      },
    }),
  );
  await model.table.load();
  await model.check({ op: 'cancel', consultation: 'S01' });
  await Promise.all([model.editing.apply(), model.editing.apply()]);
  expect(asked).toEqual([
    [7, true],
    [7, false],
  ]);
  expect(model.editing.now.value.at).toBe('applied');
});

test('what is refused or has errors is never applied', async () => {
  const runs: boolean[] = [];
  let answer = outcome({ refusal: { code: 'fixed' } });
  const run = async (dryRun: boolean) => {
    runs.push(dryRun);
    return answer;
  };
  const model = new TimetableModel(
    deskOf({
      edit: (_, dryRun) => run(dryRun),
      importFile: (_file, _name, _revision, dryRun) => run(dryRun),
    }),
  );
  await model.check({ op: 'cancel', consultation: 'S01' });
  await model.editing.apply();
  answer = outcome({ problems: [{ row: 4, code: 'time' }] });
  await model.checkFile(new Blob(['x']), 'a.csv');
  await model.importing.apply();
  expect(runs).toEqual([true, true]);
});

test('warnings and conflicts do not keep a file from being taken over', async () => {
  const warned = outcome({
    problems: [{ row: 1, code: 'heading_unknown', warning: true }],
    conflicts: [{ code: 'booth_busy', consultations: ['S01'] }],
  });
  const model = new TimetableModel(
    deskOf({ importFile: async (_file, _name, _revision, dryRun) => ({ ...warned, applied: !dryRun }) }),
  );
  await model.checkFile(new Blob(['x']), 'a.csv');
  await model.importing.apply();
  expect(model.importing.now.value.at).toBe('applied');
});

test('a conflict reads the timetable again and asks for another check', async () => {
  let reads = 0;
  const model = new TimetableModel(
    deskOf({
      timetable: async () => ({ revision: ++reads }) as Timetable,
      edit: async (_, dryRun) => {
        if (dryRun) return outcome();
        throw new Refused({ code: 'conflict' });
      },
    }),
  );
  await model.table.load();
  await model.check({ op: 'cancel', consultation: 'S01' });
  await model.editing.apply();
  expect(model.editing.now.value.at).toBe('stale');
  expect(reads).toBe(2);
});

test('a changed form forgets the check that is under way', async () => {
  let answer: (outcome: Outcome) => void = () => undefined;
  const model = new TimetableModel(
    deskOf({
      edit: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    }),
  );
  const checking = model.check({ op: 'cancel', consultation: 'S01' });
  model.editing.reset();
  answer(outcome());
  await checking;
  expect(model.editing.now.value.at).toBe('idle');
});

test('a failed reading keeps what was there and says so', async () => {
  let fail = false;
  const loaded = new Loaded(async () => {
    if (fail) throw new Refused({ code: 'unavailable' });
    return 1;
  });
  await loaded.load();
  fail = true;
  await loaded.load();
  expect(loaded.now.value).toEqual({ at: 'ready', value: 1, stale: 'unavailable' });
});

test('mail goes to those whose letters were shown and to nobody else', async () => {
  const sent: [string[], boolean][] = [];
  const letter = { link: 'a', to: 'a@example.org', language: 'en', subject: 's', text: 't' };
  const model = new LinksModel(
    deskOf({
      links: async () => ({ links: [], mail: true }),
      mail: async (links, dryRun) => {
        sent.push([links, dryRun]);
        return { queued: dryRun ? 0 : 1, letters: dryRun ? [letter] : [], skipped: [] };
      },
    }),
  );
  await model.checkMail([]);
  await model.sendMail();
  expect(sent).toEqual([
    [[], true],
    [['a'], false],
  ]);
});

test('pictures stand in one line, wait as they are told, and are asked for once', async () => {
  const waits: number[] = [];
  let asked = 0;
  let underway = 0;
  const model = new LinksModel(
    deskOf({
      qr: async (url) => {
        expect(++underway).toBe(1);
        await Promise.resolve();
        underway--;
        if (++asked === 2) throw new Refused({ code: 'rate_limited', retry_after_ms: 700 });
        return new Blob([url]);
      },
    }),
    async (ms) => {
      waits.push(ms);
    },
  );
  const link = (url: string) => ({ url }) as LinkInfo;
  const yes = () => true;
  const [a, , c] = await Promise.allSettled([
    model.qr(link('a'), yes),
    model.qr(link('gone'), () => false),
    model.qr(link('b'), yes),
  ]);
  expect([a?.status, c?.status, asked, waits]).toEqual(['fulfilled', 'fulfilled', 3, [700]]);
  await model.qr(link('a'), yes);
  expect(asked).toBe(3);
});

test('links are found by group and by words in name, address and consultations', () => {
  const of = (name: string, kind: LinkInfo['kind'], role: LinkInfo['role']) =>
    ({ name, kind, role, consultations: ['S01'] }) as unknown as LinkInfo;
  const all = [
    of('Booth 1', 'booth', 'firm'),
    of('Firm 01', 'person', 'firm'),
    of('Buyer', 'person', 'buyer'),
  ];
  expect(linksOf(all, 'firm', '').map((link) => link.name)).toEqual(['Firm 01']);
  expect(linksOf(all, 'all', 'booth').map((link) => link.name)).toEqual(['Booth 1']);
  expect(linksOf(all, 'all', 's01')).toHaveLength(3);
});

const call = (id: string, minute: number, change: Partial<Note> = {}): Note => ({
  id,
  at: new Date(minute * 60_000).toISOString(),
  from: { role: 'firm', name: 'Booth 3', reply_to: 'booth:3' },
  text: '',
  kind: 'call',
  ...change,
});

test('threads: an open call stands first, an answer joins the thread it is to', () => {
  const booths = [{ id: '3', name: 'Booth 3', connected: true, reply_to: 'booth:3' }] as BoothState[];
  const text: Note = call('t', 9, {
    kind: 'text',
    text: 'hello',
    from: { role: 'buyer', name: 'Buyer', seat: 'S01/buyer', reply_to: 'session:1' },
  });
  const answer = call('a', 10, {
    kind: 'text',
    text: 'yes',
    from: { role: 'coordinator', name: 'C' },
    to: 'session:1',
  });
  const threads = threadsOf([call('c', 1), text, answer], [], booths);
  expect(threads.map((thread) => [thread.with.who, thread.notes.length])).toEqual([
    ['booth', 1],
    ['person', 2],
  ]);
  const seen = threadsOf([call('c', 1, { seen_at: 'now' }), text], [], booths);
  expect(seen[0]?.to).toBe('session:1');
  expect(isOpen(call('c', 1, { seen_at: 'now' }))).toBe(false);
});

test('a note that was seen takes the place of the note it was', () => {
  const notes = withNote([call('a', 1), call('b', 2)], call('a', 1, { seen_by: 'C' }));
  expect(notes.map((note) => [note.id, note.seen_by])).toEqual([
    ['a', 'C'],
    ['b', undefined],
  ]);
});

test('notes to a seat are with who sits there', () => {
  const row = { consultation: { id: 'S01', booth: 'Booth 1', buyer: { name: 'Buyer US-1' } } } as Row;
  const [thread] = threadsOf([call('a', 1, { kind: 'text', to: 'S01/buyer' })], [row], []);
  expect(thread?.with).toEqual({ who: 'person', role: 'buyer', name: 'Buyer US-1', consultation: 'S01' });
});

test("a booth's worst ailment gives it its colour", () => {
  const now = Date.parse('2021-12-06T01:00:00Z');
  const health = { microphone: 'ok', camera: 'ok', level: 0, echo: false, rtt_ms: 30, loss: 0 } as const;
  const booth: BoothState = {
    id: '1',
    name: 'Booth 1',
    connected: true,
    reply_to: 'b',
    health,
    health_at: new Date(now - 5000).toISOString(),
  };
  expect(boothLook(booth, now)).toMatchObject({ tone: 'live', ailments: [] });
  expect(boothLook({ ...booth, health: { ...health, echo: true } }, now).tone).toBe('wait');
  expect(boothLook({ ...booth, health: { ...health, camera: 'off', echo: true } }, now)).toMatchObject({
    tone: 'late',
    ailments: ['camera_off', 'echo'],
  });
  expect(boothLook(booth, now + 60_000).ailments).toEqual(['silent_link']);
  expect(boothLook({ ...booth, connected: false }, now).ailments).toEqual(['never']);
});

test('readiness counts only who has a consultation ahead', () => {
  const links = [
    { light: 'red', next: 'x' },
    { light: 'green', next: 'x' },
    { light: 'red' },
  ] as LinkReadiness[];
  const ahead = readinessOf(links, 'all');
  expect(lightCounts(ahead)).toEqual({ red: 1, amber: 0, untested: 0, green: 1 });
  expect(readinessOf(links, 'red')).toHaveLength(1);
});

test('the desk names the event, the token and the dry run, and throws what the server refuses', async () => {
  const asked: [string, RequestInit][] = [];
  let response = new Response(JSON.stringify(outcome()));
  const desk = createEventDesk({
    event: 'a b',
    token: () => 'secret',
    fetcher: (async (path: string, init: RequestInit) => {
      asked.push([path, init]);
      return response;
    }) as unknown as typeof fetch,
  });
  await desk.importFile(new Blob(['x']), 'plan 1.csv', 7, true);
  expect(asked[0]?.[0]).toBe('/api/v1/events/a%20b/import?dry_run=true&name=plan+1.csv&revision=7');
  expect(asked[0]?.[1].headers).toMatchObject({
    Authorization: 'Bearer secret',
    'Content-Type': 'application/octet-stream',
  });
  response = new Response(JSON.stringify({ code: 'conflict', detail: '' }), { status: 409 });
  await expect(desk.edit({ revision: 1, op: 'cancel' }, false)).rejects.toMatchObject({ code: 'conflict' });
});
