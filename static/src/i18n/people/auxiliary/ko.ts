import type { People } from '../../catalogue';

export const auxiliary: People['auxiliary'] = {
  closeup: '클로즈업: {{name}}',
  watches: '행사장 화면에 이 상담이 나옵니다: {{name}}',
  title: '인코더와 벽면 화면',
  encoder: '인코더 (WHIP)',
  encoderHint: '두 값을 인코더에 입력하세요. 인코더의 영상이 상담실의 모두에게 클로즈업으로 보입니다.',
  screen: '벽면 화면 (WHEP)',
  screenHint: '두 값을 화면 재생기에 입력하세요. 이 링크의 상담이 나오며, 상담실의 모두에게 표시됩니다.',
  address: '주소',
  key: '토큰',
  copy: '복사',
  copied: '복사했습니다',
  notCopied: '복사하지 못했습니다. 직접 선택해 복사하세요.',
  none: '이 링크에는 그런 장비가 없습니다.',
  failed: '불러오지 못했습니다.',
};
