import type { People } from '../../catalogue';

export const auxiliary: People['auxiliary'] = {
  closeup: '特写：{{name}}',
  watches: '大厅的屏幕正在显示本次洽谈：{{name}}',
  title: '编码器和墙面屏幕',
  encoder: '编码器 (WHIP)',
  encoderHint: '将两项输入编码器。其画面会作为您的特写显示给房间内所有人。',
  screen: '墙面屏幕 (WHEP)',
  screenHint: '将两项输入屏幕的播放器。它显示此链接的洽谈，房间内所有人都会得知。',
  address: '地址',
  key: '令牌',
  copy: '复制',
  copied: '已复制',
  notCopied: '无法复制。请手动选择并复制。',
  none: '此链接没有这类设备。',
  failed: '无法加载。',
};
