import type { People } from '../../catalogue';

export const line: People['line'] = {
  late: '消息暂时会延迟，声音和画面照常。',
  held: {
    me: '您的网络较慢，为保证声音，画面暂停。',
    them: '{{name}} 的网络较慢，为保证声音，画面暂停。',
  },
  rests: '您的网络较慢，为保证声音，您的摄像头暂停，稍后会自动恢复。',
  narrow: '{{name}} 的网络较慢：能听到您，但暂时看不到您。',
};
