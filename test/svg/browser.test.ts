/** The hostile corpus in a real browser: as a file of its own, and pasted into a web page. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseSvg } from '#svg/parse.ts';
import { serializeSvg } from '#svg/serialise.ts';
import { type DrawableNode, drawableTree } from '#svg/view.ts';
import { treeView } from '#test/support/tree-view.ts';
import { type Browser, chromium, type Page } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BODIES, fileWith } from './hostile-corpus.ts';

let browser: Browser;
let page: Page;
let folder: string;
/** What the page asked for or ran since the last look. */
let caught: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'limn-browser-'));
  browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium' });
  page = await browser.newPage();
  await page.exposeFunction('evil', () => caught.push('script ran'));
  await page.route(/evil|pictures/, (route) => {
    caught.push(`asked for ${route.request().url()}`);
    return route.abort();
  });
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** Opens the drawing as a file and inside a page, clicks all that can be clicked, and says what that set off. */
async function open(svg: string): Promise<string[]> {
  caught = [];
  const file = join(folder, 'drawing.svg');
  writeFileSync(file, svg);
  await page.goto(pathToFileURL(file).href);
  await settle();
  await page.goto('about:blank');
  await page.setContent(`<!doctype html><body>${svg}</body>`);
  await settle();
  return caught;
}

/** Every element is clicked and focused; then two frames pass, in which animations and styles take effect. */
async function settle(): Promise<void> {
  await page.evaluate(async () => {
    for (const element of document.querySelectorAll('*')) {
      element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
      if (element instanceof SVGElement || element instanceof HTMLElement) element.focus();
    }
    for (let i = 0; i < 2; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
}

function exported(body: string, unsafe: boolean): string {
  const parsed = parseSvg(fileWith(body));
  if (!parsed.ok) throw new Error(parsed.reason);
  return serializeSvg(treeView(parsed.nodes), '', unsafe ? { unsafe } : {});
}

const everything = Object.values(BODIES)
  .map((body) => `<g>${body}</g>`)
  .join('');

test('what Limn exports neither runs nor asks for anything', async () => {
  expect(await open(exported(everything, false))).toEqual([]);
  expect(await page.locator('#ok').count()).toBe(1);
});

test('what Limn draws neither runs nor asks for anything, and styles nothing around it', async () => {
  const parsed = parseSvg(
    fileWith(`${everything}<style>body, p, rect { visibility: hidden; fill: rgb(1, 2, 3) }</style>`),
  );
  const view = treeView(parsed.ok ? parsed.nodes : []);
  caught = [];
  await page.goto('about:blank');
  await page.setContent('<!doctype html><p>around</p><div class="limn-drawing"></div>');
  await page.evaluate(
    (root) => {
      const build = (node: DrawableNode): Node => {
        if (node.type === 'text') return document.createTextNode(node.data);
        const element = document.createElementNS(node.ns, node.name);
        for (const { ns, name, value } of node.attrs) element.setAttributeNS(ns ?? null, name, value);
        element.append(...node.children.map(build));
        return element;
      };
      if (root !== undefined) document.querySelector('.limn-drawing')?.append(build(root));
    },
    drawableTree(view, view.root() ?? ''),
  );
  await settle();
  expect(caught).toEqual([]);
  const seen = await page.evaluate(() =>
    ['p', '#ok'].map((selector) => getComputedStyle(document.querySelector(selector) ?? document.body).visibility),
  );
  expect(seen).toEqual(['visible', 'hidden']);
});

test.each([
  'script',
  'handler onclick',
  'image over http',
  'sheet with a font from outside',
  'image element of HTML',
  'sheet with import',
])('unsafe content would be caught: %s', async (name) => {
  const body =
    name === 'sheet with a font from outside'
      ? `${BODIES[name]}<text style="font-family:f">t</text>`
      : (BODIES[name] ?? '');
  expect(await open(exported(body, true))).not.toEqual([]);
});
