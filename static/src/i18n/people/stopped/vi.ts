import type { People } from '../../catalogue';

export const stopped: People['stopped'] = {
  reload: 'Mở lại',
  ask: 'Nếu vẫn chưa được, xin quý vị viết cho người đã gửi đường dẫn.',
  askOrganiser: 'Nếu vẫn chưa được, xin quý vị liên hệ {{organiser}}.',
  link_unknown: {
    title: 'Chúng tôi không nhận ra đường dẫn này',
    body: 'Có thể một phần đường dẫn đã bị mất khi sao chép.',
    next: 'Xin mở lại từ tin nhắn gốc, hoặc sao chép toàn bộ đường dẫn.',
  },
  link_revoked: {
    title: 'Đường dẫn này đã được thay thế',
    body: 'Ban tổ chức đã thu hồi đường dẫn, thường là vì đã gửi đường dẫn mới hơn.',
    next: 'Xin tìm tin nhắn mới hơn và mở đường dẫn trong đó.',
  },
  link_expired: {
    title: 'Đường dẫn này không còn hiệu lực',
    body: 'Những ngày sử dụng đường dẫn này đã qua.',
    next: 'Nếu quý vị vẫn còn buổi trao đổi, xin yêu cầu đường dẫn mới.',
  },
  cancelled: {
    title: 'Buổi trao đổi này đã bị hủy',
    body: 'Buổi này sẽ không diễn ra vào giờ đã hẹn.',
    next: 'Ban tổ chức sẽ thông báo cho quý vị giờ mới.',
  },
  ended: {
    title: 'Buổi trao đổi này đã kết thúc',
    body: 'Phòng đã đóng.',
    next: 'Nếu quý vị chưa tham dự được, xin đề nghị ban tổ chức sắp xếp giờ khác.',
  },
  moved: {
    title: 'Quý vị đã tiếp tục trên thiết bị khác',
    body: 'Chỗ của quý vị nay ở thiết bị đó, nên trang này đã dừng.',
    next: 'Để trở lại thiết bị này, xin mở lại trang.',
  },
  replaced: {
    title: 'Trang này đang mở trong một cửa sổ khác',
    body: 'Cửa sổ mới hơn đã tiếp quản, nên cửa sổ này đã dừng.',
    next: 'Xin tiếp tục ở cửa sổ đó, hoặc mở lại trang tại đây.',
  },
  removed: {
    title: 'Quý vị không còn trong buổi trao đổi này',
    body: 'Ban tổ chức đã đóng chỗ của quý vị trong phòng này.',
    next: 'Nếu quý vị cho rằng đây là nhầm lẫn, xin liên hệ ban tổ chức.',
  },
  forbidden: {
    title: 'Đường dẫn này không mở được trang này',
    body: 'Đường dẫn được tạo cho một chỗ khác hoặc một người khác.',
    next: 'Xin dùng đường dẫn đã được gửi cho quý vị.',
  },
  room_full: {
    title: 'Phòng đã đủ người',
    body: 'Trong phòng đã có tám người và không còn chỗ.',
    next: 'Xin thử lại khi có đồng nghiệp đã rời phòng.',
  },
  seat_in_use: {
    title: 'Chỗ của quý vị đang được dùng trên thiết bị khác',
    body: 'Mỗi chỗ chỉ dùng được trên một thiết bị.',
    next: 'Xin tiếp tục ở thiết bị đó, hoặc mở lại trang này để chuyển sang đây.',
  },
  not_found: {
    title: 'Chúng tôi không tìm thấy buổi trao đổi này',
    body: 'Có thể buổi này đã được dời sang ngày khác hoặc đưa ra khỏi lịch.',
    next: 'Xin hỏi ban tổ chức lịch hiện tại.',
  },
  too_early: {
    title: 'Cửa chưa mở',
    body: 'Phòng mở ít lâu trước khi buổi trao đổi bắt đầu.',
    next: 'Xin quý vị quay lại sau ít phút.',
  },
  unavailable: {
    title: 'Dịch vụ tạm thời không khả dụng',
    body: 'Đây là lỗi từ phía chúng tôi. Lịch hẹn của quý vị vẫn được giữ.',
    next: 'Xin mở lại trang sau một phút.',
  },
  lost: {
    title: 'Kết nối đã bị mất',
    body: 'Trang đã không phản hồi quá lâu, hoặc mạng bị gián đoạn.',
    next: 'Xin mở lại trang, quý vị sẽ trở về chỗ của mình.',
  },
  held: {
    title: 'Điều phối viên sẽ mời quý vị vào',
    body: 'Quý vị đã được đưa ra khỏi phòng này.',
    next: 'Xin chờ tại đây. Nếu lâu, hãy viết cho điều phối viên.',
  },
  sign_in_wrong: {
    title: 'Tên hoặc mật khẩu không đúng',
    body: 'Xin kiểm tra cả hai. Chữ hoa và chữ thường khác nhau.',
    next: 'Sau vài lần thử, xin chờ một phút.',
  },
  sign_in_needed: {
    title: 'Xin đăng nhập lại',
    body: 'Quý vị đã đăng xuất, hoặc phiên đăng nhập đã hết hạn.',
    next: 'Đăng nhập và tiếp tục từ chỗ cũ.',
  },
  fault: {
    title: 'Đã xảy ra sự cố từ phía chúng tôi',
    body: 'Đây không phải do quý vị.',
    next: 'Xin mở lại trang. Thường như vậy là đủ.',
  },
};
