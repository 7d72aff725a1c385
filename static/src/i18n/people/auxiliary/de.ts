import type { People } from '../../catalogue';

export const auxiliary: People['auxiliary'] = {
  closeup: 'Nahaufnahme: {{name}}',
  watches: 'Ein Bildschirm in der Halle zeigt dieses Gespräch: {{name}}',
  title: 'Encoder und Wandbildschirm',
  encoder: 'Encoder mit WHIP',
  encoderHint: 'Geben Sie beides in den Encoder ein. Sein Bild sehen alle im Raum als Ihre Nahaufnahme.',
  screen: 'Wandbildschirm (WHEP)',
  screenHint:
    'Geben Sie beides in den Player des Bildschirms ein. Er zeigt das Gespräch dieses Links, und alle im Raum erfahren davon.',
  address: 'Adresse',
  key: 'Zugangsschlüssel',
  copy: 'Kopieren',
  copied: 'Kopiert',
  notCopied: 'Kopieren ging nicht. Bitte von Hand auswählen und kopieren.',
  none: 'Dieser Link hat keine solchen Geräte.',
  failed: 'Das ließ sich nicht laden.',
};
