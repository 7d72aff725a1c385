import { expect, test } from 'vitest';
import { Refused } from '../../protocol/failure';
import type { AuditEntry, AuditLog } from '../../protocol/types';
import { type AuditFilter, AuditModel, type AuditSource, auditOf, query } from './audit';

const entry = (id: string, by = 'a1', name = 'Kim'): AuditEntry => ({
  id,
  at: '2021-12-06T01:00:00Z',
  by,
  name,
  action: 'listen',
  erased: false,
  hash: '',
});

class Pages implements AuditSource {
  readonly asked: [AuditFilter, string | undefined][] = [];
  constructor(private readonly pages: (AuditLog | Error)[]) {}
  async read(filter: AuditFilter, before?: string): Promise<AuditLog> {
    this.asked.push([filter, before]);
    const page = this.pages.shift();
    if (!page || page instanceof Error) throw page ?? new Error('no more pages');
    return page;
  }
  file = async () => new Blob([]);
}

test('older entries follow the newer ones', async () => {
  const source = new Pages([{ entries: [entry('9'), entry('8')], next: '8-0' }, { entries: [entry('7')] }]);
  const model = new AuditModel(source);
  await model.load();
  expect(model.more).toBe(true);
  await model.older();
  expect(model.entries.value.map(({ id }) => id)).toEqual(['9', '8', '7']);
  expect(source.asked[1]?.[1]).toBe('8-0');
  expect(model.more).toBe(false);
  await model.older();
  expect(source.asked).toHaveLength(2);
});

test('an empty page that has a next is turned over, a few times', async () => {
  const blank = { entries: [], next: 'x-0' };
  const found = new AuditModel(new Pages([blank, blank, { entries: [entry('1')], next: 'y-0' }]));
  await found.load();
  expect(found.entries.value).toHaveLength(1);

  const source = new Pages(Array.from({ length: 20 }, () => blank));
  const nothing = new AuditModel(source);
  await nothing.load();
  expect(source.asked).toHaveLength(5);
  expect(nothing.state.value).toBe('ready');
  expect(nothing.more).toBe(true);
});

test('another filter begins anew, and the answer to the one before is not shown', async () => {
  let slow: (log: AuditLog) => void = () => undefined;
  const logs = [
    new Promise<AuditLog>((resolve) => {
      slow = resolve;
    }),
    Promise.resolve({ entries: [entry('2')] }),
  ];
  const model = new AuditModel({
    read: () => logs.shift() ?? Promise.reject(new Error()),
    file: async () => new Blob([]),
  });
  const first = model.load();
  await model.choose({ action: 'listen' });
  slow({ entries: [entry('1')], next: 'z' });
  await first;
  expect(model.entries.value.map(({ id }) => id)).toEqual(['2']);
  expect(model.filter.value).toEqual({ by: '', action: 'listen', consultation: '', day: '' });
  expect(model.more).toBe(false);
});

test('who was met stays a choice when the list is narrowed to one of them', async () => {
  const model = new AuditModel(
    new Pages([
      { entries: [entry('3', 'a2', 'Lee'), entry('2'), entry('1', 'gone', '')] },
      { entries: [entry('2')] },
    ]),
  );
  await model.load();
  await model.choose({ by: 'a1' });
  expect([...model.people.value]).toEqual([
    ['a2', 'Lee'],
    ['a1', 'Kim'],
  ]);
});

test('a refusal is told, and what was there stays', async () => {
  const model = new AuditModel(
    new Pages([{ entries: [entry('1')], next: 'n' }, new Refused({ code: 'rate_limited' })]),
  );
  await model.load();
  await model.older();
  expect(model.state.value).toEqual({ failed: 'rate_limited' });
  expect(model.entries.value).toHaveLength(1);
  expect(model.more).toBe(true);
});

test('what is empty is not asked for', async () => {
  expect(query({})).toBe('');
  const asked: string[] = [];
  const source = auditOf({
    json: async (_method: string, path: string) => {
      asked.push(path);
      return {} as never;
    },
    done: async () => undefined,
    blob: async (_method, path) => {
      asked.push(path);
      return new Blob([]);
    },
  });
  await source.read({ by: '', action: 'edit', consultation: '', day: '2021-12-06' }, '5-0');
  await source.file({ by: 'a&b', action: '', consultation: '', day: '' });
  expect(asked).toEqual([
    '/audit?action=edit&day=2021-12-06&before=5-0&limit=100',
    '/audit?by=a%26b&format=csv',
  ]);
});
