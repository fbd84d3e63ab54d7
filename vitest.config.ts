import { defineConfig } from 'vitest/config';

/** Unit, property and integration tests. `test/long` has its own configuration, `test/e2e` belongs to Playwright. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/fast-check.ts'],
    exclude: ['test/long/**', 'test/e2e/**'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // Tests wait for conditions; on a busy machine one may take its time.
    expect: { poll: { timeout: 10_000 } },
  },
});
