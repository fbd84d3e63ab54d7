/** The canvas in a real browser on a board in memory (test/fixtures/canvas): tools, selection and text. */
import { expect, test } from '@playwright/test';
import type { NodeInput } from '#api/contract.ts';
import {
  attrs,
  drag,
  frames,
  gestures,
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

test('every drawing tool makes its element in one gesture and returns to select', async ({ page }) => {
  await open(page);
  for (const [id, x] of [
    ['rectangle', 100],
    ['ellipse', 250],
    ['line', 400],
    ['arrow', 550],
  ] as const) {
    await tool(page, id);
    await drag(page, [x, 200], [x + 100, 260]);
    await expect.poll(() => page.evaluate(() => window.limn.board.state.tool)).toBe('select');
  }
  await tool(page, 'pen');
  await drag(page, [700, 200], [800, 260]);
  await expect.poll(() => gestures(page)).toEqual(['rectangle', 'ellipse', 'line', 'arrow', 'pen']);
  const text = await svg(page);
  expect(text).toContain(
    '<rect x="-540" y="-200" width="100" height="60" rx="8" fill="none" stroke="#1d1f24" stroke-width="2"/>'.replace(
      '/>',
      '>',
    ),
  );
  expect(text).toMatch(/<ellipse cx="-340" cy="-170" rx="50" ry="30"/);
  expect(text).toMatch(/<line x1="-240" y1="-200" x2="-140" y2="-140"/);
  expect(text).toMatch(/<path d="M-90 -200L10 -140M/);
  expect(text).toMatch(/<path d="M60 -200[cl]/);
  expect(text).not.toContain('transform');
});

test('Shift draws a square and Alt draws from the centre; Escape draws nothing', async ({ page }) => {
  await open(page);
  await tool(page, 'rectangle', true);
  await drag(page, [100, 200], [200, 230], 'Shift');
  await drag(page, [400, 400], [450, 420], 'Alt');
  await page.mouse.move(500, 500);
  await page.mouse.down();
  await page.mouse.move(600, 600);
  await page.keyboard.press('Escape');
  await page.mouse.up();
  const text = await svg(page);
  expect(text).toMatch(/x="-540" y="-200" width="100" height="100"/);
  expect(text).toMatch(/x="-290" y="-20" width="100" height="40"/);
  expect(await gestures(page)).toHaveLength(2);
  expect(await page.evaluate(() => window.limn.board.state.tool)).toBe('rectangle');
});

test('click, Shift-click and marquee select; a drag moves in geometry attributes', async ({ page }) => {
  await open(page);
  const [a = '', b = ''] = await put(page, [rect(-200, -100, 80, 60), rect(0, -100, 80, 60)]);
  await page.mouse.click(O.x - 160, O.y - 70);
  expect(await selection(page)).toEqual([a]);
  await page.keyboard.down('Shift');
  await page.mouse.click(O.x + 40, O.y - 70);
  await page.keyboard.up('Shift');
  expect(await selection(page)).toEqual([a, b]);
  await drag(page, [O.x + 40, O.y - 70], [O.x + 71, O.y - 40]);
  await expect.poll(() => attrs(page, a)).toMatchObject({ x: '-169', y: '-70' });
  expect(await attrs(page, b)).toMatchObject({ x: '31', y: '-70' });
  expect(await gestures(page)).toEqual(['move']);
  await page.mouse.click(O.x, O.y + 200);
  expect(await selection(page)).toEqual([]);
  await drag(page, [O.x - 220, O.y - 120], [O.x - 60, O.y + 40]);
  expect(await selection(page)).toEqual([a]);
});

test('handles resize, with Shift in ratio and with Alt about the centre; the knob turns', async ({ page }) => {
  await open(page);
  const [a = ''] = await put(page, [rect(0, 0, 100, 50)]);
  await page.mouse.click(O.x + 50, O.y + 25);
  await drag(page, [O.x + 100, O.y + 50], [O.x + 150, O.y + 80]);
  await expect.poll(() => attrs(page, a)).toMatchObject({ x: '0', y: '0', width: '150', height: '80' });
  await frames(page);
  await drag(page, [O.x + 150, O.y + 40], [O.x + 170, O.y + 40], 'Alt');
  await expect.poll(() => attrs(page, a)).toMatchObject({ x: '-20', width: '190', height: '80' });
  await frames(page);
  await drag(page, [O.x + 170, O.y + 80], [O.x + 360, O.y + 90], 'Shift');
  await expect.poll(() => attrs(page, a)).toMatchObject({ x: '-20', y: '0', width: '380', height: '160' });
  await frames(page);
  await drag(page, [O.x + 170, O.y - 24], [O.x + 360, O.y + 80]);
  await expect.poll(async () => (await attrs(page, a)).transform ?? '').toMatch(/^rotate\((8|9)\d(\.\d+)? /);
});

test('a rotated shape resizes in its own frame and moves without touching its transform', async ({ page }) => {
  await open(page);
  const [a = ''] = await put(page, [rect(-50, -20, 100, 40, { transform: 'rotate(90)' })]);
  await page.mouse.click(O.x, O.y);
  await drag(page, [O.x, O.y + 10], [O.x + 30, O.y + 10]);
  await expect.poll(() => attrs(page, a)).toMatchObject({ transform: 'rotate(90)', x: '-50', y: '-50' });
  await frames(page);
  await drag(page, [O.x + 30, O.y + 50], [O.x + 30, O.y + 90]);
  await expect.poll(() => attrs(page, a)).toMatchObject({ width: '140', height: '40', transform: 'rotate(90)' });
});

test('Alt copies a drag; duplicate, order, nudge, style and delete are one gesture each', async ({ page }) => {
  await open(page);
  const [a = '', b = ''] = await put(page, [rect(0, 0, 60, 60), rect(200, 0, 60, 60)]);
  await page.mouse.click(O.x + 30, O.y + 30);
  await drag(page, [O.x + 30, O.y + 30], [O.x + 30, O.y + 130], 'Alt');
  await expect.poll(() => svg(page)).toContain('x="0" y="100"');
  expect(await attrs(page, a)).toMatchObject({ x: '0', y: '0' });
  // The copy is selected once main has named it.
  await expect.poll(async () => (await selection(page)).includes(a)).toBe(false);
  await page.evaluate(() => {
    window.limn.board.clearSelection();
    window.limn.board.setTool('select');
  });
  await page.mouse.click(O.x + 30, O.y + 30);
  await expect.poll(() => selection(page)).toEqual([a]);
  await page.evaluate(() => window.limn.board.reorder('front'));
  await expect.poll(() => page.evaluate(() => window.limn.memory.root.children.at(-1)?.rid)).toBe(a);
  await page.evaluate(() => window.limn.board.reorder('backward'));
  await expect.poll(() => page.evaluate(() => window.limn.memory.root.children.at(-2)?.rid)).toBe(a);
  await page.evaluate(() => window.limn.board.reorder('back'));
  await expect.poll(() => page.evaluate(() => window.limn.memory.root.children[0]?.rid)).toBe(a);
  await page.evaluate(() => window.limn.board.nudge(1, -10));
  await expect.poll(() => attrs(page, a)).toMatchObject({ x: '1', y: '-10' });
  await page.evaluate(() => window.limn.board.setStyle({ stroke: '#d2452b', strokeWidth: 4, dash: 'dashed' }));
  await expect
    .poll(() => attrs(page, a))
    .toMatchObject({ stroke: '#d2452b', 'stroke-width': '4', 'stroke-dasharray': '16 12' });
  await expect.poll(() => page.evaluate(() => window.limn.board.state.selectionStyle.stroke)).toBe('#d2452b');
  await page.evaluate(() => window.limn.board.duplicateSelection());
  await expect.poll(async () => (await selection(page)).includes(a)).toBe(false);
  await page.evaluate(() => window.limn.board.deleteSelection());
  await expect.poll(() => page.evaluate(() => window.limn.memory.root.children.length)).toBe(3);
  expect(await gestures(page)).toEqual([
    'move',
    'reorder',
    'reorder',
    'reorder',
    'nudge',
    'style',
    'duplicate',
    'delete',
  ]);
  expect(await attrs(page, b)).toMatchObject({ x: '200' });
});

test('text is typed in place in lines, edited by double click, and removed when emptied', async ({ page }) => {
  await open(page);
  await tool(page, 'text');
  await page.mouse.click(O.x, O.y);
  await page.keyboard.type('first');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.keyboard.type('third');
  expect(await page.evaluate(() => window.limn.board.state.editingText)).toBe(true);
  await page.keyboard.press('Escape');
  await expect
    .poll(() => svg(page))
    .toMatch(/<text x="0" y="7"[^>]*><tspan x="0" dy="0">first<\/tspan><tspan x="0" dy="2.4em">third<\/tspan><\/text>/);
  await expect(page.locator('textarea')).toHaveCount(0);
  await page.mouse.dblclick(O.x + 10, O.y);
  await expect(page.locator('textarea')).toHaveValue('first\n\nthird');
  await page.locator('textarea').fill('one\ntwo');
  await page.mouse.click(100, 100);
  await expect.poll(() => svg(page)).toMatch(/<tspan x="0" dy="0">one<\/tspan><tspan x="0" dy="1.2em">two<\/tspan>/);
  await frames(page);
  await page.mouse.dblclick(O.x + 10, O.y);
  await page.locator('textarea').fill('one\ntwin');
  await page.keyboard.press('Escape');
  await expect
    .poll(() => page.evaluate(() => window.limn.memory.gestures.at(-1)?.intents))
    .toEqual([{ do: 'text', rid: expect.any(String), from: 2, count: 1, insert: 'in' }]);
  await frames(page);
  await page.mouse.dblclick(O.x + 10, O.y);
  await page.locator('textarea').fill('');
  await page.keyboard.press('Escape');
  await expect.poll(() => page.evaluate(() => window.limn.memory.root.children.length)).toBe(0);
});

test('the eraser marks while it is down and removes what it touched as one gesture', async ({ page }) => {
  await open(page);
  await put(page, [rect(0, 0, 20, 60), rect(60, 0, 20, 60), rect(300, 300, 20, 20)]);
  await tool(page, 'eraser');
  await drag(page, [O.x - 30, O.y + 30], [O.x + 120, O.y + 30]);
  await expect.poll(() => page.evaluate(() => window.limn.memory.root.children.length)).toBe(1);
  expect(await gestures(page)).toEqual(['eraser']);
});

test('a click takes the group, a double click goes into it, Escape comes out', async ({ page }) => {
  await open(page);
  const group: NodeInput = {
    type: 'element',
    name: 'g',
    attrs: [{ name: 'transform', value: 'translate(50 0)' }],
    children: [rect(0, 0, 60, 60), rect(100, 0, 60, 60)],
  };
  const [g = ''] = await put(page, [group]);
  await page.mouse.click(O.x + 80, O.y + 30);
  expect(await selection(page)).toEqual([g]);
  await drag(page, [O.x + 80, O.y + 30], [O.x + 90, O.y + 40]);
  await expect.poll(() => attrs(page, g)).toMatchObject({ transform: 'translate(60 10)' });
  await frames(page);
  await page.mouse.dblclick(O.x + 90, O.y + 40);
  const [inner = ''] = await selection(page);
  expect(inner).not.toBe(g);
  await drag(page, [O.x + 90, O.y + 40], [O.x + 90, O.y + 60]);
  await expect.poll(() => attrs(page, inner)).toMatchObject({ x: '0', y: '20' });
  await page.keyboard.press('Escape');
  expect(await selection(page)).toEqual([g]);
  await page.keyboard.press('Escape');
  expect(await selection(page)).toEqual([]);
});

test('a move shows at once, and is taken back with a sentence when it fails', async ({ page }) => {
  await open(page);
  const [a = ''] = await put(page, [rect(0, 0, 60, 60)]);
  await page.evaluate(() => (window.limn.memory.delay = 300));
  await page.mouse.click(O.x + 30, O.y + 30);
  await drag(page, [O.x + 30, O.y + 30], [O.x + 130, O.y + 30]);
  await expect(page.locator('[data-lifted]')).toHaveCount(0);
  await expect(page.locator('svg.chunk rect')).toHaveAttribute('x', '100');
  expect(await attrs(page, a)).toMatchObject({ x: '0' });
  await expect.poll(() => attrs(page, a)).toMatchObject({ x: '100' });
  await page.evaluate(() => (window.limn.memory.fail = 'The disk is full. Make room and try again.'));
  await drag(page, [O.x + 130, O.y + 30], [O.x + 230, O.y + 30]);
  await expect
    .poll(() => page.evaluate(() => window.limn.problems))
    .toEqual(['The disk is full. Make room and try again.']);
  await expect(page.locator('svg.chunk rect')).toHaveAttribute('x', '100');
  expect(await attrs(page, a)).toMatchObject({ x: '100' });
});
