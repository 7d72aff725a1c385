import type { People } from '../../catalogue';

export const line: People['line'] = {
  late: 'Nachrichten kommen gerade verspätet an. Ton und Bild laufen weiter.',
  held: {
    me: 'Ihre Leitung ist langsam: Das Bild ruht, damit die Stimmen ankommen.',
    them: '{{name}} hat eine langsame Leitung: Das Bild ruht, damit die Stimme ankommt.',
  },
  rests:
    'Ihre Leitung ist langsam. Ihre Kamera ruht, damit Ihre Stimme ankommt. Sie kommt von selbst zurück.',
  narrow: '{{name}} hat eine langsame Leitung: hört Sie, sieht Sie aber gerade nicht.',
};
