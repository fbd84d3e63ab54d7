/** Presenting on the canvas: where the view goes, when it is left, and what is told and drawn of it. */
import { expect, type Page, test } from '@playwright/test';
import type { Person, Presenting, Rect } from '#api/contract.ts';
import { drag, gestures, open, put, rect, selection, tool, useCanvas } from '#test/fixtures/canvas/drive.ts';

useCanvas();

const say = (page: Page, presenting: Partial<Presenting>): Promise<void> =>
  page.evaluate(
    (part) =>
      window.limn.memory.emit('presenting', {
        board: 'b',
        presenting: { part: 'none', presenter: null, mayPresent: true, mayHold: false, audience: [], ...part },
      }),
    presenting,
  );
const follow = (page: Page, to: Rect, held = false): Promise<void> =>
  say(page, { part: 'following', presenter: { person: 'amara', rect: to, region: false, held } });
const view = (page: Page): Promise<readonly number[]> => page.evaluate(() => window.limn.board.inSight());
const acts = (page: Page) => page.evaluate(() => window.limn.memory.acts);
const part = (page: Page) => page.evaluate(() => window.limn.board.state.presenting.part);
/** Settled on a rectangle of the window's shape, to a unit. */
const expectView = (page: Page, to: Rect): Promise<void> =>
  expect.poll(async () => Math.max(...(await view(page)).map((n, i) => Math.abs(n - (to[i] ?? 0))))).toBeLessThan(1);
/** Left edges of the view, frame by frame, while something happens. */
const track = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const seen: number[] = [];
    const until = performance.now() + 1500;
    while (performance.now() < until) {
      await new Promise((done) => requestAnimationFrame(done));
      seen.push(window.limn.board.inSight()[0]);
    }
    return seen;
  });
/** How many pixels of a canvas aren't clear. */
const inked = (page: Page, layer: number): Promise<number> =>
  page.evaluate((at) => {
    const canvas = document.querySelectorAll('canvas')[at];
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let count = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i]) count++;
    return count;
  }, layer);

test('ten views a second become one even movement; all of the rectangle is in sight, whatever its shape', async ({
  page,
}) => {
  await open(page);
  await put(page, [rect(0, 0, 50, 50), rect(5000, 0, 50, 50)]);
  await follow(page, [0, 0, 1280, 800]);
  await expectView(page, [0, 0, 1280, 800]);
  const seen = track(page);
  await page.evaluate(async () => {
    for (let i = 1; i <= 10; i++) {
      window.limn.memory.emit('presenting', {
        board: 'b',
        presenting: {
          part: 'following',
          presenter: { person: 'amara', rect: [i * 500, 0, 1280, 800], region: false, held: false },
          ...{ mayPresent: true, mayHold: false, audience: [] },
        },
      });
      await new Promise((done) => setTimeout(done, 100));
    }
  });
  const edges = await seen;
  // Always onwards, and in more steps than there were views.
  const steps = edges.map((x, i) => x - (edges[i - 1] ?? x)).filter((step) => step !== 0);
  expect(Math.min(...steps)).toBeGreaterThan(0);
  expect(steps.length).toBeGreaterThan(15);
  await expectView(page, [5000, 0, 1280, 800]);
  // What has come into sight by panning is drawn, and what left it is not.
  await expect(page.locator('[data-off]')).toHaveCount(1);
  await follow(page, [0, 0, 400, 1600]);
  await expectView(page, [-1080, 0, 2560, 1600]);
});

test('where motion is reduced the view jumps', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page);
  await follow(page, [0, 0, 1280, 800]);
  await expectView(page, [0, 0, 1280, 800]);
  const seen = track(page);
  await follow(page, [900, 0, 1280, 800]);
  expect([0, 900]).toEqual(expect.arrayContaining([...new Set((await seen).map(Math.round))]));
  await expectView(page, [900, 0, 1280, 800]);
});

test('pan, zoom and edits leave, from the moment they begin; moving the pointer does not', async ({ page }) => {
  await open(page);
  await put(page, [rect(600, 300, 60, 60)]);
  const left = async (): Promise<void> => {
    await expect.poll(() => part(page)).toBe('away');
    expect((await acts(page)).at(-1)).toEqual({ do: 'follow', how: 'away' });
  };
  const again = async (): Promise<void> => {
    await follow(page, [0, 0, 1280, 800]);
    await expectView(page, [0, 0, 1280, 800]);
    expect(await part(page)).toBe('following');
  };
  await again();
  await page.mouse.move(200, 200);
  await page.mouse.move(900, 600, { steps: 5 });
  await page.mouse.click(100, 500);
  expect(await part(page)).toBe('following');
  expect(await acts(page)).toEqual([]);
  await page.mouse.wheel(0, 40);
  await left();
  await again();
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -40);
  await page.keyboard.up('Control');
  await left();
  await again();
  await page.keyboard.down('Space');
  await drag(page, [300, 300], [340, 280]);
  await page.keyboard.up('Space');
  await left();
  await again();
  // A stroke that has begun isn't torn along by the presenter.
  await tool(page, 'pen');
  await page.mouse.move(200, 200);
  await page.mouse.down();
  await page.mouse.move(260, 240, { steps: 3 });
  await left();
  await say(page, {
    part: 'away',
    presenter: { person: 'amara', rect: [700, 0, 1280, 800], region: false, held: false },
  });
  await page.mouse.move(300, 240, { steps: 3 });
  await page.mouse.up();
  await expectView(page, [0, 0, 1280, 800]);
  await tool(page, 'select');
  await again();
  await drag(page, [630, 330], [700, 330]);
  await left();
  // Escape is no more.
  await again();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect.poll(() => part(page)).toBe('declined');
});

test('what is held can not be left by anything but the presenter', async ({ page }) => {
  await open(page);
  await put(page, [rect(600, 300, 60, 60)]);
  await follow(page, [0, 0, 1280, 800], true);
  await expectView(page, [0, 0, 1280, 800]);
  await page.mouse.move(640, 400);
  await page.mouse.wheel(0, 400);
  await page.evaluate(() => window.limn.board.zoomTo(3));
  await page.evaluate(() => window.limn.board.fit('board'));
  await page.keyboard.press('Escape');
  await drag(page, [630, 330], [700, 330]);
  await expect.poll(() => page.evaluate(() => window.limn.memory.gestures.length)).toBe(1);
  await expectView(page, [0, 0, 1280, 800]);
  expect(await acts(page)).toEqual([]);
});

test('a presenter tells what is in sight, at most twenty times a second, and a region instead where one is chosen', async ({
  page,
}) => {
  await open(page);
  await page.evaluate(() => window.limn.board.present('begin'));
  expect(await acts(page)).toEqual([{ do: 'begin', rect: [-640, -400, 1280, 800] }]);
  const mine = (region: boolean): Promise<void> =>
    say(page, { part: 'presenting', presenter: { person: 'me', rect: [0, 0, 10, 10], region, held: false } });
  await mine(false);
  await page.mouse.move(640, 400);
  const before = Date.now();
  for (let i = 0; i < 40; i++) await page.mouse.wheel(10, 0);
  await expect
    .poll(async () => (await acts(page)).at(-1))
    .toEqual({ do: 'show', rect: [-240, -400, 1280, 800], region: false });
  expect((await acts(page)).length).toBeLessThanOrEqual(3 + (Date.now() - before) / 50);
  await tool(page, 'region');
  await drag(page, [400, 300], [600, 500]);
  await expect
    .poll(async () => (await acts(page)).at(-1))
    .toEqual({ do: 'show', rect: [160, -100, 200, 200], region: true });
  await mine(true);
  const told = (await acts(page)).length;
  await page.mouse.wheel(50, 0);
  await expect.poll(async () => Math.round((await view(page))[0] ?? 0)).toBe(-190);
  expect((await acts(page)).length).toBe(told);
});

test('a laser leaves a trail that fades, and no stroke', async ({ page }) => {
  await open(page);
  await tool(page, 'laser');
  await page.mouse.move(300, 300);
  await page.mouse.down();
  await page.mouse.move(500, 320, { steps: 8 });
  await expect.poll(() => inked(page, 0)).toBeGreaterThan(200);
  await page.mouse.up();
  await expect.poll(() => inked(page, 0)).toBe(0);
  expect(await page.evaluate(() => window.limn.memory.gestures)).toEqual([]);
  await expect.poll(() => page.evaluate(() => JSON.stringify(window.limn.memory.lives))).toMatch(/"laser":\[\[/);
  await page.evaluate(() =>
    window.limn.memory.emit('live', {
      board: 'b',
      person: 'amara',
      live: {
        laser: [
          [-100, -100],
          [0, -50],
          [100, -100],
        ],
      },
    }),
  );
  await expect.poll(() => inked(page, 0)).toBeGreaterThan(200);
  await expect.poll(() => inked(page, 0)).toBe(0);
});

test('what somebody points out is offered, and shown where the shape is by now', async ({ page }) => {
  await open(page);
  const [a = ''] = await put(page, [rect(3000, 2000, 100, 100)]);
  await page.evaluate(
    (rid) => window.limn.memory.emit('look', { board: 'b', person: 'amara', rect: [0, 0, 10, 10], rid }),
    a,
  );
  await expect.poll(() => page.evaluate(() => window.limn.board.state.pointedOut?.person)).toBe('amara');
  await page.evaluate(() => window.limn.board.present('look'));
  await expect.poll(async () => Math.round((await view(page))[0] ?? 0)).toBe(3050 - 640);
  await page.evaluate((rid) => window.limn.board.select([rid]), a);
  await page.evaluate(() => window.limn.board.present('point'));
  expect((await acts(page)).at(-1)).toEqual({ do: 'look', rect: [2992, 1992, 116, 116], rid: a });
});

test('the others’ cursors can be hidden, and fade while they are away', async ({ page }) => {
  await open(page);
  await page.evaluate(() => window.limn.memory.emit('live', { board: 'b', person: 'amara', live: { cursor: [0, 0] } }));
  await expect.poll(() => inked(page, 1)).toBeGreaterThan(100);
  const alpha = (): Promise<number> =>
    page.evaluate(() => {
      const canvas = document.querySelectorAll('canvas')[1];
      return canvas?.getContext('2d')?.getImageData(644, 406, 1, 1).data[3] ?? -1;
    });
  expect(await alpha()).toBe(255);
  const amara: Person = {
    ...{ id: 'amara', name: 'Amara', me: false, colour: 1, role: 'owner', offers: [], draws: true, show: 'away' },
  };
  await page.evaluate((who) => window.limn.memory.emit('people', { board: 'b', people: [who] }), amara);
  await expect.poll(alpha).toBeLessThan(200);
  await page.evaluate(() => window.limn.board.showOthers(false));
  await expect.poll(() => inked(page, 1)).toBe(0);
  await page.evaluate(() => window.limn.board.showOthers(true));
  await expect.poll(() => inked(page, 1)).toBeGreaterThan(100);
});

test('after five minutes without a sign of anybody the others are told, and again with the first one', async ({
  page,
}) => {
  await page.clock.install();
  await open(page);
  const aways = (): Promise<boolean[]> => page.evaluate(() => window.limn.memory.aways);
  await page.clock.fastForward(4 * 60_000);
  await page.mouse.move(300, 300);
  await page.clock.fastForward(4 * 60_000);
  expect(await aways()).toEqual([]);
  await page.clock.fastForward(2 * 60_000);
  expect(await aways()).toEqual([true]);
  await page.mouse.move(320, 300);
  await expect.poll(aways).toEqual([true, false]);
});

test('a view at the end of the world, or a shape there, leaves the board usable', async ({ page }) => {
  await open(page);
  await put(page, [rect(600, 300, 60, 60), rect(1e9, -1e300, 50, 50), rect(-1e308, 1e308, 50, 50)]);
  const laidOut = (): Promise<number> =>
    page.evaluate(() => Math.max(...[...document.querySelectorAll('div')].map((div) => div.offsetWidth)));
  const far: Rect[] = [
    [9e6, -9e6, 40, 25],
    [-1e7, 1e7, 1e-3, 1e-3],
    [-1e7, -1e7, 1e7, 1e7],
    [1e9, 1e9, 1e9, 1e9],
    [1e308, -1e308, 1e308, 1e308],
  ];
  for (const to of far) {
    await follow(page, to);
    const [x, , width] = to;
    // The left edge is the middle less half a window at the least zoom, or at the end of the world.
    const end = Math.max(-1e7, Math.min(1e7, x + width / 2));
    if (width === 40) await expectView(page, to);
    else await expect.poll(async () => Math.abs(((await view(page))[0] ?? 0) - end)).toBeLessThan(2e5);
    for (const side of await view(page)) expect(Number.isFinite(side)).toBe(true);
    expect(await laidOut()).toBeLessThan(2 ** 25);
    await follow(page, [0, 0, 1280, 800]);
    await expectView(page, [0, 0, 1280, 800]);
  }
  await say(page, {});
  await page.mouse.click(630, 330);
  expect(await selection(page)).toHaveLength(1);
  await drag(page, [630, 330], [700, 380]);
  await expect.poll(async () => (await gestures(page)).length).toBeGreaterThan(0);
});
