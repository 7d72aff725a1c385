import { expect, test } from 'vitest';
import { plain, stretches } from './text';

test('only http and https become links', () => {
  expect(stretches('see https://a.example/x and javascript:alert(1)')).toEqual([
    { text: 'see ' },
    { text: 'https://a.example/x', href: 'https://a.example/x' },
    { text: ' and javascript:alert(1)' },
  ]);
});

test("a sentence's full stop and brackets stay outside of the link", () => {
  expect(stretches('(https://a.example/x).')).toEqual([
    { text: '(' },
    { text: 'https://a.example/x', href: 'https://a.example/x' },
    { text: ').' },
  ]);
});

test('markup is text', () => {
  expect(stretches('<img src=x onerror=alert(1)>')).toEqual([{ text: '<img src=x onerror=alert(1)>' }]);
});

test('direction controls are taken out', () => {
  expect(plain('a\u202Egnp.exe\u2069')).toBe('agnp.exe');
  expect(stretches('https://a.example/\u202Efdp')[0]?.text).toBe('https://a.example/fdp');
});

test('an address that is none stays text', () => {
  expect(stretches('https://')).toEqual([{ text: 'https://' }]);
});
