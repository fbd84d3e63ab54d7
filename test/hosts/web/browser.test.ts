/** The web host as a real browser meets it. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '#api/client.ts';
import type { BrowserSystem } from '#hosts/web/open-browser.ts';
import { openBrowser } from '#hosts/web/open-browser.ts';
import type { WebHost } from '#hosts/web/server.ts';
import { startWebHost } from '#hosts/web/server.ts';
import { FixtureServer } from '#test/api/fixture-server.ts';
import { buildTestPage } from '#test/support/page.ts';

declare global {
  /** Of test/fixtures/page/main.ts. */
  var page: { api: Promise<ApiClient>; heard: unknown[] };
}

let browser: Browser;
let built: Awaited<ReturnType<typeof buildTestPage>>;
let host: WebHost;
const app = new FixtureServer();

beforeAll(async () => {
  built = await buildTestPage();
  host = await startWebHost({ app, rendererDir: built.dir });
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium' });
});
afterAll(async () => {
  await browser.close();
  await host.close();
  await built.remove();
});

test('the address opens the app once; the page cleans it and survives a reload', async () => {
  const context = await browser.newContext();
  const { address, used } = host.invite();
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  await page.goto(address);
  await page.getByText('web 0.1.0').waitFor();
  await used;
  expect(page.url()).toBe(`${host.origin}/`);
  expect(await page.evaluate(() => [history.length, document.referrer])).toEqual([2, '']);

  await page.reload();
  await page.getByText('web 0.1.0').waitFor();
  expect(host.clients()).toBe(1);
  expect(wrong).toEqual([]);

  const other = await context.newPage();
  await other.goto(address);
  await other.getByText('used already').waitFor();
  expect(other.url()).toBe(`${host.origin}/`);

  const bare = await context.newPage();
  await bare.goto(host.origin);
  await bare.getByText('used already').waitFor();
  expect(host.clients()).toBe(1);
  await context.close();
  await expect.poll(() => host.clients()).toBe(0);
});

test('the file that leads a browser to the address does so once, and is gone then', async () => {
  let url = '';
  const page = await browser.newPage();
  const system: BrowserSystem = {
    platform: 'darwin',
    env: {},
    start: async (_program, args) => {
      url = (args.at(-1) ?? '').replace('--app=', '');
      return true;
    },
  };
  await openBrowser(host.invite(), system);
  await page.goto(url);
  await page.getByText('web 0.1.0').waitFor();
  expect([page.url(), await page.evaluate(() => document.referrer)]).toEqual([`${host.origin}/`, '']);
  await expect.poll(() => existsSync(fileURLToPath(url))).toBe(false);
  await page.close();
});

test('events reach the page, and no inline script runs in it', async () => {
  const page = await browser.newPage();
  await page.goto(host.invite().address);
  await page.getByText('web 0.1.0').waitFor();
  app.emit('notice', { level: 'info', message: 'hello' });
  await expect
    .poll(() => page.evaluate(() => globalThis.page.heard))
    .toEqual([['notice', { level: 'info', message: 'hello' }]]);
  const violation = await page.evaluate(async () => {
    const broken = new Promise<string>((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), {
        once: true,
      });
    });
    document.body.insertAdjacentHTML('beforeend', '<svg><image href="x" onerror="globalThis.ran = true"/></svg>');
    document.querySelector('image')?.dispatchEvent(new Event('error'));
    return [await broken, 'ran' in globalThis];
  });
  expect(violation).toEqual(['script-src-attr', false]);
  await page.close();
});

test('another site can neither read the page, frame it, nor reach the socket', async () => {
  const { createServer } = await import('node:http');
  const stranger = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<!doctype html><title>stranger</title>');
  });
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const { port } = stranger.address() as { port: number };
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  const tried = await page.evaluate(async (target) => {
    const read = await fetch(`${target}/`).then(
      () => 'read',
      () => 'refused',
    );
    const traded = await fetch(`${target}/session`, { method: 'POST', body: 'x' }).then(
      () => 'traded',
      () => 'refused',
    );
    const socket = await new Promise((resolve) => {
      const opened = new WebSocket(`${target.replace('http', 'ws')}/socket`);
      opened.onopen = () => resolve('open');
      opened.onerror = () => resolve('refused');
    });
    const frame = document.createElement('iframe');
    const loaded = new Promise((resolve) => {
      frame.onload = resolve;
    });
    frame.src = target;
    document.body.append(frame);
    await loaded;
    return [read, traded, socket];
  }, host.origin);
  expect(tried).toEqual(['refused', 'refused', 'refused']);
  const framed = page.frames().find((frame) => frame.parentFrame() !== null);
  expect(await framed?.evaluate(() => document.querySelector('#state'))).toBeNull();
  await page.close();
  await new Promise((resolve) => stranger.close(resolve));
});
