/** The canvas in a real browser on a board in memory (test/fixtures/canvas): pointer and keys in, gestures out. */
import { expect, type Page, test } from '@playwright/test';
import { serveCanvas } from '#test/fixtures/canvas/serve.ts';
import type { NodeInput } from '#api/contract.ts';
import type { ToolId } from '#renderer/board/controller.ts';

let server: Awaited<ReturnType<typeof serveCanvas>>;
test.beforeAll(async () => {
  server = await serveCanvas();
});
test.afterAll(() => server.close());

async function open(page: Page, query = ''): Promise<void> {
  await page.goto(`${server.url}?${query}`);
  await page.waitForFunction(() => window.limn?.ready > 0);
}
const tool = (page: Page, id: ToolId, lock = false): Promise<void> =>
  page.evaluate(([t, l]) => window.limn.board.setTool(t as ToolId, l as boolean), [id, lock] as const);
const svg = (page: Page): Promise<string> => page.evaluate(() => window.limn.memory.svg());
const selection = (page: Page): Promise<readonly string[]> => page.evaluate(() => window.limn.board.state.selection);
const gestures = (page: Page): Promise<string[]> =>
  page.evaluate(() => window.limn.memory.gestures.map((g) => g.gesture));

async function drag(page: Page, from: [number, number], to: [number, number], key?: 'Shift' | 'Alt'): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  if (key) await page.keyboard.down(key);
  await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
  await page.mouse.move(...to);
  await page.mouse.up();
  if (key) await page.keyboard.up(key);
}

/** Waits for two frames: what was queued is then on the screen. */
const frames = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

const rect = (x: number, y: number, width: number, height: number, more: Record<string, string> = {}): NodeInput => ({
  type: 'element',
  name: 'rect',
  attrs: Object.entries({
    x: String(x),
    y: String(y),
    width: String(width),
    height: String(height),
    fill: '#e6ecff',
    ...more,
  }).map(([name, value]) => ({ name, value })),
  children: [],
});
/** Adds shapes as another person; user units are client pixels, as an empty board opens with its origin in the middle. */
async function put(page: Page, nodes: NodeInput[]): Promise<string[]> {
  const rids = await page.evaluate(
    (all) =>
      window.limn.memory
        .remote(
          all.map((node) => ({ do: 'add', parent: 'root', before: null, node })),
          'amara',
        )
        .map((r) => r[0] ?? ''),
    nodes,
  );
  await frames(page);
  return rids;
}
const attrs = (page: Page, rid: string): Promise<Record<string, string>> =>
  page.evaluate((id) => {
    const node = window.limn.memory.find(id);
    return node?.type === 'element' ? Object.fromEntries(node.attrs.map((a) => [a.name, a.value])) : {};
  }, rid);
/** The screen's middle is the plane's origin on an empty board. */
const O = { x: 640, y: 400 };

test.beforeEach(async ({ page }) => {
  page.on('pageerror', (error) => {
    throw error;
  });
});

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
  await page.evaluate((id) => {
    window.limn.board.clearSelection();
    window.limn.board.setTool('select');
    return id;
  }, a);
  await page.mouse.click(O.x + 30, O.y + 30);
  expect(await selection(page)).toEqual([a]);
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
  expect(await page.evaluate(() => window.limn.board.state.selectionStyle.stroke)).toBe('#d2452b');
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

test('the preview stays until the change is there, and goes with a sentence when it fails', async ({ page }) => {
  await open(page);
  const [a = ''] = await put(page, [rect(0, 0, 60, 60)]);
  await page.evaluate(() => (window.limn.memory.delay = 300));
  await page.mouse.click(O.x + 30, O.y + 30);
  await drag(page, [O.x + 30, O.y + 30], [O.x + 130, O.y + 30]);
  await expect(page.locator('[data-lifted]')).toHaveCount(1);
  await expect.poll(() => attrs(page, a)).toMatchObject({ x: '100' });
  await expect(page.locator('[data-lifted]')).toHaveCount(0);
  await page.evaluate(() => (window.limn.memory.fail = 'The disk is full. Make room and try again.'));
  await drag(page, [O.x + 130, O.y + 30], [O.x + 230, O.y + 30]);
  await expect
    .poll(() => page.evaluate(() => window.limn.problems))
    .toEqual(['The disk is full. Make room and try again.']);
  await expect(page.locator('[data-lifted]')).toHaveCount(0);
  expect(await attrs(page, a)).toMatchObject({ x: '100' });
});

test('wheel pans, Ctrl and wheel zoom at the pointer, space drags the view', async ({ page }) => {
  await open(page);
  await put(page, [rect(0, 0, 50, 50)]);
  const place = (): Promise<{ x: number; y: number; width: number }> =>
    page.evaluate(() => {
      const host = [...document.querySelectorAll('*')].find((e) => e.shadowRoot)?.shadowRoot;
      const { x, y, width } = (host?.querySelector('rect') as Element).getBoundingClientRect();
      return { x: Math.round(x), y: Math.round(y), width: Math.round(width) };
    });
  expect(await place()).toEqual({ x: 640, y: 400, width: 50 });
  await page.mouse.move(640, 400);
  await page.mouse.wheel(30, 50);
  await expect.poll(place).toEqual({ x: 610, y: 350, width: 50 });
  await page.mouse.move(610, 350);
  await page.keyboard.down('Control');
  for (let i = 0; i < 5; i++) await page.mouse.wheel(0, -100);
  await page.keyboard.up('Control');
  await expect.poll(() => page.evaluate(() => window.limn.board.state.zoom)).toBeGreaterThan(2);
  const zoomed = await place();
  expect(Math.abs(zoomed.x - 610) + Math.abs(zoomed.y - 350)).toBeLessThan(3);
  await page.evaluate(() => window.limn.board.zoomTo(1));
  await expect.poll(async () => (await place()).width).toBe(50);
  const before = await place();
  await page.keyboard.down('Space');
  await drag(page, [300, 300], [340, 280]);
  await page.keyboard.up('Space');
  await expect.poll(place).toEqual({ x: before.x + 40, y: before.y - 20, width: 50 });
  for (let i = 0; i < 30; i++) await page.mouse.wheel(0, 400);
  await expect(page.locator('[data-off]')).toHaveCount(1);
  await page.evaluate(() => window.limn.board.fit('board'));
  await expect.poll(place).toEqual({ x: 615, y: 375, width: 50 });
  await expect(page.locator('[data-off]')).toHaveCount(0);
  expect(await gestures(page)).toEqual([]);
});

test('a drawing can neither run, load, nor restyle the app', async ({ page }) => {
  const outside: string[] = [];
  page.on('request', (r) => {
    if (!r.url().startsWith('http://127.0.0.1') && !r.url().startsWith('data:')) outside.push(r.url());
  });
  await open(page, 'scene');
  await put(page, [
    rect(0, 0, 9, 9, {
      style: 'fill:url(https://example.org/x.svg#a)',
      onload: 'window.hacked=1',
      filter: 'url(//example.org/f#a)',
    }),
  ]);
  expect(await page.evaluate(() => (window as unknown as { hacked?: unknown }).hacked)).toBeUndefined();
  expect(outside).toEqual([]);
  await expect(page.locator('body')).toBeVisible();
  const host = page.locator('svg.chunk');
  await expect(host.locator('script')).toHaveCount(0);
  await expect(host.locator('[onclick], [onload]')).toHaveCount(0);
  await expect(host.locator('image[href]')).toHaveCount(0);
});

test('dark shows the pairs of pigments and the file keeps its colours', async ({ page }) => {
  await open(page, 'theme=dark');
  const paint = (): Promise<string[]> =>
    page.evaluate(() => {
      const host = [...document.querySelectorAll('*')].find((e) => e.shadowRoot)?.shadowRoot;
      return [...(host?.querySelectorAll('rect') ?? [])].map((e) => getComputedStyle(e).fill);
    });
  await put(page, [
    rect(0, 0, 9, 9, { fill: '#2f56d9' }),
    rect(20, 0, 9, 9, { fill: 'black' }),
    rect(40, 0, 9, 9, { fill: '#123456' }),
    rect(60, 0, 9, 9, { style: 'fill: #FFF' }),
  ]);
  expect(await paint()).toEqual(['rgb(143, 169, 255)', 'rgb(236, 238, 241)', 'rgb(18, 52, 86)', 'rgb(31, 33, 37)']);
  expect(await svg(page)).toContain('fill="#2f56d9"');
  await page.evaluate(() => (document.documentElement.dataset.theme = 'light'));
  await expect.poll(paint).toEqual(['rgb(47, 86, 217)', 'rgb(0, 0, 0)', 'rgb(18, 52, 86)', 'rgb(255, 255, 255)']);
});

test('the others see my cursor, selection and stroke; theirs are shown and go with them', async ({ page }) => {
  await open(page);
  const [a = ''] = await put(page, [rect(0, 0, 60, 60)]);
  await page.mouse.click(O.x + 30, O.y + 30);
  await expect
    .poll(() => page.evaluate(() => JSON.stringify(window.limn.memory.lives)))
    .toContain(`"selection":["${a}"]`);
  await tool(page, 'pen');
  const lives = (): Promise<string> => page.evaluate(() => JSON.stringify(window.limn.memory.lives));
  await page.mouse.move(200, 200);
  await page.mouse.down();
  await page.mouse.move(260, 240);
  await expect.poll(lives).toMatch(/"cursor":\[.*"kind":"stroke"/);
  await page.mouse.up();
  await expect.poll(lives).toMatch(/"kind":"stroke".*"preview":null/);
  /** The colour of the canvases at a point, the topmost that isn't clear. */
  const pixel = (x: number, y: number): Promise<string> =>
    page.evaluate(
      ([px, py]) => {
        for (const canvas of [...document.querySelectorAll('canvas')].reverse()) {
          const [r, g, b, alpha] = canvas.getContext('2d')?.getImageData(px, py, 1, 1).data ?? [];
          if (alpha) return `${r},${g},${b}`;
        }
        return '';
      },
      [x, y] as const,
    );
  await page.evaluate((rid) => {
    const emit = (live: object): void => window.limn.memory.emit('live', { board: 'b', person: 'amara', live });
    emit({ cursor: [-100, -100], selection: [rid] });
    emit({
      preview: {
        kind: 'stroke',
        points: [
          [-300, 100, 0.5],
          [-200, 100, 0.5],
        ],
        colour: '#2e8540',
        width: 8,
        opacity: 1,
      },
    });
  }, a);
  await expect.poll(() => pixel(O.x - 97, O.y - 93)).toBe('185,61,12');
  await expect.poll(() => pixel(O.x - 250, O.y + 100)).toBe('46,133,64');
  await page.evaluate((rid) => {
    window.limn.memory.emit('live', {
      board: 'b',
      person: 'amara',
      live: { preview: { kind: 'drag', rids: [rid], matrix: [1, 0, 0, 1, 200, 0] } },
    });
  }, a);
  await expect(page.locator('[data-lifted]')).toHaveCount(1);
  await expect.poll(() => pixel(O.x + 230, O.y + 30)).toBe('230,236,255');
  await page.evaluate(() => window.limn.memory.emit('people', { board: 'b', people: [] }));
  await expect.poll(() => pixel(O.x - 97, O.y - 93)).toBe('');
  await expect.poll(() => pixel(O.x + 230, O.y + 30)).toBe('');
  await expect(page.locator('[data-lifted]')).toHaveCount(0);
});

test('copy gives SVG; a paste is cleaned by main, a picture is embedded and scaled', async ({ page }) => {
  await open(page);
  await put(page, [rect(0, 0, 60, 60)]);
  await page.mouse.click(O.x + 30, O.y + 30);
  const copied = await page.evaluate(() => {
    const data = new DataTransfer();
    document.dispatchEvent(new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }));
    return data.getData('text/plain');
  });
  expect(copied).toBe(
    '<svg xmlns="http://www.w3.org/2000/svg" width="76" height="76" viewBox="-8 -8 76 76"><rect x="0" y="0" width="60" height="60" fill="#e6ecff"/></svg>',
  );
  await page.evaluate((text) => {
    window.limn.memory.clean = [
      {
        type: 'element',
        name: 'circle',
        attrs: [
          { name: 'cx', value: '5' },
          { name: 'cy', value: '5' },
          { name: 'r', value: '5' },
        ],
        children: [],
      },
    ];
    const data = new DataTransfer();
    data.setData('text/plain', text);
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, copied);
  await expect.poll(() => svg(page)).toContain('<circle cx="25" cy="25" r="5">');
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(3000, 1500);
    canvas.getContext('2d')?.fillRect(0, 0, 3000, 1500);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg' });
    // A file over the limit that is kept as it is: padding after the end of a JPEG is ignored.
    const file = new File([blob, new Uint8Array(400_000)], 'a.jpg', { type: 'image/jpeg' });
    await window.limn.board.insertImage(file);
  });
  const picture = await page.evaluate(async () => {
    const node = window.limn.memory.root.children.at(-1);
    if (node?.type !== 'element') return null;
    const get = (name: string): string => node.attrs.find((a) => a.name === name)?.value ?? '';
    const image = new Image();
    image.src = get('href');
    await image.decode();
    return {
      name: node.name,
      width: get('width'),
      height: get('height'),
      pixels: image.naturalWidth,
      short: get('href').length < 300_000,
    };
  });
  expect(picture).toEqual({ name: 'image', width: '768', height: '384', pixels: 2048, short: true });
});

test('keys copy and paste through the system clipboard', async ({ page }) => {
  await open(page);
  await put(page, [rect(0, 0, 60, 60)]);
  await page.evaluate(() => {
    window.limn.memory.clean = [{ type: 'element', name: 'circle', attrs: [{ name: 'r', value: '5' }], children: [] }];
  });
  await page.mouse.click(O.x + 30, O.y + 30);
  await page.keyboard.press('Control+KeyX');
  await expect.poll(() => page.evaluate(() => window.limn.memory.root.children.length)).toBe(0);
  await page.keyboard.press('Control+KeyV');
  await expect.poll(() => svg(page)).toContain('<circle r="5" cx="20" cy="20">');
});

test('two fingers pinch and pan, and draw nothing', async ({ page }) => {
  await open(page);
  await tool(page, 'pen');
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: [number, number][]): Promise<unknown> =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  await touch('touchStart', [[600, 400]]);
  await touch('touchStart', [
    [600, 400],
    [700, 400],
  ]);
  for (let i = 1; i <= 10; i++)
    await touch('touchMove', [
      [600 - 5 * i, 400],
      [700 + 5 * i, 400],
    ]);
  await touch('touchEnd', []);
  await expect.poll(() => page.evaluate(() => window.limn.board.state.zoom)).toBeCloseTo(2, 1);
  expect(await gestures(page)).toEqual([]);
});

test('the screen follows a stream of changes across chunks', async ({ page }) => {
  await open(page, 'shapes=1700');
  await page.evaluate(() => {
    const { memory } = window.limn;
    let seed = 11;
    const random = (n: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % n;
    };
    const pick = (): string => memory.root.children[random(memory.root.children.length)]?.rid ?? '';
    for (let i = 0; i < 2500; i++) {
      const kind = random(4);
      const before = random(5) ? pick() : null;
      const rid = pick();
      if (kind === 0 && i % 3 === 0) memory.remote([{ do: 'remove', rid }], 'amara');
      else if (kind === 1 && before !== rid) memory.remote([{ do: 'move', rid, parent: 'root', before }], 'amara');
      else if (kind === 2) memory.remote([{ do: 'set', rid, name: 'opacity', value: `0.${i}` }], 'amara');
      else {
        const node = { type: 'element' as const, name: 'rect', attrs: [{ name: 'x', value: String(i) }], children: [] };
        memory.remote([{ do: 'add', parent: 'root', before, node }], 'amara');
      }
    }
  });
  await frames(page);
  const both = await page.evaluate(() => {
    const line = (name: string, attrs: [string, string][]): string =>
      name +
      attrs
        .filter(([n]) => !n.startsWith('data-'))
        .map(([n, v]) => ` ${n}=${v}`)
        .sort()
        .join('');
    const shadow = [...document.querySelectorAll('*')].find((e) => e.shadowRoot)?.shadowRoot;
    const chunks = [...(shadow?.querySelectorAll('svg.chunk') ?? [])];
    return {
      chunks: chunks.length,
      shown: chunks
        .flatMap((c) => [...c.children])
        .map((e) =>
          line(
            e.localName,
            [...e.attributes].map((a) => [a.name, a.value]),
          ),
        ),
      held: window.limn.memory.root.children.map((n) =>
        n.type === 'element'
          ? line(
              n.name,
              n.attrs.map((a) => [a.name, a.value]),
            )
          : '',
      ),
    };
  });
  expect(both.chunks).toBeGreaterThan(2);
  expect(both.shown).toEqual(both.held);
});
