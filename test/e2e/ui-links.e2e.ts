/** What is typed while something is on its way stays: related boards, a shape's link, an invitation. */
import { expect, type Page } from '@playwright/test';
import type { CallName } from '#api/contract.ts';
import { lastCall, openBoard, test } from '#test/support/ui-page.ts';

const hold = (page: Page, name: CallName): Promise<void> => page.evaluate((one) => window.limnUi.api.hold(one), name);
const release = (page: Page, name: CallName): Promise<void> =>
  page.evaluate((one) => window.limnUi.api.release(one), name);

test('an address typed while another is added to the related boards stays, and can be added', async ({ ui }) => {
  await openBoard(ui);
  const { page } = ui;
  await page.keyboard.press('Shift+B');
  const panel = page.getByRole('complementary', { name: 'Related boards' });
  const address = panel.getByLabel('Room or web address');
  const name = panel.getByLabel('Name (optional)');
  await hold(page, 'related.add');
  await address.fill('https://example.org/one');
  await name.fill('One');
  await panel.getByRole('button', { name: 'Add' }).click();
  await address.fill('https://example.org/two');
  await release(page, 'related.add');
  await expect(name).toHaveValue('');
  await expect(address).toHaveValue('https://example.org/two');
  await panel.getByRole('button', { name: 'Add' }).click();
  await expect(address).toHaveValue('');
  expect(await lastCall(page, 'related.add')).toEqual({
    board: 'board-1',
    address: 'https://example.org/two',
    title: '',
  });
});

test('where a shape leads may be typed anew while it is said', async ({ ui }) => {
  await openBoard(ui);
  const { page } = ui;
  await page.evaluate(() => window.limnUi.board?.change({ selection: ['a'], selectionKinds: ['rect'] }));
  const field = page.getByLabel('Where this shape leads');
  await hold(page, 'links.set');
  await field.fill('https://example.org/one');
  await field.press('Enter');
  await field.fill('https://example.org/two');
  await release(page, 'links.set');
  await expect.poll(() => page.evaluate(() => window.limnUi.api.calls.at(-1)?.name)).toBe('links.of');
  await expect(field).toHaveValue('https://example.org/two');
});

test('a second person can be typed while the first is invited', async ({ ui }) => {
  await openBoard(ui);
  const { page } = ui;
  await page.evaluate(() => window.limnUi.api.emit('account', { state: 'online', jid: 'ines@harbour.example' }));
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const field = page.getByLabel('Invite someone');
  await hold(page, 'rooms.invite');
  await field.fill('ana@harbour.example');
  await field.press('Enter');
  await field.fill('bo@harbour.example');
  await release(page, 'rooms.invite');
  await expect(page.getByText('Invitation sent to ana@harbour.example.')).toBeVisible();
  await expect(field).toHaveValue('bo@harbour.example');
});
