/** What a reader should know about clocks. Pure: zones come from Intl, everything else from the caller. */

/** Times are milliseconds since the epoch; zones are IANA names. */
export type TimeWarning =
  /** the device's clock is wrong; `offset` is device minus server, in milliseconds */
  | { what: 'clock'; offset: number }
  /**
   * the device's zone does not fit where the buyer is said to be; `expected` is the buyer's zone, or null when
   * only the country is known
   */
  | { what: 'zone'; device: string; expected: string | null; country: string }
  /**
   * clocks change between the invitation and the day, in the reader's zone or at the event; `shift` is in
   * minutes, forward above zero
   */
  | { what: 'daylight'; where: 'here' | 'event'; zone: string; at: number; shift: number };

export interface TimeFacts {
  /** the device's clock and the server's, at the same moment; null until the server was heard */
  device: number;
  server: number | null;
  /** the device's zone */
  here: string;
  eventZone: string;
  /** of a buyer; empty when not known, or when the reader is none */
  country: string;
  buyerZone: string;
  /** the start of the consultation in question; null when there is none */
  start: number | null;
  /** when the person was told the time */
  invited: number;
  /** the zones of a country; empty when this browser does not know them */
  zonesOf(country: string): readonly string[];
}

/** Less is made by slow devices and long ways, and hurts nobody. */
const tolerated = 60_000;
const minute = 60_000;

/** timeWarnings are the worst first: a wrong clock makes people late, the rest only surprises them. */
export function timeWarnings(facts: TimeFacts): TimeWarning[] {
  return [...clockWarning(facts), ...zoneWarning(facts), ...daylightWarnings(facts)];
}

function clockWarning({ device, server }: TimeFacts): TimeWarning[] {
  if (server === null) return [];
  const offset = Math.round(device - server);
  return Math.abs(offset) > tolerated ? [{ what: 'clock', offset }] : [];
}

/** Zones that show the same time on the day are as good as one: Berlin fits a buyer in Paris. */
function zoneWarning(facts: TimeFacts): TimeWarning[] {
  const { here, country, buyerZone } = facts;
  const expected = known(buyerZone) ? buyerZone : null;
  const fitting = expected ? [expected] : facts.zonesOf(country).filter(known);
  const at = facts.start ?? facts.server ?? facts.device;
  const mine = offsetOf(here, at);
  if (mine === null || !fitting.length || fitting.some((zone) => offsetOf(zone, at) === mine)) return [];
  return [{ what: 'zone', device: here, expected, country }];
}

function daylightWarnings({ here, eventZone, invited, start }: TimeFacts): TimeWarning[] {
  if (start === null || start <= invited) return [];
  const places = here === eventZone ? (['here'] as const) : (['here', 'event'] as const);
  return places.flatMap((where): TimeWarning[] => {
    const zone = where === 'here' ? here : eventZone;
    const change = changeBetween(zone, invited, start);
    return change ? [{ what: 'daylight', where, zone, ...change }] : [];
  });
}

/** The last change of a zone's clocks that makes its offset on the day another one than before. */
export function changeBetween(zone: string, from: number, to: number): { at: number; shift: number } | null {
  const before = offsetOf(zone, from);
  const after = offsetOf(zone, to);
  if (before === null || after === null || before === after) return null;
  // Steps are shorter than any two changes lie apart; the last step with a change holds the one sought.
  const step = 14 * 24 * 60 * minute;
  let late = to;
  let early = to;
  while (early > from && offsetOf(zone, early) === after) {
    late = early;
    early = Math.max(from, early - step);
  }
  while (late - early > minute) {
    const middle = Math.floor((early + late) / 2);
    if (offsetOf(zone, middle) === after) late = middle;
    else early = middle;
  }
  // Clocks change on full minutes.
  return { at: Math.floor(late / minute) * minute, shift: after - before };
}

/** Minutes east of Greenwich that a zone's clocks show at an instant; null for a zone this browser does not know. */
export function offsetOf(zone: string, at: number): number | null {
  if (!zone) return null;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute: minutes = 0 } = part;
    const shown = Date.UTC(year, month - 1, day, hour, minutes);
    return Math.round((shown - Math.floor(at / minute) * minute) / minute);
  } catch {
    return null;
  }
}

const known = (zone: string): boolean => offsetOf(zone, 0) !== null;

/** zonesOfCountry asks the browser; older ones know nothing, and then nobody is warned. */
export function zonesOfCountry(country: string): readonly string[] {
  type Zoned = Intl.Locale & { getTimeZones?: () => string[] | undefined; timeZones?: string[] };
  try {
    const locale: Zoned = new Intl.Locale(`und-${country}`);
    return locale.getTimeZones?.() ?? locale.timeZones ?? [];
  } catch {
    return [];
  }
}
