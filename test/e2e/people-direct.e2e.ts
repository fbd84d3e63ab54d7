/** One person invites another to a board by address: the question, yes and no, drawing together, and coming back after a crash. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { test } from '#test/support/company.ts';
import { adding, draw, wave } from '#test/support/drawing.ts';
import * as people from '#test/support/people.ts';

/** For people to look at after a run. */
const FOLDER = path.join(tmpdir(), 'limn-looks');
const LONG = { timeout: 30_000 };

async function invite(page: Page, jid: string): Promise<void> {
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'One person' }).click();
  await dialog.getByLabel('Their address').fill(jid);
  await dialog.getByRole('button', { name: 'Invite' }).click();
}

test('invited by address, two draw on one board, and meet again after a crash', async ({ company }) => {
  mkdirSync(FOLDER, { recursive: true });
  const [alice, bob] = [await company.come('alice'), await company.come('bob', { colorScheme: 'dark' })];
  await people.startDrawing(alice.page);
  await draw(alice.page, 'p', wave([200, 200]));

  // Oneself, no, and yes.
  await invite(alice.page, company.login('alice').jid);
  await expect(alice.page.getByRole('alert')).toHaveText(/^This is your own address/);
  await alice.page.keyboard.press('Escape');
  await invite(alice.page, company.login('bob').jid);
  const question = bob.page.getByRole('dialog', { name: 'alice invites you to draw' });
  await question.waitFor(LONG);
  await bob.page.screenshot({ path: path.join(FOLDER, 'invited-dark.png') });
  await expect(alice.page.getByRole('status').filter({ hasText: 'Waiting for bob@localhost' })).toBeVisible();
  await expect(alice.page.getByLabel('Their address')).toHaveAttribute('readonly');
  await alice.page.screenshot({ path: path.join(FOLDER, 'inviting-light.png') });
  await question.getByRole('button', { name: 'Not now' }).click();
  const asking = alice.page.getByRole('dialog');
  await expect(asking.getByRole('alert')).toHaveText('bob declined the invitation.', LONG);
  await asking.getByRole('button', { name: 'Invite' }).click();
  await question.getByRole('button', { name: 'Draw together' }).click(LONG);
  await people.boardOpen(bob.page);
  await expect(asking).toHaveCount(0, LONG);

  await people.expectSame([alice, bob]);
  await draw(bob.page, 'r', [
    [400, 300],
    [500, 380],
  ]);
  await draw(alice.page, 'o', [
    [600, 300],
    [700, 380],
  ]);
  await people.expectSame([alice, bob]);

  // Of two strokes of one pen, the last is taken back alone.
  for (const y of [480, 540]) await draw(bob.page, 'p', wave([200, y]));
  await adding(bob.page, -1, () => bob.page.keyboard.press('Control+z'));
  await people.expectSame([alice, bob]);

  await bob.kill9();
  await draw(alice.page, 'l', [
    [800, 300],
    [900, 380],
  ]);
  await bob.restart();
  await people.signIn(bob.page, company.login('bob'), 'known');
  await people.openBoard(bob.page, 'alice@localhost');
  await people.expectSame([alice, bob]);
  await alice.page.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(alice.page.getByRole('dialog')).toContainText('You share this board with bob@localhost.');
  await alice.page.screenshot({ path: path.join(FOLDER, 'shared-with-one.png') });
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Stop sharing' }).click();
  await expect(alice.page.getByRole('dialog')).toHaveCount(0);
});

test('an invitation is taken back by closing the dialog, and a bad address is said before anything is sent', async ({
  company,
}) => {
  const [alice, bob] = [await company.come('alice'), await company.come('bob')];
  await people.startDrawing(alice.page);
  await invite(alice.page, 'nobody');
  await expect(alice.page.getByRole('dialog').getByRole('alert')).toContainText('like name@example.org');
  await alice.page.getByRole('dialog').getByLabel('Their address').fill(company.login('bob').jid);
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
  const question = bob.page.getByRole('dialog', { name: 'alice invites you to draw' });
  await question.waitFor(LONG);
  await alice.page.keyboard.press('Escape');
  await expect(question).toHaveCount(0, LONG);
});
