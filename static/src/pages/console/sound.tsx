/**
 * Sound on calls and on who is late, from the first touch of the page on, since browsers let nothing sound before it.
 * A hall has many of these pages: whoever switches it off on theirs has silence, on this device, until they want it
 * again.
 */
import { useSignal } from '@preact/signals';
import { Volume2, VolumeX } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import { kept } from '../../room/kept';
import { type Chime, createChime } from '../../ui/chime';
import { useDesk } from '../desk';
import { useStaff } from './staff';
import { anyNew, ringing } from './wall/rings';

const wish = () => kept(() => window.localStorage, 'sangdam.sound', true);

export function Sound() {
  const { words, now } = useDesk();
  const { board } = useStaff();
  const wanted = useSignal(wish().get());
  const chime = useSignal<Chime | null>(null);
  const heard = useRef<ReadonlySet<string>>(new Set());
  const names = ringing(board.notes.value, board.rows.value, now.value);
  const fresh = anyNew(names, heard.current);
  useEffect(() => {
    heard.current = names;
    if (fresh) chime.peek()?.ring();
  });
  useEffect(() => {
    if (!wanted.value || chime.value) return;
    const begin = () => {
      chime.value ??= createChime();
    };
    window.addEventListener('pointerdown', begin, { once: true });
    window.addEventListener('keydown', begin, { once: true });
    return () => {
      window.removeEventListener('pointerdown', begin);
      window.removeEventListener('keydown', begin);
    };
  }, [wanted.value, chime.value, chime]);
  useEffect(() => () => chime.peek()?.stop(), [chime]);
  const on = wanted.value && chime.value !== null;
  // Silent against their wish: the browser waits for a first touch, and nobody would know.
  const waits = wanted.value && !on;
  return (
    <button
      type="button"
      class="button"
      data-look="plain"
      data-tone={waits ? 'wait' : undefined}
      data-testid="sound"
      aria-pressed={on}
      onPointerDown={(event) => event.stopPropagation()}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={() => {
        chime.value?.stop();
        chime.value = on ? null : createChime();
        chime.value?.ring();
        wanted.value = !on;
        wish().set(!on);
      }}
    >
      {on ? <Volume2 size={20} aria-hidden="true" /> : <VolumeX size={20} aria-hidden="true" />}
      <span>{words.t(on ? 'letters.soundOn' : waits ? 'letters.soundWaits' : 'letters.soundOff')}</span>
    </button>
  );
}
