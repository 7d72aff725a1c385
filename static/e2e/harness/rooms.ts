import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChromiumPerson, inChromium, type Options } from './browser';
import { plain } from './portrait';
import { colourOf } from './probe';
import { Redis, Server } from './server';
import { writeTimetable } from './timetable';

/** A room that began five minutes ago, its two people in Chromiums of their own, and a coordinator's. */
export interface OneRoom {
  id: string;
  server: Server;
  coordinator: ChromiumPerson;
  booth: ChromiumPerson;
  buyer: ChromiumPerson;
  end(): Promise<void>;
}

/** Every camera has a colour of its own, by which a test knows whose picture it sees. */
export const colours = {
  booth: [200, 40, 40],
  buyer: [40, 150, 60],
} as const;

export async function startRoom(coordinator: Options = {}): Promise<OneRoom> {
  const folder = mkdtempSync(join(tmpdir(), 'sangdam-e2e-'));
  const film = (name: keyof typeof colours) => {
    const file = join(folder, `${name}.y4m`);
    plain(colours[name], file);
    return file;
  };
  const timetable = join(folder, 'timetable.csv');
  writeTimetable(timetable);
  const redis = await Redis.start();
  const server = await Server.create(redis);
  await server.import('fair', timetable);
  await server.start();
  const people = await Promise.all([
    inChromium('coordinator', { language: 'en-GB', width: 1920, height: 1080, ...coordinator }),
    inChromium('booth', { language: 'ko-KR', film: film('booth') }),
    inChromium('buyer', { film: film('buyer') }),
  ]);
  return {
    id: 'T01',
    server,
    coordinator: people[0],
    booth: people[1],
    buyer: people[2],
    end: async () => {
      await Promise.all(people.map((person) => person.close()));
      await server.end();
      await redis.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const wallFrame = (room: string, index: number): string =>
  `[data-room="${room}"] .frame:nth-of-type(${index + 1})`;

/** Waits until a video shows a colour; lossy coding changes it a little. */
export async function shows(
  who: ChromiumPerson,
  selector: string,
  colour: readonly number[],
  ms = 15_000,
): Promise<void> {
  const deadline = Date.now() + ms;
  for (;;) {
    const seen = await who.evaluate(colourOf, selector);
    if (seen && near(seen, colour)) return;
    if (Date.now() > deadline)
      throw new Error(`${who.name} waited ${ms} ms for ${colour} in ${selector}, and saw ${seen}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export function near(seen: readonly number[], colour: readonly number[]): boolean {
  return seen.every((value, i) => Math.abs(value - (colour[i] ?? 0)) < 30);
}
