import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const long = process.env.LIMN_LONG === '1';
const browser = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** End-to-end tests in the system's Chromium. Each test starts its own servers on free ports. */
export default defineConfig({
  testDir: 'test',
  // The window's own tests go through all looks in a long run (test/support/ui-page.ts).
  testMatch: long ? ['long/**/*.e2e.ts', 'e2e/ui-*.e2e.ts'] : 'e2e/**/*.e2e.ts',
  workers: long ? 1 : 2,
  // Where it decides over landing, a test that a busy machine upset is repeated once, and named in the output.
  retries: process.env.CI === 'true' ? 1 : 0,
  forbidOnly: process.env.CI === 'true',
  timeout: long ? 10 * 60_000 : 180_000,
  expect: { timeout: 10_000 },
  outputDir: 'test-results',
  use: {
    viewport: { width: 1280, height: 800 },
    launchOptions: browser === undefined ? {} : { executablePath: browser },
    screenshot: 'only-on-failure',
  },
});
