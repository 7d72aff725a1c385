/** How to reach one party that is missing, and one tap for what came of it. */
import { useSignal } from '@preact/signals';
import { Building2, Mail, Moon, Phone } from 'lucide-preact';
import type { ContactCard, ContactRequest, Row } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Field } from '../../../ui/field';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { useDoing } from '../doing';
import { useStaff } from '../staff';
import { asleep, phoneHref } from './chase';
import { missingOf } from './clock';
import { usePlace } from './words';

export function ContactCardView({ card, row }: { card: ContactCard; row: Row }) {
  const desk = useDesk();
  const { words, now } = desk;
  const { acts } = useStaff();
  const place = usePlace();
  const format = desk.format.value;
  const center = zoneOf(desk);
  const zone = card.zone || center;
  const missing = missingOf(row, now.value).find(({ role }) => role === card.role);
  const local = format.time(now.value, zone);
  // Who is on the center's own clock is no more asleep than the reader.
  const abroad = local !== format.time(now.value, center);
  const night = abroad && asleep(Number(local.slice(0, 2)));
  const { person, company, email, phone, trade_office } = card.contact;
  const href = phoneHref(phone);
  return (
    <div class="contact" data-testid="contact-card" data-role={card.role}>
      <div class="contact-head">
        <span class="role" data-role={card.role}>
          {words.t(`role.${card.role}`)}
        </span>
        <strong>
          <bdi>{card.name}</bdi>
        </strong>
        {missing && <span data-tone="late">{place(missing)}</span>}
      </div>
      {href ? (
        <a class="contact-phone" href={href} data-testid="contact-phone">
          <Phone size={22} aria-hidden="true" />
          <bdi class="digits">{phone}</bdi>
        </a>
      ) : (
        <p class="contact-line">
          <Phone size={18} aria-hidden="true" /> {phone || words.t('chase.noPhone')}
        </p>
      )}
      <p class="contact-line">
        {[person, company].filter(Boolean).join(' · ') || null}
        <span>{words.t('chase.speaks', { language: format.tongue(card.language) })}</span>
      </p>
      <p class="contact-line" data-tone={night ? 'wait' : undefined}>
        {night && <Moon size={16} aria-hidden="true" />}
        {abroad && <strong>{words.t('chase.local', { time: local })}</strong>}
        {night && <span>{words.t('chase.asleep')}</span>}
        <span>
          {card.seen_at
            ? words.t('chase.seen', {
                when: `${format.shortDay(at(card.seen_at), center)} ${format.time(at(card.seen_at), center)}`,
              })
            : words.t('chase.never')}
        </span>
      </p>
      {email && (
        <p class="contact-line">
          <Mail size={16} aria-hidden="true" />
          <a href={`mailto:${email}`}>{email}</a>
        </p>
      )}
      {trade_office && (
        <p class="contact-line">
          <Building2 size={16} aria-hidden="true" />
          {words.t('chase.office')}: <bdi>{trade_office}</bdi>
        </p>
      )}
      {acts && <Outcome card={card} row={row} />}
    </div>
  );
}

const soon = [5, 10, 15] as const;

function Outcome({ card, row }: { card: ContactCard; row: Row }) {
  const { words } = useDesk();
  const { steer } = useStaff().board;
  const doing = useDoing();
  const said = useSignal('');
  const custom = useSignal('');
  const log = (outcome: ContactRequest['outcome'], minutes = 0) => {
    const note = said.value.trim();
    doing.run(
      () =>
        steer.contact(row.consultation.id, {
          role: card.role,
          outcome,
          ...(minutes > 0 ? { minutes } : {}),
          ...(note ? { words: note } : {}),
        }),
      () => {
        said.value = '';
        custom.value = '';
      },
    );
  };
  const minutes = Math.round(Number(custom.value));
  const valid = minutes >= 1 && minutes <= 120;
  return (
    <fieldset class="outcome">
      <legend>{words.t('chase.said')}</legend>
      <Field
        label={words.t('chase.words')}
        value={said.value}
        length={500}
        testid="contact-words"
        onChange={(value) => {
          said.value = value;
        }}
      />
      <div class="buttons">
        <Button busy={doing.busy} testid="log-called" onClick={() => log('called')}>
          {words.t('chase.called')}
        </Button>
        <Button busy={doing.busy} testid="log-no-answer" onClick={() => log('no_answer')}>
          {words.t('chase.no_answer')}
        </Button>
        {soon.map((count) => (
          <Button
            key={count}
            busy={doing.busy}
            testid={`log-coming-${count}`}
            onClick={() => log('coming', count)}
          >
            {words.t('chase.coming_in', { count })}
          </Button>
        ))}
        <Button busy={doing.busy} testid="log-declined" onClick={() => log('declined')}>
          {words.t('chase.declined')}
        </Button>
      </div>
      <div class="outcome-custom">
        <Field
          label={`${words.t('chase.custom')} (${words.t('chase.minutes')})`}
          type="number"
          min={1}
          max={120}
          value={custom.value}
          testid="contact-minutes"
          onChange={(value) => {
            custom.value = value;
          }}
        />
        <Button busy={doing.busy || !valid} testid="log-coming" onClick={() => log('coming', minutes)}>
          {words.t('chase.coming_in', { count: valid ? minutes : '…' })}
        </Button>
      </div>
      <p role="status" class="form-hint">
        {doing.failed}
      </p>
    </fieldset>
  );
}
