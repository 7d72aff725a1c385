export const line = {
  late: 'Messages are late just now. Sound and picture go on.',
  held: {
    me: 'Your line is slow: the picture rests so that the voices get through.',
    them: '{{name}} has a slow line: the picture rests so that the voice gets through.',
  },
  rests: 'Your line is slow. Your camera rests so that your voice gets through. It comes back by itself.',
  narrow: '{{name}} has a slow line: they hear you, but do not see you just now.',
};
