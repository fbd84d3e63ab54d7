/** Who runs a room decides who looks on, draws and goes, and ends it; the server enforces it. */
import { expect } from '@playwright/test';
import { test } from '#test/support/company.ts';
import { draw } from '#test/support/drawing.ts';
import * as people from '#test/support/people.ts';

test('an owner lets somebody only watch, draw again, and sends them away; the room is closed for all', async ({
  company,
}) => {
  const alice = await company.come('alice');
  await people.startDrawing(alice.page);
  // A room is suggested where the server has its rooms.
  await alice.page.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(alice.page.getByLabel('Room address or link')).toHaveValue(/^untitled-board-\w+@rooms\.localhost$/);
  await alice.page.keyboard.press('Escape');
  await people.share(alice.page, company.room);
  await draw(alice.page, 'r', [
    [200, 300],
    [320, 380],
  ]);
  const bob = await company.come('bob');
  await people.join(bob.page, { room: company.room });
  await people.expectSame([alice, bob]);

  // Whoever watches has no tools, sees all that is drawn, and is called so.
  await alice.page.getByRole('button', { name: '2 people on this board' }).click();
  const panel = alice.page.getByRole('complementary', { name: 'People' });
  const choose = async (role: RegExp, row: string): Promise<void> => {
    await panel.getByRole('button', { name: role }).click();
    await alice.page.getByRole('menuitem', { name: row }).click();
  };
  await choose(/^bob: Can draw/, 'Let only watch');
  await expect(alice.page.getByText(/^People who come from now on only watch/)).toBeVisible();
  await expect(panel.getByRole('button', { name: /^bob: Watching/ })).toBeVisible();
  await people.expectState(bob.page, 'watching');
  await bob.page.keyboard.press('r');
  const count = await people.shapeCount(bob.page);
  await bob.page.mouse.move(500, 300);
  await bob.page.mouse.down();
  await bob.page.mouse.move(600, 380, { steps: 4 });
  await bob.page.mouse.up();
  await draw(alice.page, 'o', [
    [400, 500],
    [480, 560],
  ]);
  await expect.poll(() => people.shapeCount(bob.page)).toBe(count + 1);

  await choose(/^bob: Watching/, 'Let draw');
  await expect(panel.getByRole('button', { name: /^bob: Can draw/ })).toBeVisible();
  await people.expectState(bob.page, 'savedForAll');
  await draw(bob.page, 'r', [
    [500, 300],
    [600, 380],
  ]);
  await people.expectSame([alice, bob]);

  // The room gets a password; who is sent away learns why and keeps the board.
  await alice.page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = alice.page.getByRole('dialog', { name: /^Share/ });
  await dialog.getByRole('button', { name: 'Room settings' }).click();
  await expect(dialog.getByRole('radio', { name: 'Watch' })).toBeChecked();
  await dialog.getByRole('radio', { name: 'Can draw' }).click();
  await dialog.getByLabel('Room password', { exact: true }).fill('s3cret');
  await dialog.getByRole('button', { name: 'Save settings' }).click();
  await expect(alice.page.getByText('Room settings saved.')).toBeVisible();
  await choose(/^bob: Can draw/, 'Remove from the room');
  await expect(bob.page.getByText(/You were removed from/).first()).toBeVisible();
  expect(await people.shapeCount(bob.page)).toBe(count + 2);
  const carol = await company.come('carol');
  await people.join(carol.page, { room: company.room, password: 's3cret' });
  await people.expectSame([alice, carol]);

  await alice.page.getByRole('button', { name: 'Share', exact: true }).click();
  await dialog.getByRole('button', { name: 'Room settings' }).click();
  await dialog.getByRole('button', { name: 'Close the room for everyone' }).click();
  await alice.page
    .getByRole('dialog', { name: /for everyone/ })
    .getByRole('button', { name: 'Close the room' })
    .click();
  await expect(carol.page.getByText(/was closed/).first()).toBeVisible();
  expect(await people.shapeCount(carol.page)).toBe(count + 2);
  for (const { name, complaints } of [alice, bob, carol]) expect(complaints, name).toEqual([]);
});
