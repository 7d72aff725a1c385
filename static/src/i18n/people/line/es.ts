import type { People } from '../../catalogue';

export const line: People['line'] = {
  late: 'Los mensajes llegan ahora con retraso. El sonido y la imagen continúan.',
  held: {
    me: 'Su conexión es lenta: la imagen se detiene para que pasen las voces.',
    them: '{{name}} tiene una conexión lenta: la imagen se detiene para que pase la voz.',
  },
  rests: 'Su conexión es lenta. Su cámara se detiene para que pase su voz. Vuelve por sí sola.',
  narrow: '{{name}} tiene una conexión lenta: oye su voz, pero ahora no ve su imagen.',
};
