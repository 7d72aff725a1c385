import type { People } from '../../catalogue';

export const line: People['line'] = {
  late: '지금은 글이 늦게 전달됩니다. 소리와 영상은 그대로 이어집니다.',
  held: {
    me: '이 연결이 느려서 목소리를 지키려고 영상을 잠시 멈췄습니다.',
    them: '{{name}} 님의 연결이 느려서 목소리를 지키려고 영상을 잠시 멈췄습니다.',
  },
  rests: '이 연결이 느려서 목소리를 지키려고 내 카메라를 잠시 멈췄습니다. 저절로 돌아옵니다.',
  narrow: '{{name}} 님의 연결이 느립니다. 목소리는 들리지만 지금은 영상을 보지 못합니다.',
};
