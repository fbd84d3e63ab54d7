import { defineConfig } from 'vitest/config';

/** Tests with a live Psi: `npm run test:psi`. */
export default defineConfig({
  test: {
    include: ['test/psi/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    pool: 'forks',
    fileParallelism: false,
    expect: { poll: { timeout: 20_000 } },
  },
});
