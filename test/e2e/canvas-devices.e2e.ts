/** The canvas and what people hold or use: pens, wheels, dropped files, input methods, scripts that run left, less motion. */
import { expect, type Page, test } from '@playwright/test';
import { drag, frames, gestures, O, open, put, rect, svg, tool, useCanvas } from '#test/fixtures/canvas/drive.ts';

useCanvas();

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

async function drop(page: Page, at: [number, number], name: string, type: string, base64: string): Promise<void> {
  await page.evaluate(
    ([x, y, file, mime, data]) => {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], file, { type: mime }));
      const glass = document.querySelector('[role=application]');
      for (const kind of ['dragover', 'drop'])
        glass?.dispatchEvent(
          new DragEvent(kind, { dataTransfer, clientX: x, clientY: y, bubbles: true, cancelable: true }),
        );
    },
    [at[0], at[1], name, type, base64] as const,
  );
}

test('a picture dropped on the board is put where it was dropped', async ({ page }) => {
  await open(page);
  await drop(page, [O.x + 100, O.y + 50], 'dot.png', 'image/png', PNG);
  await expect.poll(() => svg(page)).toMatch(/<image x="99.5" y="49.5" width="1" height="1" href="data:image\/png/);
});

test('a file that is no picture is refused with a sentence', async ({ page }) => {
  await open(page);
  await page.evaluate(() =>
    window.limn.board.insertImage(new File(['x'], 'notes.txt', { type: 'text/plain' })).catch((error: Error) => {
      window.limn.problems.push(error.message);
    }),
  );
  await expect.poll(() => page.evaluate(() => window.limn.problems[0])).toContain('notes.txt');
});

test('the image tool asks for a file and puts it under the click', async ({ page }) => {
  // Listening from the start: the browser must know before the click that the dialog is ours.
  page.on('filechooser', () => undefined);
  await open(page);
  await tool(page, 'image');
  const chooser = page.waitForEvent('filechooser');
  await page.mouse.click(O.x - 200, O.y);
  await (await chooser).setFiles({ name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(PNG, 'base64') });
  await expect.poll(() => svg(page)).toMatch(/<image x="-200.5" y="-0.5"/);
});

test('the middle button drags the view, whatever the tool', async ({ page }) => {
  await open(page);
  await put(page, [rect(0, 0, 50, 50)]);
  await tool(page, 'pen');
  await page.mouse.move(300, 300);
  await page.mouse.down({ button: 'middle' });
  await page.mouse.move(360, 330, { steps: 3 });
  await page.mouse.up({ button: 'middle' });
  await frames(page);
  expect((await page.locator('svg.chunk rect').boundingBox())?.x).toBe(O.x + 60);
  expect(await gestures(page)).toEqual([]);
});

test('a pen with pressure draws as a mouse does', async ({ page }) => {
  await open(page);
  await tool(page, 'pen');
  const session = await page.context().newCDPSession(page);
  const send = (type: 'mousePressed' | 'mouseMoved' | 'mouseReleased', x: number, y: number): Promise<unknown> =>
    session.send('Input.dispatchMouseEvent', {
      type,
      x,
      y,
      button: 'left',
      buttons: type === 'mouseReleased' ? 0 : 1,
      clickCount: 1,
      pointerType: 'pen',
      force: 0.4,
    });
  await send('mousePressed', 300, 300);
  for (let i = 1; i <= 10; i++) await send('mouseMoved', 300 + i * 10, 300 + i * 4);
  await send('mouseReleased', 400, 340);
  await expect.poll(() => gestures(page)).toEqual(['pen']);
});

test('Enter and Escape belong to an input method while it composes', async ({ page }) => {
  await open(page);
  await tool(page, 'text');
  await page.mouse.click(O.x, O.y);
  const session = await page.context().newCDPSession(page);
  await session.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
  await page.evaluate(() =>
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Escape', isComposing: true, bubbles: true }),
    ),
  );
  expect(await page.evaluate(() => window.limn.board.state.editingText)).toBe(true);
  await session.send('Input.insertText', { text: '日本' });
  await page.keyboard.press('Escape');
  await expect.poll(() => svg(page)).toContain('>日本</text>');
});

test('text that runs left says so and stays where it was typed', async ({ page }) => {
  await open(page);
  await tool(page, 'text');
  await page.mouse.click(O.x, O.y);
  await page.keyboard.type('مرحبا Limn! (تجربة)');
  const typed = await page.locator('textarea').boundingBox();
  await page.keyboard.press('Escape');
  await expect.poll(() => svg(page)).toContain('direction="rtl"');
  await frames(page);
  const shown = await page.locator('svg.chunk text').boundingBox();
  expect(Math.abs((typed?.x ?? 0) - (shown?.x ?? 99))).toBeLessThan(3);
  await page.mouse.dblclick(O.x + 30, O.y);
  await expect(page.locator('textarea')).toHaveValue('مرحبا Limn! (تجربة)');
  const again = await page.locator('textarea').boundingBox();
  expect(Math.abs((typed?.x ?? 0) - (again?.x ?? 99))).toBeLessThan(3);
});

test('with less motion the view jumps instead of gliding', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page);
  await put(page, [rect(3000, 3000, 50, 50)]);
  await page.evaluate(() => window.limn.board.fit('board'));
  await frames(page);
  expect((await page.locator('svg.chunk rect').boundingBox())?.x).toBe(O.x - 25);
});

test('a paste of ten thousand shapes by someone else leaves the pen alone', async ({ page }) => {
  await open(page);
  const steps = await page.evaluate(async () => {
    const node = (i: number) => ({
      type: 'element' as const,
      name: i % 2 ? 'rect' : 'path',
      attrs: Object.entries({ x: String(i % 1000), y: '0', width: '9', height: '9', d: `M${i % 900} 9l9 9` }).map(
        ([name, value]) => ({ name, value }),
      ),
      children: [],
    });
    const children = Array.from({ length: 10_000 }, (_, i) => node(i));
    window.limn.memory.remote(
      [{ do: 'add', parent: 'root', before: null, node: { type: 'element', name: 'g', attrs: [], children } }],
      'amara',
    );
    const shadow = [...document.querySelectorAll('*')].find((e) => e.shadowRoot)?.shadowRoot;
    const counts: number[] = [];
    while ((counts.at(-1) ?? 0) < 10_000) {
      await new Promise((done) => requestAnimationFrame(done));
      counts.push(shadow?.querySelectorAll('g > *').length ?? 0);
    }
    return counts;
  });
  // It came in one change and went onto the screen over several frames.
  expect(new Set(steps.filter((count) => count > 0)).size).toBeGreaterThan(2);
  await tool(page, 'pen');
  await drag(page, [200, 600], [400, 640]);
  await expect.poll(() => gestures(page)).toContain('pen');
});
