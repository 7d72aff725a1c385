/** Each booth's screen: connected or not, and what ails it, the worst first. */
import { boothLook } from '../../room/desk/booths';
import { Sign } from '../../ui/state';
import { useDesk, zoneOf } from '../desk';
import { at } from '../meeting';
import { useStaff } from './staff';

export function Booths() {
  const desk = useDesk();
  const { words, now } = desk;
  const staff = useStaff();
  const booths = staff.board.booths.value;
  const zone = zoneOf(desk);
  if (booths.length === 0) {
    return null;
  }
  const sorted = [...booths].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  return (
    <section class="booths" aria-labelledby="booths">
      <h2 id="booths" class="hidden">
        {words.t('booths.title')}
      </h2>
      <ul>
        {sorted.map((booth) => {
          const look = boothLook(booth, now.value);
          const said =
            look.ailments.length === 0
              ? [words.t('booths.fine')]
              : look.ailments.map((one) => words.t(`booths.${one}`));
          return (
            <li key={booth.id}>
              <button
                type="button"
                class="booth-state"
                data-tone={look.tone}
                data-testid="booth-state"
                data-booth={booth.name}
                title={staff.acts ? `${said.join(' · ')} — ${words.t('booths.write')}` : said.join(' · ')}
                disabled={!staff.acts}
                onClick={() => {
                  staff.writing.value = booth.reply_to;
                  staff.letters.value = true;
                }}
              >
                <Sign shape={look.shape} />
                <strong>
                  <bdi>{booth.name}</bdi>
                </strong>
                <span>
                  {look.ailments[0] === 'gone' && booth.since
                    ? words.t('booths.goneSince', { time: desk.format.value.time(at(booth.since), zone) })
                    : said.join(' · ')}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
