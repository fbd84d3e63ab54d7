/** The rooms that one may want to come to, below the form that joins one. */
import { expect } from '@playwright/test';
import { expectAccessible, lastCall, test } from '#test/support/ui-page.ts';

test('offers the rooms that the account keeps and those of its server', async ({ ui: { page, open } }, info) => {
  await open();
  await page.evaluate(() => {
    const { api } = window.limnUi;
    api.answer('rooms.list', () => [
      { room: 'plans@conference.harbour.example', name: 'Pier plans', kept: true },
      { room: 'crew@conference.harbour.example', name: '', kept: false },
    ]);
    api.emit('account', { state: 'online', jid: 'ines@harbour.example' });
  });
  await page.getByRole('button', { name: /Join a room/ }).click();
  const own = page.getByRole('region', { name: 'Your rooms' });
  await expect(page.getByRole('region', { name: 'Rooms on your server' })).toContainText('crew');
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath('rooms.png') });
  await own.getByRole('button', { name: /Pier plans/ }).click();
  const address = page.getByLabel('Room address or link');
  await expect(address).toHaveValue('plans@conference.harbour.example');
  await page.keyboard.press('Enter');
  expect(await lastCall(page, 'rooms.join')).toMatchObject({ room: 'plans@conference.harbour.example' });
});
