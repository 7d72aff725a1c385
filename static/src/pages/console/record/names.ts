/** What the staff who did something to one consultation are called; a name that cannot be had is a coordinator's. */
import { useDesk } from '../../desk';
import { useLoaded } from '../loaded';
import { useStaff } from '../staff';

export function useNames(consultation: string): (by: string | undefined) => string {
  const { words } = useDesk();
  const { board } = useStaff();
  const log = useLoaded(() => board.record.audit.read({ by: '', action: '', consultation, day: '' }));
  const names = new Map(log.value?.entries.map(({ by, name }) => [by, name]));
  return (by) => (by && names.get(by)) || words.t('record.somebody');
}
