import type { People } from '../../catalogue';

export const auxiliary: People['auxiliary'] = {
  closeup: 'Primo piano: {{name}}',
  watches: 'Uno schermo in sala mostra questo incontro: {{name}}',
  title: 'Encoder e schermo a parete',
  encoder: 'Encoder video (WHIP)',
  encoderHint: 'Inserisca entrambi nell’encoder. Tutti nella stanza vedono la sua immagine come primo piano.',
  screen: 'Schermo a parete (WHEP)',
  screenHint:
    'Inserisca entrambi nel lettore dello schermo. Mostra l’incontro di questo link e tutti nella stanza ne sono avvisati.',
  address: 'Indirizzo',
  key: 'Gettone d’accesso',
  copy: 'Copia',
  copied: 'Copiato',
  notCopied: 'Copia non riuscita. Selezioni e copi a mano.',
  none: 'Questo link non ha tali dispositivi.',
  failed: 'Caricamento non riuscito.',
};
