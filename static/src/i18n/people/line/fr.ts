import type { People } from '../../catalogue';

export const line: People['line'] = {
  late: 'Les messages ont du retard en ce moment. Le son et l’image continuent.',
  held: {
    me: 'Votre connexion est lente : l’image s’interrompt pour laisser passer les voix.',
    them: '{{name}} a une connexion lente : l’image s’interrompt pour laisser passer la voix.',
  },
  rests:
    'Votre connexion est lente. Votre caméra s’interrompt pour laisser passer votre voix. Elle revient d’elle-même.',
  narrow: '{{name}} a une connexion lente et vous entend, mais ne vous voit pas en ce moment.',
};
