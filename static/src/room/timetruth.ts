/** What a reader should know about clocks. Pure: zones and offsets come from Intl, the rest from the caller. */

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
