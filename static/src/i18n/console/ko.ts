import type { Console } from '../catalogue';
import { codes } from './codes.ko';
import { hall } from './hall.ko';
import { help } from './help.ko';
import { office } from './office.ko';
import { record } from './record.ko';
import { signin } from './signin.ko';
import { staff } from './staff.ko';
import { wall } from './wall.ko';

/** 운영자 화면과 인쇄물의 한국어 문구. */
export const ko: Console = {
  console: {
    title: '전체 상담',
    parts: '운영 화면 메뉴',
    tabs: {
      wall: '모니터',
      board: '현황판',
      timetable: '시간표',
      links: '링크',
      readiness: '준비 상태',
      record: '기록',
      staff: '운영진',
    },
    actions: '조치',
    open: '조치',
    days: '날짜',
    live: '상담 중',
    waiting: '대기 중',
    late: '지연',
    counts: '현재',
    attendance: '참석 기록 내려받기',
    preparing: '파일을 만들고 있습니다',
    failed: '파일을 만들지 못했습니다. 다시 시도해 주세요.',
    trial: '시험 운영입니다. 프로그램을 끄면 모든 기록이 사라집니다.',
    trouble: '확인 필요',
    noTrouble: '모두 순조롭게 진행되고 있습니다.',
    empty: '이날은 상담이 없습니다.',
    connection: '화면을 다시 연결하고 있습니다. 지금 보이는 내용은 최신이 아닐 수 있습니다.',
    time: '시간',
    booth: '부스',
    firm: '참가기업',
    buyer: '바이어',
    state: '상태',
    others: '통역',
    note: '비고',
    missing: {
      firm: '참가기업 {{minutes}}째 미입장',
      buyer: '바이어 {{minutes}}째 미입장',
      both: '양측 {{minutes}}째 미입장',
    },
    awayLong: '{{role}} {{minutes}}째 재연결 중',
    overrun: '{{minutes}} 초과',
    farewell: '{{time}} 상담실 종료',
    seat: {
      here: '참석',
      lobby: '로비 대기',
      away: '재연결 중',
      absent: '미입장',
      left: '퇴장',
    },
    since: {
      here: '{{time}}부터 참석',
      lobby: '{{time}}부터 로비 대기',
      away: '{{time}}부터 재연결 중',
      absent: '미입장',
      left: '{{time}} 퇴장',
    },
  },
  ...hall,
  ...wall,
  ...help,
  ...office,
  ...record,
  ...signin,
  ...staff,
  ...codes,
};
