import { expect, test } from 'vitest';
import { isInApp, unsupported } from './support';

const android =
  'Mozilla/5.0 (Linux; Android 14; SM-S921N Build/UP1A; wv) AppleWebKit/537.36 Version/4.0 Chrome/126.0 Mobile Safari/537.36';
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';

test.each([
  `${android};KAKAOTALK 2410630`,
  `${iphone} Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN`,
  `${iphone} Safari Line/14.9.0`,
  `${iphone} Mobile/15E148 [FBAN/FBIOS;FBAV/470.0.0.38.108;FBDV/iPhone14,2]`,
  `${iphone} Mobile/15E148 Instagram 336.0.0.28.82 (iPhone14,2; iOS 17_5)`,
  `${iphone} GSA/320.0.640842361 Mobile/15E148 Safari/604.1`,
  `${android} NAVER(inapp; search; 1000; 12.7.5)`,
  android,
])('a browser inside another app is known: %s', (userAgent) => {
  expect(isInApp(userAgent)).toBe(true);
});

test.each([
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  `${iphone} Version/17.5 Mobile/15E148 Safari/604.1`,
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
  'Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-A536N) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36',
])('a real browser is not mistaken for one: %s', (userAgent) => {
  expect(isInApp(userAgent)).toBe(false);
});

test('the remedy that helps comes first', () => {
  const good = { userAgent: '', secure: true, peerConnection: true, getUserMedia: true };
  expect(unsupported(good)).toBeNull();
  expect(unsupported({ ...good, userAgent: 'KAKAOTALK', secure: false })).toBe('in_app');
  // Without a secure context getUserMedia is missing, too; the address is what has to change.
  expect(unsupported({ ...good, secure: false, getUserMedia: false })).toBe('insecure');
  expect(unsupported({ ...good, peerConnection: false })).toBe('no_webrtc');
});
