import type { People } from '../../catalogue';

export const stopped: People['stopped'] = {
  reload: 'Buka lagi',
  ask: 'Jika ini tidak membantu, silakan tulis kepada orang yang mengirimkan tautan kepada Anda.',
  askOrganiser: 'Jika ini tidak membantu, silakan hubungi {{organiser}}.',
  link_unknown: {
    title: 'Kami tidak mengenali tautan ini',
    body: 'Sebagian tautan mungkin hilang saat disalin.',
    next: 'Silakan buka kembali dari pesan aslinya, atau salin seluruh tautan.',
  },
  link_revoked: {
    title: 'Tautan ini sudah diganti',
    body: 'Penyelenggara telah menariknya, biasanya karena tautan yang lebih baru sudah dikirim.',
    next: 'Silakan cari pesan yang lebih baru dan buka tautan di dalamnya.',
  },
  link_expired: {
    title: 'Tautan ini tidak berlaku lagi',
    body: 'Hari-hari berlakunya sudah lewat.',
    next: 'Jika Anda masih menantikan pertemuan, silakan minta tautan baru.',
  },
  cancelled: {
    title: 'Pertemuan ini dibatalkan',
    body: 'Pertemuan tidak akan berlangsung pada waktu yang disepakati.',
    next: 'Penyelenggara akan memberi tahu Anda waktu yang baru.',
  },
  ended: {
    title: 'Pertemuan ini sudah selesai',
    body: 'Ruangannya sudah ditutup.',
    next: 'Jika Anda tidak sempat hadir, silakan minta waktu lain kepada penyelenggara.',
  },
  moved: {
    title: 'Anda melanjutkan di perangkat lain',
    body: 'Tempat Anda kini ada di sana, jadi halaman ini berhenti.',
    next: 'Untuk kembali ke perangkat ini, buka lagi halaman ini.',
  },
  replaced: {
    title: 'Halaman ini terbuka di jendela lain',
    body: 'Jendela yang lebih baru mengambil alih, jadi jendela ini berhenti.',
    next: 'Silakan lanjutkan di sana, atau buka lagi di sini.',
  },
  removed: {
    title: 'Anda tidak lagi berada dalam pertemuan ini',
    body: 'Penyelenggara telah menutup tempat Anda di ruangan ini.',
    next: 'Jika menurut Anda ini keliru, silakan hubungi penyelenggara.',
  },
  forbidden: {
    title: 'Tautan ini tidak membuka halaman ini',
    body: 'Tautan ini dibuat untuk tempat lain atau orang lain.',
    next: 'Silakan gunakan tautan yang dikirimkan kepada Anda.',
  },
  room_full: {
    title: 'Ruangan penuh',
    body: 'Sudah ada delapan orang di dalamnya dan tidak muat lagi.',
    next: 'Silakan coba lagi setelah ada rekan yang keluar.',
  },
  seat_in_use: {
    title: 'Tempat Anda sedang dipakai di perangkat lain',
    body: 'Satu tempat hanya dapat dipakai oleh satu perangkat.',
    next: 'Silakan lanjutkan di sana, atau buka lagi halaman ini untuk pindah ke sini.',
  },
  not_found: {
    title: 'Kami tidak menemukan pertemuan ini',
    body: 'Pertemuan mungkin dipindahkan ke hari lain atau dikeluarkan dari jadwal.',
    next: 'Silakan minta jadwal terbaru kepada penyelenggara.',
  },
  too_early: {
    title: 'Pintu masih tertutup',
    body: 'Ruangan dibuka beberapa saat sebelum pertemuan dimulai.',
    next: 'Silakan kembali sebentar lagi.',
  },
  unavailable: {
    title: 'Layanan sedang tidak tersedia',
    body: 'Ini masalah di pihak kami. Janji temu Anda tetap aman.',
    next: 'Silakan buka lagi halaman ini dalam satu menit.',
  },
  lost: {
    title: 'Koneksi terputus',
    body: 'Halaman terlalu lama diam, atau jaringan terputus.',
    next: 'Buka lagi halaman ini dan Anda kembali ke tempat Anda.',
  },
  held: {
    title: 'Koordinator akan mempersilakan Anda masuk',
    body: 'Anda dikeluarkan dari ruang ini.',
    next: 'Mohon tunggu di sini. Jika lama, tulis kepada koordinator.',
  },
  sign_in_wrong: {
    title: 'Nama atau kata sandi tidak benar',
    body: 'Mohon periksa keduanya. Huruf besar dan kecil dibedakan.',
    next: 'Setelah beberapa kali mencoba, mohon tunggu satu menit.',
  },
  sign_in_needed: {
    title: 'Silakan masuk kembali',
    body: 'Anda telah keluar, atau masa masuk Anda berakhir.',
    next: 'Masuk dan lanjutkan dari tempat semula.',
  },
  fault: {
    title: 'Terjadi masalah di pihak kami',
    body: 'Ini bukan karena tindakan Anda.',
    next: 'Buka lagi halaman ini. Biasanya itu sudah cukup.',
  },
};
