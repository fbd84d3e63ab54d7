/** A program without Limn asks those in a room of a real server for their board's log and state (FEATURES G6.1 to G6.3). */
import xml, { type Element } from '@xmpp/xml';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { History } from '#core/history.ts';
import type { HistoryItem } from '#core/history-port.ts';
import { type LogQuery, NS_LIMN_LOG, parseLogPage, serializeLogQuery } from '#xmpp/limn-log.ts';
import type { NodeRecord } from '#core/types.ts';
import {
  NS_LIMN_STATE,
  parseStatePage,
  serializeStateQuery,
  type StatePage,
  type StateQuery,
} from '#xmpp/limn-state-pages.ts';
import { outline, replica } from '#test/support/document.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import { startRawClient } from '#test/support/raw-client.ts';
import { NS_LIMN_DOCUMENTS } from '#session/board-service.ts';
import { closeApps, signedIn } from './signed-in.ts';
import { shape } from './world.ts';

let prosody: Prosody;
beforeAll(async () => {
  prosody = await startProsody();
});
afterAll(async () => {
  await closeApps();
  await prosody.stop();
});

test('page by page, since a place, and only from the room', async () => {
  const room = `plan@${prosody.rooms}`;
  const { app, client } = await signedIn(prosody, 'alice');
  const { id } = await client.call('boards.create', { name: 'Plan' });
  await client.open(id);
  const draw = (x: number) =>
    client.call('document.submit', {
      board: id,
      gesture: `g${x}`,
      intents: [{ do: 'add', parent: 'root', before: null, node: shape('rect', { x: String(x) }) }],
    });
  await draw(1);
  await client.call('rooms.join', { room, board: id, create: true });
  const board = app.board(id);
  for (let x = 2; x <= 9; x++) {
    await draw(x);
    await board.idle();
  }

  const carol = await startRawClient({ jid: 'carol@localhost', password: 'pw', service: `127.0.0.1:${prosody.port}` });
  onTestFinished(() => carol.stop());
  const alice = `${room}/alice`;
  const ask = async (query: LogQuery | Element) => {
    const child = 'children' in query ? query : serializeLogQuery(query);
    const answer = await carol.request('get', alice, child);
    const page = parseLogPage(answer.getChild('log', NS_LIMN_LOG) as Element);
    if (!page) throw new Error(answer.toString());
    return page;
  };
  // Not in the room: the server lets nobody through, or Limn refuses.
  await expect(ask({})).rejects.toMatchObject({ code: 'refused' });
  await expect(carol.request('get', alice, serializeStateQuery({}))).rejects.toMatchObject({ code: 'refused' });
  await client.call('boards.create', { name: 'Secret' });
  const namesAt = async (jid: string, node?: string): Promise<readonly (string | undefined)[]> => {
    const query = xml('query', { xmlns: 'http://jabber.org/protocol/disco#items', ...(node && { node }) });
    const items = (await carol.request('get', jid, query)).getChild('query')?.getChildren('item') ?? [];
    return items.map(({ attrs }) => attrs.name ?? attrs.node);
  };
  await carol.enter(room, 'carol');
  expect(await namesAt(alice)).toEqual(['Plan', NS_LIMN_DOCUMENTS]);
  expect(await namesAt(alice, NS_LIMN_DOCUMENTS)).toEqual(['Plan']);
  await expect(namesAt(alice, 'urn:x-limn:other:0')).rejects.toMatchObject({ condition: 'item-not-found' });

  const info = await carol.request('get', alice, xml('query', { xmlns: 'http://jabber.org/protocol/disco#info' }));
  const features = info.getChild('query')?.getChildren('feature') ?? [];
  expect(features.map(({ attrs }) => String(attrs['var']))).toContain(NS_LIMN_LOG);

  const items: HistoryItem[] = [];
  for (let query: LogQuery = { max: 3 }; ; ) {
    const { entries, complete } = await ask(query);
    expect(entries.length).toBeLessThanOrEqual(3);
    items.push(...entries.map(({ index, entry }) => ({ kind: 'entry' as const, index, entry })));
    if (complete) break;
    query = { max: 3, after: entries.at(-1)?.index ?? 0 };
  }
  // What was told makes the very document.
  const history = new History(() => []);
  for (const item of items) history.add(item);
  expect(outline(history.view)).toBe(outline(board.replica.confirmed));
  expect(history.digest()).toBe(board.replica.digest());

  // The state, page by page, without the log; and what came since by its place.
  expect(features.map(({ attrs }) => String(attrs['var']))).toContain(NS_LIMN_STATE);
  const pageOf = async (query: StateQuery): Promise<StatePage> => {
    const answer = await carol.request('get', alice, serializeStateQuery(query));
    const page = parseStatePage(answer.getChild('state', NS_LIMN_STATE) as Element);
    if (!page) throw new Error(answer.toString());
    return page;
  };
  const records: NodeRecord[] = [];
  for (
    let page = await pageOf({ max: 10 });
    ;
    page = await pageOf({ snapshot: page.snapshot, after: records.length - 1 })
  ) {
    records.push(...page.part.records);
    if (records.length < page.count) continue;
    const { digest } = page.part;
    expect([digest, page.part.place]).toEqual([board.replica.digest(), board.replica.place]);
    const read = replica('p', { state: { place: page.part.place, digest, records, known: {}, prolog: '' } });
    expect([outline(read.confirmed), read.digest()]).toEqual([outline(board.replica.confirmed), digest]);
    expect((await ask({ since: page.part.place })).entries).toEqual([]);
    break;
  }
  await expect(pageOf({ session: 'another' })).rejects.toMatchObject({ condition: 'item-not-found' });
  await expect(carol.request('get', alice, xml('state', { xmlns: NS_LIMN_STATE, snapshot: '' }))).rejects.toMatchObject(
    {
      condition: 'bad-request',
    },
  );

  const { place } = board.replica;
  const some = await ask({ since: { epoch: place.epoch, seq: place.seq - 2 } });
  expect(some.entries.map(({ entry }) => entry.place.seq)).toEqual([place.seq - 1, place.seq]);
  expect(some.entries[0]?.entry.author).toBe(alice);
  await expect(ask({ since: { epoch: 'never', seq: 1 } })).rejects.toMatchObject({ condition: 'item-not-found' });
  await expect(ask({ session: 'another' })).rejects.toMatchObject({ condition: 'item-not-found' });
  const hostile = xml('log', { xmlns: NS_LIMN_LOG, epoch: place.epoch, seq: '-1' });
  await expect(ask(hostile)).rejects.toMatchObject({ condition: 'bad-request' });
  expect((await ask({ max: 1_000_000_000 })).complete).toBe(true);
});
