/** A board's past: found, gone through by mouse and by key, and brought back. */
import { expect, type Page } from '@playwright/test';
import { done, expectAccessible, lastCall, LOOKS, openBoard, test } from '#test/support/ui-page.ts';

async function openHistory(page: Page): Promise<void> {
  await page.getByRole('button', { name: /board menu/ }).click();
  await page.getByRole('menuitem', { name: 'History' }).click();
  await expect(page.getByRole('slider', { name: 'Point in time' })).toBeVisible();
}

test('a version is looked at read-only, restored, and left by Escape', async ({ ui }) => {
  await openBoard(ui, 'history');
  const { page } = ui;
  await openHistory(page);
  await expect(page.getByRole('toolbar', { name: 'Tools' })).toHaveCount(0);
  const restore = page.getByRole('button', { name: 'Restore this version' });
  await expect(restore).toBeDisabled();
  const rows = page.getByRole('complementary', { name: 'Versions' }).getByRole('listitem');
  await expect(rows).toHaveCount(24);
  // The number beside the slider is what the versions add up to.
  const numbers = async (texts: Promise<string[]>): Promise<number> =>
    (await texts).reduce((sum, text) => sum + Number(/(\d+) edits?$/.exec(text)?.[1] ?? 0), 0);
  expect(await numbers(page.locator('.history-here .secondary').allInnerTexts())).toBe(
    await numbers(page.locator('.version .secondary:last-child').allInnerTexts()),
  );
  await rows.nth(3).getByRole('button').click();
  await expect(page.getByText(/^Looking at /)).toBeVisible();
  await expect(rows.nth(3).getByRole('button')).toHaveAttribute('aria-current', 'true');
  expect(await done(page)).toContainEqual(['showPast', null]);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('toolbar', { name: 'Tools' })).toBeVisible();
  expect(await done(page)).toContainEqual(['showPast', undefined]);
  expect(await lastCall(page, 'history.close')).toEqual({ board: 'board-1' });

  await page.keyboard.press('Shift+H');
  const slider = page.getByRole('slider', { name: 'Point in time' });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(page.getByText('Looking at the start')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(slider).toHaveAttribute('aria-valuetext', /Ines Duarte/);
  await restore.click();
  await expect(slider).toHaveCount(0);
  expect(await lastCall(page, 'history.restore')).toEqual({ board: 'board-1', at: 1 });
  await expect(page.getByRole('status').filter({ hasText: 'Undo takes it back.' })).toBeVisible();
});

for (const canEdit of [true, false]) {
  test(`a shape says who made it and who changed it: ${canEdit ? 'one who draws' : 'one who looks'}`, async ({
    ui,
  }) => {
    await openBoard(ui, 'history');
    const { page } = ui;
    await page.evaluate((may) => {
      const board = window.limnUi.board;
      board?.change({ selection: ['a'], selectionKinds: ['rect'], status: { ...board.state.status, canEdit: may } });
    }, canEdit);
    const panel = page.getByRole('complementary', { name: 'Properties' });
    await expect(panel.getByRole('button', { name: 'Duplicate' })).toHaveCount(canEdit ? 1 : 0);
    await panel.getByText('About this shape').click();
    await expect(panel.getByText('Made by')).toBeVisible();
    await expect(panel.getByRole('list', { name: 'Changes to this shape' }).getByRole('listitem')).toHaveCount(3);
    await expect(panel.locator('dd time').first()).toHaveAttribute('title', /20\d\d/);
    expect(await lastCall(page, 'history.about')).toEqual({ board: 'board-1', rid: 'a' });
    await expectAccessible(page);
  });
}

test('a long log says how far it is read, and can be given up', async ({ ui }) => {
  await openBoard(ui);
  const { page } = ui;
  await page.evaluate(() => window.limnUi.api.answer('history.open', () => new Promise(() => {})));
  await page.keyboard.press('Shift+H');
  await page.evaluate(() => window.limnUi.api.emit('history', { board: 'board-1', progress: 0.42 }));
  await expect(page.getByText('Reading the history, 42 %')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('toolbar', { name: 'Tools' })).toBeVisible();
  expect(await lastCall(page, 'history.close')).toEqual({ board: 'board-1' });
});

for (const query of LOOKS) {
  test(`is accessible, and whole on a small window: ${query}`, async ({ ui }) => {
    await openBoard(ui, `history&${query}`);
    const { page } = ui;
    await page.keyboard.press('Shift+H');
    await page.locator('.version').nth(2).click();
    await expect(page.locator('.state.warn')).toBeVisible();
    await expectAccessible(page);
    await page.setViewportSize({ width: 1024, height: 700 });
    await expectAccessible(page);
    const [title, actions] = await Promise.all([
      page.locator('.top-start').boundingBox(),
      page.locator('.top-end').boundingBox(),
    ]);
    const apart =
      query === 'lang=ar'
        ? (title?.x ?? 0) - (actions?.x ?? 0) - (actions?.width ?? 0)
        : (actions?.x ?? 0) - (title?.x ?? 0) - (title?.width ?? 0);
    expect(apart).toBeGreaterThanOrEqual(8);
  });
}

for (const query of LOOKS) {
  test(`says what shortening drops before it does it, and can be given up: ${query}`, async ({ ui }, info) => {
    await openBoard(ui, `history&${query}`);
    const { page } = ui;
    await page.setViewportSize({ width: 1024, height: 700 });
    await page.keyboard.press('Shift+H');
    const rows = page.locator('.version');
    await expect(rows).toHaveCount(24);
    await page.locator('.void-edits summary').click();
    await expect(page.locator('.void-edits li')).not.toHaveCount(0);
    await rows.nth(6).click();
    await expectAccessible(page);
    await page.screenshot({ path: info.outputPath('history.png') });
    const menu = page.locator('.history-panel header button');
    const dialog = page.getByRole('dialog');
    const compact = async (): Promise<void> => {
      await menu.click();
      await page.getByRole('menuitem').nth(2).click();
      await expect(dialog.getByRole('radio')).toHaveCount(2);
      await expect(dialog.locator('.compact-look p')).toHaveCount(3);
    };
    await compact();
    await expectAccessible(page);
    await page.screenshot({ path: info.outputPath('compact.png') });
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(rows).toHaveCount(24);
    await compact();
    await dialog.locator('.button.danger').click();
    await expect(dialog).toHaveCount(0);
    await expect(rows).toHaveCount(6);
    expect(await lastCall(page, 'history.compact')).toMatchObject({ preview: false });
    await expect(page.locator('.history-lost')).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: info.outputPath('shortened.png') });
  });
}
