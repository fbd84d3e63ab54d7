/** The canvas under a hand: what a press hits, gestures that follow one another faster than main answers, the view that
 *  stays, and where the focus is. */
import { expect, type Page, test } from '@playwright/test';
import type { NodeInput } from '#api/contract.ts';
import {
  attrs,
  drag,
  frames,
  O,
  open,
  put,
  rect,
  selection,
  svg,
  tool,
  useCanvas,
} from '#test/fixtures/canvas/drive.ts';

useCanvas();

const shape = (name: string, more: Record<string, string>): NodeInput => ({
  type: 'element',
  name,
  attrs: Object.entries({ fill: 'none', stroke: '#1d1f24', 'stroke-width': '1', ...more }).map(([n, value]) => ({
    name: n,
    value,
  })),
  children: [],
});
const delay = (page: Page, ms: number): Promise<number> =>
  page.evaluate((time) => (window.limn.memory.delay = time), ms);

for (const zoom of [0.25, 1, 4]) {
  test(`a press within 4 pixels of a stroke hits it at ${zoom * 100} %, one at 12 does not`, async ({ page }) => {
    await open(page);
    const [k, far] = [1 / zoom, 30 / zoom];
    const all = [
      shape('line', { x1: `${-40 * k}`, y1: '0', x2: `${40 * k}`, y2: '0' }),
      shape('rect', { x: `${-40 * k}`, y: `${far}`, width: `${80 * k}`, height: `${60 * k}` }),
      shape('path', { d: `M${-40 * k} ${-far}h${80 * k}`, 'stroke-dasharray': `${4 * k} ${30 * k}` }),
      shape('ellipse', { cx: '0', cy: `${-3 * far}`, rx: `${30 * k}`, ry: `${20 * k}` }),
    ];
    const rids = await put(page, all);
    await page.evaluate((z) => window.limn.board.zoomTo(z), zoom);
    await frames(page);
    const at = async (x: number, y: number): Promise<string | undefined> => {
      await page.mouse.click(O.x + x, O.y + y);
      return (await selection(page))[0];
    };
    for (const off of [0, 3.5, -3.5]) {
      expect(await at(5, off)).toBe(rids[0]);
      expect(await at(5, 30 + off)).toBe(rids[1]);
      expect(await at(12, -30 + off)).toBe(rids[2]);
      expect(await at(0, -90 - 20 + off)).toBe(rids[3]);
      await page.mouse.click(100, 700);
    }
    expect(await at(5, 14)).toBeUndefined();
    expect(await at(5, 60)).toBeUndefined();
    expect(await at(0, -90)).toBeUndefined();
  });
}

test('text is hit anywhere in its box', async ({ page }) => {
  await open(page);
  const text: NodeInput = {
    ...shape('text', { x: '0', y: '0', 'font-size': '40', fill: '#1d1f24', stroke: 'none' }),
    children: [{ type: 'text', chdata: 'l      l' }],
  };
  text.attrs.push({ name: 'style', value: 'white-space:pre' });
  const [rid] = await put(page, [text]);
  await page.mouse.click(O.x + 40, O.y - 10);
  expect(await selection(page)).toEqual([rid]);
});

test('a second drag begun before main answered starts from where the first one ended', async ({ page }) => {
  await open(page);
  const [a = ''] = await put(page, [rect(0, 0, 60, 60)]);
  await delay(page, 400);
  await drag(page, [O.x + 30, O.y + 30], [O.x + 130, O.y + 30]);
  await drag(page, [O.x + 130, O.y + 30], [O.x + 130, O.y + 130]);
  await drag(page, [O.x + 160, O.y + 160], [O.x + 200, O.y + 180]);
  await expect.poll(() => attrs(page, a)).toMatchObject({ x: '100', y: '100', width: '100', height: '80' });
});

test('a stroke is moved twice in quick succession; repeated nudges all count', async ({ page }) => {
  await open(page);
  const [a = ''] = await put(page, [shape('path', { d: 'M0 0L80 0', 'stroke-width': '6' })]);
  await page.mouse.click(O.x + 40, O.y);
  await delay(page, 200);
  await page.evaluate(() => {
    for (let i = 0; i < 4; i++) window.limn.board.nudge(10, 0);
    window.limn.board.setStyle({ strokeWidth: 8 });
    window.limn.board.nudge(0, 5);
  });
  await drag(page, [O.x + 80, O.y + 5], [O.x + 80, O.y + 55]);
  await expect.poll(() => attrs(page, a)).toMatchObject({ d: 'M40 55L120 55', 'stroke-width': '8' });
});

test('what someone else does to the same shape meanwhile neither shows nor stays when mine is later', async ({
  page,
}) => {
  await open(page);
  const [a = ''] = await put(page, [rect(0, 0, 60, 60)]);
  await delay(page, 300);
  await drag(page, [O.x + 30, O.y + 30], [O.x + 130, O.y + 30]);
  await page.evaluate((rid) => window.limn.memory.remote([{ do: 'set', rid, name: 'x', value: '-200' }], 'amara'), a);
  await frames(page);
  const shown = (): Promise<string | null | undefined> =>
    page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .find((e) => e.shadowRoot)
        ?.shadowRoot?.querySelector('rect')
        ?.getAttribute('x'),
    );
  expect(await shown()).toBe('100');
  await expect.poll(() => attrs(page, a)).toMatchObject({ x: '100' });
  await page.evaluate((rid) => window.limn.memory.remote([{ do: 'set', rid, name: 'x', value: '-200' }], 'amara'), a);
  await expect.poll(shown).toBe('-200');
});

test('a failed gesture puts the shape back to what main last said', async ({ page }) => {
  await open(page);
  const [a = ''] = await put(page, [rect(0, 0, 60, 60)]);
  await page.evaluate(() => {
    window.limn.memory.delay = 100;
    window.limn.memory.fail = 'The disk is full. Make room and try again.';
  });
  await drag(page, [O.x + 30, O.y + 30], [O.x + 130, O.y + 30]);
  await expect.poll(() => page.evaluate(() => window.limn.problems.length)).toBe(1);
  await page.mouse.click(O.x + 30, O.y + 30);
  expect(await selection(page)).toEqual([a]);
});

test('the arrow keys right after duplicating move the copy', async ({ page }) => {
  await open(page);
  const [a = ''] = await put(page, [rect(0, 0, 60, 60)]);
  await page.mouse.click(O.x + 30, O.y + 30);
  await delay(page, 100);
  await page.evaluate(() => {
    window.limn.board.duplicateSelection();
    window.limn.board.nudge(0, 10);
  });
  await expect.poll(() => svg(page)).toContain('x="20" y="20" ');
  await expect.poll(() => svg(page)).toMatch(/y="30"/);
  expect(await attrs(page, a)).toMatchObject({ x: '0', y: '0' });
});

test('the view stays through a reload and an undo to nothing; another board has its own', async ({ page }) => {
  await open(page);
  const place = (): Promise<number[]> =>
    page.evaluate(() => {
      const box = [...document.querySelectorAll('*')]
        .find((e) => e.shadowRoot)
        ?.shadowRoot?.querySelector('rect')
        ?.getBoundingClientRect();
      return box ? [box.x, box.y, box.width].map(Math.round) : [];
    });
  const [a = ''] = await put(page, [rect(0, 0, 60, 60)]);
  await page.evaluate(() => {
    window.limn.board.zoomTo(2);
    window.limn.board.pan(100, 40);
  });
  await expect.poll(place).toEqual([540, 360, 120]);
  await page.evaluate((rid) => window.limn.memory.remote([{ do: 'remove', rid }], 'amara'), a);
  await frames(page);
  await put(page, [rect(0, 0, 60, 60)]);
  expect(await place()).toEqual([540, 360, 120]);
  await page.reload();
  await page.waitForFunction(() => window.limn?.ready > 0);
  await put(page, [rect(0, 0, 60, 60)]);
  expect(await place()).toEqual([540, 360, 120]);
  await page.evaluate(() => sessionStorage.clear());
});

test('the board shows its focus ring to those who come by key alone', async ({ page }) => {
  await open(page);
  await put(page, [rect(0, 0, 60, 60)]);
  const board = page.getByRole('application');
  const ring = (): Promise<string> => board.evaluate((element) => getComputedStyle(element).outlineStyle);
  await page.keyboard.press('Control+a');
  expect(await ring()).toBe('none');
  await board.evaluate((element) => {
    element.blur();
    element.focus();
  });
  await page.keyboard.press('Control+a');
  expect(await ring()).toBe('none');
  await page.evaluate(() => {
    const before = document.createElement('button');
    document.body.prepend(before);
    before.focus();
  });
  await page.keyboard.press('Tab');
  await expect(board).toBeFocused();
  expect(await ring()).not.toBe('none');
  await page.mouse.click(100, 700);
  expect(await ring()).toBe('none');
});

test('after text editing the board has the focus again', async ({ page }) => {
  await open(page);
  await tool(page, 'text');
  await page.mouse.click(O.x, O.y);
  await page.keyboard.type('one');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('application')).toBeFocused();
});
