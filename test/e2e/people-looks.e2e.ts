/** The shared board with two people as they see it in the dark, in a small window, and from right to left. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { tmpdir } from 'node:os';
import { expect } from '@playwright/test';
import { test } from '#test/support/company.ts';
import { draw, wave, write } from '#test/support/drawing.ts';
import * as people from '#test/support/people.ts';

/** For people to look at after a run. */
const FOLDER = path.join(tmpdir(), 'limn-looks');

test('dark, small and from right to left, everything is in its place', async ({ company }) => {
  mkdirSync(FOLDER, { recursive: true });
  const alice = await company.come('alice', { viewport: { width: 1024, height: 700 } });
  const { page } = alice;
  await people.startDrawing(page);
  await draw(page, 'p', wave([120, 200]));
  await write(page, [120, 280], ['harbour', 'plan']);
  await people.share(page, company.room);
  const bob = await company.come('bob', { viewport: { width: 1024, height: 700 }, colorScheme: 'dark' });
  await people.join(bob.page, { room: company.room });
  await draw(bob.page, 'o', [
    [400, 220],
    [520, 320],
  ]);
  await people.expectSame([alice, bob]);
  for (const [one, other] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    await one.page.mouse.move(460, 400);
    await one.page.mouse.move(480, 420, { steps: 3 });
    await expect.poll(async () => (await people.flags(other.page)).some(({ text }) => text === one.name)).toBe(true);
  }
  await page.keyboard.press('Control+a');
  await page.screenshot({ path: path.join(FOLDER, 'small-light.png') });
  await bob.page.getByRole('button', { name: 'People', exact: true }).click();
  await bob.page.screenshot({ path: path.join(FOLDER, 'small-dark.png') });
  await page.getByRole('button', { name: 'Main menu' }).click();
  await page.getByRole('menuitem', { name: 'Language' }).click();
  await page.getByRole('menuitemradio', { name: 'العربية' }).click();
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await page.screenshot({ path: path.join(FOLDER, 'small-rtl.png') });

  for (const { page: one } of [alice, bob]) {
    // Bars and panels lie inside the window and apart from each other.
    const boxes = await one.locator('.floating, .toolbar').evaluateAll((elements) =>
      elements.map((element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        return { name: element.className, left, right, top, bottom };
      }),
    );
    for (const [i, a] of boxes.entries()) {
      expect(a.left >= 0 && a.top >= 0 && a.right <= 1024 && a.bottom <= 700, a.name).toBe(true);
      for (const b of boxes.slice(i + 1)) {
        const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        expect(apart, `${a.name} | ${b.name}`).toBe(true);
      }
    }
  }
});
