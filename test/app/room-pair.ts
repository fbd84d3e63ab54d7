/** Two people on one board in a room of fakes. */
import type { IntentInput } from '#api/contract.ts';
import { FakeNetwork, type FakeRoom, shape, startApp, temporaryProfile } from './world.ts';

const ROOM = 'room@muc.example.org';

export type Guest = Awaited<ReturnType<typeof comeToRoom>>;

/** Signs in and opens the room's board; the first one makes it. */
export async function comeToRoom(net: FakeNetwork, name: string, folder = temporaryProfile()) {
  net.passwords.set(`${name}@example.org`, 'pw');
  const world = startApp(net, folder, true);
  const call = world.client.call.bind(world.client) as typeof world.client.call;
  await call('account.signIn', { jid: `${name}@example.org`, password: 'pw', remember: true });
  const { id } = await call('rooms.join', { room: ROOM, create: true });
  await world.client.open(id);
  const submit = (...intents: IntentInput[]) => call('document.submit', { board: id, gesture: 'g', intents });
  return { ...world, id, call, submit };
}

/** Until all that was said has arrived everywhere, and timers have had their say. */
export async function settle(room: FakeRoom, ...people: readonly Pick<Guest, 'clock'>[]): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await room.settle();
    for (const { clock } of people) clock.advance(1000);
  }
  await room.settle();
}

/** The owner of a room, a guest there, and a rectangle that both have. */
export async function pairInRoom<G extends Guest>(come: (net: FakeNetwork, name: string) => Promise<G>) {
  const net = new FakeNetwork();
  const ann = await come(net, 'ann');
  const room = net.room(ROOM);
  await settle(room, ann);
  const bob = await come(net, 'bob');
  await settle(room, ann, bob);
  const { rids } = await ann.submit({ do: 'add', parent: 'root', before: null, node: shape('rect', { x: '1' }) });
  await settle(room, ann, bob);
  return { net, room, ann, bob, rect: rids[0]?.[0] ?? '' };
}
