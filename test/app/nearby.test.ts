/** Boards on the local network (here the loopback): found, six digits compared, drawn on together, hosts that go. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { temporaryProfile } from './world.ts';
import { come, comeAlone, draw, nearbyPerson, offer, poll, question, quitAll, same } from './nearby-people.ts';

afterEach(() => quitAll());

let boards = 0;
/** A name that no other test on this machine uses at the same time. */
const newName = (): string => `Board ${process.pid} ${(boards += 1)}`;

test('nothing is listened to before a person wants it', async () => {
  const ann = await nearbyPerson('Ann');
  expect(await ann.client.call('nearby.status')).toEqual({
    ...{ on: false, nick: 'Ann' },
    ...{ boards: [], questions: [] },
  });
  await expect(ann.client.call('nearby.join', { id: 'any' })).rejects.toMatchObject({ code: 'not-found' });
});

test('a board is found, both see the same digits, draw together, and know each other from then on', async () => {
  const [ann, ben] = [await nearbyPerson('Ann'), await nearbyPerson('Ben')];
  const name = newName();
  const mine = await offer(ann, name);
  await draw(ann, mine, '1');
  const theirs = await come(ben, name, ann);
  await same(
    [
      [ann, mine],
      [ben, theirs],
    ],
    ['1'],
  );
  await Promise.all([draw(ann, mine, '2'), draw(ben, theirs, '3')]);
  await same(
    [
      [ann, mine],
      [ben, theirs],
    ],
    ['1', '2', '3'],
  );
  const people = ann.app.board(mine).people();
  expect(people.map(({ name: nick, role }) => [nick, role])).toEqual([
    ['Ann', 'owner'],
    ['Ben', 'editor'],
  ]);
  expect((await ben.client.call('boards.list')).find(({ id }) => id === theirs)).toMatchObject({ name, nearby: true });
  expect(ben.app.board(theirs).status().room).toMatchObject({ nearby: true });

  // Ben quits, and comes back without a question.
  await ben.quit();
  await poll(() => ann.app.board(mine).people().length).toBe(1);
  await draw(ann, mine, '4');
  const again = await nearbyPerson('Ben', ben.profile);
  await again.client.open(theirs);
  await draw(again, theirs, '5');
  await same(
    [
      [ann, mine],
      [again, theirs],
    ],
    ['1', '2', '3', '4', '5'],
  );
});

test('other digits are refused on both sides, and nothing has changed', async () => {
  const [ann, ben] = [await nearbyPerson('Ann'), await nearbyPerson('Ben')];
  const name = newName();
  const mine = await offer(ann, name);
  await ben.client.call('nearby.turn', { on: true });
  await poll(() => ben.status().boards.find((one) => one.name === name)).toBeDefined();
  const id = ben.status().boards.find((one) => one.name === name)?.id ?? '';
  for (const refuses of [ann, ben]) {
    const joining = ben.client.call('nearby.join', { id });
    joining.catch(() => undefined);
    await question(ann);
    await question(ben);
    const { id: asked } = await question(refuses);
    await refuses.client.call('nearby.answer', { id: asked, same: false });
    await expect(joining).rejects.toMatchObject({ code: refuses === ann ? 'not-allowed' : 'cancelled' });
    await poll(() => ann.status().questions.length + ben.status().questions.length).toBe(0);
  }
  expect(ann.app.board(mine).people()).toHaveLength(1);
  expect(await ben.client.call('boards.list')).toEqual([]);
  // Whoever changes their mind takes the question away from the other.
  const joining = ben.client.call('nearby.join', { id });
  joining.catch(() => undefined);
  await question(ann);
  await ben.client.call('nearby.cancel');
  await expect(joining).rejects.toMatchObject({ code: 'cancelled' });
  await poll(() => ann.status().questions.length).toBe(0);
});

test('the host leaves: the next one hosts, and the third stays with them', async () => {
  const [ann, ben, cem] = [await nearbyPerson('Ann'), await nearbyPerson('Ben'), await nearbyPerson('Cem')];
  const name = newName();
  const mine = await offer(ann, name);
  const bens = await come(ben, name, ann);
  const cems = await come(cem, name, ann);
  await Promise.all([draw(ann, mine, '1'), draw(ben, bens, '2'), draw(cem, cems, '3')]);
  await same(
    [
      [ann, mine],
      [ben, bens],
      [cem, cems],
    ],
    ['1', '2', '3'],
  );
  await draw(ann, mine, '4');
  await ann.client.call('rooms.leave', { board: mine });
  await Promise.all([draw(ben, bens, '5'), draw(cem, cems, '6')]);
  await same(
    [
      [ben, bens],
      [cem, cems],
    ],
    ['1', '2', '3', '4', '5', '6'],
  );
  expect(
    cem.app
      .board(cems)
      .people()
      .map(({ name: nick, role }) => [nick, role]),
  ).toEqual([
    ['Cem', 'editor'],
    ['Ben', 'owner'],
  ]);
  expect(ann.app.board(mine).status()).toMatchObject({ connection: 'alone' });
});

test('the host is killed while all draw: zero edits lost, one digest, and it comes back with what only it had', async () => {
  const profile = temporaryProfile();
  const name = newName();
  const script = path.join(import.meta.dirname, 'nearby-child.ts');
  const host = spawn(process.execPath, ['--import', 'tsx', script, 'host', profile, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void host.kill('SIGKILL'));
  const drawn: string[] = [];
  let board = '';
  createInterface({ input: host.stdout }).on('line', (line) => {
    const [what, value = ''] = line.split(' ');
    if (what === 'drawn') drawn.push(value);
    if (what === 'board') board = value;
  });
  const [ben, cem] = [await nearbyPerson('Ben'), await nearbyPerson('Cem')];
  const bens = await comeAlone(ben, name);
  const cems = await comeAlone(cem, name);
  const xs: string[] = [];
  for (let n = 0; n < 60; n += 1) {
    if (n === 20) {
      host.kill('SIGKILL');
      await once(host, 'exit');
    }
    for (const [person, id, from] of [
      [ben, bens, 100_000],
      [cem, cems, 200_000],
    ] as const) {
      const x = String(from + n);
      xs.push(x);
      await draw(person, id, x);
    }
    // So that the host has its turn.
    if (n < 20) await poll(() => drawn.length).toBeGreaterThan(n);
  }
  await same(
    [
      [ben, bens],
      [cem, cems],
    ],
    xs,
  );
  const digests = (people: readonly (readonly [typeof ben, string])[]): Set<string> =>
    new Set(people.map(([{ app }, id]) => JSON.stringify(app.board(id).replica.digest())));
  expect(
    digests([
      [ben, bens],
      [cem, cems],
    ]).size,
  ).toBe(1);
  expect(
    ben.app
      .board(bens)
      .people()
      .map(({ role }) => role),
  ).toEqual(['owner', 'editor']);

  const back = await nearbyPerson('Host', profile);
  await back.client.open(board);
  const all = [
    [ben, bens],
    [cem, cems],
    [back, board],
  ] as const;
  await same(all, [...xs, ...drawn]);
  expect(digests(all).size).toBe(1);
});

test('the host decides who draws, and who has to go', async () => {
  const [ann, ben, cem] = [await nearbyPerson('Ann'), await nearbyPerson('Ben'), await nearbyPerson('Cem')];
  const name = newName();
  const mine = await offer(ann, name);
  const bens = await come(ben, name, ann);
  const cems = await come(cem, name, ann);
  await poll(() => ann.app.board(mine).people().length).toBe(3);
  const of = (nick: string) =>
    ann.app
      .board(mine)
      .people()
      .find((one) => one.name === nick);
  expect(of('Ben')?.offers).toEqual(['viewer', 'moderator', 'remove']);
  const id = of('Ben')?.id ?? '';
  await ann.client.call('rooms.give', { board: mine, person: id, standing: 'viewer' });
  await poll(() => ben.app.board(bens).status().canEdit).toBe(false);
  await expect(draw(ben, bens, '1')).rejects.toMatchObject({ code: 'no-voice' });
  await ann.client.call('rooms.give', { board: mine, person: id, standing: 'editor' });
  await poll(() => ben.app.board(bens).status().canEdit).toBe(true);
  await draw(ben, bens, '2');
  await same(
    [
      [ann, mine],
      [ben, bens],
      [cem, cems],
    ],
    ['2'],
  );
  // A guest decides nothing.
  const byCem = cem.client.call('rooms.give', { board: cems, person: id, standing: 'viewer' });
  await expect(byCem).rejects.toMatchObject({ code: 'not-admin' });

  await ann.client.call('rooms.remove', { board: mine, person: id, forGood: false });
  await poll(() => ben.app.board(bens).status().connection).toBe('offline');
  expect(ben.app.board(bens).status().problem).toBe(
    `You were removed from “${name}”. Ask a moderator before you come back.`,
  );
  await poll(() =>
    ann.app
      .board(mine)
      .people()
      .map((one) => one.name),
  ).toEqual(['Ann', 'Cem']);
  await poll(() => ben.status().boards.some((board) => board.name === name)).toBe(true);
  const offered = ben.status().boards.find((board) => board.name === name)?.id ?? '';
  const again = ben.client.call('nearby.join', { id: offered });
  await expect(again).rejects.toMatchObject({
    code: 'banned',
    message: `You are banned from “${name}”. Ask one of its owners.`,
  });
  await draw(cem, cems, '3');
  await same(
    [
      [ann, mine],
      [cem, cems],
    ],
    ['2', '3'],
  );
});
