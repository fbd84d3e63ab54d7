/** The log over the wire: golden pairs, questions that are none, and who is answered. */
import type { Element } from '@xmpp/xml';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '#core/replica-port.ts';
import { answerLog, type LogSource } from '#session/log-answer.ts';
import { createBoardService } from '#session/board-service.ts';
import type { Entity, RequestHandler } from '#xmpp/entity.ts';
import {
  type LogPage,
  type LogQuery,
  parseLogPage,
  parseLogQuery,
  serializeLogPage,
  serializeLogQuery,
} from '#xmpp/limn-log.ts';
import { readElement } from './elements.ts';
import { goldenKinds, kind } from './golden.ts';

goldenKinds('limn-log', {
  query: kind<LogQuery | undefined>({ read: parseLogQuery, write: (query) => serializeLogQuery(query as LogQuery) }),
  page: kind<LogPage | undefined>({ read: parseLogPage, write: (page) => serializeLogPage(page as LogPage) }),
});

const entry = (n: number, text = 'x', epoch = 'e1', seq = n): LogEntry => ({
  place: { epoch, seq },
  author: 'room@muc/ann',
  id: { prefix: 'abcdefgh', n },
  edits: [{ kind: 'set', rid: 'r.1', version: n, fields: { chdata: text } }],
  time: 1_700_000_000_000 + n,
});

function source(entries: readonly LogEntry[]): LogSource {
  return {
    length: () => entries.length,
    indexOf(place) {
      const at = entries.findLastIndex((one) => one.place.epoch === place.epoch && one.place.seq === place.seq);
      return at < 0 ? undefined : at;
    },
    *read(from, to) {
      for (let index = from; index < Math.min(to, entries.length); index++)
        yield { kind: 'entry', index, entry: entries[index] as LogEntry };
    },
    place: () => entries.at(-1)?.place ?? { epoch: 'e1', seq: 0 },
  };
}

function page(from: LogSource, query: LogQuery): LogPage {
  const answer = answerLog(from, query);
  if (!answer.ok) throw new Error(answer.text);
  return answer.page;
}

describe('a page', () => {
  const log = source([...Array.from({ length: 450 }, (_, n) => entry(n + 1)), entry(451, 'y', 'e2', 1)]);

  it('holds what came since a place, and the pages that follow hold the rest, each once', () => {
    const seen: number[] = [];
    let query: LogQuery = { since: { epoch: 'e1', seq: 10 } };
    for (;;) {
      const { entries, complete, count } = page(log, query);
      expect(count).toBe(451);
      expect(entries.length).toBeLessThanOrEqual(200);
      seen.push(...entries.map(({ index }) => index));
      if (complete) break;
      query = { after: seen.at(-1) as number };
    }
    expect(seen).toEqual(Array.from({ length: 441 }, (_, n) => n + 10));
    expect(page(log, { since: { epoch: 'e1', seq: 0 } }).entries[0]?.index).toBe(0);
    expect(page(log, { since: { epoch: 'e2', seq: 1 } })).toEqual({ entries: [], count: 451, complete: true });
    expect(page(log, { since: { epoch: 'e2', seq: 0 } }).entries).toHaveLength(1);
  });

  it('is of bounded size, whatever is asked for, and holds at least one entry', () => {
    const long = source(Array.from({ length: 5 }, (_, n) => entry(n + 1, 'z'.repeat(30_000))));
    expect(page(long, { max: 1_000_000 }).entries).toHaveLength(1);
    expect(page(log, { max: 1_000_000 }).entries.length).toBeLessThanOrEqual(200);
    expect(serializeLogPage(page(log, { max: 1_000_000 })).toString().length).toBeLessThan(60_000);
    expect(page(log, { after: 1_000_000 })).toMatchObject({ entries: [], complete: true });
    expect(page(log, { max: 0 })).toMatchObject({ entries: [], complete: false });
  });

  it('is refused for a place that is nowhere', () => {
    for (const since of [
      { epoch: 'e9', seq: 1 },
      { epoch: 'e1', seq: 451 },
      { epoch: 'e9', seq: 0 },
    ])
      expect(answerLog(log, { since })).toMatchObject({ ok: false, condition: 'item-not-found' });
  });
});

describe('questions that are none', () => {
  it.each([
    "<log xmlns='urn:x-limn:log:0' epoch='e1' seq='-1'/>",
    "<log xmlns='urn:x-limn:log:0' epoch='e1' seq='1e9'/>",
    "<log xmlns='urn:x-limn:log:0' epoch='e1'/>",
    "<log xmlns='urn:x-limn:log:0' seq='1'/>",
    "<log xmlns='urn:x-limn:log:0' epoch='' seq='1'/>",
    `<log xmlns='urn:x-limn:log:0' epoch='${'e'.repeat(2000)}' seq='1'/>`,
    "<log xmlns='urn:x-limn:log:0' epoch='e1' seq='99999999999999999999'/>",
    "<log xmlns='urn:x-limn:log:0'><set xmlns='http://jabber.org/protocol/rsm'><max>-5</max></set></log>",
    "<log xmlns='urn:x-limn:log:0'><set xmlns='http://jabber.org/protocol/rsm'><after>many</after></set></log>",
  ])('%s', (text) => {
    expect(parseLogQuery(readElement(text))).toBeUndefined();
    expect(answerLog(source([]), undefined)).toMatchObject({ ok: false, condition: 'bad-request' });
  });
});

describe('who asks', () => {
  const STRANGERS = ['eve@example.org/x', 'room@muc/eve', '', 'ann@example.org.evil/x'];
  let handler: RequestHandler = () => undefined;
  const entity = {
    jid: 'ann@example.org/desk',
    handle(_type: string, name: string, _ns: string, given: RequestHandler) {
      if (name === 'log') handler = given;
      return () => undefined;
    },
  } as unknown as Entity;
  const service = createBoardService(
    entity,
    { now: () => 0, after: () => () => undefined },
    { bytes: (count) => new Uint8Array(count) },
    () => [
      { id: 'b1', name: 'Plans', shared: { session: 's1', jid: 'room@muc', direct: false } },
      { id: 'b2', name: 'Ours', shared: { session: 's2', jid: 'bob@example.org', direct: true } },
      { id: 'b3', name: 'Mine' },
    ],
  );
  const end = service.serve({
    session: 's1',
    answers: { name: () => 'Plans', log: (query) => answerLog(source([entry(1)]), query), state: () => undefined },
    isPresent: (jid) => jid === 'room@muc/bob',
  });
  const ask = (from: string, query = "<log xmlns='urn:x-limn:log:0'/>"): Element => {
    const iq = readElement(`<iq type='get' id='1' from='${from}'>${query}</iq>`);
    const child = iq.getChildElements()[0] as Element;
    return handler(iq, child) as Element;
  };

  it('is in the room, or is the same person elsewhere', () => {
    for (const from of ['room@muc/bob', 'ann@example.org/phone'])
      expect(parseLogPage(ask(from))).toMatchObject({ count: 1, complete: true });
  });

  it('is told of the sessions that they may know of, by name; a stranger of none', () => {
    const here = 'ann@example.org/desk';
    const known = [
      { jid: here, node: 's1', name: 'Plans' },
      { jid: here, node: 'urn:x-limn:documents:0' },
    ];
    for (const from of ['room@muc/bob', 'ann@example.org/phone']) expect(service.itemsFor(from)).toEqual(known);
    expect(service.itemsFor('bob@example.org/x')).toEqual(known.slice(1));
    for (const from of STRANGERS) expect(service.itemsFor(from)).toEqual([]);
  });

  it('is told of the documents that they share with us; the same person elsewhere of all; a stranger of none', () => {
    const here = 'ann@example.org/desk';
    const plans = { jid: 'room@muc', node: 's1', name: 'Plans' };
    const ours = { jid: here, node: 's2', name: 'Ours' };
    const documents = (from: string) => service.itemsFor(from, 'urn:x-limn:documents:0');
    expect(documents('ann@example.org/phone')).toEqual([plans, ours, { jid: here, node: 'b3', name: 'Mine' }]);
    expect(documents('room@muc/bob')).toEqual([plans]);
    expect(documents('bob@example.org/x')).toEqual([ours]);
    for (const from of STRANGERS) expect(documents(from)).toBeUndefined();
    expect(service.itemsFor('ann@example.org/phone', 'urn:x-limn:other:0')).toBeUndefined();
  });

  it('is a stranger: forbidden, whatever they ask for', () => {
    for (const from of ['eve@example.org/x', 'room@muc/eve', 'room@muc', '', 'ann@example.org.evil/x'])
      expect(() => ask(from)).toThrowError(expect.objectContaining({ condition: 'forbidden', type: 'auth' }) as Error);
  });

  it('asks for what is not there, or for nothing', () => {
    const bob = 'room@muc/bob';
    expect(() => ask(bob, "<log xmlns='urn:x-limn:log:0' session='s2'/>")).toThrowError(
      expect.objectContaining({ condition: 'item-not-found' }) as Error,
    );
    expect(() => ask(bob, "<log xmlns='urn:x-limn:log:0' epoch='e1' seq='-1'/>")).toThrowError(
      expect.objectContaining({ condition: 'bad-request', type: 'modify' }) as Error,
    );
    end();
    expect(() => ask(bob)).toThrowError(expect.objectContaining({ condition: 'forbidden' }) as Error);
  });
});
