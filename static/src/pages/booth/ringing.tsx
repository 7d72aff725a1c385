/** Two minutes before the start: a band over whatever the booth shows, for eyes; the chime is for ears. */
import { BellRing, VolumeX } from 'lucide-preact';
import { digits } from '../../i18n/format';
import { Button } from '../../ui/button';
import { useDesk } from '../desk';
import { at } from '../meeting';

export function Ringing() {
  const { visit, words, now } = useDesk();
  const ring = visit.kiosk.ring.value;
  if (ring.state === 'quiet') {
    return null;
  }
  const left = at(ring.consultation.starts_at) - now.value;
  return (
    <div class="ringing" role="alert" data-testid="ringing">
      <BellRing size={64} aria-hidden="true" />
      <div class="ringing-words">
        <strong>{words.t('ring.title')}</strong>
        <span>
          <bdi>{ring.consultation.buyer.name}</bdi> — {words.t('ring.body')}
        </span>
      </div>
      <p class="ringing-left" role="timer">
        {left > 0 ? (
          <>
            <span>{words.t('ring.lead')}</span> <span class="digits">{digits(left)}</span>
          </>
        ) : (
          words.t('ring.now')
        )}
      </p>
      <Button big icon={VolumeX} onClick={() => visit.kiosk.stopRing()} testid="ring-stop">
        {words.t('ring.stop')}
      </Button>
    </div>
  );
}
