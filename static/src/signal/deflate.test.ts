import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { deflated } from './deflate';

afterEach(() => vi.unstubAllGlobals());

test('an offer becomes a fraction of itself and can be read again', async () => {
  const sdp = 'a=rtpmap:96 VP8/90000\r\n'.repeat(1000);
  const small = await deflated(sdp);
  expect(small?.byteLength).toBeLessThan(sdp.length / 10);
  expect(gunzipSync(new Uint8Array(small ?? new ArrayBuffer(0))).toString()).toBe(sdp);
});

test('a browser that cannot deflate is told apart', async () => {
  vi.stubGlobal('CompressionStream', undefined);
  expect(await deflated('text')).toBeNull();
});
