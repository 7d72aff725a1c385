import type { People } from '../../catalogue';

export const line: People['line'] = {
  late: 'I messaggi ora arrivano in ritardo. Audio e immagine continuano.',
  held: {
    me: 'La Sua connessione è lenta: l’immagine si ferma perché passino le voci.',
    them: '{{name}} ha una connessione lenta: l’immagine si ferma perché passi la voce.',
  },
  rests: 'La Sua connessione è lenta. La videocamera si ferma perché passi la Sua voce. Torna da sola.',
  narrow: '{{name}} ha una connessione lenta: La sente, ma al momento non La vede.',
};
