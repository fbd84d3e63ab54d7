/** Two people, a third who comes late, one room of a real server: what each sees and takes away is the same. */
import { execFileSync } from 'node:child_process';
import { Resvg } from '@resvg/resvg-js';
import { expect, test } from '@playwright/test';
import { drawWithEverything } from '#test/support/drawing.ts';
import * as people from '#test/support/people.ts';
import { startProsody } from '#test/support/prosody.ts';

test('two draw with every tool, a third comes late, and all three export the same file', async ({ browser }) => {
  test.setTimeout(180_000);
  const server = await startProsody();
  const room = `harbour@${server.rooms}`;
  const login = (name: string): people.Login => ({
    jid: `${name}@${server.host}`,
    password: 'pw',
    service: `127.0.0.1:${server.port}`,
  });
  const present: people.Person[] = [];
  const come = async (name: string): Promise<people.Person> => {
    const person = await people.startPerson(browser, name);
    present.push(person);
    await people.signIn(person.page, login(name));
    return person;
  };
  try {
    const alice = await test.step('alice signs in, draws alone and shares', async () => {
      const person = await come('alice');
      await people.startDrawing(person.page);
      await drawWithEverything(person.page, [70, 100]);
      await people.share(person.page, room);
      return person;
    });
    const bob = await test.step('bob joins and draws', async () => {
      const person = await come('bob');
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
        await expect
          .poll(async () => (await people.flags(other.page)).filter(({ text }) => text === one.name))
          .toHaveLength(1);
      }
    });
    await people.expectSame([alice, bob]);
    const carol = await test.step('carol comes late', async () => {
      const person = await come('carol');
      await people.join(person.page, { room });
      return person;
    });
    await people.expectSame([alice, bob, carol]);
    await expect(carol.page.getByRole('button', { name: '3 people on this board' })).toBeVisible();

    const files = await Promise.all(present.map(({ page }) => people.exportSvg(page)));
    const [file] = files;
    if (file === undefined) throw new Error('nothing was exported');
    for (const other of files) expect(other.equals(file)).toBe(true);
    execFileSync('xmllint', ['--noout', '-'], { input: file });
    const pixels = new Resvg(file.toString('utf8')).render().pixels;
    expect(new Set(new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length >> 2)).size).toBeGreaterThan(4);
    for (const { name, complaints } of present) expect(complaints, name).toEqual([]);
  } finally {
    await Promise.all(present.map((person) => person.close()));
    await server.stop();
  }
});
