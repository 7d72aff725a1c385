import { describe, expect, test } from 'vitest';
import { vitalsOf } from './testing';
import { diagnosticsText, factsOf, sayingOf, sickOf } from './truth';

describe('the media of one person', () => {
  test('is told as facts, in halves of a percent', () => {
    expect(factsOf(vitalsOf('s', { loss_up: 0.021, frozen: 0.12, concealed: 0.004 }))).toEqual([
      { fact: 'route', route: 'udp' },
      { fact: 'rtt', ms: 310 },
      { fact: 'loss', up: 2, down: 0 },
      { fact: 'frozen', percent: 12 },
      { fact: 'concealed', percent: 0.5 },
    ]);
    expect(factsOf(vitalsOf('s')).map(({ fact }) => fact)).toEqual(['route', 'rtt', 'noLoss', 'noFreezes']);
  });

  test('without a route nothing is known', () => {
    expect(factsOf(vitalsOf('s', { route: '', quality: 'none' }))).toEqual([]);
  });

  test('the figures say what is known, and nothing of what is not', () => {
    const facts = factsOf(
      vitalsOf('s', {
        jitter_down_ms: 30,
        layer_up: 'f',
        rate_up: 30,
        layer_down: 'x',
        line_kbps: 2000,
        score_up: 4.3,
      }),
    );
    expect(facts.slice(4)).toEqual([
      { fact: 'jitter', up: 0, down: 30 },
      { fact: 'picture', up: '720p 30/s', down: 'x' },
      { fact: 'line', kbps: 2000 },
      { fact: 'score', up: '4.3', down: '–' },
    ]);
  });

  test('one sentence comes first: what wants help, else who misses something', () => {
    const said = (change: Parameters<typeof vitalsOf>[1]) => sayingOf(vitalsOf('s', change));
    expect(said({})).toEqual({ says: 'early' });
    expect(said({ score_up: 4.4, score_down: 4 })).toEqual({ says: 'well' });
    expect(said({ score_up: 3.9, score_down: 4.4, quality: 'fair' })).toEqual({ says: 'up', how: 'fair' });
    expect(said({ score_up: 4.4, score_down: 2.9, quality: 'poor' })).toEqual({ says: 'down', how: 'poor' });
    expect(said({ score_up: 3.5, score_down: 2.9, quality: 'poor' })).toEqual({ says: 'both', how: 'poor' });
    expect(said({ score_up: 4.4, score_down: 4.4, quality: 'fair', symptoms: ['cpu'] })).toEqual({
      says: 'someTrouble',
    });
    expect(
      said({ score_up: 4.4, score_down: 4.4, quality: 'poor', symptoms: ['relay', 'not_played'] }),
    ).toEqual({
      says: 'help',
      symptom: 'not_played',
    });
    expect(said({ quality: 'none' })).toEqual({ says: 'none' });
  });

  test('each symptom is told once, the worst first', () => {
    const sick = sickOf(vitalsOf('s', { symptoms: ['relay', 'no_media', 'relay'], quality: 'poor' }));
    expect(sick.map(({ symptom }) => symptom)).toEqual(['no_media', 'relay']);
  });

  test('diagnostics are copied without what is empty', () => {
    expect(
      diagnosticsText(
        'S01/buyer',
        [
          ['browser', 'Chrome 142'],
          ['battery', ''],
        ],
        ['a', 'b'],
      ),
    ).toBe('S01/buyer\nbrowser: Chrome 142\na\nb');
  });
});
