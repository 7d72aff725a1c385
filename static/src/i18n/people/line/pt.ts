import type { People } from '../../catalogue';

export const line: People['line'] = {
  late: 'As mensagens estão atrasadas agora. O som e a imagem continuam.',
  held: {
    me: 'A sua conexão está lenta: a imagem para um pouco para que as vozes passem.',
    them: '{{name}} está com a conexão lenta: a imagem para um pouco para que a voz passe.',
  },
  rests: 'A sua conexão está lenta. A sua câmera para um pouco para que a sua voz passe. Ela volta sozinha.',
  narrow: '{{name}} está com a conexão lenta: ouve você, mas não vê você agora.',
};
