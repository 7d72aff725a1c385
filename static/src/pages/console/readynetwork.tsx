/** What somebody's network test found: one line, and all of it for who helps them. */
import type { Readiness } from '../../protocol/types';
import { Sign } from '../../ui/state';
import { useDesk, zoneOf } from '../desk';
import { at } from '../meeting';
import { detailsOf, lineOf, resultSigns, retold, webPort } from '../network';

export function ReadyNetwork({ test }: { test: Readiness }) {
  const desk = useDesk();
  const { words } = desk;
  if (!test.network) {
    return null;
  }
  const found = retold(test.network);
  const when = at(test.network.at);
  const zone = zoneOf(desk);
  return (
    <details class="network-details" data-testid="ready-network">
      <summary>{lineOf(found, webPort(), words.t)}</summary>
      <dl>
        <div>
          <dt>{words.t('network.time')}</dt>
          <dd>{`${desk.format.value.shortDay(when, zone)} ${desk.format.value.time(when, zone)}`}</dd>
        </div>
        {detailsOf(found, webPort(), words.t).map(({ of, name, value, result }) => (
          <div key={of} data-testid={`ready-network-${of}`}>
            <dt>{name}</dt>
            <dd data-tone={result ? resultSigns[result].tone : undefined}>
              {result && <Sign shape={resultSigns[result].shape} />}
              {value}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
