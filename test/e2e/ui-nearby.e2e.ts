/** Boards nearby in the window: off until looked for, a list that opens with a click, the six digits, and sharing. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { expectAccessible, lastCall, openBoard, test } from '#test/support/ui-page.ts';

/** For people to look at after a run. */
const FOLDER = path.join(tmpdir(), 'limn-looks');

const tell = (page: Page, nearby: object): Promise<void> =>
  page.evaluate(
    (data) => window.limnUi.api.emit('nearby', { on: true, nick: 'Ines', boards: [], questions: [], ...data }),
    nearby,
  );
const BOARDS = [
  { id: 'a', name: 'Harbour plan', host: 'Amara Okafor', people: 3, known: true },
  { id: 'b', name: 'A name that is so long that it does not fit into its row', host: 'Jonas', people: 1, known: false },
];
const question = (guest: boolean): object => ({
  boards: BOARDS,
  questions: [{ id: 'q', board: 'Harbour plan', nick: 'Jonas', code: '042917', guest }],
});

test('nothing is looked for until one asks; then boards open with a click', async ({ ui }) => {
  const { page } = ui;
  await ui.open();
  await page.getByRole('button', { name: 'Look nearby' }).click();
  expect(await lastCall(page, 'nearby.turn')).toEqual({ on: true });
  await expect(page.getByText('No boards on this network yet.')).toBeVisible();
  await tell(page, { boards: BOARDS });
  const list = page.getByRole('region', { name: 'Nearby' });
  await expect(list.getByRole('button', { name: /Harbour plan/ })).toContainText(/Amara Okafor.? · 3 people/);
  await expectAccessible(page);
  await page.evaluate(() => window.limnUi.api.hold('nearby.join'));
  await list.getByRole('button', { name: /Harbour plan/ }).click();
  await expect(list).toContainText(/Waiting for .?Amara Okafor.?…/);
  await list.getByRole('button', { name: 'Cancel' }).click();
  expect(await lastCall(page, 'nearby.cancel')).toBeUndefined();
  await page.evaluate(() => window.limnUi.api.release('nearby.join'));
  await page.getByRole('toolbar').waitFor();
  expect(await lastCall(page, 'nearby.join')).toEqual({ id: 'a' });
});

test('one’s name there is changed in place', async ({ ui }) => {
  const { page } = ui;
  await ui.open();
  await tell(page, {});
  await page.getByRole('button', { name: 'Change name' }).click();
  await page.getByLabel('Your name nearby').fill('Ines D.');
  await page.keyboard.press('Enter');
  expect(await lastCall(page, 'settings.set')).toEqual({ key: 'nick', value: 'Ines D.' });
  await page.getByRole('button', { name: 'Stop looking' }).click();
  expect(await lastCall(page, 'nearby.turn')).toEqual({ on: false });
});

test('the six digits are shown large, and both answers reach main', async ({ ui }) => {
  const { page } = ui;
  await ui.open();
  await tell(page, question(false));
  const dialog = page.getByRole('dialog', { name: /Is this .?Jonas.?\?/ });
  await expect(dialog.getByLabel('0 4 2 9 1 7')).toHaveText('042917');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'The same digits' }).click();
  expect(await lastCall(page, 'nearby.answer')).toEqual({ id: 'q', same: true });
  await expect(dialog).toHaveCount(0);
  await tell(page, question(true));
  await expect(page.getByRole('dialog', { name: /Jonas.? wants to draw with you/ })).toContainText('Harbour plan');
  await page.keyboard.press('Escape');
  expect(await lastCall(page, 'nearby.answer')).toEqual({ id: 'q', same: false });
});

test('a board is shared nearby without an account, and no longer', async ({ ui }) => {
  const { page } = ui;
  await openBoard(ui, 'boards=2');
  await page.evaluate(() => window.limnUi.api.call('rooms.leave', { board: 'board-1' }));
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'Nearby' }).click();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Share with people nearby' }).click();
  expect(await lastCall(page, 'nearby.share')).toEqual({ board: 'board-1' });
  await dialog.getByRole('button', { name: 'Stop sharing' }).click();
  expect(await lastCall(page, 'rooms.leave')).toEqual({ board: 'board-1' });
});

for (const [name, query, size] of [
  ['light', 'lang=en&theme=light', [1280, 800]],
  ['dark', 'lang=de&theme=dark', [1280, 800]],
  ['small', 'lang=fr&theme=light', [1024, 700]],
  ['rtl', 'lang=ar&theme=light', [1024, 700]],
] as const) {
  test(`looks: ${name}`, async ({ ui }) => {
    mkdirSync(FOLDER, { recursive: true });
    const { page } = ui;
    await page.setViewportSize({ width: size[0], height: size[1] });
    await ui.open(`boards=3&${query}`);
    const shot = (what: string) => page.screenshot({ path: path.join(FOLDER, `nearby-${what}-${name}.png`) });
    await shot('off');
    await tell(page, {});
    await shot('none');
    await tell(page, { boards: BOARDS });
    await shot('boards');
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    // Of a name that is too long the end is left out, not the beginning.
    const begins = await page.getByText(/^A name that is so long/).evaluate((element) => {
      const first = document.createRange();
      const text = element.firstChild;
      if (text) first.setStart(text, 0);
      if (text) first.setEnd(text, 1);
      const [letter, box] = [first.getBoundingClientRect(), element.getBoundingClientRect()];
      return letter.left >= box.left && letter.right <= box.right;
    });
    expect(begins).toBe(true);
    // One that fits stands at the start of its row.
    const aside = await page
      .locator('.recent-row .name')
      .filter({ hasText: 'Harbour plan' })
      .first()
      .evaluate((element) => {
        const text = document.createRange();
        text.selectNodeContents(element);
        const [letters, box] = [text.getBoundingClientRect(), element.getBoundingClientRect()];
        return document.dir === 'rtl' ? box.right - letters.right : letters.left - box.left;
      });
    expect(aside).toBeLessThan(1);
    await tell(page, question(true));
    await page.getByRole('dialog').waitFor();
    await shot('code');
  });
}
