/** Drawing as a hand does it: tools by key, strokes and drags by mouse, at places in the window. */
import { expect, type Page } from '@playwright/test';
import { Resvg } from '@resvg/resvg-js';
import { shapeCount, shapes } from './people.ts';

export type Point = readonly [x: number, y: number];

/** Presses at the first point, passes through the others and lets go at the last. */
export async function drag(page: Page, points: readonly Point[]): Promise<void> {
  const [start, ...rest] = points;
  if (start === undefined) return;
  await page.mouse.move(...start);
  await page.mouse.down();
  for (const [x, y] of rest) await page.mouse.move(x, y, { steps: 4 });
  await page.mouse.up();
}

/** A wave of the pen. */
export const wave = ([x, y]: Point, length = 180): Point[] =>
  Array.from({ length: 12 }, (_, i) => [x + (i * length) / 11, y + 14 * Math.sin(i)]);

/** Does something and waits until the board has that many more shapes (fewer when negative). */
export async function adding(page: Page, count: number, work: () => Promise<void>): Promise<void> {
  const before = await shapeCount(page);
  await work();
  await expect.poll(() => shapeCount(page)).toBe(before + count);
}

/** Does something and waits until the drawing on the screen is another. */
export async function changing(page: Page, work: () => Promise<void>): Promise<void> {
  const before = JSON.stringify(await shapes(page));
  await work();
  await expect
    .poll(async () => JSON.stringify(await shapes(page)), { message: 'the drawing is another' })
    .not.toBe(before);
}

/** Draws with one of the tools that drag. */
export async function draw(page: Page, key: 'p' | 'l' | 'a' | 'r' | 'o', points: readonly Point[]): Promise<void> {
  await adding(page, 1, async () => {
    await page.keyboard.press(key);
    await drag(page, points);
  });
}

/** Writes lines of text. */
export async function write(page: Page, at: Point, lines: readonly string[]): Promise<void> {
  await adding(page, 1, async () => {
    await page.keyboard.press('t');
    await page.mouse.click(...at);
    for (const [i, line] of lines.entries()) {
      if (i > 0) await page.keyboard.press('Enter');
      await page.keyboard.type(line);
    }
    await page.keyboard.press('Escape');
  });
}

/** A small picture as a camera's file would be: opaque, in colour. */
const PNG = new Resvg(
  '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><path fill="#0b7571" d="M0 0h60v40H0z"/><circle cx="30" cy="20" r="12" fill="#fc0"/></svg>',
)
  .render()
  .asPng();

/** Puts a picture onto the board through the file chooser. */
export async function insertPicture(page: Page, picture: Buffer = PNG): Promise<void> {
  await adding(page, 1, async () => {
    const chooser = page.waitForEvent('filechooser');
    await page.keyboard.press('i');
    await (await chooser).setFiles({ name: 'photo.png', mimeType: 'image/png', buffer: picture });
  });
}

const panel = (page: Page) => page.getByRole('complementary', { name: 'Properties' });

/** Chooses in the properties panel: a pigment, a width, a dash. */
export async function choose(page: Page, group: string, value: string): Promise<void> {
  await changing(page, () =>
    panel(page).getByRole('radiogroup', { name: group }).getByRole('radio', { name: value }).click(),
  );
}

/** Whether it can be done comes a moment after what was done: a key before that would be nobody's. */
const able = (page: Page, name: 'Undo' | 'Redo'): Promise<void> =>
  expect(page.getByRole('button', { name, exact: true })).toBeEnabled();

/** Every tool and every verb once, in an area of about 420 by 480 pixels whose top left corner is given. */
export async function drawWithEverything(page: Page, [x, y]: Point): Promise<void> {
  const at = (dx: number, dy: number): Point => [x + dx, y + dy];

  await draw(page, 'p', wave(at(0, 20)));
  await draw(page, 'l', [at(220, 0), at(380, 40)]);
  await draw(page, 'a', [at(220, 60), at(380, 90)]);
  await draw(page, 'r', [at(0, 80), at(100, 160)]);
  await draw(page, 'o', [at(130, 80), at(200, 150)]);
  await write(page, at(230, 150), ['two lines', 'of text']);
  await insertPicture(page);

  // Rubbed out again.
  await draw(page, 'p', wave(at(0, 200), 120));
  await adding(page, -1, async () => {
    await page.keyboard.press('e');
    await drag(page, [at(40, 170), at(40, 240)]);
  });

  // Select: move, resize by a corner, turn by the knob.
  await draw(page, 'r', [at(20, 260), at(100, 320)]);
  await page.keyboard.press('v');
  await page.mouse.click(...at(20, 290));
  await expect(panel(page)).toContainText('1 selected');
  await changing(page, () => drag(page, [at(20, 275), at(60, 295)]));
  await changing(page, () => drag(page, [at(140, 340), at(180, 380)]));
  await changing(page, () => drag(page, [at(120, 256), at(170, 266)]));

  // Style.
  await choose(page, 'Stroke', 'Lapis');
  await choose(page, 'Fill', 'Gilt');
  await choose(page, 'Width', 'Bold');
  await choose(page, 'Dash', 'Dashed');
  await panel(page).getByRole('slider', { name: 'Opacity' }).focus();
  await changing(page, () => page.keyboard.press('ArrowLeft'));
  await panel(page).getByRole('slider', { name: 'Opacity' }).blur();

  // Duplicate, z-order, delete, undo, redo.
  await adding(page, 1, () => page.keyboard.press('Control+d'));
  await changing(page, () => page.keyboard.press('Control+['));
  await changing(page, () => page.keyboard.press(']'));
  await adding(page, -1, () => page.keyboard.press('Delete'));
  await able(page, 'Undo');
  await adding(page, 1, () => page.keyboard.press('Control+z'));
  await able(page, 'Redo');
  await adding(page, -1, () => page.keyboard.press('Control+Shift+z'));
  await able(page, 'Undo');
  await adding(page, 1, () => page.keyboard.press('Control+z'));
  await page.keyboard.press('Escape');
}
