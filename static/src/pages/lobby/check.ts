import type { Key } from '../../i18n/words';
import type { Readiness } from '../../protocol/types';
import type { ToneTest, VoiceTest } from '../../room/model';
import type { Shape, Tone } from '../../ui/state';

/** What the test of sound says, and what may be pressed: one thing at a time, the first one is the advice. */
export interface Check {
  word: Key;
  tone: Tone | null;
  acts: readonly Act[];
}

export type Act = 'voice' | 'voiceAgain' | 'tone' | 'voiceYes' | 'toneYes' | 'no' | 'stop';

/** checkOf speaks of the voice while it is tested, else of the tone that was to find out what is wrong. */
export function checkOf(voice: VoiceTest, tone: ToneTest): Check {
  const settled = voice.state === 'idle' || voice.state === 'not_heard' || voice.state === 'failed';
  return settled && tone.state !== 'idle' ? ofTone(tone) : ofVoice(voice);
}

function ofVoice(voice: VoiceTest): Check {
  switch (voice.state) {
    case 'idle':
      return { word: 'check.voice.lead', tone: null, acts: ['voice', 'tone'] };
    case 'recording':
      return { word: 'check.voice.recording', tone: 'live', acts: ['stop'] };
    case 'playing':
      return { word: 'check.voice.playing', tone: 'live', acts: ['stop'] };
    case 'asked':
      return { word: 'check.voice.asked', tone: null, acts: ['voiceYes', 'no'] };
    case 'heard':
      return { word: 'check.voice.heard', tone: 'live', acts: ['voiceAgain'] };
    case 'not_heard':
      return { word: 'check.voice.notHeard', tone: 'wait', acts: ['tone', 'voiceAgain'] };
    case 'failed':
      return {
        word: `check.voice.${voice.why}`,
        tone: 'wait',
        acts: voice.why === 'unsupported' ? ['tone'] : ['voiceAgain', 'tone'],
      };
  }
}

function ofTone(tone: ToneTest): Check {
  switch (tone.state) {
    case 'idle':
    case 'playing':
      return { word: 'check.tone.playing', tone: 'live', acts: ['stop'] };
    case 'asked':
      return { word: 'check.tone.asked', tone: null, acts: ['toneYes', 'no'] };
    case 'heard':
      return { word: 'check.tone.heard', tone: 'live', acts: ['voiceAgain'] };
    case 'not_heard':
      return { word: 'check.tone.notHeard', tone: 'wait', acts: ['tone', 'voiceAgain'] };
  }
}

export interface Result {
  of: 'microphone' | 'camera' | 'speaker' | 'media';
  name: Key;
  word: Key;
  tone: Tone;
  shape: Shape;
}

const signs = {
  passed: { word: 'check.passed', tone: 'live', shape: 'full' },
  failed: { word: 'check.failed', tone: 'late', shape: 'mark' },
  untested: { word: 'check.untested', tone: 'idle', shape: 'ring' },
} as const;

/** resultsOf is what was found on this device so far. */
export function resultsOf(readiness: Readiness): Result[] {
  return (
    [
      ['microphone', 'devices.microphone'],
      ['camera', 'devices.camera'],
      ['speaker', 'devices.speaker'],
      ['media', 'check.media'],
    ] as const
  ).map(([of, name]) => ({ of, name, ...signs[readiness[of]] }));
}
