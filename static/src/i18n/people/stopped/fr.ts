import type { People } from '../../catalogue';

export const stopped: People['stopped'] = {
  reload: 'Ouvrir à nouveau',
  ask: 'Si le problème persiste, veuillez écrire à la personne qui vous a envoyé le lien.',
  askOrganiser: 'Si le problème persiste, veuillez vous adresser à {{organiser}}.',
  link_unknown: {
    title: 'Nous ne reconnaissons pas ce lien',
    body: 'Une partie du lien s’est peut-être perdue lors de la copie.',
    next: 'Veuillez l’ouvrir depuis le message d’origine ou le copier en entier.',
  },
  link_revoked: {
    title: 'Ce lien a été remplacé',
    body: 'L’organisateur l’a désactivé, le plus souvent parce qu’un nouveau lien vous a été envoyé.',
    next: 'Veuillez ouvrir le lien du message le plus récent.',
  },
  link_expired: {
    title: 'Ce lien n’est plus valable',
    body: 'La période pour laquelle il a été créé est terminée.',
    next: 'Si vous attendez encore un entretien, veuillez demander un nouveau lien.',
  },
  cancelled: {
    title: 'Cet entretien a été annulé',
    body: 'Il n’aura pas lieu à l’heure convenue.',
    next: 'L’organisateur vous indiquera une nouvelle date.',
  },
  ended: {
    title: 'Cet entretien est terminé',
    body: 'La salle est fermée.',
    next: 'Si vous n’avez pas pu y assister, veuillez demander un autre horaire à l’organisateur.',
  },
  moved: {
    title: 'Vous avez continué sur un autre appareil',
    body: 'Votre place se trouve désormais sur cet autre appareil ; cette page s’est donc arrêtée.',
    next: 'Pour revenir sur cet appareil, ouvrez à nouveau la page.',
  },
  replaced: {
    title: 'Cette page est ouverte dans une autre fenêtre',
    body: 'La fenêtre la plus récente a pris le relais ; celle-ci s’est donc arrêtée.',
    next: 'Veuillez continuer là-bas ou ouvrir à nouveau la page ici.',
  },
  removed: {
    title: 'Vous ne participez plus à cet entretien',
    body: 'L’organisateur a libéré votre place dans cette salle.',
    next: 'Si vous pensez qu’il s’agit d’une erreur, veuillez contacter l’organisateur.',
  },
  forbidden: {
    title: 'Ce lien ne donne pas accès à cette page',
    body: 'Il a été créé pour une autre place ou une autre personne.',
    next: 'Veuillez utiliser le lien qui vous a été envoyé.',
  },
  room_full: {
    title: 'La salle est complète',
    body: 'Huit personnes s’y trouvent déjà, c’est le maximum.',
    next: 'Veuillez réessayer lorsqu’un collègue sera sorti.',
  },
  seat_in_use: {
    title: 'Votre place est utilisée sur un autre appareil',
    body: 'Une place ne peut être occupée que par un seul appareil.',
    next: 'Veuillez continuer là-bas, ou ouvrir à nouveau cette page pour venir ici.',
  },
  not_found: {
    title: 'Nous ne trouvons pas cet entretien',
    body: 'Il a peut-être été déplacé à un autre jour ou retiré du programme.',
    next: 'Veuillez demander le programme actuel à l’organisateur.',
  },
  too_early: {
    title: 'Les portes sont encore fermées',
    body: 'La salle ouvre peu avant le début de l’entretien.',
    next: 'Veuillez revenir un peu plus tard.',
  },
  unavailable: {
    title: 'Le service est momentanément indisponible',
    body: 'Le problème vient de chez nous. Votre rendez-vous est maintenu.',
    next: 'Veuillez rouvrir la page dans une minute.',
  },
  lost: {
    title: 'La connexion a été perdue',
    body: 'La page est restée trop longtemps inactive, ou le réseau a été interrompu.',
    next: 'Ouvrez à nouveau la page et vous retrouverez votre place.',
  },
  held: {
    title: 'Un coordinateur va vous faire entrer',
    body: 'Vous avez été retiré de cette salle.',
    next: 'Veuillez attendre ici. Si l’attente est longue, écrivez à un coordinateur.',
  },
  sign_in_wrong: {
    title: 'Nom ou phrase secrète incorrects',
    body: 'Vérifiez les deux. Majuscules et minuscules comptent.',
    next: 'Après plusieurs essais, attendez une minute.',
  },
  sign_in_needed: {
    title: 'Veuillez vous identifier à nouveau',
    body: 'Vous vous êtes déconnecté, ou votre session a pris fin.',
    next: 'Identifiez-vous et reprenez là où vous étiez.',
  },
  fault: {
    title: 'Un problème est survenu de notre côté',
    body: 'Vous n’y êtes pour rien.',
    next: 'Ouvrez à nouveau la page. Le plus souvent, cela suffit.',
  },
};
