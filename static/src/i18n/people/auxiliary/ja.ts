import type { People } from '../../catalogue';

export const auxiliary: People['auxiliary'] = {
  closeup: 'クローズアップ: {{name}}',
  watches: '会場のスクリーンにこの商談が映っています: {{name}}',
  title: 'エンコーダーと壁面スクリーン',
  encoder: 'エンコーダー (WHIP)',
  encoderHint:
    '両方をエンコーダーに入力してください。その映像がクローズアップとして部屋の全員に表示されます。',
  screen: '壁面スクリーン (WHEP)',
  screenHint:
    '両方をスクリーンのプレーヤーに入力してください。このリンクの商談が映り、部屋の全員に知らされます。',
  address: 'アドレス',
  key: 'トークン',
  copy: 'コピー',
  copied: 'コピーしました',
  notCopied: 'コピーできませんでした。選択して手動でコピーしてください。',
  none: 'このリンクにそのような機器はありません。',
  failed: '読み込めませんでした。',
};
