/** The window on a fake main and a fake canvas, under the product's content security policy, for Playwright. */
import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import type {} from '#test/fixtures/ui/page.ts';
import { serveUi } from '#test/fixtures/ui/serve.ts';

export interface Ui {
  readonly page: Page;
  /** Opens the page; the query sets the scene (test/fixtures/ui/page.ts). */
  open(query?: string): Promise<void>;
}

/** Themes and languages to go through: the widest and the one from right to left; in a long run all. */
export const LOOKS: readonly string[] =
  process.env.LIMN_LONG === '1'
    ? ['theme=light', 'theme=dark', 'lang=ar', 'lang=de', 'lang=es', 'lang=fr', 'lang=ja']
    : ['theme=dark', 'lang=ar', 'lang=de'];

export const test = base.extend<{ ui: Ui }, { address: string }>({
  address: [
    // Playwright reads the parameter's pattern, so there must be one.
    async ({ browserName: _ }, use) => {
      const served = await serveUi();
      await use(served.url);
      await served.close();
    },
    { scope: 'worker' },
  ],
  ui: async ({ page, address }, use) => {
    const problems: string[] = [];
    // Keeps file dialogs in the test's hands from the start: asked for only when needed, the first may slip through.
    page.on('filechooser', () => undefined);
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('favicon')) problems.push(message.text());
    });
    await use({
      page,
      async open(query = '') {
        await page.goto(`${address}?${query}`);
        await page.locator('.welcome, .toolbar').first().waitFor();
      },
    });
    expect(problems).toEqual([]);
  },
});

export async function openBoard({ page, open }: Ui, query = ''): Promise<void> {
  await open(`boards=2&people=3&${query}`);
  await page.locator('.recent-row .open').first().click();
  await page.getByRole('toolbar').waitFor();
}

/** What the canvas was told to do, in order. */
export const done = (page: Page): Promise<unknown[]> => page.evaluate(() => window.limnUi.board?.done ?? []);
/** The parameters of the last call of this name. */
export const lastCall = (page: Page, name: string): Promise<unknown> =>
  page.evaluate((wanted) => window.limnUi.api.calls.findLast((call) => call.name === wanted)?.params, name);

export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`)).toEqual([]);
}
