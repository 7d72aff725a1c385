import { writeFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** dist/.gitkeep is committed, because //go:embed needs the folder on a bare clone. */
const keepFolder: Plugin = {
  name: 'keep-folder',
  apply: 'build',
  writeBundle: (options) => writeFileSync(`${options.dir}/.gitkeep`, ''),
};

// The page runs under a Content-Security-Policy that allows nothing inline and
// no data: URLs, so assets are never inlined and the preload polyfill (an inline
// script) stays off; every browser that can meet has modulepreload.
export default defineConfig({
  base: '/',
  plugins: [keepFolder],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    cssCodeSplit: true,
    reportCompressedSize: false,
  },
  publicDir: false,
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    testTimeout: 5000,
    // Tests leave nothing behind, so files may share a worker: a third of the time.
    pool: 'threads',
    isolate: false,
  },
});
