/** What is complete: said to everybody, declared and reopened by owners. */
import { expect, type Page } from '@playwright/test';
import { expectAccessible, lastCall, openBoard, test } from '#test/support/ui-page.ts';

async function select(page: Page, owner: boolean): Promise<void> {
  await page.evaluate((isOwner) => {
    const board = window.limnUi.board;
    const people = board?.state.people.map((one) => (one.me ? { ...one, role: isOwner ? 'owner' : 'editor' } : one));
    board?.change({ selection: ['a'], selectionKinds: ['rect'], people: people as never });
  }, owner);
}

test('an owner declares a shape complete and reopens it', async ({ ui }) => {
  await openBoard(ui);
  const { page } = ui;
  await select(page, true);
  const panel = page.getByRole('complementary', { name: 'Properties' });
  await panel.getByRole('button', { name: 'Mark as complete' }).click();
  expect(await lastCall(page, 'document.complete')).toEqual({ board: 'board-1', rid: 'a', on: true });
  await expect(panel).toContainText('This is complete and stays as it is.');
  await expect(panel.getByRole('radiogroup')).toHaveCount(0);
  await expectAccessible(page);
  await panel.getByRole('button', { name: 'Reopen' }).click();
  await expect(panel.getByRole('button', { name: 'Mark as complete' })).toBeVisible();
});

test('a whole board is complete: tools are off, and the reason is beside them', async ({ ui }) => {
  await openBoard(ui);
  const { page } = ui;
  await select(page, true);
  const menu = page.getByRole('button', { name: /board menu/ });
  await menu.click();
  await page.getByRole('menuitem', { name: 'Mark board as complete' }).click();
  await expect(page.getByRole('banner')).toContainText('Complete');
  await expect(page.getByText('This board is complete and stays as it is.').first()).toBeVisible();
  await page.keyboard.press('r');
  await expect(page.getByRole('button', { name: 'Rectangle' })).toHaveAttribute('aria-pressed', 'false');
  await expectAccessible(page);
  await menu.click();
  await page.getByRole('menuitem', { name: 'Reopen board' }).click();
  await expect(page.getByRole('banner')).not.toContainText('Complete');
});

test('others see that it is, and whom to ask', async ({ ui }) => {
  await openBoard(ui, 'lang=de');
  const { page } = ui;
  await select(page, false);
  const panel = page.getByRole('complementary', { name: 'Eigenschaften' });
  await expect(panel.getByRole('button', { name: 'Als fertig markieren' })).toHaveCount(0);
  await page.evaluate(() => window.limnUi.api.call('document.complete', { board: 'board-1', rid: 'a', on: true }));
  await expect(panel).toContainText('Das ist fertig und bleibt, wie es ist.');
  await expect(panel).toContainText('Bitte jemanden');
  await expect(panel.getByRole('button', { name: 'Wieder öffnen' })).toHaveCount(0);
  await page.evaluate(() => {
    const edits = [
      { rid: 'a', kind: 'set' as const, rule: { code: 'complete', detail: {} }, reason: 'It is complete.' },
    ];
    window.limnUi.api.emit('voided', { board: 'board-1', edits, count: 1 });
    window.limnUi.api.emit('voided', { board: 'board-1', by: 'p1', edits, count: 2 });
  });
  await expect(
    page.getByRole('status').filter({ hasText: 'Deine letzte Änderung wurde nicht übernommen' }),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Leute', exact: true }).click();
  await expect(page.getByText('2 Änderungen anderer wurden nicht übernommen.')).toBeVisible();
  await expectAccessible(page);
});
