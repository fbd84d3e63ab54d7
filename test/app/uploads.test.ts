/** Large states by a real server's upload service (XEP-0363, Prosody's mod_http_file_share), and in the stream after a cut. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import { closeApps, type SignedIn, signedIn } from './signed-in.ts';
import { shape } from './world.ts';

const servers: Prosody[] = [];
let withUploads: Prosody;
let without: Prosody;
beforeAll(async () => {
  withUploads = await startProsody({ uploads: true });
  servers.push(withUploads);
  without = await startProsody({ throttle: 60_000 });
  servers.push(without);
});
afterAll(async () => {
  await closeApps();
  await Promise.all(servers.map((server) => server.stop()));
});

/** A board of 300 paths that hardly compress, in a room. */
async function board(prosody: Prosody, alice: SignedIn, room: string): Promise<string> {
  const { id } = await alice.client.call('boards.create', { name: 'Large' });
  await alice.client.open(id);
  const paths = Array.from({ length: 300 }, (_, i) => {
    const points = Array.from({ length: 200 }, (_, j) => ((i * 7919 + j * 104_729) ** 2 % 1_000_003).toString(36));
    return { do: 'add', parent: 'root', before: null, node: shape('path', { 'data-n': points.join(' ') }) } as const;
  });
  await alice.client.call('document.submit', { board: id, gesture: 'all', intents: paths });
  await alice.client.call('rooms.join', { room: `${room}@${prosody.rooms}`, board: id, create: true });
  return id;
}
const joined = async (prosody: Prosody, { client }: SignedIn, room: string): Promise<string> =>
  (await client.call('rooms.join', { room: `${room}@${prosody.rooms}`, create: false })).id;
const same = (one: SignedIn, mine: string, other: SignedIn, theirs: string): Promise<void> =>
  expect.poll(() => one.app.board(mine).svg() === other.app.board(theirs).svg(), { timeout: 20_000 }).toBe(true);

test('a large state goes encrypted by the server’s upload service', async () => {
  const alice = await signedIn(withUploads, 'alice');
  const mine = await board(withUploads, alice, 'large');
  const bob = await signedIn(withUploads, 'bob');
  const theirs = await joined(withUploads, bob, 'large');
  await same(alice, mine, bob, theirs);
  expect(/<limn-upload [^>]*key=\\"\[removed\]\\"/.test(bob.traffic())).toBe(true);
  expect(/<header [^>]*>(?!\[removed\])/.test(alice.traffic())).toBe(false);
  expect(bob.traffic().includes('<limn-state')).toBe(false);
  expect(alice.traffic().includes('urn:xmpp:http:upload:0')).toBe(true);
});

test('a server without one sends it in the stream, and after a cut what was missing of it', async () => {
  const alice = await signedIn(without, 'alice');
  const mine = await board(without, alice, 'large');
  const bob = await signedIn(without, 'bob');
  const theirs = await joined(without, bob, 'large');
  const seen = (): number => bob.app.board(theirs).status().progress ?? 0;
  await expect
    .poll(seen, {
      interval: 1,
      timeout: 20_000,
    })
    .toBeGreaterThan(0.2);
  await bob.app.connection?.cut?.();
  await alice.client.call('document.submit', {
    board: mine,
    gesture: 'meanwhile',
    intents: [{ do: 'add', parent: 'root', before: null, node: shape('rect', { 'data-n': 'meanwhile' }) }],
  });
  await bob.app.connection?.link?.();
  await same(alice, mine, bob, theirs);
  expect(bob.app.board(theirs).svg()).toContain('meanwhile');
  const pieces = [...alice.traffic().matchAll(/<limn-state (?:[^>]*? )?part=\\"(\d+)\\" parts=\\"(\d+)\\"/g)].filter(
    (match) => Number(match[2]) > 1,
  );
  const parts = Number(pieces[0]?.[2]);
  expect(parts).toBeGreaterThan(5);
  // Some of them twice, and not all.
  expect(new Set(pieces.map((match) => match[1])).size).toBe(parts);
  expect(pieces.length).toBeGreaterThan(parts);
  expect(pieces.length).toBeLessThan(2 * parts);
});
