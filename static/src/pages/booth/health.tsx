/** What ails this screen, in words and with the remedy; one thing at a time. */
import { Wrench } from 'lucide-preact';
import { Note } from '../../ui/note';
import { useDesk } from '../desk';
import { careOf } from './care';

export function BoothHealth() {
  const { visit, words, now } = useDesk();
  const care = careOf({
    connection: visit.connection.value,
    microphone: visit.devices.microphone.value,
    camera: visit.devices.camera.value,
    health: visit.kiosk.health.value,
    now: now.value,
  });
  return care ? (
    <Note
      icon={Wrench}
      tone={care === 'lost' ? 'late' : 'wait'}
      testid="booth-health"
      title={words.t(`care.${care}.title`)}
    >
      {words.t(`care.${care}.body`)}
    </Note>
  ) : null;
}
