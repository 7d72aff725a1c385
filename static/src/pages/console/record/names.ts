/** What the staff who did something to one consultation are called; a name that cannot be had is a coordinator's. */
import { useEffect, useRef } from 'preact/hooks';
import type { AttendanceRecord } from '../../../protocol/types';
import { useDesk } from '../../desk';
import { useLoaded } from '../loaded';
import { useStaff } from '../staff';

export function useNames(record: AttendanceRecord): (by: string | undefined) => string {
  const { words } = useDesk();
  const { board } = useStaff();
  const { consultation, corrections, seats } = record;
  const log = useLoaded(() => board.record.audit.read({ by: '', action: '', consultation, day: '' }));
  // Whoever just decided or typed something in may be new to this consultation.
  const deeds = corrections.length + seats.reduce((sum, seat) => sum + seat.intervals.length, 0);
  const known = useRef(deeds);
  useEffect(() => {
    if (known.current !== deeds) void log.load();
    known.current = deeds;
  }, [log, deeds]);
  const names = new Map(log.value?.entries.map(({ by, name }) => [by, name]));
  return (by) => (by && names.get(by)) || words.t('record.somebody');
}
