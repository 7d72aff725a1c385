/** One person, the shared screen, or the free place of somebody who is expected. */
import {
  AudioLines,
  CameraOff,
  LoaderCircle,
  Maximize2,
  MicOff,
  Minimize2,
  UserRound,
  WifiOff,
} from 'lucide-preact';
import type { Role } from '../../protocol/types';
import type { Tile } from '../../room/model';
import { Picture } from '../../ui/picture';
import { useDesk } from '../desk';
import type { Size } from './arrange';

type Style = Record<string, string>;

interface TileProps {
  tile: Tile;
  size: Size;
  style: Style;
  /** just now */
  speaks: boolean;
  /** null: there is nothing to choose */
  enlarge: Enlarge | null;
}

interface Enlarge {
  chosen: boolean;
  choose: () => void;
}

export function TilePlace({ tile, size, style, speaks, enlarge }: TileProps) {
  const { words } = useDesk();
  const { participant, kind } = tile;
  const name = kind === 'self' ? words.t('room.you') : participant.name;
  return (
    <li
      class="tile"
      style={style}
      data-testid="tile"
      data-kind={kind}
      data-size={size}
      data-role={participant.role}
      data-participant={participant.id}
      data-away={participant.away}
      data-paused={tile.heldBy !== 'nobody'}
      data-speaks={speaks}
    >
      <Picture stream={tile.picture} shown={tile.pictureOn} label={name} />
      {kind === 'stage' ? (
        <StageWords tile={tile} />
      ) : (
        <PersonWords tile={tile} name={name} speaks={speaks} />
      )}
      {enlarge && <EnlargeButton enlarge={enlarge} name={participant.name} />}
    </li>
  );
}

/** The whole tile is the button: it lies over the picture, and its sign shows when it is pointed at. */
function EnlargeButton({ enlarge, name }: { enlarge: Enlarge; name: string }) {
  const { words } = useDesk();
  const Shown = enlarge.chosen ? Minimize2 : Maximize2;
  return (
    <button
      type="button"
      class="tile-enlarge"
      aria-pressed={enlarge.chosen}
      aria-label={words.t('room.enlarge', { name })}
      data-testid="enlarge"
      onClick={enlarge.choose}
    >
      <span>
        <Shown size={24} aria-hidden="true" />
      </span>
    </button>
  );
}

function PersonWords({ tile, name, speaks }: { tile: Tile; name: string; speaks: boolean }) {
  const { words } = useDesk();
  const { participant, microphoneOn } = tile;
  return (
    <>
      <PersonBlank tile={tile} />
      <p class="tile-states">
        {participant.away && (
          <span class="tile-state" data-tone="wait">
            <WifiOff size={16} aria-hidden="true" />
            <span>{words.t('room.away')}</span>
          </span>
        )}
        {speaks && microphoneOn && (
          <span class="tile-state tile-speaks">
            <AudioLines size={16} aria-hidden="true" />
          </span>
        )}
        {!microphoneOn && (
          <span class="tile-state">
            <MicOff size={16} aria-hidden="true" />
            <span>{words.t('room.microphoneOff')}</span>
          </span>
        )}
      </p>
      <NamePlate role={participant.role} name={name} />
    </>
  );
}

/** What stands in the place of a picture that does not come. */
function PersonBlank({ tile }: { tile: Tile }) {
  const { words } = useDesk();
  if (tile.pictureOn) {
    return null;
  }
  if (tile.heldBy !== 'nobody') {
    return <Held tile={tile} by={tile.heldBy} />;
  }
  const cameraOn = tile.participant.sources.includes('camera');
  return (
    <p class="tile-blank">
      {cameraOn ? <LoaderCircle size={32} aria-hidden="true" /> : <CameraOff size={32} aria-hidden="true" />}
      <span>{words.t(cameraOn ? 'room.pictureComing' : 'room.cameraOff')}</span>
    </p>
  );
}

/** A narrow line keeps the picture back, so that the voice gets through: whose line, and that nobody has to do anything. */
function Held({ tile, by }: { tile: Tile; by: 'me' | 'them' }) {
  const { words } = useDesk();
  return (
    <p class="tile-blank tile-held" data-testid="held" data-by={by}>
      <span class="tile-face" aria-hidden="true">
        <UserRound size={32} />
      </span>
      <span>{words.t(`line.held.${by}`, { name: tile.participant.name })}</span>
    </p>
  );
}

function StageWords({ tile }: { tile: Tile }) {
  const { words } = useDesk();
  return (
    <>
      {tile.heldBy !== 'nobody' && <Held tile={tile} by={tile.heldBy} />}
      <p class="tile-plate">
        <span class="tile-name">
          <span>
            {words.t(tile.closeup ? 'auxiliary.closeup' : 'room.sharedBy', { name: tile.participant.name })}
          </span>
        </span>
      </p>
    </>
  );
}

interface AbsentProps {
  role: Role;
  name: string;
  size: Size;
  style: Style;
}

export function AbsentPlace({ role, name, size, style }: AbsentProps) {
  const { words } = useDesk();
  return (
    <li class="tile tile-absent" style={style} data-testid="tile-absent" data-size={size} data-role={role}>
      <p class="tile-blank">
        <UserRound size={32} aria-hidden="true" />
        <span>{words.t(role === 'interpreter' ? 'room.offScreen' : 'room.notHere')}</span>
      </p>
      <NamePlate role={role} name={name} />
    </li>
  );
}

function NamePlate({ role, name }: { role: Role; name: string }) {
  const { words } = useDesk();
  return (
    <p class="tile-plate">
      <span class="role" data-role={role}>
        {words.t(`role.${role}`)}
      </span>
      <span class="tile-name">
        <span dir="auto">{name}</span>
      </span>
    </p>
  );
}
