import type { Code } from '../protocol/types';
import { type LinkAddress, parseLink } from '../signal/link';

/** How a person comes to this page, as the address bar says. */
export type Entrance =
  | { by: 'link'; link: LinkAddress }
  /** event: where they were or want to be; problem: what went wrong on the way here */
  | { by: 'staff'; event: string | null; problem: Code | null }
  | { by: 'nothing' };

export function entranceOf({
  pathname,
  search,
  hash,
}: Pick<Location, 'pathname' | 'search' | 'hash'>): Entrance {
  if (/^\/(console|sign-in)\/?$/.test(pathname)) {
    const query = new URLSearchParams(search);
    return { by: 'staff', event: query.get('event'), problem: query.get('problem') as Code | null };
  }
  const link = parseLink(pathname, hash);
  return link ? { by: 'link', link } : { by: 'nothing' };
}

/** Where a member of staff finds an event again. */
export function consoleAddress(event: string): string {
  return `/console?${new URLSearchParams({ event })}`;
}

/** Where a member of staff goes whose sign-in ended. */
export function signInAddress(event: string | null, problem: Code): string {
  return `/sign-in?${new URLSearchParams({ ...(event ? { event } : {}), problem })}`;
}
