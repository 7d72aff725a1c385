/** One person of a room as a small picture, or a calm word in its place. */
import { computed } from '@preact/signals';
import { AudioLines, MicOff, UserRound, VideoOff } from 'lucide-preact';
import { useMemo } from 'preact/hooks';
import type { Row } from '../../../protocol/types';
import { Picture } from '../../../ui/picture';
import { useDesk } from '../../desk';
import { useStaff } from '../staff';
import { firstSeat, missingOf } from './clock';
import { usePlace } from './words';

interface Props {
  row: Row;
  of: 'firm' | 'buyer' | 'interpreter';
  /** the person to be shown; whoever of the role is there when left out */
  seat?: string;
}

export function Frame({ row, of: role, seat: wanted }: Props) {
  const { words, now } = useDesk();
  const { board } = useStaff();
  const place = usePlace();
  const seat = wanted ? row.seats.find((one) => one.seat === wanted) : firstSeat(row, role);
  const id = seat?.seat ?? '';
  // Its own picture alone: the wall's other pictures come and go without drawing this one.
  const own = useMemo(() => computed(() => board.wall.pictures.value.get(id) ?? null), [board, id]);
  const picture = own.value;
  const voice = useMemo(
    () =>
      computed(
        () =>
          board.vitals.value.get(row.consultation.id)?.some((one) => one.seat === id && one.speaking) ??
          false,
      ),
    [board, row.consultation.id, id],
  );
  const here = seat?.state === 'here' || seat?.state === 'away';
  const camera = here && (seat?.sources.includes('camera') ?? false);
  const shown = camera && picture !== null;
  const missing = wanted ? null : missingOf(row, now.value).find((one) => one.role === role);
  const late =
    missing !== null && missing !== undefined && missing.since !== null && missing.state !== 'lobby';
  const name = words.t(`role.${role}`);
  return (
    <figure
      class="frame"
      data-shown={shown}
      data-tone={late ? (role === 'interpreter' ? 'wait' : 'late') : undefined}
      data-away={seat?.state === 'away'}
      data-speaks={here && voice.value}
    >
      <Picture stream={picture} shown={shown} label={name} />
      {!shown && (
        <span class="frame-blank">
          {camera || !here ? (
            <UserRound size={20} aria-hidden="true" />
          ) : (
            <VideoOff size={20} aria-hidden="true" />
          )}
          <span>
            {missing ? place(missing) : words.t(camera ? 'wall.place.noPicture' : 'wall.place.cameraOff')}
          </span>
        </span>
      )}
      <figcaption>
        {here && voice.value && <AudioLines size={14} aria-hidden="true" />}
        {here && !seat?.sources.includes('microphone') && <MicOff size={14} aria-hidden="true" />}
        {name}
      </figcaption>
    </figure>
  );
}
