import { defineConfig } from 'vitest/config';

/** Unit, property and integration tests. `test/long` has its own configuration, `test/e2e` belongs to Playwright. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/fast-check.ts'],
    exclude: ['test/long/**', 'test/psi/**', 'test/e2e/**'],
    // Nothing waits this long but on a machine that is busy many times over: a hang still ends.
    testTimeout: 120_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // Vitest leaves a core free; on two that is half of the machine, and much of a test is waiting.
    maxWorkers: 2,
    // Tests wait for conditions; on a busy machine one may take its time.
    expect: { poll: { timeout: 10_000 } },
  },
});
