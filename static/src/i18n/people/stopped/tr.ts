import type { People } from '../../catalogue';

export const stopped: People['stopped'] = {
  reload: 'Yeniden aç',
  ask: 'Bu işe yaramazsa lütfen size bağlantıyı gönderen kişiye yazın.',
  askOrganiser: 'Bu işe yaramazsa lütfen organizatöre danışın: {{organiser}}.',
  link_unknown: {
    title: 'Bu bağlantıyı tanımıyoruz',
    body: 'Bağlantının bir kısmı kopyalanırken kaybolmuş olabilir.',
    next: 'Lütfen özgün mesajdan yeniden açın ya da tamamını kopyalayın.',
  },
  link_revoked: {
    title: 'Bu bağlantının yerine yenisi geldi',
    body: 'Organizatör bu bağlantıyı geri çekti; bunun nedeni çoğunlukla yenisinin gönderilmiş olmasıdır.',
    next: 'Lütfen daha yeni mesajı bulun ve içindeki bağlantıyı açın.',
  },
  link_expired: {
    title: 'Bu bağlantı artık geçerli değil',
    body: 'Hazırlandığı günler sona erdi.',
    next: 'Hâlâ bir görüşme bekliyorsanız lütfen yeni bir bağlantı isteyin.',
  },
  cancelled: {
    title: 'Bu görüşme iptal edildi',
    body: 'Kararlaştırılan saatte yapılmayacak.',
    next: 'Yeni saati organizatörden öğrenebilirsiniz.',
  },
  ended: {
    title: 'Bu görüşme sona erdi',
    body: 'Oda kapandı.',
    next: 'Görüşmeye katılamadıysanız lütfen organizatörden başka bir saat isteyin.',
  },
  moved: {
    title: 'Başka bir cihazdan devam ediyorsunuz',
    body: 'Görüşmedeki yeriniz artık orada, bu yüzden bu sayfa durdu.',
    next: 'Bu cihaza dönmek için sayfayı yeniden açın.',
  },
  replaced: {
    title: 'Bu sayfa başka bir pencerede açık',
    body: 'Daha yeni pencere devraldı, bu yüzden bu pencere durdu.',
    next: 'Lütfen oradan devam edin ya da sayfayı burada yeniden açın.',
  },
  removed: {
    title: 'Artık bu görüşmede değilsiniz',
    body: 'Organizatör bu odadaki yerinizi kapattı.',
    next: 'Bunun bir hata olduğunu düşünüyorsanız lütfen organizatöre danışın.',
  },
  forbidden: {
    title: 'Bu bağlantı bu sayfayı açmıyor',
    body: 'Başka bir yer ya da başka bir kişi için hazırlandı.',
    next: 'Lütfen size gönderilen bağlantıyı kullanın.',
  },
  room_full: {
    title: 'Oda dolu',
    body: 'İçeride zaten sekiz kişi var, daha fazlası sığmıyor.',
    next: 'Lütfen bir meslektaşınız çıktıktan sonra yeniden deneyin.',
  },
  seat_in_use: {
    title: 'Yeriniz başka bir cihazda kullanılıyor',
    body: 'Yerinizi yalnızca bir cihaz kullanabilir.',
    next: 'Lütfen oradan devam edin ya da buraya geçmek için bu sayfayı yeniden açın.',
  },
  not_found: {
    title: 'Bu görüşmeyi bulamıyoruz',
    body: 'Başka bir güne alınmış ya da programdan çıkarılmış olabilir.',
    next: 'Lütfen organizatörden güncel programı isteyin.',
  },
  too_early: {
    title: 'Kapılar henüz kapalı',
    body: 'Oda, görüşme başlamadan kısa süre önce açılır.',
    next: 'Lütfen biraz sonra yeniden gelin.',
  },
  unavailable: {
    title: 'Hizmet şu anda kullanılamıyor',
    body: 'Sorun bizden kaynaklanıyor. Randevunuz güvende.',
    next: 'Lütfen sayfayı bir dakika sonra yeniden açın.',
  },
  lost: {
    title: 'Bağlantı koptu',
    body: 'Sayfa çok uzun süre sessiz kaldı ya da ağ kesildi.',
    next: 'Sayfayı yeniden açtığınızda yerinize dönersiniz.',
  },
  held: {
    title: 'Sizi koordinatör içeri alacak',
    body: 'Bu odadan çıkarıldınız.',
    next: 'Lütfen burada bekleyin. Uzun sürerse koordinatöre yazın.',
  },
  sign_in_wrong: {
    title: 'Ad veya parola doğru değil',
    body: 'Lütfen ikisini de kontrol edin. Büyük ve küçük harf farklıdır.',
    next: 'Birkaç denemeden sonra lütfen bir dakika bekleyin.',
  },
  sign_in_needed: {
    title: 'Lütfen yeniden giriş yapın',
    body: 'Çıkış yaptınız ya da girişinizin süresi doldu.',
    next: 'Giriş yapıp kaldığınız yerden devam edin.',
  },
  fault: {
    title: 'Bizim tarafımızda bir sorun oluştu',
    body: 'Bu sizden kaynaklanmıyor.',
    next: 'Sayfayı yeniden açın. Çoğunlukla bu yeterlidir.',
  },
};
