/**
 * Sheets to print: one page a booth, one a buyer. They are drawn on the page as they come out of the
 * printer; printing is the browser's own. A PDF by the server was rejected: the browser has every script.
 */
import { useSignal } from '@preact/signals';
import { ChevronLeft, Printer } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import type { LinkInfo } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Title } from '../../../ui/title';
import { useDesk } from '../../desk';
import { useStaff } from '../staff';
import { Waits } from '../waits';
import { BoothSheet, BuyerSheet } from './sheet';

export type Kind = 'booth' | 'buyer';

interface Props {
  kind: Kind;
  links: readonly LinkInfo[];
  onClose: () => void;
}

export function Sheets({ kind, links, onClose }: Props) {
  const { words } = useDesk();
  const { timetable } = useStaff();
  const drawn = useSignal<ReadonlySet<string>>(new Set());
  useEffect(() => {
    void timetable.table.load();
  }, [timetable]);
  const load = timetable.table.now.value;
  const table = load.at === 'ready' ? load.value : null;
  const printed = links.filter(
    (link) =>
      link.url &&
      (kind === 'booth' ? link.kind === 'booth' : link.kind === 'person' && link.role === 'buyer'),
  );
  const ready = table !== null && printed.every((link) => drawn.value.has(link.id));
  const done = (id: string) => () => {
    drawn.value = new Set([...drawn.value, id]);
  };
  return (
    <>
      <div class="console-top no-print">
        <Title>{words.t(kind === 'booth' ? 'links.printBooths' : 'links.printBuyers')}</Title>
        <div class="buttons">
          <Button icon={ChevronLeft} onClick={onClose} testid="sheets-back">
            {words.t('sheets.back')}
          </Button>
          <Button
            look="main"
            icon={Printer}
            busy={!ready}
            onClick={() => window.print()}
            testid="sheets-print"
          >
            {ready
              ? words.t('sheets.print', { count: printed.length })
              : words.t('sheets.preparing', { done: drawn.value.size, all: printed.length })}
          </Button>
        </div>
      </div>
      <Waits load={load} again={() => void timetable.table.load()} />
      {table && (
        <div class="sheets" data-testid="sheets" data-ready={ready}>
          {printed.length === 0 && <p class="console-empty">{words.t('links.none')}</p>}
          {printed.map((link) =>
            kind === 'booth' ? (
              <BoothSheet key={link.id} link={link} table={table} onDone={done(link.id)} />
            ) : (
              <BuyerSheet key={link.id} link={link} table={table} onDone={done(link.id)} />
            ),
          )}
        </div>
      )}
    </>
  );
}
