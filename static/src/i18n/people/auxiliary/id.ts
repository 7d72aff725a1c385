import type { People } from '../../catalogue';

export const auxiliary: People['auxiliary'] = {
  closeup: 'Bidikan dekat: {{name}}',
  watches: 'Layar di aula menampilkan pertemuan ini: {{name}}',
  title: 'Enkoder dan layar dinding',
  encoder: 'Enkoder (WHIP)',
  encoderHint:
    'Ketik keduanya ke encoder. Gambarnya terlihat oleh semua di ruangan sebagai bidikan dekat Anda.',
  screen: 'Layar dinding (WHEP)',
  screenHint:
    'Ketik keduanya ke pemutar layar. Layar menampilkan pertemuan tautan ini, dan semua di ruangan diberi tahu.',
  address: 'Alamat',
  key: 'Token akses',
  copy: 'Salin',
  copied: 'Tersalin',
  notCopied: 'Tidak bisa menyalin. Pilih dan salin sendiri.',
  none: 'Tautan ini tidak punya perangkat seperti itu.',
  failed: 'Tidak dapat dimuat.',
};
