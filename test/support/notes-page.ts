/** Notes as people use them in the window. */
import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page } from '@playwright/test';

/** Opens the panel by its button and waits for the text. */
export async function openNotes(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Notes', exact: true }).click();
  const text = notesText(page);
  await expect(text).toBeVisible();
  return text;
}

export function notesText(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Notes', exact: true });
}

/** The lines as they are on the screen: tag or class, and text. */
export async function notesLines(page: Page): Promise<string[]> {
  return notesText(page).evaluate((prose) =>
    [...prose.children].map((line) => {
      const kind = line.localName === 'div' ? line.className.replace('line ', '') : line.localName;
      return `${kind}: ${line.textContent}`;
    }),
  );
}

/** What the export button saves. */
export async function exportNotes(page: Page): Promise<string> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export notes as XHTML' }).click();
  return await readFile(await (await download).path(), 'utf8');
}
