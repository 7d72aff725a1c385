import type { People } from '../../catalogue';

export const auxiliary: People['auxiliary'] = {
  closeup: 'Cận cảnh: {{name}}',
  watches: 'Một màn hình trong hội trường đang chiếu cuộc gặp này: {{name}}',
  title: 'Bộ mã hóa và màn hình treo tường',
  encoder: 'Bộ mã hóa (WHIP)',
  encoderHint: 'Nhập cả hai vào bộ mã hóa. Mọi người trong phòng thấy hình của nó là cận cảnh của bạn.',
  screen: 'Màn hình treo tường (WHEP)',
  screenHint:
    'Nhập cả hai vào trình phát của màn hình. Nó chiếu cuộc gặp của liên kết này, và mọi người trong phòng đều được báo.',
  address: 'Địa chỉ',
  key: 'Mã khóa',
  copy: 'Sao chép',
  copied: 'Đã sao chép',
  notCopied: 'Không sao chép được. Hãy chọn và sao chép bằng tay.',
  none: 'Liên kết này không có thiết bị như vậy.',
  failed: 'Không tải được.',
};
