/**
 * Frames of the canvas alone: `npx tsx bench/render/canvas.ts [shapes...]`. A fresh page per test; frames are counted over
 * two seconds of requestAnimationFrame. Headless Chromium without a GPU unless the machine says otherwise: compare runs of
 * one machine only.
 */
import { chromium, type Page } from '@playwright/test';
import { serveCanvas } from '../../test/fixtures/canvas/serve.ts';

const counts = process.argv.slice(2).map(Number);
const server = await serveCanvas();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium' });

/** Runs `step` once per frame for two seconds and tells frames per second and the 95th percentile of their lengths. */
async function measure(page: Page, step: string): Promise<string> {
  await page.addScriptTag({ content: `window.benchStep = (i) => { ${step} }` });
  return page.evaluate(async () => {
    const run = (window as unknown as { benchStep: (i: number) => void }).benchStep;
    const times: number[] = [];
    let last = performance.now();
    const start = last;
    for (let i = 0; last - start < 2000; i++) {
      run(i);
      last = await new Promise<number>((done) => requestAnimationFrame(() => done(performance.now())));
      times.push(last);
    }
    const lengths = times.slice(1).map((t, i) => t - (times[i] ?? t));
    lengths.sort((x, y) => x - y);
    const p95 = lengths[Math.floor(lengths.length * 0.95)] ?? 0;
    return `${Math.round(((times.length - 1) / (last - (times[0] ?? 0))) * 1000)} (${Math.round(p95)})`;
  });
}

const POINTER = (type: string, x: string, y: string): string => `
  const glass = document.querySelector('[role=application]');
  glass.setPointerCapture = () => {}; glass.hasPointerCapture = () => false;
  glass.dispatchEvent(new PointerEvent('${type}', { pointerId: 1, button: 0, clientX: ${x}, clientY: ${y}, bubbles: true, cancelable: true }));`;
const only = process.env.ONLY;
const tests: Record<string, { zoom: number; before?: string; step: string }> = {
  'pan, all visible': { zoom: 0.12, step: 'window.limn.board.pan(i % 40 < 20 ? 6 : -6, 3)' },
  'pan, 5% visible': { zoom: 1, step: 'window.limn.board.pan(12, i % 200 < 100 ? 8 : -8)' },
  zoom: { zoom: 0.12, step: 'window.limn.board.zoomBy(i % 60 < 30 ? 1.03 : 1 / 1.03)' },
  'drag one shape': {
    zoom: 0.12,
    before: `window.limn.board.setTool('select'); const b = window.limn; const r = b.memory.remote([{do:'add',parent:'root',before:null,node:{type:'element',name:'rect',attrs:[['x','4000'],['y','3000'],['width','300'],['height','300'],['fill','#d2452b']].map(([name,value])=>({name,value})),children:[]}}],'amara');`,
    step: `const cx = 640 + 10, cy = 400 + 10; if (i === 0) {${POINTER('pointerdown', 'cx', 'cy')}} else {${POINTER('pointermove', 'cx + (i % 200)', 'cy + (i % 90)')}}`,
  },
  'draw a stroke': {
    zoom: 0.12,
    before: `window.limn.board.setTool('pen')`,
    step: `if (i === 0) {${POINTER('pointerdown', '300', '300')}} else {${POINTER('pointermove', '300 + i * 3', '300 + 60 * Math.sin(i / 6)')}}`,
  },
  '60 remote changes/s': {
    zoom: 0.12,
    step: `const m = window.limn.memory; const kids = m.root.children; const k = kids[(i * 37) % kids.length]; m.remote([{ do: 'set', rid: k.rid, name: k.name === 'ellipse' ? 'cx' : 'x', value: String((i * 53) % 8000) }], 'amara')`,
  },
};

for (const count of counts.length ? counts : [5000, 10000]) {
  for (const [name, { zoom, before, step }] of Object.entries(tests)) {
    if (only && !name.includes(only)) continue;
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(`${server.url}?shapes=${count}`);
    await page.waitForFunction(() => window.limn?.ready > 0);
    const ready = await page.evaluate(() => Math.round(window.limn.ready));
    await page.evaluate((z) => {
      window.limn.board.zoomTo(z);
    }, zoom);
    await page.waitForTimeout(600);
    if (before) await page.evaluate(before);
    await page.waitForTimeout(300);
    console.log(`${count} ${name}: ${await measure(page, step)} first paint ${ready} ms`);
    await page.close();
  }
}
await browser.close();
await server.close();
