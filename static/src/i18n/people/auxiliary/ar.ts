import type { People } from '../../catalogue';

export const auxiliary: People['auxiliary'] = {
  closeup: 'لقطة مقرّبة: {{name}}',
  watches: 'شاشة في القاعة تعرض هذا اللقاء: {{name}}',
  title: 'جهاز الترميز وشاشة الحائط',
  encoder: 'جهاز الترميز (WHIP)',
  encoderHint: 'أدخل كليهما في جهاز الترميز. تظهر صورته لكل من في الغرفة كلقطتك المقرّبة.',
  screen: 'شاشة الحائط (WHEP)',
  screenHint: 'أدخل كليهما في مشغّل الشاشة. تعرض لقاء هذا الرابط، ويُبلَّغ كل من في الغرفة.',
  address: 'العنوان',
  key: 'الرمز',
  copy: 'نسخ',
  copied: 'تم النسخ',
  notCopied: 'تعذّر النسخ. حدّده وانسخه يدويًا.',
  none: 'ليست لهذا الرابط أجهزة كهذه.',
  failed: 'تعذّر التحميل.',
};
