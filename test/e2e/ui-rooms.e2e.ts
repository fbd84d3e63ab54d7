/** The rooms that one may want to come to, below the form that joins one. */
import { expect } from '@playwright/test';
import { expectAccessible, lastCall, openBoard, test } from '#test/support/ui-page.ts';

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

test('who is out of the room is told so at the board, and types its new password there', async ({ ui }, info) => {
  const { page } = ui;
  for (const look of ['', 'theme=dark', 'lang=ar']) {
    await openBoard(ui, `jid=ines@harbour.example&${look}`);
    const say = (part: object): Promise<void> =>
      page.evaluate((changed) => {
        const { api, board } = window.limnUi;
        if (board) api.emit('status', { ...board.state.status, connection: 'offline', ...changed });
      }, part);
    const room = { jid: 'plans@conference.harbour.example', nick: 'ines' };
    await say({ room, problem: 'The room wants a password.', barred: 'members-only' });
    const out = page.locator('.barred');
    await expect(out.getByRole('button')).toHaveCount(1);
    await say({ room, problem: 'The room wants a password.', barred: 'password-required' });
    const password = out.locator('input');
    await password.fill('old');
    await page.evaluate(() => window.limnUi.api.refuse('rooms.join', 'password-required', 'It wants another one.'));
    await page.keyboard.press('Enter');
    await expect(out.getByRole('alert')).toBeVisible();
    await expect(password).toBeFocused();
    await expectAccessible(page);
    await page.screenshot({ path: info.outputPath(`barred-${look}.png`) });
    await password.fill('sesame');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => lastCall(page, 'rooms.join'))
      .toMatchObject({ room: room.jid, nick: 'ines', password: 'sesame', create: false });
    await say({ connection: 'online', room, problem: undefined, barred: undefined });
    await expect(out).toHaveCount(0);
    // The next look begins at the first screen again.
    await page.evaluate(() => sessionStorage.clear());
  }
});

test('the way back from a form leads to the board one came from; notices stand together, confirmations take turns', async ({
  ui,
}, info) => {
  const { page } = ui;
  await openBoard(ui, 'jid=ines@harbour.example');
  const room = 'plans@conference.harbour.example';
  await page.evaluate((named) => window.limnUi.api.emit('open', { what: 'room', room: named }), room);
  await page.getByLabel('Room address or link').waitFor();
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('toolbar').waitFor();
  const toasts = page.locator('.toast');
  for (const [level, message] of [
    ...[
      ['info', 'One'],
      ['warn', 'Low'],
      ['info', 'Two'],
      ['error', 'Lost'],
      ['info', 'Three'],
    ],
  ] as ['info' | 'warn' | 'error', string][])
    await page.evaluate((notice) => window.limnUi.api.emit('notice', notice), { level, message });
  await expect(toasts).toHaveText(['Low', 'Lost', 'Three']);
  await page.screenshot({ path: info.outputPath('toasts.png') });
  await page.evaluate(() => {
    const { api, board } = window.limnUi;
    if (board) api.emit('status', { ...board.state.status, connection: 'alone', room: undefined });
  });
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('radio')).toHaveCount(3);
  const heights: number[] = [];
  for (const [i, radio] of (await dialog.getByRole('radio').all()).entries()) {
    await radio.click();
    heights.push((await dialog.boundingBox())?.height ?? 0);
    await page.screenshot({ path: info.outputPath(`share-${i}.png`) });
  }
  expect(new Set(heights).size, String(heights)).toBe(1);
  await page.evaluate(() => sessionStorage.clear());
  await page.setViewportSize({ width: 1024, height: 700 });
  await ui.open('boards=6&lang=ar');
  await page.screenshot({ path: info.outputPath('recent-ar.png') });
});

test('a room is suggested before anybody types, and what is typed stays whatever a slow server says', async ({
  ui,
}) => {
  const { page } = ui;
  await openBoard(ui, 'jid=ines@harbour.example');
  await page.evaluate(() => {
    const { api, board } = window.limnUi;
    api.answer('rooms.service', () => 'rooms.harbour.example');
    api.hold('rooms.service');
    if (board) api.emit('status', { ...board.state.status, connection: 'alone', room: undefined });
  });
  const address = page.getByRole('dialog').getByLabel('Room address or link');
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(address).toHaveValue(/@conference\.harbour\.example$/);
  await address.fill('plans@elsewhere.example');
  await page.evaluate(() => window.limnUi.api.release('rooms.service'));
  await page.getByRole('dialog').getByLabel('Your name in the room').fill('ines');
  await expect(address).toHaveValue('plans@elsewhere.example');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(address).toHaveValue(/@rooms\.harbour\.example$/);
});

test('while the connection is down, somebody who knows better has it tried now', async ({ ui }, info) => {
  const { page } = ui;
  for (const look of ['theme=dark', 'lang=ar']) {
    await page.setViewportSize(look === 'theme=dark' ? { width: 1024, height: 700 } : { width: 1280, height: 800 });
    await openBoard(ui, look);
    const button = page.locator('[data-region="title"] button.link');
    await page.evaluate(() => {
      const { api, board } = window.limnUi;
      if (board) api.emit('status', { ...board.state.status, connection: 'offline', waiting: 12 });
    });
    await expect(button).toHaveCount(0);
    await page.evaluate(() => window.limnUi.api.emit('account', { state: 'offline', jid: 'ines@harbour.example' }));
    await page.screenshot({ path: info.outputPath(`offline-${look}.png`) });
    await expectAccessible(page);
    await button.click();
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    const asked = await page.evaluate(
      () => window.limnUi.api.calls.filter(({ name }) => name === 'account.reconnect').length,
    );
    expect(asked).toBe(2);
    await page.evaluate(() => sessionStorage.clear());
  }
});

test('who goes on while a sign-in or a room is slow to answer is not taken elsewhere', async ({
  ui: { page, open },
}) => {
  await open();
  await page.evaluate(() => window.limnUi.api.hold('account.signIn'));
  await page.getByRole('button', { name: /Sign in to XMPP/ }).click();
  await page.getByLabel('Address').fill('ines@harbour.example');
  await page.getByLabel('Password', { exact: true }).fill('secret');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('button', { name: /Start drawing/ }).click();
  await page.evaluate(() => window.limnUi.api.release('account.signIn'));
  await page.getByRole('button', { name: 'Main menu' }).click();
  await page.getByRole('menuitem', { name: 'Back to boards' }).click();
  await expect(page.getByText('Signed in as ines@harbour.example')).toBeVisible();

  await page.getByRole('button', { name: /Join a room/ }).click();
  await page.evaluate(() => window.limnUi.api.hold('rooms.join'));
  await page.getByLabel('Room address or link').fill('plans@conference.harbour.example');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Joining…' })).toBeVisible();
  await page.getByRole('button', { name: 'Back' }).click();
  await page.evaluate(async () => {
    const { api } = window.limnUi;
    api.release('rooms.join');
    await api.call('boards.list');
  });
  await expect(page.getByRole('heading', { name: 'Draw together' })).toBeVisible();
});
