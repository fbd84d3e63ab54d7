/** Drawings made to freeze the page: each is shown as far as it is affordable, and the pen goes on. */
import { expect, type Page, test } from '@playwright/test';
import type { NodeInput } from '#api/contract.ts';
import { frames, gestures, open, put, rect, tool, drag, useCanvas } from '#test/fixtures/canvas/drive.ts';

useCanvas();

type Child = NodeInput['children'][number];
const el = (name: string, attrs: Record<string, string>, children: Child[] = []): NodeInput => ({
  type: 'element',
  name,
  attrs: Object.entries(attrs).map(([n, value]) => ({ name: n, value })),
  children,
});
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const DEPTH = 10;

const bombs: Record<string, () => NodeInput[]> = {
  'a billion uses': () => [
    el('defs', {}, [
      el('rect', { id: 'l0', width: '9', height: '9' }),
      ...times(DEPTH, (i) =>
        el(
          'g',
          { id: `l${i + 1}` },
          times(10, () => el('use', { href: `#l${i}` })),
        ),
      ),
    ]),
    el('use', { href: `#l${DEPTH}` }),
  ],
  'uses before what they use': () => [
    el('use', { href: `#l${DEPTH}` }),
    ...times(DEPTH, (i) =>
      el(
        'g',
        { id: `l${DEPTH - i}` },
        times(10, () => el('use', { href: `#l${DEPTH - 1 - i}` })),
      ),
    ),
    el('rect', { id: 'l0', width: '9', height: '9' }),
  ],
  'patterns in patterns': () => [
    el(
      'defs',
      {},
      times(DEPTH, (i) =>
        el(
          'pattern',
          { id: `p${i}`, width: '1', height: '1' },
          times(10, (k) => el('rect', { x: `${k}`, width: '9', height: '9', fill: i ? `url(#p${i - 1})` : 'red' })),
        ),
      ),
    ),
    rect(0, 0, 400, 300, { fill: `url(#p${DEPTH - 1})` }),
  ],
  'patterns by style sheet': () => [
    el('style', {}, [{ type: 'text', chdata: times(DEPTH, (i) => `.c${i}{fill:url(#p${i})}`).join('') }]),
    el(
      'defs',
      {},
      times(DEPTH, (i) =>
        el(
          'pattern',
          { id: `p${i}`, width: '1', height: '1' },
          times(10, (k) => el('rect', { x: `${k}`, width: '9', height: '9', class: `c${i - 1}` })),
        ),
      ),
    ),
    rect(0, 0, 400, 300, { class: `c${DEPTH - 1}` }),
  ],
  'a blur of everything': () => [
    el('filter', { id: 'f', x: '-100000%', y: '-100000%', width: '999999%', height: '999999%' }, [
      el('feGaussianBlur', { stdDeviation: '100000' }),
      el('feMorphology', { operator: 'dilate', radius: '100000' }),
    ]),
    rect(0, 0, 400, 300, { filter: 'url(#f)' }),
  ],
  'a million segments': () => [
    el('path', { d: `M0 0${times(1_000_000, (i) => `l${i % 7} ${(i * 5) % 9}`).join('')}`, stroke: '#000' }),
  ],
  'a megabyte of text': () => [
    el('text', { x: '0', y: '0', 'font-size': '14' }, [{ type: 'text', chdata: 'limn '.repeat(200_000) }]),
  ],
  'a picture of a gigapixel': () => [
    el('image', {
      width: '100',
      height: '100',
      href: `data:image/png;base64,${Buffer.from('89504e470d0a1a0a0000000d49484452000080000000800008060000005dd1a8ed', 'hex').toString('base64')}`,
    }),
  ],
};

/** The pen still draws, and what it draws is there within the test's time. */
async function draws(page: Page): Promise<void> {
  await tool(page, 'pen');
  await drag(page, [200, 600], [400, 640]);
  await expect.poll(() => gestures(page)).toContain('pen');
}

for (const [name, make] of Object.entries(bombs)) {
  test(name, async ({ page }) => {
    test.setTimeout(20_000);
    await open(page);
    const nodes = make();
    await put(page, nodes);
    await frames(page);
    await page.screenshot();
    await draws(page);
    if (!/blur|sheet/.test(name)) {
      await expect(page.locator('[data-refused]').first()).toBeAttached();
      expect(await page.evaluate(() => window.limn.problems)).toHaveLength(1);
    }
  });
}

test('a drawing with ordinary references is drawn as it is', async ({ page }) => {
  await open(page, 'scene');
  await frames(page);
  await expect(page.locator('[data-refused]')).toHaveCount(0);
  expect(await page.evaluate(() => window.limn.problems)).toEqual([]);
});

test('what is refused is copied and saved as the document has it, and drawn again once it is small', async ({
  page,
}) => {
  await open(page);
  const [defs = '', use = ''] = await put(page, [
    el('defs', {}, [
      el(
        'g',
        { id: 'a' },
        times(200, () =>
          el(
            'g',
            {},
            times(60, () => el('path', {})),
          ),
        ),
      ),
    ]),
    el('use', { href: '#a', x: '10' }),
  ]);
  await expect(page.locator('use')).toHaveAttribute('href', '#limn-refused');
  await page.evaluate((rid) => window.limn.board.state.selection.length || rid, use);
  await page.mouse.click(640 + 10, 400 + 50);
  expect(await page.evaluate(() => window.limn.board.state.selection)).toEqual([use]);
  await page.evaluate(() => window.limn.board.duplicateSelection());
  await expect
    .poll(() => page.evaluate(() => window.limn.memory.gestures.at(-1)?.intents))
    .toMatchObject([{ node: { name: 'use', attrs: [{ name: 'href', value: '#a' }, {}, {}] } }]);
  await page.evaluate((rid) => {
    const inner = window.limn.memory.find(rid);
    const group = inner?.type === 'element' ? inner.children[0] : undefined;
    const parts = group?.type === 'element' ? group.children.slice(1) : [];
    window.limn.memory.remote(
      parts.map((part) => ({ do: 'remove', rid: part.rid })),
      'amara',
    );
  }, defs);
  await expect(page.locator('use').first()).toHaveAttribute('href', '#a');
});
