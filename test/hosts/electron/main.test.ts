/** The product's own main bundle, whole: from the page through the preload and the app to the disk, and back after a restart. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleMain, launchElectron } from '#test/support/electron/launch.ts';
import { buildTestPage } from '#test/support/page.ts';

let page: Awaited<ReturnType<typeof buildTestPage>>;
let bundle: Awaited<ReturnType<typeof bundleMain>>;
let profile: string;

beforeAll(async () => {
  page = await buildTestPage();
  bundle = await bundleMain('src/hosts/electron/main.ts', page.dir);
  profile = await mkdtemp(path.join(tmpdir(), 'limn-main-'));
});
afterAll(async () => {
  await page.remove();
  await bundle.remove();
  await rm(profile, { recursive: true, force: true });
});

test('what is drawn is there again after the app was closed', async () => {
  const first = await launchElectron({ main: bundle.main, profile });
  await first.page.getByText('electron 0.1.0').waitFor();
  const drawn = await first.page.evaluate(async () => {
    const api = await globalThis.page.api;
    const { id: board } = await api.call('boards.create', { name: 'Plan' });
    const opened = await api.call('boards.open', { board });
    const node = { type: 'element' as const, name: 'rect', attrs: [{ name: 'width', value: '12' }], children: [] };
    const intents = [{ do: 'add' as const, parent: opened.root?.rid ?? 'root', before: null, node }];
    await api.call('document.submit', { board, gesture: 'g1', intents });
    return { board, svg: (await api.call('boards.export', { board, format: 'svg' })).content };
  });
  expect(drawn.svg).toMatch(/<rect[^>]*width="12"/);
  expect(await first.quit()).toBe(0);

  const second = await launchElectron({ main: bundle.main, profile });
  await second.page.getByText('electron 0.1.0').waitFor();
  const found = await second.page.evaluate(async () => {
    const api = await globalThis.page.api;
    const [info] = await api.call('boards.list');
    return {
      board: info?.id,
      svg: (await api.call('boards.export', { board: info?.id ?? '', format: 'svg' })).content,
    };
  });
  expect(found).toEqual(drawn);
  expect(await second.quit()).toBe(0);
  expect(first.errors() + second.errors()).toBe('');
});
