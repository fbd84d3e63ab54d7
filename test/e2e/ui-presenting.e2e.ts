/** Presenting as each person sees it: asked, following, held, looking around, presenting; by key and pointer, in every language. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import type { Presenting } from '#api/contract.ts';
import { done, expectAccessible, LOOKS, test, type Ui } from '#test/support/ui-page.ts';

/** For people to look at after a run. */
const FOLDER = path.join(tmpdir(), 'limn-looks');
const RECT: [number, number, number, number] = [0, 0, 800, 600];

const STATES = {
  asked: {
    part: 'asked',
    presenter: { person: 'p1', rect: RECT, region: false, held: false },
    mayPresent: false,
    mayHold: false,
    audience: [],
  },
  following: {
    part: 'following',
    presenter: { person: 'p1', rect: RECT, region: false, held: false },
    mayPresent: true,
    mayHold: true,
    audience: [],
  },
  held: {
    part: 'following',
    presenter: { person: 'p1', rect: RECT, region: false, held: true },
    mayPresent: false,
    mayHold: false,
    audience: [],
  },
  away: {
    part: 'away',
    presenter: { person: 'p1', rect: RECT, region: false, held: false },
    mayPresent: false,
    mayHold: false,
    audience: [],
  },
  presenting: {
    part: 'presenting',
    presenter: { person: 'p0', rect: RECT, region: true, held: false },
    mayPresent: false,
    mayHold: true,
    audience: [
      { person: 'p1', how: 'following' },
      { person: 'p2', how: 'following' },
      { person: 'p3', how: 'away' },
      { person: 'p4', how: 'declined' },
      { person: 'p5', how: 'asked' },
    ],
  },
  nobody: { part: 'none', presenter: null, mayPresent: true, mayHold: true, audience: [] },
} as const satisfies Record<string, unknown>;

const show = (page: Page, state: keyof typeof STATES): Promise<void> =>
  page.evaluate(
    (presenting) => window.limnUi.api.emit('presenting', { board: 'board-1', presenting }),
    STATES[state] as unknown as Presenting,
  );
const pointOut = (page: Page): Promise<void> =>
  page.evaluate(() => {
    window.limnUi.board?.change({ pointedOut: { person: 'p2', rect: [0, 0, 10, 10] } });
  });
async function openWith({ page, open }: Ui, query = ''): Promise<void> {
  await open(`boards=2&people=15&${query}`);
  await page.locator('.recent-row .open').first().click();
  await page.getByRole('toolbar').waitFor();
}
const pill = (page: Page) => page.locator('[data-region="presenting"]');

test('who is asked follows or not, by pointer and by key, and is told what happens', async ({ ui }) => {
  await openWith(ui);
  const { page } = ui;
  await show(page, 'asked');
  const asked = page.getByRole('region', { name: 'Amara Okafor is presenting' });
  await expect(asked).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'Amara Okafor is presenting' })).toHaveCount(1);
  await expectAccessible(page);
  await asked.getByRole('button', { name: 'Follow' }).click();
  expect((await done(page)).at(-1)).toEqual(['present', 'follow']);
  await page.keyboard.press('Shift+R');
  expect((await done(page)).at(-1)).toEqual(['present', 'follow']);
  // F6 reaches it, Tab goes on to Not now, and the keys are the board's again afterwards.
  await page.getByRole('application').focus();
  for (let i = 0; i < 8 && !(await pill(page).evaluate((one) => one.contains(document.activeElement))); i++)
    await page.keyboard.press('F6');
  await expect(asked.getByRole('button', { name: 'Follow' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect((await done(page)).at(-1)).toEqual(['present', 'decline']);
  await expect(page.getByRole('application')).toBeFocused();

  await show(page, 'following');
  await expect(page.getByRole('status').filter({ hasText: 'Following Amara Okafor' })).toHaveCount(1);
  await expect(page.getByText('You can always come back.')).toBeVisible();
  await expectAccessible(page);
  await pill(page).getByRole('button', { name: 'Stop' }).focus();
  await page.keyboard.press('Escape');
  expect((await done(page)).at(-1)).toEqual(['present', 'decline']);

  await show(page, 'held');
  await expect(pill(page)).toContainText('Amara Okafor holds the view');
  await expect(pill(page).getByRole('button')).toHaveCount(0);

  await show(page, 'away');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Return to Amara Okafor' }).click();
  expect((await done(page)).at(-1)).toEqual(['present', 'follow']);
});

test('who presents sees who follows, asks the others, holds the view, narrows it and stops', async ({ ui }) => {
  await openWith(ui);
  const { page } = ui;
  await show(page, 'nobody');
  await page.getByRole('button', { name: 'Present', exact: true }).click();
  expect((await done(page)).at(-1)).toEqual(['present', 'begin']);
  await show(page, 'presenting');
  await expect(page.getByRole('button', { name: 'Share', exact: true })).toHaveCount(0);
  const count = pill(page).getByRole('button', { name: '2 of 5 following' });
  await count.focus();
  await page.keyboard.press('Enter');
  const audience = page.getByRole('dialog', { name: 'Not following' });
  await expect(audience.getByRole('listitem')).toHaveText([
    /Mei Tanaka\s*Looking around/,
    /Tomás Rivera\s*Not now/,
    /Lena Fischer\s*Not answered yet/,
  ]);
  await expectAccessible(page);
  await expect(audience.getByRole('button', { name: 'Ask everyone to follow' })).toBeFocused();
  await audience.getByRole('button', { name: 'Ask everyone to follow' }).click();
  expect((await done(page)).at(-1)).toEqual(['present', 'ask']);
  await expect(count).toBeFocused();
  await count.click();
  await audience.getByRole('button', { name: 'Share a region…' }).click();
  expect((await done(page)).at(-1)).toEqual(['setTool', 'region', false]);
  await count.click();
  await audience.getByRole('button', { name: 'Share my whole view' }).click();
  expect((await done(page)).at(-1)).toEqual(['present', 'whole']);
  await page.getByRole('application').focus();
  await page.keyboard.press('Shift+F');
  expect((await done(page)).at(-1)).toEqual(['present', 'hold']);
  await page.keyboard.press('Shift+P');
  expect((await done(page)).at(-1)).toEqual(['present', 'stop']);
  await pill(page).getByRole('button', { name: 'Stop' }).click();
  expect((await done(page)).at(-1)).toEqual(['present', 'stop']);
});

test('what somebody points out is offered beside everything else', async ({ ui }) => {
  await openWith(ui);
  const { page } = ui;
  await pointOut(page);
  const offer = page.getByRole('region', { name: 'Jonas Weber shows you something' });
  await expectAccessible(page);
  await offer.getByRole('button', { name: 'Look' }).click();
  expect((await done(page)).at(-1)).toEqual(['present', 'look']);
  await offer.getByRole('button', { name: 'Not now' }).click();
  expect((await done(page)).at(-1)).toEqual(['present', 'ignore']);
});

test('the others’ cursors are shown or not, by the panel and by key, and the panel says who presents', async ({
  ui,
}) => {
  await openWith(ui);
  const { page } = ui;
  await show(page, 'following');
  await page.getByRole('button', { name: 'People', exact: true }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Amara Okafor' }).first()).toContainText('Presenting');
  const box = page.getByRole('checkbox', { name: 'Show cursors and selections' });
  await expect(box).toBeChecked();
  await box.click();
  expect((await done(page)).at(-1)).toEqual(['showOthers', false]);
  await expect(box).not.toBeChecked();
  await expectAccessible(page);
  await page.screenshot({ path: path.join(FOLDER, 'people-cursors-light.png') });
  await page.getByRole('application').focus();
  await page.keyboard.press('Shift+O');
  await expect(box).toBeChecked();
});

/** Pairs of floating things that lie over each other, or outside of the window. */
const overlaps = (page: Page): Promise<string[]> =>
  page.locator('.floating, .toolbar, .hint > p').evaluateAll((elements) => {
    const boxes = elements.map((element) => ({ name: element.className, box: element.getBoundingClientRect() }));
    return boxes.flatMap(({ name, box: a }, i) => [
      ...(a.left < 0 || a.top < 0 || a.right > innerWidth || a.bottom > innerHeight ? [`${name} outside`] : []),
      ...boxes
        .slice(i + 1)
        .filter(({ box: b }) => a.right > b.left && b.right > a.left && a.bottom > b.top && b.bottom > a.top)
        .map(({ name: other }) => `${name} | ${other}`),
    ]);
  });

/** Where it is narrowest; in a long run everywhere. */
const SIZES: readonly (readonly [number, number])[] =
  process.env.LIMN_LONG === '1'
    ? [
        [1440, 900],
        [1280, 800],
        [1024, 700],
      ]
    : [[1024, 700]];

for (const query of LOOKS) {
  test(`every state is whole and accessible: ${query}`, async ({ ui }) => {
    mkdirSync(FOLDER, { recursive: true });
    await openWith(ui, `merged&${query}`);
    const { page } = ui;
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      for (const state of ['asked', 'following', 'held', 'away', 'presenting'] as const) {
        await show(page, state);
        await pointOut(page);
        await page.screenshot({
          path: path.join(FOLDER, `presenting-${state}-${query.split('=')[1]}-${width}.png`),
          animations: 'disabled',
        });
        expect({ state, width, overlaps: await overlaps(page) }).toEqual({ state, width, overlaps: [] });
      }
      await page.locator('.view-pill .numbers').click();
      // The picture is taken when the list has faded in, and then there is contrast to judge.
      await page.screenshot({
        path: path.join(FOLDER, `presenting-audience-${query.split('=')[1]}-${width}.png`),
        animations: 'disabled',
      });
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      // Beside a panel.
      await page.locator('[data-region=people] [aria-pressed]').last().click();
      await page.locator('.side-panel').waitFor();
      for (const state of ['asked', 'presenting'] as const) {
        await show(page, state);
        await page.screenshot({
          path: path.join(FOLDER, `presenting-${state}-panel-${query.split('=')[1]}-${width}.png`),
          animations: 'disabled',
        });
        expect({ state, overlaps: await overlaps(page) }).toEqual({ state, overlaps: [] });
      }
      await page.locator('.side-panel > header button').click();
      // Beside the properties, whoever presents.
      await page.evaluate(() => {
        const { api, board } = window.limnUi;
        const name = 'Konstantinos Papadopoulos-Schmidt von und zu Hohenzollern';
        board?.change({ people: api.people.map((person) => (person.me ? person : { ...person, name })) });
      });
      await page.getByRole('application').focus();
      await page.keyboard.press('Control+a');
      await page.locator('.properties').waitFor();
      await show(page, 'asked');
      const pills = page.locator('.view-pill').first();
      const [pill, panel] = [await pills.boundingBox(), await page.locator('.properties').boundingBox()];
      if (!pill || !panel) throw new Error('the pill or the panel is not there');
      expect(pill.x + pill.width <= panel.x || panel.x + panel.width <= pill.x).toBe(true);
      await page.keyboard.press('Escape');
    }
  });
}
