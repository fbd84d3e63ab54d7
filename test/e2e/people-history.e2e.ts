/** A board's history saved to a file and shortened, by hand, on the real app. */
import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { test } from '#test/support/company.ts';
import { draw } from '#test/support/drawing.ts';
import * as people from '#test/support/people.ts';

test('the history is saved as JSON Lines, shortened after a look, and the board stays', async ({ company }) => {
  const { page } = await company.come('alice');
  await people.startDrawing(page);
  for (const x of [300, 450])
    await draw(page, 'r', [
      [x, 250],
      [x + 90, 330],
    ]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+H');
  const panel = page.getByRole('complementary', { name: 'Versions' });
  const slider = page.getByRole('slider', { name: 'Point in time' });
  await expect(slider).toHaveValue('3');

  await panel.getByRole('button', { name: 'More about the history' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Save as JSON Lines' }).click();
  const file = await (await downloading).path();
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { index: number }).index)).toEqual([0, 1, 2]);

  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText(/^Looking at /)).toBeVisible();
  await panel.getByRole('button', { name: 'More about the history' }).click();
  await page.getByRole('menuitem', { name: 'Shorten the history…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Shorten the history' });
  await expect(dialog.getByRole('radio', { name: 'the moment on the screen' })).toBeChecked();
  await expect(dialog.getByText(/^Left out: \d+ edits/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Leave out' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(slider).toHaveAttribute('min', '2');
  await expect(panel.getByText(/^Left out before that/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(slider).toHaveCount(0);
  expect(await people.shapeCount(page)).toBe(2);
});
