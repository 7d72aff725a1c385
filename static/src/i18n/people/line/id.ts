import type { People } from '../../catalogue';

export const line: People['line'] = {
  late: 'Pesan sedang terlambat. Suara dan gambar tetap berjalan.',
  held: {
    me: 'Koneksi Anda lambat: gambar dijeda agar suara tetap terdengar.',
    them: 'Koneksi {{name}} lambat: gambar dijeda agar suara tetap terdengar.',
  },
  rests: 'Koneksi Anda lambat. Kamera Anda dijeda agar suara Anda tetap terdengar, dan akan kembali sendiri.',
  narrow: 'Koneksi {{name}} lambat: dapat mendengar Anda, tetapi saat ini tidak melihat Anda.',
};
