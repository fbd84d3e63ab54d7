/** Notes beside a board, written by two people at once over a real server. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';
import { type Company, test } from '#test/support/company.ts';
import { exportNotes, notesLines, notesText, openNotes } from '#test/support/notes-page.ts';
import * as people from '#test/support/people.ts';

/** For people to look at after a run. */
const FOLDER = path.join(tmpdir(), 'limn-notes-looks');

test('two people write into one paragraph at the same time: both see all letters, and export the same XHTML', async ({
  company,
}) => {
  const alice = await company.come('alice');
  await people.startDrawing(alice.page);
  await people.share(alice.page, company.room);
  const hers = await openNotes(alice.page);
  await hers.pressSequentially('Agenda');
  await alice.page.keyboard.press('Home');
  await alice.page.keyboard.press('Control+Alt+1');
  await alice.page.keyboard.press('End');
  await alice.page.keyboard.press('Enter');
  await hers.pressSequentially('middle');
  const bob = await company.come('bob');
  await people.join(bob.page, { room: company.room });
  const his = await openNotes(bob.page);
  await expect.poll(() => notesLines(bob.page)).toEqual(['h1: Agenda', 'p: middle']);

  // One at the beginning of the line, the other at its end, letter by letter.
  await alice.page.keyboard.press('Home');
  await his.click();
  await bob.page.keyboard.press('Control+End');
  const [mine, theirs] = ['the quick brown fox ', ' jumps over the lazy dog'];
  await Promise.all([hers.pressSequentially(mine, { delay: 15 }), his.pressSequentially(theirs, { delay: 15 })]);
  const whole = ['h1: Agenda', `p: ${mine}middle${theirs}`];
  await expect.poll(() => notesLines(alice.page)).toEqual(whole);
  await expect.poll(() => notesLines(bob.page)).toEqual(whole);

  // Bob makes a list while Alice emphasises a word in the same line.
  await bob.page.keyboard.press('Enter');
  await his.pressSequentially('- milk');
  await bob.page.keyboard.press('Enter');
  await his.pressSequentially('tea');
  await hers.click();
  await alice.page.keyboard.press('Control+Home');
  await alice.page.keyboard.press('ArrowDown');
  await alice.page.keyboard.press('Home');
  await alice.page.keyboard.press('Shift+ArrowRight');
  await alice.page.keyboard.press('Shift+ArrowRight');
  await alice.page.keyboard.press('Shift+ArrowRight');
  await alice.page.keyboard.press('Control+b');
  const list = [...whole, 'bullet: milk', 'bullet: tea'];
  for (const { page } of [alice, bob]) {
    await expect.poll(() => notesLines(page)).toEqual(list);
    await expect(notesText(page).locator('strong')).toHaveText('the');
  }

  // Undo is one's own.
  await alice.page.keyboard.press('Control+z');
  await expect(notesText(bob.page).locator('strong')).toHaveCount(0);
  await alice.page.keyboard.press('Control+y');
  await expect(notesText(bob.page).locator('strong')).toHaveText('the');

  const files = [await exportNotes(alice.page), await exportNotes(bob.page)] as const;
  execFileSync('xmllint', ['--nonet', '--noout', '-'], { input: files[0] });
  const body = (file: string): string => file.slice(file.indexOf('<body>'));
  expect(files[0]).toContain('<html xmlns="http://www.w3.org/1999/xhtml"');
  expect(body(files[0])).toBe(body(files[1]));
  expect(body(files[0])).toContain(
    `<h1>Agenda</h1>\n<p><strong>the</strong>${mine.slice(3)}middle${theirs}</p>\n<ul>\n<li>milk</li>\n<li>tea</li>\n</ul>`,
  );
  for (const { name, complaints } of [alice, bob]) expect(complaints, name).toEqual([]);
});

/** Alice, whose network can be cut, and Bob have the same line in their notes. */
async function notesOfTwo(company: Company, line: string) {
  const network = await company.proxy();
  const alice = await company.come('alice', { through: network });
  await people.startDrawing(alice.page);
  await people.share(alice.page, company.room);
  const hers = await openNotes(alice.page);
  await hers.pressSequentially(line);
  const bob = await company.come('bob');
  await people.join(bob.page, { room: company.room });
  const his = await openNotes(bob.page);
  await expect.poll(() => notesLines(bob.page)).toEqual([`p: ${line}`]);
  return { network, alice, bob, hers, his };
}

test('two who split one line while they are cut off from each other find its text once, in order', async ({
  company,
}) => {
  const { network, alice, bob, hers, his } = await notesOfTwo(company, 'one two three');
  network.cut('dropped');
  await people.expectState(alice.page, 'offline');
  const split = async (page: Page, text: Locator, at: number): Promise<void> => {
    await text.click();
    await page.keyboard.press('Control+Home');
    for (let i = 0; i < at; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
  };
  await split(alice.page, hers, 'one '.length);
  await split(bob.page, his, 'one two '.length);
  await alice.page.keyboard.type('ALICE ');
  await expect.poll(() => notesLines(alice.page)).toEqual(['p: one ', 'p: ALICE two three']);
  await expect.poll(() => notesLines(bob.page)).toEqual(['p: one two ', 'p: three']);
  network.mend();
  const together = ['p: one ', 'p: ALICE two ', 'p: three'];
  for (const { page } of [alice, bob]) await expect.poll(() => notesLines(page), { timeout: 60_000 }).toEqual(together);
});

test('notes written while the network is cut are there after a kill, and reach the others on return', async ({
  company,
}) => {
  const { network, alice, bob, hers } = await notesOfTwo(company, 'one');
  network.cut('dropped');
  await alice.page.keyboard.press('Control+End');
  await hers.pressSequentially(' two');
  await notesText(bob.page).click();
  await bob.page.keyboard.press('Control+Home');
  await notesText(bob.page).pressSequentially('zero ');
  await expect.poll(() => notesLines(alice.page)).toEqual(['p: one two']);
  await people.expectState(alice.page, 'offline');
  await alice.kill9();
  await alice.restart();
  await people.openBoard(alice.page, company.room);
  await openNotes(alice.page);
  await expect.poll(() => notesLines(alice.page)).toEqual(['p: one two']);
  network.mend();
  await alice.page.getByRole('button', { name: 'Main menu' }).click();
  await alice.page.getByRole('menuitem', { name: /Back to boards/ }).click();
  await people.signIn(alice.page, company.login('alice', network), 'known');
  await people.openBoard(alice.page, company.room);
  await openNotes(alice.page);
  for (const { page } of [alice, bob]) await expect.poll(() => notesLines(page)).toEqual(['p: zero one two']);
});

test('a paste brings text and its form, and nothing else; keys and buttons do what they say; nothing is inaccessible', async ({
  company,
}) => {
  mkdirSync(FOLDER, { recursive: true });
  const { page, complaints } = await company.come('alice');
  await people.startDrawing(page);
  await page.keyboard.press('Shift+N');
  const text = notesText(page);
  await expect(text).toBeVisible();
  await expect(text).toHaveAttribute('data-placeholder', '');
  await text.click();
  await text.evaluate((prose) => {
    const data = new DataTransfer();
    data.setData(
      'text/html',
      '<h2 onclick="evil()">Plan</h2><script>evil()</script><p style="color:red">a <b>b</b> <a href="javascript:evil()">c</a> ' +
        '<a href="https://example.org/">d</a><img src="https://evil.example/x.png" onerror="evil()"></p>' +
        '<ol><li><p>one</p></li><li>two</li></ol><iframe src="https://evil.example"></iframe>',
    );
    prose.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await expect.poll(() => notesLines(page)).toEqual(['h2: Plan', 'p: a b c d', 'number: one', 'number: two']);
  await expect(text.locator('script, img, iframe, [onclick], [style]')).toHaveCount(0);
  await expect(text.locator('a')).toHaveCount(1);

  await page.keyboard.press('Control+End');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await text.pressSequentially('[] done');
  await page.keyboard.press('Control+Enter');
  await page.keyboard.press('Enter');
  await text.pressSequentially('open');
  await text.getByRole('checkbox').nth(1).click();
  await text.getByRole('checkbox').nth(0).click();
  await expect(text.getByRole('checkbox').nth(0)).toHaveAttribute('aria-checked', 'false');
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await text.pressSequentially('> wise words');
  await page.keyboard.press('Shift+Home');
  await page.getByRole('button', { name: 'Link', exact: true }).click();
  await page.getByLabel('Address of the link').fill('javascript:evil()');
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('Write an address');
  await page.getByLabel('Address of the link').fill('xmpp:harbour@rooms.example.org?join');
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  await page.keyboard.press('Control+End');
  await page.getByRole('button', { name: 'Line style' }).click();
  await page.getByRole('menuitem', { name: 'Dividing line' }).click();
  await text.pressSequentially('after');
  const lines = [
    'h2: Plan',
    'p: a b c d',
    'number: one',
    'number: two',
    'check: done',
    'check done: open',
    'quote: wise words',
    'hr: ',
    'p: after',
  ];
  await expect.poll(() => notesLines(page)).toEqual(lines);
  const file = await exportNotes(page);
  execFileSync('xmllint', ['--nonet', '--noout', '-'], { input: file });
  expect(file).not.toContain('evil');
  expect(file).toContain('<li data-done="false">done</li>\n<li data-done="true">open</li>');
  expect(file).toContain('<blockquote><p><a href="xmpp:harbour@rooms.example.org?join">wise words</a></p>');

  // What was exported comes in again behind it, without what others could have put into the file.
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Add an XHTML file' }).click();
  const evil = '<script>evil()</script><p onclick="evil()">from a file</p></body>';
  await (await chooser).setFiles({
    ...{ name: 'notes.xhtml', mimeType: 'application/xhtml+xml' },
    buffer: Buffer.from(file.replace('</body>', evil)),
  });
  await expect(page.getByText('Added without 1 part')).toBeVisible();
  await expect.poll(() => notesLines(page)).toEqual([...lines, ...lines, 'p: from a file']);
  await expect(text).toBeFocused();
  expect(await exportNotes(page)).not.toContain('evil');
  await text.focus();
  await page.keyboard.press('Control+z');
  await expect.poll(() => notesLines(page)).toEqual(lines);

  // Closed and opened again, they are as they were.
  await page.getByRole('button', { name: 'Notes', exact: true }).click();
  await expect(text).toHaveCount(0);
  await page.keyboard.press('Shift+N');
  await expect.poll(() => notesLines(page)).toEqual(lines);

  const { violations } = await new AxeBuilder({ page }).include('.notes').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)).toEqual([]);
  await page.screenshot({ path: path.join(FOLDER, 'light.png') });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 1024, height: 700 });
  await page.screenshot({ path: path.join(FOLDER, 'dark-small.png') });
  await page.getByRole('button', { name: 'Main menu' }).click();
  await page.getByRole('menuitem', { name: 'Language' }).click();
  await page.getByRole('menuitemradio', { name: 'العربية' }).click();
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await page.screenshot({ path: path.join(FOLDER, 'rtl.png') });
  expect(complaints).toEqual([]);
});
