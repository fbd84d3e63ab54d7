/** The canvas in a real browser on a board in memory: view, safety, dark, the others, clipboard and touch. */
import { expect, test } from '@playwright/test';
import { drag, gestures, O, open, put, rect, svg, tool, useCanvas } from '#test/fixtures/canvas/drive.ts';

useCanvas();

test('wheel pans, Ctrl and wheel zoom at the pointer, space drags the view', async ({ page }) => {
  await open(page);
  await put(page, [rect(0, 0, 50, 50)]);
  const place = (): Promise<{ x: number; y: number; width: number }> =>
    page.evaluate(() => {
      const host = [...document.querySelectorAll('*')].find((e) => e.shadowRoot)?.shadowRoot;
      const { x, y, width } = host?.querySelector('rect')?.getBoundingClientRect() ?? new DOMRect();
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
  // Large streams are drawn in slices over several frames.
  const read = () =>
    page.evaluate(() => {
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
  await expect
    .poll(async () => {
      const { shown, held } = await read();
      return JSON.stringify(shown) === JSON.stringify(held);
    })
    .toBe(true);
  expect((await read()).chunks).toBeGreaterThan(2);
});
