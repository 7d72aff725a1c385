import { QrCode } from 'lucide-preact';
import type { LinkInfo } from '../../../protocol/types';
import { State } from '../../../ui/state';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { CopyText } from '../copy';

export function LinkRow({ link, onOpen }: { link: LinkInfo; onOpen: () => void }) {
  const desk = useDesk();
  const { words } = desk;
  const zone = zoneOf(desk);
  const format = desk.format.value;
  const when = (instant: string) => `${format.shortDay(at(instant), zone)} ${format.time(at(instant), zone)}`;
  const shown = link.consultations.slice(0, 4).join(', ');
  return (
    <tr data-testid="link-row" data-link={link.id} data-revoked={link.revoked_at !== undefined}>
      <td>
        <strong>
          <bdi>{link.name}</bdi>
        </strong>{' '}
        <small>
          {link.kind !== 'booth' && words.t(`role.${link.role}`)}
          {link.seat > 1 && ` · ${words.t('links.colleague', { number: link.seat })}`}
        </small>
      </td>
      <td>
        {shown && <span class="list-label">{words.t('links.consultations')}</span>}
        <small>
          {link.consultations.length > 4
            ? words.t('links.andMore', { list: shown, count: link.consultations.length - 4 })
            : shown}
        </small>
      </td>
      <td>
        <span class="list-label">{words.t('links.sent')}</span>
        {link.sent_at ? (
          when(link.sent_at)
        ) : (
          <small>{words.t(link.email ? 'links.notSent' : 'links.noAddress')}</small>
        )}
      </td>
      <td>
        <span class="list-label">{words.t('links.used')}</span>
        {link.revoked_at ? (
          <State tone="late" shape="cross">
            {words.t('links.revoked')}
          </State>
        ) : link.used_at ? (
          <State tone="live" shape="full">
            {when(link.used_at)}
          </State>
        ) : (
          <State tone="idle" shape="ring">
            {words.t('links.notUsed')}
          </State>
        )}
      </td>
      <td class="list-action">
        {link.url && <CopyText text={link.url} name={link.name} />}
        <button type="button" class="button" data-look="plain" data-testid="link-open" onClick={onOpen}>
          <QrCode size={18} aria-hidden="true" />
          <span>{words.t('links.open')}</span>
          <span class="hidden">{link.name}</span>
        </button>
      </td>
    </tr>
  );
}
