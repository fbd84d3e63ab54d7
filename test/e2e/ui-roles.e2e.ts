/** The people panel's roles and the room's settings: all that can be reached, in each look. */
import { expect, type Page } from '@playwright/test';
import { expectAccessible, lastCall, LOOKS, openBoard, test } from '#test/support/ui-page.ts';

/** Opens the board's people with somebody who runs the room. */
async function openPeople(page: Page): Promise<void> {
  await page.locator('.people-stack').click();
  await expect(page.locator('.side-panel .person')).toHaveCount(3);
}

test('a role is chosen in the list of people, by key, too; who is banned is asked about first', async ({ ui }) => {
  await openBoard(ui);
  const { page } = ui;
  await openPeople(page);
  const panel = page.getByRole('complementary', { name: 'People' });
  const jonas = panel.getByRole('button', { name: /: Can draw. Change$/ }).first();
  await jonas.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Let only watch' })).toBeFocused();
  await page.keyboard.press('Enter');
  // What a row does comes after the menu has closed.
  const given = { board: 'board-1', person: 'p2', standing: 'viewer' };
  await expect.poll(() => lastCall(page, 'rooms.give')).toEqual(given);
  await expect(page.getByText(/^People who come from now on only watch/)).toBeVisible();
  await panel.getByRole('button', { name: /: Watching. Change$/ }).click();
  await page.getByRole('menuitem', { name: 'Remove and let in no more' }).click();
  const question = page.getByRole('dialog', { name: /for good/ });
  await expectAccessible(page);
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(question).toHaveCount(0);
  await panel.getByRole('button', { name: /: Watching. Change$/ }).click();
  await page.getByRole('menuitem', { name: 'Remove and let in no more' }).click();
  await question.getByRole('button', { name: 'Remove for good' }).click();
  expect(await lastCall(page, 'rooms.remove')).toEqual({ board: 'board-1', person: 'p2', forGood: true });
});

for (const query of LOOKS) {
  test(`the menu and the settings are whole on a small window: ${query}`, async ({ ui }, info) => {
    const { page } = ui;
    await page.setViewportSize({ width: 1024, height: 700 });
    await openBoard(ui, query);
    await page.evaluate(() => {
      const { api } = window.limnUi;
      const names = ['Amara', 'Jonas', 'Konstantinos Papadopoulos', 'Mei', 'Zoë', 'Bo'];
      const contacts = names.map((name, i) => ({ jid: `p${i}@harbour.example`, name, show: 'free' as const }));
      api.answer('contacts.list', () => contacts);
      api.emit('account', { state: 'online', jid: 'ines@harbour.example' });
      const [me, ...others] = window.limnUi.api.people;
      if (me) window.limnUi.board?.change({ people: [{ ...me, role: 'owner' }, ...others] });
    });
    await openPeople(page);
    await page.locator('.person-role').first().click();
    await expect(page.getByRole('menu')).toBeInViewport({ ratio: 1 });
    await page.screenshot({ path: info.outputPath('roles.png') });
    await page.keyboard.press('Escape');
    await page.locator('nav[data-region=people] .button.fill').click();
    await expect(page.locator('.contacts .person')).toHaveCount(5);
    await page.locator('.room-settings > .link').click();
    await expect(page.locator('.room-settings .form')).toBeVisible();
    await expect(page.locator('.room-settings [type=submit]')).toBeInViewport({ ratio: 1 });
    await expectAccessible(page);
    const dialog = page.getByRole('dialog');
    const [overflow, box] = await dialog.evaluate((element) => [
      element.scrollWidth - element.clientWidth,
      element.getBoundingClientRect().height,
    ]);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(box).toBeLessThanOrEqual(700);
    await page.screenshot({ path: info.outputPath('settings.png') });
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  });
}

test('the settings of the room are saved; its end is asked about first; who owns nothing sees none', async ({ ui }) => {
  await openBoard(ui);
  const { page } = ui;
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: /^Share/ });
  await expect(dialog.getByRole('button', { name: 'Room settings' })).toHaveCount(0);
  await page.evaluate(() => {
    const [me, ...others] = window.limnUi.api.people;
    if (me) window.limnUi.board?.change({ people: [{ ...me, role: 'owner' }, ...others] });
  });
  await dialog.getByRole('button', { name: 'Room settings' }).click();
  await dialog.getByRole('radio', { name: 'Watch' }).click();
  await expect(dialog.getByText('You can let each of them draw later')).toBeVisible();
  await dialog.getByRole('switch').click();
  await dialog.getByLabel('Room password', { exact: true }).fill('sesame');
  await dialog.getByRole('button', { name: 'Save settings' }).click();
  expect(await lastCall(page, 'rooms.change')).toEqual({
    board: 'board-1',
    settings: { name: '', password: 'sesame', membersOnly: true, openVoice: false },
  });
  await expect(dialog).toHaveCount(0);
  await page.evaluate(() => window.limnUi.api.refuse('rooms.settings', 'not-admin', 'The room does not let you.'));
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await dialog.getByRole('button', { name: 'Room settings' }).click();
  await expect(page.getByText('The room does not let you.')).toBeVisible();
});
