/**
 * The pages, one a Place. They are all in one bundle: a page that must be there one round trip after a
 * click cannot be fetched then.
 */
import '../styles/index.css';
import { computed, signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks';
import { createFormat } from '../i18n/format';
import { directionOf } from '../i18n/languages';
import { createWords } from '../i18n/words';
import type { Place, Visit } from '../room/model';
import { jumpTo } from '../ui/jump';
import { BoothPage } from './booth/booth';
import { ConsolePage } from './console/console';
import { type Desk, DeskContext, useDesk } from './desk';
import { LobbyPage } from './lobby/lobby';
import { OpeningPage, StoppedPage, UnsupportedPage } from './notice';
import { OverPage } from './over';
import { RoomPage } from './room/room';
import { SignInPage } from './signin/signin';

export function App({ visit }: { visit: Visit }) {
  const [desk, now] = useMemo(() => {
    const words = createWords(storage(), navigator.languages);
    const ticks = signal(visit.now());
    const made: Desk = {
      visit,
      words,
      format: computed(() => createFormat(words.language.value)),
      now: ticks,
      here: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    return [made, ticks] as const;
  }, [visit]);

  // Steps fall on the server's full seconds, so that all screens of a hall count together.
  useEffect(() => {
    let timer = 0;
    const step = () => {
      now.value = visit.now();
      timer = window.setTimeout(step, 1000 - (visit.now() % 1000) + 5);
    };
    step();
    return () => window.clearTimeout(timer);
  }, [visit, now]);

  const wished = visit.bootstrap.value?.you.language;
  useEffect(() => {
    if (wished) {
      void desk.words.suggest(wished);
    }
  }, [desk, wished]);
  const offered = visit.bootstrap.value?.languages;
  useEffect(() => {
    if (offered) {
      void desk.words.restrict(offered);
    }
  }, [desk, offered]);
  const staff = visit.bootstrap.value?.kind === 'console' || visit.place.value.at === 'sign_in';
  useEffect(() => {
    if (staff) {
      void desk.words.forStaff();
    }
  }, [desk, staff]);

  return <DeskContext.Provider value={desk}>{desk.words.ready.value && <Whole />}</DeskContext.Provider>;
}

function Whole() {
  const { visit, words } = useDesk();
  const place = visit.place.value;
  const language = words.language.value;
  const title = words.t(place.at === 'sign_in' ? 'signIn.title' : `app.titles.${place.at}`);
  const event = visit.bootstrap.value?.event.name ?? words.t('app.name');
  // Before the first paint: letters of the wrong face would be fetched for it.
  useLayoutEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = directionOf(language);
    document.title = `${title} · ${event}`;
  }, [language, title, event]);
  return (
    <div data-place={place.at}>
      <button type="button" class="skip" onClick={() => jumpTo('main')}>
        {words.t('app.skip')}
      </button>
      <Current place={place} />
    </div>
  );
}

function Current({ place }: { place: Place }) {
  const { visit } = useDesk();
  switch (place.at) {
    case 'opening':
      return <OpeningPage />;
    case 'sign_in':
      return <SignInPage signIn={place.signIn} />;
    case 'stopped':
      return <StoppedPage code={place.code} />;
    case 'unsupported':
      return <UnsupportedPage reason={place.reason} />;
    case 'lobby':
      return visit.bootstrap.value?.kind === 'booth' ? (
        <BoothPage next={place.next} waiting={place.waiting} />
      ) : (
        <LobbyPage next={place.next} waiting={place.waiting} />
      );
    case 'room':
      return <RoomPage room={place.room} />;
    case 'over':
      return <OverPage place={place} />;
    case 'console':
      return <ConsolePage board={place.board} />;
  }
}

// Reading sessionStorage throws when the browser keeps nothing for this site.
function storage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
