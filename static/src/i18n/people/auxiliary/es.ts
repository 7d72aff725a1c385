import type { People } from '../../catalogue';

export const auxiliary: People['auxiliary'] = {
  closeup: 'Primer plano: {{name}}',
  watches: 'Una pantalla de la sala muestra esta reunión: {{name}}',
  title: 'Codificador y pantalla mural',
  encoder: 'Codificador (WHIP)',
  encoderHint: 'Introduzca ambos en el codificador. Todos en la sala ven su imagen como su primer plano.',
  screen: 'Pantalla mural (WHEP)',
  screenHint:
    'Introduzca ambos en el reproductor de la pantalla. Muestra la reunión de este enlace, y todos en la sala reciben aviso.',
  address: 'Dirección',
  key: 'Clave',
  copy: 'Copiar',
  copied: 'Copiado',
  notCopied: 'No se pudo copiar. Selecciónelo y cópielo a mano.',
  none: 'Este enlace no tiene tales dispositivos.',
  failed: 'No se pudo cargar.',
};
