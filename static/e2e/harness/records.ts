import type { Attendance, Bootstrap } from '../../src/protocol/types';

/** Opens a link as the page does. */
export async function open(url: string): Promise<Bootstrap> {
  const link = new URL(url);
  const id = link.pathname.split('/').pop() ?? '';
  const opened = await fetch(`${link.origin}/api/v1/links/${id}/open`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret: link.hash.slice(1) }),
  });
  if (!opened.ok) throw new Error(`open ${link.pathname}: ${opened.status} ${await opened.text()}`);
  return (await opened.json()) as Bootstrap;
}

/** Opens a coordinator's link and reads the event's attendance. */
export async function attendance(coordinatorLink: string): Promise<{ record: Attendance; csv: string }> {
  const link = new URL(coordinatorLink);
  const { token, event } = await open(coordinatorLink);
  const get = async (query: string) => {
    const response = await fetch(`${link.origin}/api/v1/events/${event.id}/attendance${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw new Error(`attendance${query}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    record: (await (await get('')).json()) as Attendance,
    csv: await (await get('?format=csv')).text(),
  };
}

/** Seconds of a seat's intervals, each counted on its own; open ones end now. */
export function seconds(intervals: { from: string; to?: string }[]): number {
  return intervals.reduce(
    (sum, i) => sum + (Date.parse(i.to ?? new Date().toISOString()) - Date.parse(i.from)) / 1000,
    0,
  );
}
