import type { People } from '../../catalogue';

export const auxiliary: People['auxiliary'] = {
  closeup: 'Gros plan : {{name}}',
  watches: 'Un écran de la salle montre cet entretien : {{name}}',
  title: 'Encodeur et écran mural',
  encoder: 'Encodeur (WHIP)',
  encoderHint:
    'Saisissez les deux dans l’encodeur. Son image est montrée à tous dans la salle comme votre gros plan.',
  screen: 'Écran mural (WHEP)',
  screenHint:
    'Saisissez les deux dans le lecteur de l’écran. Il montre l’entretien de ce lien, et chacun dans la salle en est averti.',
  address: 'Adresse',
  key: 'Jeton',
  copy: 'Copier',
  copied: 'Copié',
  notCopied: 'Copie impossible. Sélectionnez et copiez à la main.',
  none: 'Ce lien n’a pas de tels appareils.',
  failed: 'Le chargement a échoué.',
};
