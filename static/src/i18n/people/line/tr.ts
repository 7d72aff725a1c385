import type { People } from '../../catalogue';

export const line: People['line'] = {
  late: 'Mesajlar şu anda gecikiyor. Ses ve görüntü devam ediyor.',
  held: {
    me: 'Bağlantınız yavaş: sesler ulaşsın diye görüntü durduruldu.',
    them: '{{name}} yavaş bir bağlantıda: ses ulaşsın diye görüntü durduruldu.',
  },
  rests: 'Bağlantınız yavaş. Sesiniz ulaşsın diye kameranız durduruldu. Kendiliğinden geri gelir.',
  narrow: '{{name}} yavaş bir bağlantıda: sizi duyuyor, ama şu anda görmüyor.',
};
