/** Presenting and what people do right now, through the API: told at a bounded pace whatever others send, refused with a sentence. */
import { describe, expect, test } from 'vitest';
import type { Transport } from '#session/transport.ts';
import { Client, FakeNetwork, type FakeRoom, startApp, temporaryProfile } from './world.ts';

const ROOM = 'plans@muc.example.org';
const RECT: [number, number, number, number] = [0, 0, 400, 300];

async function meeting() {
  const net = new FakeNetwork();
  const people: (ReturnType<typeof startApp> & { readonly board: string })[] = [];
  for (const name of ['ann', 'bob']) {
    net.passwords.set(`${name}@example.org`, 'pw');
    const world = startApp(net, temporaryProfile(), true);
    await world.client.call('account.signIn', { jid: `${name}@example.org`, password: 'pw', remember: true });
    const { id } = await world.client.call('rooms.join', { room: ROOM, create: true });
    await world.client.open(id);
    people.push({ ...world, board: id });
  }
  const [ann, bob] = people;
  if (!ann || !bob) throw new Error('nobody came');
  const room = net.room(ROOM);
  const rest = async (): Promise<void> => {
    for (let round = 0; round < 6; round++) {
      await room.settle();
      for (const { clock } of people) clock.advance(200);
    }
    await room.settle();
  };
  await rest();
  return { net, room, ann, bob, rest };
}

/** Somebody with a program of their own. */
function foeIn(room: FakeRoom): (live: object) => void {
  let transport: Transport | undefined;
  let n = 0;
  return (live) => {
    transport ??= room.join('occupant-foe', 'foe').transport;
    const json = JSON.stringify(live);
    void transport.toAll({ session: `limn:${ROOM}`, id: `f${++n}`, payload: { kind: 'live', json } });
  };
}

describe('presenting', () => {
  test('is told to both sides, with who follows', async () => {
    const { ann, bob, rest } = await meeting();
    expect(await bob.client.call('presenting.get', { board: bob.board })).toMatchObject({
      part: 'none',
      mayPresent: true,
    });
    await ann.client.call('presenting.do', { board: ann.board, act: { do: 'begin', rect: RECT } });
    await rest();
    const asked = bob.client.events.presenting.at(-1)?.presenting;
    expect(asked).toMatchObject({ part: 'asked', presenter: { rect: RECT, region: false, held: false } });
    await bob.client.call('presenting.do', { board: bob.board, act: { do: 'follow', how: 'following' } });
    await rest();
    expect(ann.client.events.presenting.at(-1)?.presenting.audience).toMatchObject([{ how: 'following' }]);
    await ann.client.call('presenting.do', { board: ann.board, act: { do: 'look', rect: RECT, rid: 'a' } });
    await rest();
    expect(bob.client.events.look).toMatchObject([{ rect: RECT, rid: 'a' }]);
  });

  test.each([[[0, 0, 0, 300]], [[0, 0, 400, -1]], [[1e10, 0, 400, 300]], [[0, 0, 1e10, 300]]] as [typeof RECT][])(
    'shows no rectangle like %j',
    async (rect) => {
      const { ann } = await meeting();
      const begin = ann.client.call('presenting.do', { board: ann.board, act: { do: 'begin', rect } });
      await expect(begin).rejects.toMatchObject({
        code: 'bad-request',
        message: expect.stringMatching(/too far away/) as string,
      });
    },
  );

  test('is refused with a sentence where it may not be done', async () => {
    const { ann, bob, rest } = await meeting();
    const act = (who: typeof ann, what: { do: 'begin'; rect: typeof RECT } | { do: 'hold'; on: boolean }) =>
      who.client.call('presenting.do', { board: who.board, act: what });
    await expect(act(bob, { do: 'hold', on: true })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/Present first/) as string,
    });
    await act(ann, { do: 'begin', rect: RECT });
    await rest();
    await expect(act(bob, { do: 'begin', rect: RECT })).rejects.toMatchObject({
      message: expect.stringMatching(/Somebody else is presenting/) as string,
    });
  });
});

describe('a flood', () => {
  test('of views, cursors and strokes is told twenty times a second at most, the last of it always', async () => {
    const { room, bob, rest } = await meeting();
    const foe = foeIn(room);
    foe({ cursor: [0, 0] });
    await rest();
    bob.client.events.live.length = bob.client.events.presenting.length = 0;
    const begun = bob.clock.now();
    for (let i = 1; i <= 2000; i++)
      foe({
        cursor: [i, i],
        view: { turn: 1, rect: [i, 0, 10, 10], hold: true, ask: i },
        preview: { kind: 'stroke', points: [[i, i, 0.5]], colour: '#000000', width: 2, opacity: 1 },
      });
    await rest();
    const most = Math.ceil((bob.clock.now() - begun) / 50) + 1;
    expect(bob.client.events.live.length).toBeLessThanOrEqual(most);
    expect(bob.client.events.presenting.length).toBeLessThanOrEqual(most);
    expect(bob.client.events.live.at(-1)?.live).toMatchObject({ cursor: [2000, 2000] });
    expect(JSON.stringify(bob.client.events.live.at(-1)).length).toBeLessThan(32_000);
    // A participant holds nobody's view.
    expect(bob.client.events.presenting.at(-1)?.presenting).toMatchObject({
      part: 'asked',
      presenter: { rect: [2000, 0, 10, 10], held: false },
    });
  });
});

test('who has left every window is away to the others, and back with the first sign', async () => {
  const { ann, bob, rest } = await meeting();
  const second = new Client(ann.app, 'second');
  await second.open(ann.board);
  const seen = () => bob.client.events.people.at(-1)?.people.find(({ me }) => !me)?.show;
  await ann.client.call('document.away', { board: ann.board, away: true });
  await rest();
  expect(seen()).toBe('free');
  await second.call('document.away', { board: ann.board, away: true });
  await rest();
  expect(seen()).toBe('away');
  await ann.client.call('document.away', { board: ann.board, away: false });
  await rest();
  expect(seen()).toBe('free');
});

test('whoever opens the board anew is there, and who is away stays so in another session', async () => {
  const { ann, bob, rest } = await meeting();
  const seen = () => bob.client.events.people.at(-1)?.people.find(({ me }) => !me)?.show;
  const away = async (client: Client): Promise<void> => {
    await client.call('document.away', { board: ann.board, away: true });
    await rest();
    expect(seen()).toBe('away');
  };
  await away(ann.client);
  ann.app.disconnected(ann.client.name);
  const [again, second] = [new Client(ann.app, 'again'), new Client(ann.app, 'second')];
  await again.open(ann.board);
  await rest();
  expect(seen()).toBe('free');

  // The only window at which somebody was is closed.
  await second.open(ann.board);
  await second.call('document.away', { board: ann.board, away: true });
  await again.call('boards.close', { board: ann.board });
  await rest();
  expect(seen()).toBe('away');

  // Notes are in the same room, and say nothing of their own.
  const { notes } = await second.call('notes.open', { board: ann.board });
  await second.open(notes);
  await rest();
  expect(seen()).toBe('away');
  await second.call('rooms.leave', { board: ann.board });
  await second.call('rooms.join', { room: ROOM, create: true, board: ann.board });
  await rest();
  expect(seen()).toBe('away');
});
