/** Ways to lose work, none of which may: shared by the short and the long runs and by the servers they run on. */
import { expect } from '@playwright/test';
import type { Company } from './company.ts';
import type { Cut } from './cut-proxy.ts';
import { drag, draw, type Point, wave } from './drawing.ts';
import * as people from './people.ts';

/** How long a person may take to draw a few strokes on a busy machine. */
const UNHURRIED_MS = 45_000;

/** Places for short strokes, row by row, so that each can be told from the others. */
const place = (left: number, n: number): Point => [left + (n % 6) * 60, 100 + (Math.floor(n / 6) % 26) * 22];

/** The network of one of two is away for so long while both draw; afterwards both have every stroke of both. */
export async function cutWhileDrawing(company: Company, kind: Cut, milliseconds: number): Promise<void> {
  const proxy = await company.proxy();
  const alice = await company.come('alice');
  await people.startDrawing(alice.page);
  await people.share(alice.page, company.room);
  const bob = await company.come('bob', { through: proxy });
  await people.join(bob.page, { room: company.room });

  let strokes = 0;
  async function drawing(person: people.Person, left: number, going: () => boolean): Promise<void> {
    await person.page.keyboard.press('p');
    for (let n = 0; going(); n++) {
      await drag(person.page, wave(place(left, n), 50));
      strokes += 1;
    }
    await person.page.keyboard.press('v');
  }
  let over = false;
  const together = Promise.all([drawing(alice, 80, () => !over), drawing(bob, 520, () => !over)]);
  // Two hands draw as fast as the machine lets them: how fast isn't what is asked here.
  await expect.poll(() => strokes, { timeout: UNHURRIED_MS }).toBeGreaterThan(4);
  const begun = Date.now();
  proxy.cut(kind);
  const state = bob.page.locator('.state');
  await expect(state).toHaveAttribute('data-condition', kind === 'dropped' ? 'offline' : /sending|offline/);
  await expect(state).not.toHaveAttribute('data-waiting', '0');
  if (kind === 'dropped') await expect(state).toHaveText(/^Offline, \d+ waiting/);
  await expect.poll(() => Date.now() - begun, { timeout: milliseconds + 10_000 }).toBeGreaterThan(milliseconds);
  proxy.mend();
  const mended = strokes;
  await expect.poll(() => strokes, { timeout: UNHURRIED_MS }).toBeGreaterThan(mended + 2);
  over = true;
  await together;

  // It may be a while until the next attempt to connect.
  await people.expectSame([alice, bob], 90_000);
  await expect(state).toHaveText('Saved for everyone');
  expect(await people.shapeCount(alice.page)).toBe(strokes);
  expect((await people.exportSvg(alice.page)).equals(await people.exportSvg(bob.page))).toBe(true);
}

/** One's process is killed in the middle of a stroke, with work that nobody else has yet; nothing of it is lost. */
export async function killWhileDrawing(company: Company): Promise<void> {
  const proxy = await company.proxy();
  const alice = await company.come('alice');
  await people.startDrawing(alice.page);
  await people.share(alice.page, company.room);
  await draw(alice.page, 'r', [
    [100, 400],
    [200, 460],
  ]);
  const bob = await company.come('bob', { through: proxy });
  await people.join(bob.page, { room: company.room });
  await draw(bob.page, 'p', wave([520, 100]));
  await people.expectSame([alice, bob]);

  proxy.cut('dropped');
  await people.expectState(bob.page, 'offline');
  for (let n = 1; n <= 4; n++) await draw(bob.page, 'p', wave([520, 100 + n * 40]));
  await expect(bob.page.locator('.state')).toHaveAttribute('data-condition', 'offline');
  await expect(bob.page.locator('.state')).not.toHaveAttribute('data-waiting', '0');
  const before = await people.shapes(bob.page);
  await bob.page.keyboard.press('p');
  await bob.page.mouse.move(520, 400);
  await bob.page.mouse.down();
  // The strokes before are older than 100 ms by now: this one takes longer, also on a slow machine.
  const begun = Date.now();
  for (let step = 0; Date.now() - begun < 1000; step++) await bob.page.mouse.move(520 + step * 3, 400 + (step % 5));
  await bob.kill9();
  await expect(bob.page.getByRole('alert')).toContainText('Limn lost its background process');

  await bob.restart();
  const { room } = company;
  await people.openBoard(bob.page, room);
  await expect(bob.page.getByText('The stroke that was being drawn when Limn ended')).toBeVisible();
  await expect.poll(async () => (await people.shapes(bob.page)).slice(0, before.length)).toEqual(before);
  const found = await people.shapeCount(bob.page);
  proxy.mend();
  await bob.page.getByRole('button', { name: 'Main menu' }).click();
  await bob.page.getByRole('menuitem', { name: /Back to boards/ }).click();
  await people.signIn(bob.page, company.login('bob', proxy), 'known');
  await people.openBoard(bob.page, room);
  await people.expectSame([alice, bob]);
  expect(await people.shapeCount(alice.page)).toBe(found);
  await draw(bob.page, 'o', [
    [100, 500],
    [180, 560],
  ]);
  await people.expectSame([alice, bob]);
}

/** The same room, one after the other, never both: when they meet at last, the work of each turn is there. */
export async function inTurns(company: Company): Promise<void> {
  const { room } = company;
  const alice = await company.come('alice');
  await people.startDrawing(alice.page);
  await people.share(alice.page, room);
  await draw(alice.page, 'r', [
    [100, 100],
    [200, 160],
  ]);
  await people.expectState(alice.page, 'savedForAll');
  await alice.quit();

  const bob = await company.come('bob');
  await people.join(bob.page, { room });
  expect(await people.shapeCount(bob.page)).toBe(0);
  await draw(bob.page, 'o', [
    [400, 100],
    [500, 160],
  ]);
  await people.expectState(bob.page, 'savedForAll');
  await bob.quit();

  const back = async (person: people.Person): Promise<void> => {
    await person.restart();
    await people.signIn(person.page, company.login(person.name), 'known');
    await people.openBoard(person.page, room);
    await people.expectState(person.page, 'savedForAll');
  };
  await back(alice);
  await draw(alice.page, 'l', [
    [100, 300],
    [200, 340],
  ]);
  await people.expectState(alice.page, 'savedForAll');
  await alice.quit();

  await back(bob);
  await draw(bob.page, 'p', wave([400, 300]));
  await back(alice);
  await people.expectSame([alice, bob]);
  expect((await people.shapes(alice.page)).map(([kind]) => kind).toSorted()).toEqual([
    'ellipse',
    'line',
    'path',
    'rect',
  ]);
}
