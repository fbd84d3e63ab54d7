/** Boards that belong together, and shapes that lead from one to the other, over a real server (FEATURES G4.9). */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { test } from '#test/support/company.ts';
import { draw } from '#test/support/drawing.ts';
import * as people from '#test/support/people.ts';

/** For people to look at after a run. */
const FOLDER = path.join(tmpdir(), 'limn-related-looks');

async function copied(page: Page): Promise<string> {
  await expect(
    page
      .getByText('The link is on the clipboard')
      .or(page.getByText(/copied/i))
      .first(),
  ).toBeVisible();
  return page.evaluate(() => navigator.clipboard.readText());
}

test('a board leads to another and to a shape on it, for everyone who is there', async ({ company }) => {
  mkdirSync(FOLDER, { recursive: true });
  const details = company.room.replace('@', '-details@');
  const alice = await company.come('alice');
  await alice.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);

  // A board with a shape that others shall find, far from the beginning.
  await people.startDrawing(alice.page);
  await people.share(alice.page, details);
  await draw(alice.page, 'r', [
    [900, 600],
    [1000, 660],
  ]);
  await alice.page.getByRole('button', { name: 'Copy link to this shape' }).click();
  const link = await copied(alice.page);
  expect(link).toMatch(new RegExp(`^xmpp:${details.replaceAll('.', '\\.')}\\?join#[\\w.~%]+$`));

  // The board that leads there: by its list, and by a shape.
  await alice.page.getByRole('button', { name: 'Main menu' }).click();
  await alice.page.getByRole('menuitem', { name: /Back to boards/ }).click();
  await people.startDrawing(alice.page);
  await people.share(alice.page, company.room);
  await alice.page.keyboard.press('Shift+B');
  const panel = alice.page.getByRole('complementary', { name: 'Related boards' });
  await panel.getByLabel('Room or web address').fill('nonsense');
  await panel.getByRole('button', { name: 'Add' }).click();
  await expect(panel.getByRole('alert')).toContainText('xmpp:room@example.org?join');
  await panel.getByLabel('Room or web address').fill(details);
  await panel.getByLabel('Name (optional)').fill('Details');
  await panel.getByRole('button', { name: 'Add' }).click();
  await expect(panel.getByRole('listitem').filter({ hasText: 'Details' })).toContainText(details);
  await panel.getByLabel('Room or web address').fill('https://example.org/plan');
  await panel.getByRole('button', { name: 'Add' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(3);
  await alice.page.screenshot({ path: path.join(FOLDER, 'panel-light.png') });
  const { violations } = await new AxeBuilder({ page: alice.page }).include('.related').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)).toEqual([]);
  await alice.page.keyboard.press('Shift+B');
  await draw(alice.page, 'r', [
    [300, 250],
    [460, 340],
  ]);
  await alice.page.getByLabel('Where this shape leads').fill(link);
  await alice.page.keyboard.press('Enter');
  await expect(alice.page.getByRole('button', { name: 'Open link' })).toBeVisible();
  await alice.page.screenshot({ path: path.join(FOLDER, 'link-light.png') });

  // Bob comes, sees the list, and goes where the shape leads: the form names the room, for he hasn't been there.
  const bob = await company.come('bob');
  await people.join(bob.page, { room: company.room });
  await expect.poll(async () => (await people.shapes(bob.page)).map(([name]) => name)).toContain('a');
  await bob.page.keyboard.press('Shift+B');
  const his = bob.page.getByRole('complementary', { name: 'Related boards' });
  await expect(his.getByRole('listitem').filter({ hasText: 'Details' })).toBeVisible();
  await his
    .getByRole('button', { name: /https:\/\/example.org\/plan/ })
    .first()
    .waitFor();
  await his.getByRole('button', { name: 'Take https://example.org/plan off the list' }).click();
  await expect(his.getByRole('listitem')).toHaveCount(2);
  const file = await people.exportSvg(bob.page);
  execFileSync('xmllint', ['--nonet', '--noout', '-'], { input: file });
  expect(file.toString()).toContain(`<a href="${link}">`);
  expect(file.toString()).toContain(`href="xmpp:${details}?join"`);
  await bob.page.keyboard.press('Shift+B');
  await bob.page.keyboard.press('v');
  await bob.page.keyboard.down('Control');
  // Where it is on his screen depends on what of the board was there when it opened.
  const outline = await bob.page.locator('svg.chunk rect').first().boundingBox();
  if (outline === null) throw new Error('Bob does not see the shape');
  await bob.page.mouse.click(outline.x + 1, outline.y + outline.height / 2);
  await bob.page.keyboard.up('Control');
  await expect(bob.page.getByLabel('Room address or link')).toHaveValue(details);
  await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
  await people.boardOpen(bob.page);
  // He stands before the shape, and it is selected.
  await expect(bob.page.getByRole('complementary', { name: 'Properties' })).toContainText('1 selected');

  // Alice has been there: she goes at once, from the properties.
  await alice.page.getByRole('button', { name: 'Open link' }).click();
  await people.boardOpen(alice.page);
  await expect(alice.page.getByRole('complementary', { name: 'Properties' })).toContainText('1 selected');
  await alice.page.keyboard.press('Shift+B');
  await alice.page.emulateMedia({ colorScheme: 'dark' });
  await alice.page.setViewportSize({ width: 1024, height: 700 });
  await alice.page.getByRole('button', { name: 'Copy link to this view' }).click();
  expect(await copied(alice.page)).toContain('#svgView(viewBox(');
  await alice.page.screenshot({ path: path.join(FOLDER, 'panel-dark-small.png') });
  await alice.page.getByRole('button', { name: 'Main menu' }).click();
  await alice.page.getByRole('menuitem', { name: 'Language' }).click();
  await alice.page.getByRole('menuitemradio', { name: 'العربية' }).click();
  await expect(alice.page.locator('html')).toHaveAttribute('dir', 'rtl');
  await alice.page.screenshot({ path: path.join(FOLDER, 'panel-rtl.png') });
  for (const { name, complaints } of [alice, bob]) expect(complaints, name).toEqual([]);
});
