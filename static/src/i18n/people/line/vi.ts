import type { People } from '../../catalogue';

export const line: People['line'] = {
  late: 'Hiện tin nhắn đến chậm. Tiếng và hình vẫn tiếp tục.',
  held: {
    me: 'Đường truyền của quý vị chậm: hình tạm dừng để giữ tiếng nói.',
    them: 'Đường truyền của {{name}} chậm: hình tạm dừng để giữ tiếng nói.',
  },
  rests: 'Đường truyền của quý vị chậm. Camera tạm dừng để giữ tiếng nói và sẽ tự bật lại.',
  narrow: 'Đường truyền của {{name}} chậm: nghe được quý vị nhưng hiện chưa thấy hình.',
};
