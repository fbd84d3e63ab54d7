/** Three people, one presents: the invitation, the fitted view, breaking away and coming back, taking over, a late joiner, and a crash. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { test } from '#test/support/company.ts';
import { draw, wave } from '#test/support/drawing.ts';
import * as people from '#test/support/people.ts';

/** For people to look at after a run. */
const FOLDER = path.join(tmpdir(), 'limn-looks');
const LONG = { timeout: 20_000 };

const pill = (page: Page) => page.locator('[data-region="presenting"]');

/** Where the first shape of the drawing is in the window: equal wherever the same part of the board is shown alike. */
const place = (page: Page): Promise<number[]> =>
  page.evaluate(() => {
    const host = [...document.querySelectorAll('.board *')].find((element) => element.shadowRoot);
    const box = host?.shadowRoot?.querySelector('svg.chunk > *')?.getBoundingClientRect();
    return box ? [box.x, box.y, box.width, box.height] : [];
  });
/** The same part of the board at the same place, to two pixels. */
const expectSameView = async (a: Page, b: Page): Promise<void> => {
  const apart = async (): Promise<number> => {
    const [mine, theirs] = [await place(a), await place(b)];
    return Math.max(...mine.map((n, i) => Math.abs(n - (theirs[i] ?? Infinity))));
  };
  await expect.poll(apart, LONG).toBeLessThanOrEqual(2);
};
const wheel = async (page: Page, dx: number, dy: number): Promise<void> => {
  await page.mouse.move(640, 400);
  await page.mouse.wheel(dx, dy);
};

test('one presents, others follow, look around, come back; a late one is asked; a moderator takes over; a crash ends it', async ({
  company,
}) => {
  test.slow();
  mkdirSync(FOLDER, { recursive: true });
  const [alice, bob, carol] = await Promise.all([
    company.come('alice'),
    company.come('bob', { colorScheme: 'dark' }),
    company.come('carol', { viewport: { width: 1024, height: 700 } }),
  ]);
  await people.startDrawing(alice.page);
  await draw(alice.page, 'p', wave([300, 300]));
  await people.share(alice.page, company.room);
  await people.join(bob.page, { room: company.room });

  // Bob, who is no moderator, presents; Alice says not now, Carol comes late and is asked too.
  await bob.page.getByRole('button', { name: 'Present', exact: true }).click(LONG);
  await expect(pill(bob.page)).toContainText('0 of 1 following');
  const asked = alice.page.getByRole('region', { name: 'bob is presenting' });
  await asked.waitFor(LONG);
  await alice.page.screenshot({ path: path.join(FOLDER, 'presenting-asked-light.png') });
  await asked.getByRole('button', { name: 'Not now' }).click();
  await expect(alice.page.getByRole('button', { name: 'Follow bob' })).toBeVisible();
  await people.join(carol.page, { room: company.room });
  await carol.page
    .getByRole('region', { name: 'bob is presenting' })
    .getByRole('button', { name: 'Follow' })
    .click(LONG);
  await expect(pill(bob.page)).toContainText('1 of 2 following', LONG);
  await expect(pill(carol.page)).toContainText('Following bob');
  await alice.page.getByRole('button', { name: 'Follow bob' }).click();
  await expect(pill(bob.page)).toContainText('2 of 2 following', LONG);

  // Windows of one size show the same; a smaller one shows all of it.
  await wheel(bob.page, 220, 140);
  await bob.page.keyboard.down('Control');
  await bob.page.mouse.wheel(0, -200);
  await bob.page.keyboard.up('Control');
  await expectSameView(alice.page, bob.page);
  await carol.page.screenshot({ path: path.join(FOLDER, 'presenting-following-1024.png') });
  await bob.page.screenshot({ path: path.join(FOLDER, 'presenting-presenter-dark.png') });

  // Moving the pointer changes nothing; moving the view does, and there is a way back.
  await alice.page.mouse.move(500, 500);
  await alice.page.mouse.move(700, 300);
  await expect(pill(alice.page)).toContainText('Following bob');
  await wheel(alice.page, -300, -200);
  const back = alice.page.getByRole('button', { name: 'Return to bob' });
  await expect(back).toBeVisible();
  await expect(pill(bob.page)).toContainText('1 of 2 following', LONG);
  await alice.page.screenshot({ path: path.join(FOLDER, 'presenting-return-light.png') });
  await wheel(bob.page, 40, 40);
  await back.click();
  await expectSameView(alice.page, bob.page);

  // So does an edit.
  await draw(alice.page, 'r', [
    [500, 500],
    [560, 560],
  ]);
  await expect(back).toBeVisible();

  // A moderator takes over and holds the view; the one before is asked like the others.
  await alice.page.getByRole('button', { name: 'Present', exact: true }).click();
  await bob.page.getByRole('region', { name: 'alice is presenting' }).waitFor(LONG);
  await expect(bob.page.getByRole('button', { name: 'Present', exact: true })).toHaveCount(0);
  await alice.page.getByRole('button', { name: 'Hold view' }).click();
  await expect(pill(bob.page)).toContainText('alice holds the view', LONG);
  await expect(pill(carol.page)).toContainText('alice holds the view', LONG);
  await wheel(bob.page, -300, -200);
  await expectSameView(bob.page, alice.page);
  await expect(pill(alice.page)).toContainText('2 of 2 following', LONG);
  await alice.page.getByRole('button', { name: 'Release the view' }).click();
  await expect(pill(bob.page)).toContainText('Following alice', LONG);

  // The laser leaves a trail at the others' that is gone again; it draws nothing.
  await alice.page.keyboard.press('k');
  await alice.page.mouse.move(400, 300);
  await alice.page.mouse.down();
  for (let i = 1; i <= 12; i++) await alice.page.mouse.move(400 + i * 20, 300 + (i % 4) * 10);
  const inked = (page: Page): Promise<boolean> =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.board canvas');
      const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return data.some((value) => value !== 0);
    });
  await expect.poll(() => inked(bob.page), LONG).toBe(true);
  await alice.page.mouse.up();
  await expect.poll(() => inked(bob.page), LONG).toBe(false);
  await people.expectSame([alice, bob, carol]);

  // A crash ends it for all, though the server keeps the dead connection's place: silence tells.
  await alice.kill9();
  await expect(pill(bob.page)).toHaveCount(0, { timeout: 60_000 });
  await expect(pill(carol.page)).toHaveCount(0, LONG);
  await expect(bob.page.getByRole('button', { name: 'Present', exact: true })).toBeVisible();
  expect([...bob.complaints, ...carol.complaints]).toEqual([]);
});

test('a region is shown instead of the view, something is pointed out, and all of it ends with stop', async ({
  company,
}) => {
  test.slow();
  const [alice, bob] = await Promise.all([company.come('alice'), company.come('bob')]);
  await people.startDrawing(alice.page);
  await draw(alice.page, 'o', [
    [300, 300],
    [420, 380],
  ]);
  await people.share(alice.page, company.room);
  await people.join(bob.page, { room: company.room });
  await expect(alice.page.getByRole('button', { name: 'Present', exact: true })).toBeVisible(LONG);
  await alice.page.keyboard.press('Shift+L');
  const points = bob.page.locator('[data-region="pointed-out"]');
  await points.waitFor(LONG);
  await points.getByRole('button', { name: 'Look' }).click();
  await expect(points).toHaveCount(0);

  await alice.page.keyboard.press('Shift+P');
  await bob.page
    .getByRole('region', { name: 'alice is presenting' })
    .getByRole('button', { name: 'Follow' })
    .click(LONG);
  await pill(alice.page)
    .getByRole('button', { name: /following/ })
    .click();
  await alice.page.getByRole('button', { name: 'Share a region…' }).click();
  await alice.page.mouse.move(280, 280);
  await alice.page.mouse.down();
  await alice.page.mouse.move(440, 400, { steps: 4 });
  await alice.page.mouse.up();
  // The region fills Bob's window, and stays when Alice looks elsewhere.
  await expect.poll(async () => (await place(bob.page))[2] ?? 0, LONG).toBeGreaterThan(600);
  await bob.page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
  await bob.page.screenshot({ path: path.join(FOLDER, 'presenting-region-rtl.png') });
  await alice.page.screenshot({ path: path.join(FOLDER, 'presenting-region-presenter.png') });
  const before = await place(bob.page);
  await wheel(alice.page, 200, 200);
  await pill(alice.page).getByRole('button', { name: 'Stop' }).click();
  await expect(pill(bob.page)).toHaveCount(0, LONG);
  expect(await place(bob.page)).toEqual(before);
});
