/** Contacts where somebody is invited: who is there first, found by what is typed, invited with a press. */
import { expect } from '@playwright/test';
import { expectAccessible, lastCall, LOOKS, openBoard, test } from '#test/support/ui-page.ts';

for (const query of LOOKS) {
  test(`contacts are found and invited: ${query}`, async ({ ui }, info) => {
    await openBoard(ui, query);
    const { page } = ui;
    await page.evaluate(() => {
      const { api } = window.limnUi;
      api.emit('account', { state: 'online', jid: 'ines@harbour.example' });
      const names = ['Hana Kowalska', 'Sam Baptiste', 'Ravi Venkat', 'Mei Tanaka', 'Ana Reyes', 'Bo Lind'];
      const shows = ['free', 'away', 'busy', 'off', 'off', 'off'] as const;
      api.answer('contacts.list', () =>
        names.map((name, i) => ({ jid: `c${i}@harbour.example`, name, show: shows[i] ?? 'off' })),
      );
    });
    await page.locator('nav[data-region=people] .button.fill').click();
    const list = page.locator('.contacts');
    await expect(list.locator('.person')).toHaveCount(5);
    await expectAccessible(page);
    await page.screenshot({ path: info.outputPath('contacts.png') });
    await page.locator('input[name=invite]').fill('bo');
    await expect(list.locator('.person')).toHaveCount(1);
    await list.getByRole('button').click();
    expect(await lastCall(page, 'rooms.invite')).toEqual({ board: 'board-1', jid: 'c5@harbour.example' });
    await page.evaluate(() =>
      window.limnUi.api.emit('contacts', [{ jid: 'bo@harbour.example', name: 'Bo', show: 'free' }]),
    );
    await expect(list.locator('.dot.free')).toBeVisible();
  });
}
