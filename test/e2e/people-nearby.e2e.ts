/** Two people on one network, without a server or an account: found, digits compared, drawn together; the host is killed and comes back. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { draw, wave } from '#test/support/drawing.ts';
import * as people from '#test/support/people.ts';

/** For people to look at after a run. */
const FOLDER = path.join(tmpdir(), 'limn-looks');
const LONG = { timeout: 30_000 };

const start = (browser: Browser, name: string, more: people.PersonOptions = {}): Promise<people.Person> =>
  people.startPerson(browser, name, { ...more, env: { LIMN_NEARBY: 'loopback' } });

/** Their name on the network, where it is shown. */
async function callOneself(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Change name' }).click();
  await page.getByLabel('Your name nearby').fill(name);
  await page.keyboard.press('Enter');
  await expect(page.getByText(new RegExp(`see you as .?${name}`))).toBeVisible();
}

const digits = (page: Page): Promise<string> => page.getByRole('dialog').locator('.code-digits').innerText(LONG);
const same = (page: Page): Promise<void> => page.getByRole('button', { name: 'The same digits' }).click();

test('two people nearby draw on one board, and the host’s death loses nothing', async ({ browser }) => {
  mkdirSync(FOLDER, { recursive: true });
  const ann = await start(browser, 'ann');
  const ben = await start(browser, 'ben', { colorScheme: 'dark' });
  try {
    const me = `Ann ${process.pid}`;
    await people.startDrawing(ann.page);
    await draw(ann.page, 'p', wave([200, 200]));
    await ann.page.getByRole('button', { name: 'Share', exact: true }).click();
    await ann.page.getByRole('radio', { name: 'Nearby' }).click();
    await callOneself(ann.page, me);
    await ann.page.getByRole('button', { name: 'Share with people nearby' }).click();
    await expect(ann.page.getByText('People on this network can come to this board.')).toBeVisible(LONG);
    await ann.page.screenshot({ path: path.join(FOLDER, 'nearby-shared.png') });
    await ann.page.keyboard.press('Escape');

    await ben.page.getByRole('button', { name: 'Look nearby' }).click();
    await callOneself(ben.page, 'Ben');
    await ben.page.getByRole('button', { name: new RegExp(`${me}.? · 1 person`) }).click(LONG);
    await expect(ben.page.getByRole('dialog', { name: new RegExp(`Is this .?${me}`) })).toBeVisible(LONG);
    expect(await digits(ben.page)).toMatch(/^\d{3}\s*\d{3}$/);
    expect(await digits(ann.page)).toBe(await digits(ben.page));
    await ann.page.screenshot({ path: path.join(FOLDER, 'nearby-host-asked.png') });
    await same(ben.page);
    await same(ann.page);
    await people.boardOpen(ben.page);
    await people.expectSame([ann, ben]);
    await draw(ben.page, 'r', [
      [400, 300],
      [500, 380],
    ]);
    await people.expectSame([ann, ben]);
    await ben.page.screenshot({ path: path.join(FOLDER, 'nearby-guest-dark.png') });

    // The host dies: the guest hosts, and draws on.
    await draw(ann.page, 'o', [
      [600, 300],
      [700, 380],
    ]);
    await people.expectSame([ann, ben]);
    await ann.kill9();
    await draw(ben.page, 'l', [
      [800, 300],
      [900, 380],
    ]);
    await people.expectState(ben.page, 'savedForAll', 30_000);
    await ann.restart();
    await ann.page.locator('.recent-row .open').filter({ hasText: 'Shared nearby' }).first().click();
    await people.boardOpen(ann.page);
    await people.expectSame([ann, ben], 30_000);
    expect(await people.shapeCount(ann.page)).toBe(4);
    expect([...ann.complaints, ...ben.complaints]).toEqual([]);
  } finally {
    await Promise.all([ann.close(), ben.close()]);
  }
});
