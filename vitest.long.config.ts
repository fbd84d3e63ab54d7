import { defineConfig } from 'vitest/config';

/** Tests that take minutes: `npm run test:long`. One file at a time, so that servers have the machine to themselves. */
export default defineConfig({
  test: {
    include: ['test/long/**/*.test.ts'],
    setupFiles: ['test/support/fast-check.ts'],
    testTimeout: 20 * 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    fileParallelism: false,
  },
});
