/** What the person at this console may do. The server decides; the page offers nothing that it would refuse. Pure. */
import type { Person, Right } from '../../protocol/types';

const order: readonly Right[] = ['viewer', 'coordinator', 'administrator'];

/** A console link says no right: it is a coordinator's. */
export function rightOf(you: Pick<Person, 'right'> | undefined): Right {
  return you?.right || 'coordinator';
}

export function may(right: Right, need: Right): boolean {
  return order.indexOf(right) >= order.indexOf(need);
}
