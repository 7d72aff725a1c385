import type { Light, LinkReadiness } from '../../protocol/types';

export const lights = ['red', 'amber', 'untested', 'green'] as const satisfies readonly Light[];

export function lightCounts(links: readonly LinkReadiness[]): Record<Light, number> {
  const counts: Record<Light, number> = { red: 0, amber: 0, untested: 0, green: 0 };
  for (const { light } of links) counts[light]++;
  return counts;
}

/**
 * readinessOf are the seats that a filter leaves, as the server orders them: by their next consultation. Who has
 * none left is not asked to test any more.
 */
export function readinessOf(links: readonly LinkReadiness[], shown: Light | 'all'): LinkReadiness[] {
  return links.filter((link) => link.next !== undefined && (shown === 'all' || link.light === shown));
}
