/** Two people draw with every tool, a third comes late: what each sees and takes away is the same. */
import { execFileSync } from 'node:child_process';
import { Resvg } from '@resvg/resvg-js';
import { expect, test } from '@playwright/test';
import type { Company } from './company.ts';
import { drawWithEverything } from './drawing.ts';
import * as people from './people.ts';

export async function drawTogether(company: Company): Promise<void> {
  const { room } = company;
  const alice = await test.step('alice draws alone and shares', async () => {
    const person = await company.come('alice');
    await people.startDrawing(person.page);
    await drawWithEverything(person.page, [70, 100]);
    await people.share(person.page, room);
    return person;
  });
  const bob = await test.step('bob joins and draws', async () => {
    const person = await company.come('bob');
    await people.join(person.page, { room });
    await people.expectSame([alice, person]);
    await drawWithEverything(person.page, [520, 100]);
    return person;
  });
  await test.step('each sees the other’s cursor with a name', async () => {
    for (const [one, other] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      await one.page.mouse.move(300, 300);
      await one.page.mouse.move(320, 340, { steps: 5 });
      // The flag stands beside the cursor: the two look at the same part of the board.
      await expect
        .poll(async () => {
          const flag = (await people.flags(other.page)).find(({ text }) => text === one.name);
          return flag === undefined ? Number.POSITIVE_INFINITY : Math.hypot(flag.x - 320, flag.y - 340);
        })
        .toBeLessThan(60);
    }
  });
  await people.expectSame([alice, bob]);
  const carol = await test.step('carol comes late', async () => {
    const person = await company.come('carol');
    await people.join(person.page, { room });
    return person;
  });
  const present = [alice, bob, carol];
  await people.expectSame(present);
  await expect(carol.page.getByRole('button', { name: '3 people on this board' })).toBeVisible();

  const file = await people.expectSameFile(present);
  execFileSync('xmllint', ['--noout', '-'], { input: file });
  const { pixels } = new Resvg(file.toString('utf8')).render();
  const colours = new Set(new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length >> 2));
  expect(colours.size).toBeGreaterThan(4);
  for (const { name, complaints } of present) expect(complaints, name).toEqual([]);
}
