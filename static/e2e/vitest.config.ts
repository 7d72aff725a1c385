import { defineConfig } from 'vitest/config';

// One file at a time: on two cores a second pair of browsers would only measure
// how busy the machine is.
export default defineConfig({
  test: {
    include: ['e2e/*.e2e.ts', 'e2e/gallery/languages.e2e.ts'],
    // The longest and one from right to left; all of them on demand.
    env: { LANGUAGES: process.env.LANGUAGES ?? 'ar,de' },
    environment: 'node',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    reporters: ['verbose'],
  },
});
