/** Above everything: the record cannot be kept, is being caught up, or one booth hears another. */
import { DatabaseZap, HardDrive, MicVocal } from 'lucide-preact';
import { useRef } from 'preact/hooks';
import { Note } from '../../../ui/note';
import { useDesk } from '../../desk';
import { exact } from '../../span';
import { useStaff } from '../staff';
import { type Banner, bannersOf, type Seen, seenOf, unseen } from './banner';
import { boothNamed } from './booths';

export function Banners() {
  const { words, now } = useDesk();
  const { board } = useStaff();
  const seen = useRef<Seen>(unseen);
  const storage = board.storage.value;
  seen.current = seenOf(seen.current, storage, now.value);
  const banners = bannersOf(storage, seen.current, now.value);
  const crosstalk = board.crosstalk.value;
  const booths = board.booths.value;
  if (banners.length === 0 && crosstalk.length === 0) return null;
  return (
    <div class="banners">
      {banners.map((banner) => (
        <StorageBanner key={banner.say} banner={banner} />
      ))}
      {crosstalk.map(({ hears, speaks }) => (
        <Note
          key={`${hears} ${speaks}`}
          icon={MicVocal}
          tone="wait"
          testid="banner-crosstalk"
          title={words.t('banner.crosstalk', {
            hears: boothNamed(booths, hears),
            speaks: boothNamed(booths, speaks),
          })}
        >
          {words.t('banner.crosstalkNext')}
        </Note>
      ))}
    </div>
  );
}

function StorageBanner({ banner }: { banner: Banner }) {
  const { words } = useDesk();
  switch (banner.say) {
    case 'away':
      // Spoken once, not every second: the seconds are for eyes.
      return (
        <div class="note" data-tone="late" data-testid="banner-away">
          <DatabaseZap size={24} aria-hidden="true" />
          <div class="note-text">
            <strong class="digits">
              {words.t('banner.away', {
                time: exact(banner.seconds * 1000, words.language.value),
                affected: banner.affected,
                waiting: banner.waiting,
              })}
            </strong>
            <span role="status">{words.t(banner.kept ? 'banner.awayNext' : 'banner.awayOnly')}</span>
          </div>
        </div>
      );
    case 'disk':
      return (
        <Note icon={HardDrive} tone="late" testid="banner-disk" title={words.t('banner.disk')}>
          {words.t('banner.diskNext')}
        </Note>
      );
    case 'back':
      return (
        <Note icon={DatabaseZap} tone="live" testid="banner-back" title={words.t('banner.back')}>
          {banner.waiting > 0
            ? words.t('banner.backWaiting', { count: banner.waiting })
            : words.t('banner.backDone')}
        </Note>
      );
  }
}
