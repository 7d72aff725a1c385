import type { People } from '../../catalogue';

export const auxiliary: People['auxiliary'] = {
  closeup: 'Plano próximo: {{name}}',
  watches: 'Uma tela no salão mostra esta reunião: {{name}}',
  title: 'Codificador e tela de parede',
  encoder: 'Codificador (WHIP)',
  encoderHint: 'Digite ambos no codificador. Todos na sala veem a imagem dele como o seu plano próximo.',
  screen: 'Tela de parede (WHEP)',
  screenHint:
    'Digite ambos no reprodutor da tela. Ela mostra a reunião deste link, e todos na sala são avisados.',
  address: 'Endereço',
  key: 'Chave de acesso',
  copy: 'Copiar',
  copied: 'Copiado',
  notCopied: 'Não foi possível copiar. Selecione e copie manualmente.',
  none: 'Este link não tem esses aparelhos.',
  failed: 'Não foi possível carregar.',
};
