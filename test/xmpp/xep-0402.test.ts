/** Bookmarks on a real Prosody: two clients of one account, what another client wrote, and who may see them. */
import xml from '@xmpp/xml';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import type { Connection } from '#xmpp/connection.ts';
import { NS_DATA, parseFields } from '#xmpp/xep-0004.ts';
import { createCaps } from '#xmpp/xep-0115.ts';
import { type Bookmarks, createBookmarks, NS_BOOKMARKS } from '#xmpp/xep-0402.ts';
import { connection } from './connect.ts';

let prosody: Prosody;
beforeAll(async () => {
  prosody = await startProsody({ accounts: { alice: 'pw', bob: 'pw', carol: 'pw' } });
});
afterAll(() => prosody.stop());

const PATIENCE = { timeout: 15_000 };
const ROOM = 'plans@rooms.localhost';
const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';
const INFO = { identities: [], features: [NS_BOOKMARKS, `${NS_BOOKMARKS}+notify`], forms: [] };

async function client(username: string): Promise<{ entity: Connection; bookmarks: Bookmarks }> {
  const entity = connection(`xmpps://127.0.0.1:${prosody.tlsPort}`, { credentials: { username, password: 'pw' } });
  const bookmarks = createBookmarks(entity, () => undefined);
  onTestFinished(() => bookmarks.stop());
  const caps = await createCaps(entity, 'https://limn.example', INFO);
  await entity.start();
  await entity.send(xml('presence', {}, caps.element()));
  return { entity, bookmarks };
}

/** Publishes as a client with other ideas does: without options. */
const publish = ({ entity }: { entity: Connection }, item: ReturnType<typeof xml>): Promise<unknown> =>
  entity.request('set', undefined, xml('pubsub', { xmlns: NS_PUBSUB }, xml('publish', { node: NS_BOOKMARKS }, item)));

test('a board’s room is kept for the account’s other clients, at once and when they come later, and let go again', async () => {
  const desk = await client('alice');
  const laptop = await client('alice');
  await desk.bookmarks.add({ room: ROOM, name: 'Plans ✏️', nick: 'ann' });
  const kept = { room: ROOM, name: 'Plans ✏️', nick: 'ann', autojoin: false, board: true };
  await expect.poll(() => laptop.bookmarks.list(), PATIENCE).toEqual([kept]);
  const phone = await client('alice');
  await expect.poll(() => phone.bookmarks.list(), PATIENCE).toEqual([kept]);
  await laptop.bookmarks.drop(ROOM);
  await expect.poll(() => [desk, phone].map(({ bookmarks }) => bookmarks.list()), PATIENCE).toEqual([[], []]);
});

test('what another client keeps is left alone, and a node that contacts could read is closed', async () => {
  const bob = await client('bob');
  const conference = xml('conference', { xmlns: NS_BOOKMARKS, name: 'Chat', autojoin: 'true' });
  await publish(bob, xml('item', { id: 'chat@rooms.localhost' }, conference));
  await expect.poll(() => bob.bookmarks.list().length, PATIENCE).toBe(1);
  await bob.bookmarks.add({ room: 'chat@rooms.localhost', name: 'Mine' });
  await bob.bookmarks.drop('chat@rooms.localhost');
  expect(bob.bookmarks.list()).toMatchObject([{ name: 'Chat', autojoin: true, board: false }]);
  await bob.bookmarks.add({ room: ROOM, name: 'Plans' });
  const again = await client('bob');
  await expect
    .poll(() => again.bookmarks.list().map(({ room }) => room), PATIENCE)
    .toEqual(['chat@rooms.localhost', ROOM]);
  const owner = xml('pubsub', { xmlns: `${NS_PUBSUB}#owner` }, xml('configure', { node: NS_BOOKMARKS }));
  const x = (await bob.entity.request('get', undefined, owner))
    .getChild('pubsub', `${NS_PUBSUB}#owner`)
    ?.getChild('configure')
    ?.getChild('x', NS_DATA);
  expect(x && parseFields(x).get('pubsub#access_model')).toEqual(['whitelist']);
});

test('a stranger’s notification changes nothing', async () => {
  const carol = await client('carol');
  const bob = await client('bob');
  await carol.bookmarks.add({ room: ROOM, name: 'Plans' });
  const items = xml('items', { node: NS_BOOKMARKS }, xml('retract', { id: ROOM }));
  const event = xml('event', { xmlns: `${NS_PUBSUB}#event` }, items);
  const heard = new Promise((resolve) =>
    carol.entity.onStanza((stanza) => stanza.getChild('event') && resolve(stanza)),
  );
  await bob.entity.send(xml('message', { to: carol.entity.jid ?? '' }, event));
  await heard;
  expect(carol.bookmarks.list().map(({ room }) => room)).toEqual([ROOM]);
});
