/** The window on a fake main and a fake canvas: what people see and press, under the product's content security policy. */
import { expect } from '@playwright/test';
import type { CertificateQuestion } from '#api/contract.ts';
import { done, expectAccessible, lastCall, openBoard, test } from '#test/support/ui-page.ts';

const certificate: CertificateQuestion = {
  host: 'harbour.example',
  subject: 'harbour.example',
  issuer: 'harbour.example',
  validFrom: '2026-03-02T00:00:00Z',
  validTo: '2027-03-02T00:00:00Z',
  fingerprint: '9F3A 61C4',
  reason: 'Its certificate is signed by itself.',
  mayAccept: true,
};

test.describe('welcome', () => {
  test('Start drawing opens a new board, and a reload comes back to it', async ({ ui }) => {
    await ui.open();
    await expect(ui.page.getByText('No boards yet.')).toBeVisible();
    await ui.page.getByRole('button', { name: /Start drawing/ }).click();
    await expect(ui.page.getByRole('toolbar', { name: 'Tools' })).toBeVisible();
    await ui.page.goto(`${new URL(ui.page.url()).origin}/?boards=1`);
    await expect(ui.page.getByRole('toolbar', { name: 'Tools' })).toBeVisible();
  });

  test('boards are renamed and deleted', async ({ ui: { page, open } }) => {
    await open('boards=2');
    await page.getByRole('button', { name: 'Options for Harbour plan' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByLabel('New name for Harbour plan').fill('Quay');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Open Quay' })).toBeVisible();
    await page.getByRole('button', { name: 'Options for Quay' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await expect(page.getByRole('dialog', { name: 'Delete “Quay”?' })).toBeVisible();
    await page.getByRole('button', { name: 'Delete board' }).click();
    await expect(page.getByRole('button', { name: 'Open Quay' })).toHaveCount(0);
  });
});

test.describe('in one’s own language', () => {
  test('failures are said by code, and new boards are named', async ({ ui: { page, open } }) => {
    await open('lang=de');
    await page.getByRole('button', { name: /XMPP/ }).click();
    await page.evaluate(() => window.limnUi.api.refuse('account.signIn', 'wrong-password', 'It did not accept this.'));
    await page.locator('input').first().fill('ines@harbour.example');
    await page.locator('input[type=password]').fill('wrong');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toHaveText(
      'Das Passwort wurde nicht angenommen. Prüfe es und versuch es noch einmal.',
    );
    await page.getByRole('button', { name: 'Zurück' }).click();
    await page
      .getByRole('button', { name: /Loszeichnen|zeichnen/i })
      .first()
      .click();
    await page.getByRole('toolbar').waitFor();
    expect(await lastCall(page, 'boards.create')).toEqual({ name: 'Tafel ohne Namen' });
  });
});

test.describe('files on the first screen', () => {
  test('a dropped drawing opens as a board', async ({ ui: { page, open } }) => {
    await open('boards=1');
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(
        new File(['<svg xmlns="http://www.w3.org/2000/svg"/>'], 'Quay.svg', { type: 'image/svg+xml' }),
      );
      for (const kind of ['dragover', 'drop'])
        document
          .querySelector('.welcome-column')
          ?.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
    });
    await expect.poll(() => lastCall(page, 'boards.import')).toMatchObject({ name: 'Quay' });
  });
});

test.describe('sign-in', () => {
  const cases = [
    { code: 'wrong-password', field: 'Password', sentence: 'harbour.example did not accept this password.' },
    { code: 'unknown-host', field: 'Address', sentence: 'There is no server harbour.example. Check the address.' },
    { code: 'connection-refused', field: 'Server and port', sentence: 'Nothing answers at that port. Check it.' },
  ] as const;
  for (const { code, field, sentence } of cases) {
    test(`${code} is said at its field`, async ({ ui: { page, open } }) => {
      await open();
      await page.getByRole('button', { name: /Sign in to XMPP/ }).click();
      await page.evaluate(([c, s]) => window.limnUi.api.refuse('account.signIn', c, s), [code, sentence] as const);
      await page.getByLabel('Address').fill('ines@harbour.example');
      await page.getByLabel('Password', { exact: true }).fill('wrong');
      if (field === 'Server and port') {
        await page.getByRole('button', { name: 'Advanced' }).click();
        await page.getByLabel(field).fill('localhost:1');
      }
      await page.keyboard.press('Enter');
      await expect(page.getByRole('alert')).toHaveText(sentence);
      const input = page.getByLabel(field, { exact: true });
      await expect(input).toHaveAttribute('aria-invalid', 'true');
      await expect(input).toBeFocused();
      await expectAccessible(page);
    });
  }

  test('an address without a server is not sent, nor one or a password that is too long', async ({ ui }) => {
    const { page, open } = ui;
    await open();
    await page.getByRole('button', { name: /Sign in to XMPP/ }).click();
    for (const address of ['ines', `${'i'.repeat(10_000)}@example.org`]) {
      await page.getByLabel('Address').fill(address);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('alert')).toContainText('like you@example.org');
    }
    await page.getByLabel('Address').fill('ines@example.org');
    await page.getByLabel('Password', { exact: true }).fill('p'.repeat(10_000));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toContainText('too long');
    expect(await lastCall(page, 'account.signIn')).toBeUndefined();
  });

  test('the password travels once, with what was chosen', async ({ ui: { page, open } }) => {
    await open();
    await page.getByRole('button', { name: /Sign in to XMPP/ }).click();
    await page.getByLabel('Address').fill('ines@harbour.example');
    await page.getByLabel('Password', { exact: true }).fill('secret');
    await page.getByRole('switch', { name: 'Stay signed in' }).click();
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByText('Signed in as ines@harbour.example')).toBeVisible();
    await expect(page.getByRole('main')).toBeFocused();
    expect(await lastCall(page, 'account.signIn')).toEqual({
      jid: 'ines@harbour.example',
      password: 'secret',
      remember: false,
    });
  });
});

test.describe('certificate', () => {
  test('shows the facts, and accepting goes on with the sign-in', async ({ ui: { page, open } }) => {
    await open();
    await page.evaluate((question) => {
      const { api } = window.limnUi;
      let decide = (_accept: boolean): void => undefined;
      const decided = new Promise<boolean>((resolve) => {
        decide = resolve;
      });
      api.answer('account.signIn', async ({ jid }) => {
        api.emit('account', { state: 'certificate', jid, certificate: question });
        const state = (await decided) ? 'online' : 'none';
        api.emit('account', { state, jid });
        return { state, jid };
      });
      api.answer('account.decideCertificate', ({ accept }) => {
        decide(accept);
        return undefined;
      });
    }, certificate);
    await page.getByRole('button', { name: /Sign in to XMPP/ }).click();
    await page.getByLabel('Address').fill('ines@harbour.example');
    await page.getByLabel('Password', { exact: true }).fill('secret');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toContainText('harbour.example could not prove who it is');
    await expect(page.getByRole('alert')).toContainText('Your password was not sent.');
    await expect(page.getByText('9F3A 61C4')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Do not connect' })).toBeFocused();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Trust this certificate' }).click();
    await expect(page.getByText('Signed in as ines@harbour.example')).toBeVisible();
    expect(await lastCall(page, 'account.decideCertificate')).toEqual({ fingerprint: '9F3A 61C4', accept: true });
  });

  test('may only be refused where consent may not be asked for', async ({ ui: { page, open } }) => {
    await open();
    await page.evaluate(
      (question) =>
        window.limnUi.api.emit('account', { state: 'certificate', jid: 'ines@harbour.example', certificate: question }),
      { ...certificate, mayAccept: false },
    );
    await expect(page.getByRole('button', { name: 'Trust this certificate' })).toHaveCount(0);
    await page.getByRole('button', { name: 'Do not connect' }).click();
    expect(await lastCall(page, 'account.decideCertificate')).toEqual({ fingerprint: '9F3A 61C4', accept: false });
  });
});

test.describe('joining a room', () => {
  test('signs in first, keeps the room, and asks before creating it', async ({ ui: { page, open } }) => {
    await open();
    await page.getByRole('button', { name: /Join a room/ }).click();
    await expect(page.getByText('then choose a room')).toBeVisible();
    await page.getByLabel('Address').fill('ines@harbour.example');
    await page.getByLabel('Password', { exact: true }).fill('secret');
    await page.keyboard.press('Enter');
    await page.evaluate(() => window.limnUi.api.refuse('rooms.join', 'room-missing', 'There is no such room.'));
    await page.getByLabel('Room address or link').fill('xmpp:plans@conference.harbour.example?join');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toContainText('plans@conference.harbour.example does not exist yet');
    await page.evaluate(() =>
      window.limnUi.api.answer('rooms.join', () => ({ id: 'board-1', name: 'Plans', created: 0, modified: 0 })),
    );
    await expect(page.getByRole('button', { name: 'Create room' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect
      .poll(() => lastCall(page, 'rooms.join'))
      .toEqual({ room: 'plans@conference.harbour.example', nick: 'ines', create: true });
  });

  test('asks for a password when the room does, and lets one change a taken name', async ({ ui: { page, open } }) => {
    await open('jid=ines@harbour.example');
    await page.getByRole('button', { name: /Join a room/ }).click();
    await page.getByLabel('Room address or link').fill('plans@conference.harbour.example');
    await page.evaluate(() =>
      window.limnUi.api.refuse('rooms.join', 'password-required', 'This room has a password. Ask its owner.'),
    );
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('Room password')).toBeFocused();
    await page.getByLabel('Room password').fill('open');
    await page.evaluate(() =>
      window.limnUi.api.refuse('rooms.join', 'nick-taken', 'Someone is called ines there. Choose another name.'),
    );
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('Your name in the room')).toBeFocused();
    await expect(page.getByRole('alert')).toHaveText('Someone is called ines there. Choose another name.');
    await expect(page.getByLabel('Room password')).toHaveValue('open');
  });
});

test.describe('what the system opens', () => {
  test('a link leads to its room, a file to its board', async ({ ui: { page, open } }) => {
    await open('boards=1&jid=ines@harbour.example');
    await page.evaluate(() =>
      window.limnUi.api.emit('open', { what: 'room', room: 'plans@conference.harbour.example' }),
    );
    await expect(page.getByLabel('Room address or link')).toHaveValue('plans@conference.harbour.example');
    await page.evaluate(() =>
      window.limnUi.api.emit('open', { what: 'board', board: 'board-1', removed: ['A script was taken out.'] }),
    );
    await expect(page.getByRole('button', { name: 'Checkout v2 and retro, board menu' })).toBeVisible();
    await expect(page.getByText('Opened without 1 unsafe part: A script was taken out.')).toBeVisible();
  });
});

test.describe('board', () => {
  test('keys choose tools, and type where text is typed', async ({ ui }) => {
    await openBoard(ui);
    await ui.page.keyboard.press('r');
    await expect(ui.page.getByRole('button', { name: 'Rectangle' })).toHaveAttribute('aria-pressed', 'true');
    await ui.page.keyboard.press('Control+z');
    await ui.page.keyboard.press('F2');
    await ui.page.keyboard.type('pen');
    await expect(ui.page.getByLabel('Board name')).toHaveValue('pen');
    await ui.page.keyboard.press('Enter');
    await expect(ui.page.getByRole('button', { name: 'pen, board menu' })).toBeVisible();
    expect(await done(ui.page)).toEqual([['setTool', 'rectangle', false], ['undo']]);
  });

  test('the panel styles the selection, each change once', async ({ ui }) => {
    await openBoard(ui);
    await ui.page.keyboard.press('Control+a');
    const panel = ui.page.getByRole('complementary', { name: 'Properties' });
    await expect(panel).toContainText('2 selected');
    await panel.getByRole('radiogroup', { name: 'Stroke' }).getByRole('radio', { name: 'Lapis' }).click();
    await panel.getByRole('radiogroup', { name: 'Width' }).getByRole('radio', { name: 'Bold' }).click();
    await panel.getByRole('slider', { name: 'Opacity' }).focus();
    await ui.page.keyboard.press('ArrowLeft');
    await panel.getByRole('button', { name: 'Bring to front' }).click();
    expect(await done(ui.page)).toEqual([
      ['selectAll'],
      ['setStyle', { stroke: '#2f56d9' }],
      ['setStyle', { strokeWidth: 4 }],
      ['setStyle', { opacity: 0.95 }],
      ['reorder', 'front'],
    ]);
  });

  test('F6 walks through the parts of the window and back', async ({ ui }) => {
    // Where not all buttons are shown.
    await ui.page.setViewportSize({ width: 1024, height: 700 });
    await openBoard(ui);
    const seen: (string | null)[] = [];
    const region = (): Promise<string | null> =>
      ui.page.evaluate(() => document.activeElement?.closest('[data-region]')?.getAttribute('data-region') ?? null);
    for (let step = 0; step < 5; step++) {
      await ui.page.keyboard.press('F6');
      seen.push(await region());
    }
    expect(seen).toEqual(['title', 'people', 'board', 'tools', 'zoom']);
    await ui.page.keyboard.press('Shift+F6');
    expect(await region()).toBe('tools');
  });

  test('shortcuts are listed, and the focus comes back', async ({ ui }) => {
    await openBoard(ui);
    await ui.page.getByRole('button', { name: 'Main menu' }).click();
    await ui.page.getByRole('menuitem', { name: /Keyboard shortcuts/ }).click();
    const dialog = ui.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await expect(dialog).toContainText('Bring to front');
    await expectAccessible(ui.page);
    await ui.page.keyboard.press('p');
    await ui.page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(ui.page.getByRole('button', { name: 'Main menu' })).toBeFocused();
    expect(await done(ui.page)).toEqual([]);
  });

  test('the state says what is true of the board', async ({ ui }) => {
    await openBoard(ui);
    const state = ui.page.locator('.state');
    await expect(state).toHaveText('Saved for everyone');
    const say = (part: object): Promise<void> =>
      ui.page.evaluate((changed) => {
        const { api, board } = window.limnUi;
        if (board) api.emit('status', { ...board.state.status, ...changed });
      }, part);
    await say({ waiting: 3 });
    await expect(state).toHaveText('Sending 3');
    await say({ connection: 'offline', waiting: 12 });
    await expect(state).toHaveText('Offline, 12 waiting');
    await say({ saved: false, problem: 'Could not write to disk. Save a copy somewhere else.' });
    await expect(state).toContainText('Not saved');
    await state.hover();
    await expect(ui.page.getByRole('tooltip')).toContainText('Save a copy somewhere else.');
  });

  test('sharing signs in, makes the room and hands out its link', async ({ ui }) => {
    await ui.open('boards=2');
    await ui.page.getByRole('button', { name: 'Open Harbour plan' }).click();
    await ui.page.getByRole('button', { name: 'Share', exact: true }).click();
    const dialog = ui.page.getByRole('dialog', { name: 'Share Harbour plan' });
    await dialog.getByLabel('Address').fill('ines@harbour.example');
    await dialog.getByLabel('Password', { exact: true }).fill('secret');
    await ui.page.keyboard.press('Enter');
    const room = dialog.getByLabel('Room address or link');
    await expect(room).toHaveValue(/^harbour-plan-[0-9a-z]{4}@conference\.harbour\.example$/);
    await expectAccessible(ui.page);
    await room.fill('plans@conference.harbour.example');
    await ui.page.keyboard.press('Enter');
    await expect(dialog.getByLabel('Link')).toHaveValue('xmpp:plans@conference.harbour.example?join');
    expect(await lastCall(ui.page, 'rooms.join')).toMatchObject({ board: 'board-2', create: false });
  });

  test('someone is invited to the room by address, and an invitation to a room is answered', async ({ ui }) => {
    await openBoard(ui);
    const { page } = ui;
    await page.evaluate(() => window.limnUi.api.emit('account', { state: 'online', jid: 'ines@harbour.example' }));
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByLabel('Invite someone').fill('ana@harbour.example');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    expect(await lastCall(page, 'rooms.invite')).toEqual({ board: 'board-1', jid: 'ana@harbour.example' });
    await expect(page.getByText('Invitation sent to ana@harbour.example.')).toBeVisible();
    await page.keyboard.press('Escape');
    await page.evaluate(() =>
      window.limnUi.api.emit('invitations', [
        {
          id: 'i1',
          from: 'bo@harbour.example',
          name: '',
          room: 'plans@conference.harbour.example',
          reason: 'Friday’s review',
        },
      ]),
    );
    const question = page.getByRole('dialog', { name: 'bo invites you to draw' });
    await expect(question).toContainText(
      'bo@harbour.example invites you to the room plans@conference.harbour.example.',
    );
    await expect(question).toContainText('Friday’s review');
    await expectAccessible(page);
    await question.getByRole('button', { name: 'Draw together' }).click();
    expect(await lastCall(page, 'direct.answer')).toEqual({ id: 'i1', accept: true });
    await expect(question).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'plans, board menu' })).toBeVisible();
  });

  test('a remembered account signs in again from the menu, and from sharing', async ({ ui }) => {
    await openBoard(ui);
    await ui.page.evaluate(() => window.limnUi.api.emit('account', { state: 'offline', jid: 'ines@harbour.example' }));
    await ui.page.getByRole('button', { name: 'Share', exact: true }).click();
    await expect(ui.page.getByRole('button', { name: 'Copy link' })).toBeFocused();
    await ui.page.getByRole('button', { name: 'Sign in…' }).click();
    const dialog = ui.page.getByRole('dialog', { name: 'Sign in' });
    await expect(dialog.getByLabel('Password', { exact: true })).toBeFocused();
    await ui.page.keyboard.press('Escape');
    await ui.page.getByRole('button', { name: 'Main menu' }).click();
    await expect(ui.page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible();
    await ui.page.getByRole('menuitem', { name: 'Sign in…' }).click();
    await dialog.getByLabel('Password', { exact: true }).fill('secret');
    await ui.page.keyboard.press('Enter');
    await expect(dialog).toHaveCount(0);
    expect(await lastCall(ui.page, 'account.signIn')).toMatchObject({ jid: 'ines@harbour.example' });
  });

  test('a lost main is said, and its return opens the board again', async ({ ui }) => {
    await openBoard(ui);
    await ui.page.evaluate(() => window.limnUi.api.connect(false));
    await expect(ui.page.getByRole('alert')).toContainText('Limn lost its background process');
    const opens = (): Promise<number> =>
      ui.page.evaluate(() => window.limnUi.api.calls.filter(({ name }) => name === 'boards.open').length);
    expect(await opens()).toBe(1);
    await ui.page.evaluate(() => window.limnUi.api.connect(true));
    await expect(ui.page.getByRole('alert')).toHaveCount(0);
    await expect.poll(opens).toBe(2);
  });

  test('the people panel lists everyone, oneself first', async ({ ui }) => {
    await openBoard(ui);
    await ui.page.getByRole('button', { name: '3 people on this board' }).click();
    const panel = ui.page.getByRole('complementary', { name: 'People' });
    await expect(panel.getByRole('listitem')).toHaveText([/Ines Duarte\s*you/, /Amara Okafor/, /Jonas Weber/]);
    await expectAccessible(ui.page);
  });

  test('a drawing is opened from a file and exported to one', async ({ ui }) => {
    await openBoard(ui);
    const download = ui.page.waitForEvent('download');
    await ui.page.keyboard.press('Control+e');
    expect((await download).suggestedFilename()).toBe('Checkout v2 and retro.svg');
    const chooser = ui.page.waitForEvent('filechooser');
    await ui.page.keyboard.press('Control+o');
    await (await chooser).setFiles({ name: 'Quay.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') });
    await expect(ui.page.getByRole('button', { name: 'Quay, board menu' })).toBeVisible();
  });
});

test.describe('looks', () => {
  test('an account that waits for its person is said in full, in each language and width', async ({ ui }) => {
    for (const lang of ['en', 'de', 'es', 'fr', 'ja', 'ar']) {
      await ui.open(`lang=${lang}&boards=1`);
      await ui.page.evaluate(() =>
        window.limnUi.api.emit('account', {
          state: 'offline',
          jid: 'ines.duarte@chat.harbour-architects.example',
          message: 'Sign in to reach the people you share boards with.',
        }),
      );
      const line = ui.page.locator('.account-line');
      await expect(line).toContainText('ines.duarte@chat.harbour-architects.example');
      for (const width of [1280, 1024, 640]) {
        await ui.page.setViewportSize({ width, height: 800 });
        const cut = await line.evaluate(
          (all) =>
            [all, ...all.children].filter((part) => part.scrollWidth > part.clientWidth && part.clientWidth > 0).length,
        );
        expect({ lang, width, cut }).toEqual({ lang, width, cut: 0 });
      }
    }
  });

  for (const theme of ['light', 'dark']) {
    test(`nothing is out of reach in ${theme}`, async ({ ui }) => {
      await ui.open(`theme=${theme}&boards=2&jid=ines@harbour.example`);
      await expectAccessible(ui.page);
      await ui.page.locator('.recent-row .open').first().click();
      await ui.page.keyboard.press('Control+a');
      await expect(ui.page.getByRole('complementary')).toBeVisible();
      await expectAccessible(ui.page);
    });
  }

  test('Arabic turns the chrome around, not the board', async ({ ui }) => {
    await openBoard(ui, 'lang=ar');
    await expect(ui.page.locator('html')).toHaveAttribute('dir', 'rtl');
    const logo = await ui.page.locator('.logo-button').boundingBox();
    expect(logo?.x).toBeGreaterThan(640);
    expect(await ui.page.locator('.board').evaluate((board) => getComputedStyle(board).direction)).toBe('ltr');
    await expectAccessible(ui.page);
  });

  test('a menu keeps its edge when it is pressed open after a key', async ({ ui }) => {
    await openBoard(ui);
    await ui.page.keyboard.press('Escape');
    await ui.page.getByRole('button', { name: 'Main menu' }).click();
    const menu = ui.page.getByRole('menu');
    await expect(menu).toBeFocused();
    expect(await menu.evaluate((element) => getComputedStyle(element).boxShadow)).not.toBe('none');
  });

  test('the theme and the language are kept', async ({ ui }) => {
    await openBoard(ui);
    const menu = ui.page.getByRole('button', { name: 'Main menu' });
    await menu.click();
    await ui.page.getByRole('menuitem', { name: 'Appearance' }).click();
    await ui.page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await expect(ui.page.locator('html')).toHaveAttribute('data-theme', 'dark');
    expect(await lastCall(ui.page, 'settings.set')).toEqual({ key: 'theme', value: 'dark' });
    await menu.click();
    await ui.page.getByRole('menuitem', { name: 'Language' }).click();
    await ui.page.getByRole('menuitemradio', { name: 'Deutsch' }).click();
    await expect(ui.page.getByRole('button', { name: 'Teilen' })).toBeVisible();
    await expect(ui.page.locator('html')).toHaveAttribute('lang', 'de');
  });
});
