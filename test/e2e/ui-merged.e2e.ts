/** What a person who comes back to a board sees of the time between. */
import { expect } from '@playwright/test';
import { done, expectAccessible, lastCall, LOOKS, openBoard, test } from '#test/support/ui-page.ts';

test('one line says what happened; the list marks the shapes, brings them into view and puts them back', async ({
  ui,
}) => {
  await openBoard(ui, 'merged');
  const { page } = ui;
  const notice = page.getByRole('complementary', { name: 'What changed' });
  await expect(notice).toContainText('While you were away: 12 shapes changed by Ana Souza and Bo Lindqvist.');
  await expect(notice).toContainText('2 of your changes could not be kept.');
  await notice.getByRole('button', { name: 'Look' }).click();
  const panel = page.getByRole('complementary', { name: 'What changed' });
  await expect(panel.getByRole('listitem')).toHaveCount(7);
  const lost = panel.getByRole('listitem').filter({ hasText: 'Rectangle' });
  await expect(lost).toContainText('You changed it, it was removed · Bo Lindqvist');
  await lost.hover();
  expect((await done(page)).at(-1)).toMatchObject(['mark', expect.any(Array), 'o1']);
  await lost.getByRole('button', { name: /^rectangle/i }).click();
  expect(await done(page)).toContainEqual(['reveal', 'o1']);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(lost).toContainText('Done. Undo takes it back.');
  expect(await lastCall(page, 'merged.again')).toEqual({ board: 'board-1', clash: 'o1' });
  expect(await done(page)).toContainEqual(['select', ['again']]);
  await expectAccessible(page);
  await panel.getByRole('button', { name: 'Done, dismiss the list' }).click();
  await expect(notice).toHaveCount(0);
  expect((await done(page)).at(-1)).toEqual(['mark', [], null]);
  expect(await lastCall(page, 'merged.dismiss')).toEqual({ board: 'board-1' });
});

test('the line comes when main tells, can be dismissed by key, and comes back when the list is only closed', async ({
  ui,
}) => {
  await openBoard(ui, 'merged');
  const { page } = ui;
  await page.getByRole('button', { name: 'Look' }).click();
  await page.getByRole('button', { name: 'Close' }).click();
  const dismiss = page.getByRole('button', { name: 'Dismiss' });
  await dismiss.focus();
  await page.keyboard.press('Enter');
  await expect(dismiss).toHaveCount(0);
});

for (const query of LOOKS) {
  test(`the line and the list are whole and accessible: ${query}`, async ({ ui }) => {
    await openBoard(ui, `merged&${query}`);
    const { page } = ui;
    for (const size of [
      { width: 1280, height: 800 },
      { width: 1024, height: 700 },
    ]) {
      await page.setViewportSize(size);
      const line = await page.locator('.merged-notice').boundingBox();
      const bars = await page.locator('.floating.bar.top-start').boundingBox();
      expect(line?.y).toBeGreaterThanOrEqual((bars?.y ?? 0) + (bars?.height ?? 0));
      expect((line?.x ?? 0) + (line?.width ?? 0)).toBeLessThanOrEqual(size.width);
    }
    await expectAccessible(page);
    await page.locator('.merged-notice .button').click();
    await expect(page.locator('.merged-row')).toHaveCount(6);
    await expectAccessible(page);
  });
}
