import { writeFileSync } from 'node:fs';

const heading =
  'consultation,date,start,end,timezone,booth,firm,firm_products,buyer,buyer_country,buyer_timezone,buyer_language,interpreter,interpreter_languages';

/** Writes a timetable whose one consultation began a few minutes ago; it has no interpreter. */
export function writeTimetable(file: string): void {
  const zone = 'Asia/Seoul';
  const parts = (at: Date) => {
    const text = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'short',
    }).format(at);
    const [date = '', time = ''] = text.split(' ');
    return { date, time };
  };
  const now = Date.now();
  let start = parts(new Date(now - 5 * 60_000));
  let end = parts(new Date(now + 35 * 60_000));
  if (start.date !== end.date) {
    // A consultation lies within one day of the center; around its midnight take what the day has.
    if (parts(new Date(now)).date === start.date) end = { date: start.date, time: '23:59' };
    else start = { date: end.date, time: '00:00' };
  }
  writeFileSync(
    file,
    `${heading}\nT01,${start.date},${start.time},${end.time},${zone},Booth 1,Firm 01,circular knits,Buyer GB-1,GB,Europe/London,en,,\n`,
  );
}
