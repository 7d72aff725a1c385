import { describe, expect, test } from 'vitest';
import { vitalsOf } from './testing';
import { diagnosticsText, factsOf, sickOf } from './truth';

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
