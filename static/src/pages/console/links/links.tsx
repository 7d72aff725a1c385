/** Every link: whose it is, whether it was sent and used; copied, shown, taken back, made anew, printed. */
import { useSignal } from '@preact/signals';
import { Download, Mail, Network, Printer, UserPlus } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import { type Group, groupOf, linksOf } from '../../../room/desk/links';
import { type Failure, failureOf } from '../../../room/desk/load';
import { Button } from '../../../ui/button';
import { Field } from '../../../ui/field';
import { save } from '../../../ui/save';
import { useDesk } from '../../desk';
import { useStaff } from '../staff';
import { useFailure } from '../told';
import { Waits } from '../waits';
import { AddLink } from './add';
import { LinkCard } from './card';
import { LinkRow } from './linkrow';
import { Mailing } from './mail';
import { type Kind, Sheets } from './sheets';

const groups = [
  'all',
  'booth',
  'firm',
  'buyer',
  'interpreter',
  'console',
  'other',
] as const satisfies Group[];

export function LinksPage() {
  const desk = useDesk();
  const { words, visit } = desk;
  const { links } = useStaff();
  const failure = useFailure();
  const group = useSignal<Group>('all');
  const wanted = useSignal('');
  const open = useSignal<string | null>(null);
  const adding = useSignal(false);
  const sheets = useSignal<Kind | null>(null);
  const failed = useSignal<Failure | null>(null);
  useEffect(() => {
    void links.list.load();
  }, [links]);
  const load = links.list.now.value;
  const all = load.at === 'ready' ? load.value.links : [];
  if (sheets.value) {
    return (
      <Sheets
        kind={sheets.value}
        links={all}
        onClose={() => {
          sheets.value = null;
        }}
      />
    );
  }
  const shown = linksOf(all, group.value, wanted.value);
  const chosen = all.find((link) => link.id === open.value);
  const download = () => {
    links.file().then(
      (file) => save(file, `links-${visit.bootstrap.value?.event.id ?? 'event'}.csv`),
      (cause) => {
        failed.value = failureOf(cause);
      },
    );
  };
  return (
    <>
      <div class="console-top">
        <h1 tabIndex={-1}>{words.t('links.title')}</h1>
        <div class="buttons">
          <Button
            icon={Printer}
            testid="print-booths"
            onClick={() => {
              sheets.value = 'booth';
            }}
          >
            {words.t('links.printBooths')}
          </Button>
          <Button
            icon={Printer}
            testid="print-buyers"
            onClick={() => {
              sheets.value = 'buyer';
            }}
          >
            {words.t('links.printBuyers')}
          </Button>
          <a class="button" href="/network" target="_blank" rel="noopener" data-testid="network-sheet">
            <Network size={20} aria-hidden="true" />
            <span>{words.t('links.network')}</span>
          </a>
          <Button icon={Download} testid="links-csv" onClick={download}>
            {words.t('links.csv')}
          </Button>
          {load.at === 'ready' && load.value.mail && (
            <Button icon={Mail} testid="mail" onClick={() => void links.checkMail([])}>
              {words.t('links.mail')}
            </Button>
          )}
          <Button
            icon={UserPlus}
            testid="add-link"
            onClick={() => {
              adding.value = true;
            }}
          >
            {words.t('links.add')}
          </Button>
        </div>
      </div>
      <p role="status" class="form-hint">
        {failed.value
          ? failure(failed.value)
          : load.at === 'ready' && !load.value.mail && words.t('links.noMail')}
      </p>
      <Waits load={load} again={() => void links.list.load()} />
      {load.at === 'ready' && (
        <>
          <div class="list-tools">
            <fieldset class="filters">
              <legend class="hidden">{words.t('links.filter')}</legend>
              {groups
                .filter((key) => key === 'all' || all.some((link) => groupOf(link) === key))
                .map((key) => (
                  <button
                    key={key}
                    type="button"
                    class="day"
                    aria-pressed={group.value === key}
                    data-testid={`links-${key}`}
                    onClick={() => {
                      group.value = key;
                    }}
                  >
                    {words.t(`links.group.${key}`)}
                    <span class="digits filter-count">{linksOf(all, key, '').length}</span>
                  </button>
                ))}
            </fieldset>
            <Field
              label={words.t('links.search')}
              type="search"
              value={wanted.value}
              onChange={(value) => {
                wanted.value = value;
              }}
            />
          </div>
          {shown.length === 0 ? (
            <p class="console-empty">{words.t('links.none')}</p>
          ) : (
            <table class="list" data-testid="links">
              <caption class="hidden">{words.t('links.title')}</caption>
              <thead>
                <tr>
                  <th scope="col">{words.t('links.whose')}</th>
                  <th scope="col">{words.t('links.consultations')}</th>
                  <th scope="col">{words.t('links.sent')}</th>
                  <th scope="col">{words.t('links.used')}</th>
                  <th scope="col">
                    <span class="hidden">{words.t('console.actions')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {shown.map((link) => (
                  <LinkRow
                    key={link.id}
                    link={link}
                    onOpen={() => {
                      open.value = link.id;
                    }}
                  />
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
      {chosen && (
        <LinkCard
          link={chosen}
          onClose={() => {
            open.value = null;
          }}
        />
      )}
      {adding.value && (
        <AddLink
          onClose={() => {
            adding.value = false;
          }}
          onAdded={(link) => {
            adding.value = false;
            open.value = link.id;
          }}
        />
      )}
      <Mailing />
    </>
  );
}
