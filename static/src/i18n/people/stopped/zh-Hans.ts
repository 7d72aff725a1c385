import type { People } from '../../catalogue';

export const stopped: People['stopped'] = {
  reload: '重新打开',
  ask: '如果仍未解决，请联系给您发送链接的人员。',
  askOrganiser: '如果仍未解决，请联系{{organiser}}。',
  link_unknown: {
    title: '我们无法识别此链接',
    body: '复制时可能遗漏了链接的一部分。',
    next: '请从原消息中重新打开，或复制完整的链接。',
  },
  link_revoked: {
    title: '此链接已被替换',
    body: '主办方已停用此链接，通常是因为发送了新的链接。',
    next: '请查找较新的消息，并打开其中的链接。',
  },
  link_expired: {
    title: '此链接已失效',
    body: '此链接的使用期限已过。',
    next: '如果您还有洽谈安排，请索取新的链接。',
  },
  cancelled: {
    title: '此洽谈已取消',
    body: '洽谈不会在约定的时间举行。',
    next: '主办方会告知您新的时间。',
  },
  ended: {
    title: '此洽谈已结束',
    body: '洽谈室已关闭。',
    next: '如果您未能参加，请向主办方咨询其他时间。',
  },
  moved: {
    title: '您已在另一台设备上继续',
    body: '您的席位已转到另一台设备，因此本页面已停止。',
    next: '如需回到本设备，请重新打开页面。',
  },
  replaced: {
    title: '此页面已在另一个窗口中打开',
    body: '较新的窗口已接续进行，因此本窗口已停止。',
    next: '请在那里继续，或在此处重新打开。',
  },
  removed: {
    title: '您已不在此洽谈中',
    body: '主办方已关闭您在此洽谈室的席位。',
    next: '如果您认为有误，请联系主办方。',
  },
  forbidden: {
    title: '此链接不能打开本页面',
    body: '此链接是为其他席位或其他人员准备的。',
    next: '请使用发送给您的链接。',
  },
  room_full: {
    title: '洽谈室已满',
    body: '室内已有八人，无法再容纳。',
    next: '请在有同事离开后重试。',
  },
  seat_in_use: {
    title: '您的席位正在另一台设备上使用',
    body: '一个席位只能由一台设备使用。',
    next: '请在那里继续，或重新打开本页面以转到此处。',
  },
  not_found: {
    title: '找不到此洽谈',
    body: '洽谈可能已改到其他日期，或已从日程中移除。',
    next: '请向主办方询问最新日程。',
  },
  too_early: {
    title: '尚未开放入场',
    body: '洽谈室会在洽谈开始前不久开放。',
    next: '请稍后再来。',
  },
  unavailable: {
    title: '服务暂时不可用',
    body: '这是我们这边的问题，您的预约不受影响。',
    next: '请在一分钟后重新打开页面。',
  },
  lost: {
    title: '连接已断开',
    body: '页面长时间没有响应，或网络中断。',
    next: '重新打开页面即可回到您的席位。',
  },
  held: {
    title: '协调员将让您进入',
    body: '您已被移出此房间。',
    next: '请在此等候。如果时间较长，请给协调员留言。',
  },
  sign_in_wrong: {
    title: '姓名或密码不正确',
    body: '请检查两者，区分大小写。',
    next: '多次尝试后，请等待一分钟。',
  },
  sign_in_needed: {
    title: '请重新登录',
    body: '您已退出，或登录已到期。',
    next: '登录后可从原处继续。',
  },
  fault: {
    title: '我们这边出现了问题',
    body: '这不是您的操作造成的。',
    next: '请重新打开页面，通常即可解决。',
  },
};
