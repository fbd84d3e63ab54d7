/** Somebody works on a train, restarts, and comes back: told what happened, shown it, and given back what was lost. */
import { expect, type Page } from '@playwright/test';
import { test } from '#test/support/company.ts';
import { choose, draw, type Point } from '#test/support/drawing.ts';
import * as people from '#test/support/people.ts';

const box = ([x, y]: Point, size = 80): [Point, Point] => [
  [x, y],
  [x + size, y + size],
];
const RECT: Point = [120, 160];
const CIRCLE: Point = [320, 160];

/** Selects the shape whose outline passes through the top of its box. */
async function pick(page: Page, at: Point): Promise<void> {
  await page.keyboard.press('Escape');
  await page.keyboard.press('v');
  await page.mouse.click(at[0] + 40, at[1]);
  await expect(page.getByRole('complementary', { name: 'Properties' })).toContainText('1 selected');
}

const count = async (page: Page, name: string): Promise<number> =>
  (await people.shapes(page)).filter(([element]) => element === name).length;

test('what changed meanwhile is told, shown, and what was lost is put back', async ({ company }) => {
  const { room } = company;
  const proxy = await company.proxy();
  const bob = await company.come('bob');
  await people.startDrawing(bob.page);
  await draw(bob.page, 'r', box(RECT));
  await draw(bob.page, 'o', box(CIRCLE));
  await people.share(bob.page, room);
  const alice = await company.come('alice', { through: proxy });
  await people.join(alice.page, { room });
  await people.expectSame([alice, bob]);
  await expect(alice.page.locator('.merged-notice')).toHaveCount(0);

  await test.step('alice is cut off and draws on; her Limn ends', async () => {
    proxy.cut('dropped');
    await people.expectState(alice.page, 'offline');
    // What the others do isn't known any more, and so isn't shown.
    await expect(alice.page.locator('.people-stack .avatar.unknown')).toHaveCount(1);
    await pick(alice.page, RECT);
    await choose(alice.page, 'Width', 'Heavy');
    await pick(alice.page, CIRCLE);
    await choose(alice.page, 'Dash', 'Dashed');
    await expect(alice.page.locator('.state')).not.toHaveAttribute('data-waiting', '0');
    await alice.quit();
  });
  await test.step('bob removes, changes and adds', async () => {
    await pick(bob.page, RECT);
    await bob.page.keyboard.press('Delete');
    await pick(bob.page, CIRCLE);
    await choose(bob.page, 'Dash', 'Dotted');
    await draw(bob.page, 'p', [
      [500, 200],
      [560, 260],
      [620, 200],
    ]);
    await people.expectState(bob.page, 'savedForAll');
  });
  await test.step('alice comes back', async () => {
    proxy.mend();
    await alice.restart();
    await people.signIn(alice.page, company.login('alice', proxy), 'known');
    await people.openBoard(alice.page, room);
    await people.expectSame([alice, bob]);
  });

  const notice = alice.page.locator('.merged-notice');
  await expect(notice).toContainText('While you were away: 3 shapes changed by bob.');
  await expect(notice).toContainText('1 of your changes could not be kept.');
  await notice.getByRole('button', { name: 'Look' }).click();
  const panel = alice.page.getByRole('complementary', { name: 'What changed' });
  const rows = panel.getByRole('listitem');
  await expect(rows).toHaveCount(5);
  const lost = rows.filter({ hasText: 'You changed it, it was removed' });
  await expect(lost).toContainText(/rectangle.*bob/i);
  await lost.getByRole('button', { name: /^rectangle/i }).click();
  // The ghost is drawn where the rectangle was, beside the board's own drawing.
  await expect
    .poll(() =>
      alice.page.evaluate(
        () =>
          [...document.querySelectorAll('.board *')].filter((element) => element.shadowRoot?.querySelector('rect'))
            .length,
      ),
    )
    .toBe(1);
  expect(await count(alice.page, 'rect')).toBe(0);
  await lost.getByRole('button', { name: 'Add mine again' }).click();
  await expect(lost).toContainText('Done. Undo takes it back.');
  await expect.poll(() => count(bob.page, 'rect')).toBe(1);
  await people.expectSame([alice, bob]);
  const [again] = (await people.shapes(bob.page)).filter(([element]) => element === 'rect');
  expect(again?.[1]['stroke-width']).toBe('8');

  const won = rows.filter({ hasText: 'You wrote over a change' });
  const dash = async (): Promise<string | undefined> =>
    (await people.shapes(bob.page)).find(([element]) => element === 'ellipse')?.[1]['stroke-dasharray'];
  const mine = await dash();
  await won.getByRole('button', { name: 'Use theirs' }).click();
  await expect.poll(dash).not.toBe(mine);
  await alice.page.keyboard.press('Control+z');
  await expect.poll(dash).toBe(mine);
  await people.expectSame([alice, bob]);

  await panel.getByRole('button', { name: 'Done, dismiss the list' }).click();
  await alice.restart();
  await people.signIn(alice.page, company.login('alice', proxy), 'known');
  await people.openBoard(alice.page, room);
  await people.expectState(alice.page, 'savedForAll');
  await expect(alice.page.locator('.merged-notice')).toHaveCount(0);
  for (const { name, complaints } of [alice, bob]) expect(complaints, name).toEqual([]);
});

test('the slider shows the past, which can be restored and taken back', async ({ company }) => {
  const alice = await company.come('alice');
  const { page } = alice;
  await people.startDrawing(page);
  await draw(page, 'r', box(RECT));
  await people.share(page, company.room);
  const bob = await company.come('bob');
  await people.join(bob.page, { room: company.room });
  await draw(bob.page, 'o', box(CIRCLE));
  await people.expectSame([alice, bob]);
  await pick(page, RECT);
  await page.getByText('About this shape').click();
  await expect(page.locator('.about')).toContainText(/Made by\s*alice/i);
  await page.keyboard.press('Delete');
  await expect.poll(() => people.shapeCount(bob.page)).toBe(1);

  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+H');
  const slider = page.getByRole('slider', { name: 'Point in time' });
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  const past = (): Promise<string[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll('.board *')]
        .filter((element) => element.shadowRoot && getComputedStyle(element).visibility !== 'hidden')
        .flatMap((element) => [...(element.shadowRoot?.querySelectorAll('svg.chunk > *') ?? [])])
        .map((element) => element.localName),
    );
  await expect.poll(past).toEqual(['rect', 'ellipse']);
  await expect(page.getByText(/^Looking at /)).toBeVisible();
  // The past can't be drawn on.
  await page.keyboard.press('r');
  await page.mouse.move(600, 300);
  await page.mouse.down();
  await page.mouse.move(700, 400);
  await page.mouse.up();
  await page.getByRole('button', { name: 'Restore this version' }).click();
  await expect(page.getByRole('toolbar', { name: 'Tools' })).toBeVisible();
  await expect
    .poll(async () => (await people.shapes(bob.page)).map(([element]) => element).sort())
    .toEqual(['ellipse', 'rect']);
  await people.expectSame([alice, bob]);
  await page.keyboard.press('Control+z');
  await expect.poll(() => people.shapeCount(bob.page)).toBe(1);
  await people.expectSame([alice, bob]);
  for (const { name, complaints } of [alice, bob]) expect(complaints, name).toEqual([]);
});

test('an owner declares a shape complete: others can’t change it and are told why, until it is reopened', async ({
  company,
}) => {
  const alice = await company.come('alice');
  await people.startDrawing(alice.page);
  await draw(alice.page, 'r', box(RECT));
  await people.share(alice.page, company.room);
  const bob = await company.come('bob');
  await people.join(bob.page, { room: company.room });
  await people.expectSame([alice, bob]);
  // Whoever joins sees all of the board in the middle.
  await bob.page.keyboard.press('Control+a');
  const bobs = bob.page.getByRole('complementary', { name: 'Properties' });
  await expect(bobs).toContainText('1 selected');
  await expect(bobs.getByRole('button', { name: 'Mark as complete' })).toHaveCount(0);

  await pick(alice.page, RECT);
  const panel = alice.page.getByRole('complementary', { name: 'Properties' });
  await panel.getByRole('button', { name: 'Mark as complete' }).click();
  await expect(panel).toContainText('This is complete and stays as it is.');
  await expect(bobs).toContainText('This is complete and stays as it is. Ask an owner of the room to reopen it.');
  await bob.page.keyboard.press('Delete');
  const refused = bob.page.getByRole('status').filter({ hasText: 'An owner can reopen it.' });
  await expect(refused).toBeVisible();
  expect(await people.shapeCount(bob.page)).toBe(1);

  await panel.getByRole('button', { name: 'Reopen' }).click();
  await bob.page.keyboard.press('Control+a');
  await expect(bobs.getByRole('radiogroup', { name: 'Width' })).toBeVisible();
  await choose(bob.page, 'Width', 'Heavy');
  await people.expectSame([alice, bob]);
  await expect.poll(async () => (await people.shapes(alice.page))[0]?.[1]['stroke-width']).toBe('8');
});
