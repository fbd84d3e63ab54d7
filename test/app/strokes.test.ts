/** A stroke that is being drawn is on the disk; when the program dies in the middle, it comes back (DESIGN section 3, Ephemeral). */
import { cpSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FakeNetwork, shape, startApp, temporaryProfile } from './world.ts';

type World = ReturnType<typeof startApp>;

/** The profile as a kill -9 at this moment would leave it, and an app on it. */
function killed({ folder }: World): World {
  const left = temporaryProfile();
  cpSync(folder, left, { recursive: true });
  return startApp(new FakeNetwork(), left);
}
async function begin(): Promise<World & { board: string }> {
  const world = startApp();
  const { id: board } = await world.client.call('boards.create', { name: 'Ink' });
  await world.client.open(board);
  return { ...world, board };
}
const move = ({ client }: World, board: string, ...points: [number, number][]) =>
  client.call('document.live', {
    board,
    live: {
      preview: {
        ...{ kind: 'stroke', colour: '#c92a2a', width: 4, opacity: 0.5 },
        points: points.map(([x, y]): [number, number, number] => [x, y, 0.5]),
      },
    },
  });
const paths = async (world: World, board: string): Promise<(string | undefined)[]> => {
  await world.client.open(board);
  const svg = world.app.board(board).svg();
  return [...svg.matchAll(/<path [^>]*\bd="([^"]*)"/g)].map((match) => match[1]);
};

test('comes back as it was within 100 ms of the end, once, and can be taken back', async () => {
  const world = await begin();
  await move(world, world.board, [1, 2], [3.14159, 4]);
  await move(world, world.board, [5, 6]);
  world.clock.advance(130);
  await move(world, world.board, [7, 8]);
  expect(await paths(world, world.board)).toEqual([]);
  const again = killed(world);
  expect(await paths(again, world.board)).toEqual(['M1 2L3.14 4L5 6']);
  expect(again.client.events.notice).toMatchObject([{ board: world.board, level: 'info', code: 'stroke' }]);
  const svg = again.app.board(world.board).svg();
  for (const part of ['stroke="#c92a2a"', 'stroke-width="4"', 'opacity="0.5"', 'fill="none"'])
    expect(svg).toContain(part);
  again.clock.advance(130);
  const third = killed(again);
  expect(await paths(third, world.board)).toHaveLength(1);
  expect(third.client.events.notice).toEqual([]);
  await again.client.call('document.undo', { board: world.board });
  expect(await paths(again, world.board)).toEqual([]);
});

test('is on the board or kept, never both, from its release on', async () => {
  const world = await begin();
  const { board, client, clock } = world;
  await move(world, board, [1, 1], [2, 2]);
  clock.advance(130);
  await client.call('document.submit', {
    board,
    gesture: 'pen',
    intents: [{ do: 'add', parent: 'root', before: null, node: shape('path', { d: 'M1 1L2 2' }) }],
  });
  // Not written yet: it is as it was while it was drawn.
  expect(await paths(killed(world), board)).toEqual(['M1 1L2 2']);
  clock.advance(30);
  // Written, and the end of the preview lost.
  expect(await paths(killed(world), board)).toEqual(['M1 1L2 2']);
  await client.call('document.live', { board, live: { preview: null } });
  clock.advance(500);
  expect(await paths(killed(world), board)).toEqual(['M1 1L2 2']);
});

test('is forgotten when it is given up, when it is no line yet, and with its board', async () => {
  const world = await begin();
  const { board, client, clock } = world;
  await move(world, board, [1, 1], [2, 2]);
  clock.advance(130);
  await client.call('document.live', { board, live: { preview: null } });
  clock.advance(130);
  expect(await paths(killed(world), board)).toEqual([]);
  await move(world, board, [1, 1]);
  clock.advance(130);
  expect(await paths(killed(world), board)).toEqual([]);
  await move(world, board, [2, 2]);
  clock.advance(130);
  expect(world.store.settings.get(`stroke/${board}`)).not.toBeNull();
  await client.call('boards.remove', { board });
  expect(world.store.settings.get(`stroke/${board}`)).toBeNull();
});
