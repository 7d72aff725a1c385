import { Languages, MapPin } from 'lucide-preact';
import { Fragment } from 'preact';
import type { Consultation, Role } from '../protocol/types';
import { Title } from '../ui/title';
import { useDesk } from './desk';
import { othersOf } from './meeting';

const leads = {
  firm: 'lobby.meetBuyer',
  buyer: 'lobby.meetFirm',
  interpreter: 'lobby.interpretFor',
  observer: 'lobby.observe',
  coordinator: 'lobby.observe',
} as const;

/** Whom the reader meets, in the largest words of the lobby. */
export function Who({ consultation, role }: { consultation: Consultation; role: Role }) {
  const { words } = useDesk();
  const others = othersOf(role);
  const names = others.map((side) => consultation[side].name).join(' · ');
  return (
    <div class="meet-who">
      <p class="eyebrow">{words.t(leads[role])}</p>
      <Title name={names}>
        {others.map((side, index) => (
          <Fragment key={side}>
            {index > 0 && ' · '}
            <bdi>{consultation[side].name}</bdi>
          </Fragment>
        ))}
      </Title>
      <p class="meet-facts">
        {others.includes('firm') && <span>{words.t('lobby.products', consultation.firm)}</span>}
        {others.includes('buyer') && <BuyerFacts consultation={consultation} />}
      </p>
    </div>
  );
}

export function BuyerFacts({ consultation }: { consultation: Consultation }) {
  const { words, format } = useDesk();
  const { country, language } = consultation.buyer;
  return (
    <>
      <span>{words.t('lobby.from', { country: format.value.country(country) })}</span>
      <span>{words.t('lobby.speaks', { language: format.value.tongue(language) })}</span>
    </>
  );
}

export function Around({ consultation, role }: { consultation: Consultation; role: Role }) {
  const { words } = useDesk();
  const { booth } = consultation;
  return (
    <ul class="meet-lines">
      {role !== 'interpreter' && (
        <li>
          <Languages size={20} aria-hidden="true" />
          <Interpreting consultation={consultation} />
        </li>
      )}
      <li>
        <MapPin size={20} aria-hidden="true" />
        {words.t('lobby.booth', { booth })}
      </li>
    </ul>
  );
}

export function Interpreting({ consultation }: { consultation: Consultation }) {
  const desk = useDesk();
  const format = desk.format.value;
  const { name, languages } = consultation.interpreter;
  if (!name) {
    return <span>{desk.words.t('lobby.noInterpreter')}</span>;
  }
  const spoken = format.list(languages.map((code) => format.tongue(code)));
  return <span>{desk.words.t('lobby.with', { name, languages: spoken })}</span>;
}
