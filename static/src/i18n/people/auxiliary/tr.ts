import type { People } from '../../catalogue';

export const auxiliary: People['auxiliary'] = {
  closeup: 'Yakın çekim: {{name}}',
  watches: 'Salondaki bir ekran bu görüşmeyi gösteriyor: {{name}}',
  title: 'Kodlayıcı ve duvar ekranı',
  encoder: 'Kodlayıcı (WHIP)',
  encoderHint: 'İkisini de kodlayıcıya girin. Görüntüsü odadaki herkese yakın çekiminiz olarak gösterilir.',
  screen: 'Duvar ekranı (WHEP)',
  screenHint:
    'İkisini de ekranın oynatıcısına girin. Bu bağlantının görüşmesini gösterir ve odadaki herkese bildirilir.',
  address: 'Adres',
  key: 'Anahtar',
  copy: 'Kopyala',
  copied: 'Kopyalandı',
  notCopied: 'Kopyalanamadı. Seçip elle kopyalayın.',
  none: 'Bu bağlantının böyle cihazları yok.',
  failed: 'Yüklenemedi.',
};
