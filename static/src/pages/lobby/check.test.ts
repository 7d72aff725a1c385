import { expect, test } from 'vitest';
import type { ToneTest, VoiceTest } from '../../room/model';
import { checkOf } from './check';

const quiet: ToneTest = { state: 'idle' };

test('the voice comes first, and its question has a yes and a no', () => {
  expect(checkOf({ state: 'idle' }, quiet).acts).toEqual(['voice', 'tone']);
  expect(checkOf({ state: 'asked' }, quiet).acts).toEqual(['voiceYes', 'no']);
});

test('who did not hear herself is led to the tone', () => {
  expect(checkOf({ state: 'not_heard' }, quiet).acts[0]).toBe('tone');
  expect(checkOf({ state: 'not_heard' }, { state: 'asked' }).acts).toEqual(['toneYes', 'no']);
});

test('a tone of before is silent once the voice is tested again', () => {
  for (const state of ['playing', 'asked', 'heard'] as const) {
    const voice: VoiceTest = { state };
    expect(checkOf(voice, { state: 'heard' }).word).toBe(`check.voice.${state}`);
  }
});

test('a browser that cannot record is offered the tone alone', () => {
  expect(checkOf({ state: 'failed', why: 'unsupported' }, quiet).acts).toEqual(['tone']);
  expect(checkOf({ state: 'failed', why: 'silent' }, quiet).acts).toEqual(['voiceAgain', 'tone']);
});
