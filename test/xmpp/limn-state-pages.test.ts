/** The state by IQ: golden pairs, pages that are one state whatever happens between them, and questions that are none. */
import { describe, expect, it } from 'vitest';
import type { Replica } from '#core/replica-port.ts';
import type { NodeRecord, Rid } from '#core/types.ts';
import { createStatePages } from '#session/state-pages.ts';
import {
  parseStatePage,
  parseStateQuery,
  serializeStatePage,
  serializeStateQuery,
  type StatePage,
  type StateQuery,
} from '#xmpp/limn-state-pages.ts';
import { element, outline, replica, submit, withRoot } from '#test/support/document.ts';
import { readElement } from './elements.ts';
import { goldenKinds, kind } from './golden.ts';

goldenKinds('limn-state-pages', {
  query: kind<StateQuery | undefined>({
    read: parseStateQuery,
    write: (query) => serializeStateQuery(query as StateQuery),
  }),
  page: kind<StatePage | undefined>({ read: parseStatePage, write: (page) => serializeStatePage(page as StatePage) }),
});

function setUp(state: Replica | undefined) {
  let now = 0;
  const waiting = new Set<() => void>();
  const clock = {
    now: () => now,
    after(_: number, run: () => void) {
      waiting.add(run);
      return () => void waiting.delete(run);
    },
  };
  let names = 0;
  const random = { bytes: (count: number) => new Uint8Array(count).fill(++names) };
  const pages = createStatePages(clock, random, () => state?.state());
  /** As it is read on the other side. */
  const ask = (query: StateQuery): StatePage => {
    const answer = pages.answer(parseStateQuery(serializeStateQuery(query)));
    if (!answer.ok) throw new Error(answer.condition);
    const told = serializeStatePage(answer.page);
    expect(told.toString().length).toBeLessThan(64 * 1024);
    return parseStatePage(readElement(told.toString())) as StatePage;
  };
  return { pages, ask, waiting, pass: (ms: number) => void (now += ms) };
}

/** A board with so many shapes, somewhat used. */
function board(shapes: number): Replica {
  const made = withRoot('r');
  const root = made.shown.root() as Rid;
  for (let i = 0; i < shapes; i++)
    submit(made, { do: 'add', parent: root, before: null, node: element('text', { x: `${i}` }, [`<${i}>`]) });
  submit(made, { do: 'set', rid: root, name: 'viewBox', value: '0 0 1 1' });
  made.confirmAlone();
  return made;
}

describe('pages', () => {
  it('are one state, whatever is drawn meanwhile, and make the very document with its digest', () => {
    const made = board(300);
    const before = { outline: outline(made.shown), digest: made.digest(), place: made.place };
    const { ask, waiting } = setUp(made);
    const records: NodeRecord[] = [];
    let page = ask({});
    for (; ; page = ask({ snapshot: page.snapshot, after: records.length - 1 })) {
      expect([page.first, page.part.place, page.part.digest]).toEqual([records.length, before.place, before.digest]);
      records.push(...page.part.records);
      submit(made, { do: 'add', parent: made.shown.root() as Rid, before: null, node: element('g') });
      made.confirmAlone();
      if (records.length === page.count) break;
    }
    const { place, digest } = page.part;
    const read = replica('p', { state: { place, digest, records, known: {}, prolog: '' } });
    expect([outline(read.shown), read.digest()]).toEqual([before.outline, before.digest]);
    // What has been told to its end is not kept.
    expect(waiting.size).toBe(0);
    expect(() => ask({ snapshot: page.snapshot, after: 0 })).toThrow('item-not-found');
  });

  it('hold as many records as are asked for, but never more than a stanza can', () => {
    const { ask } = setUp(board(300));
    expect(ask({ max: 3 }).part.records).toHaveLength(3);
    expect(ask({ max: 1e9 }).part.records.length).toBeLessThanOrEqual(200);
    expect(ask({ max: 0 }).part.records).toEqual([]);
    const long = withRoot('r', ['<'.repeat(4000), '&'.repeat(4000), 'x'.repeat(30_000)]);
    const texts = setUp(long);
    expect(texts.ask({}).part.records.length).toBeLessThan(4);
  });

  it('wait for two minutes, of the last two who ask', () => {
    const { ask, pass, waiting } = setUp(board(100));
    const names = [1, 2, 3].map(() => ask({ max: 1 }).snapshot);
    expect(() => ask({ snapshot: names[0] as string, after: 0 })).toThrow('item-not-found');
    pass(60_000);
    expect(ask({ snapshot: names[1] as string, after: 0, max: 1 }).first).toBe(1);
    pass(90_000);
    expect(() => ask({ snapshot: names[2] as string, after: 0 })).toThrow('item-not-found');
    expect(ask({ snapshot: names[1] as string, after: 1 }).first).toBe(2);
    pass(500_000);
    for (const run of waiting) run();
    expect(() => ask({ snapshot: names[1] as string, after: 1 })).toThrow('item-not-found');
  });

  it('are not there while the state is being fetched', () => {
    expect(() => setUp(undefined).ask({})).toThrow('item-not-found');
  });
});

describe('questions that are none', () => {
  it.each([
    "<state xmlns='urn:x-limn:state:0' snapshot=''/>",
    "<state xmlns='urn:x-limn:state:0' snapshot='a'/>",
    `<state xmlns='urn:x-limn:state:0' session='${'e'.repeat(2000)}'/>`,
    "<state xmlns='urn:x-limn:state:0'><set xmlns='http://jabber.org/protocol/rsm'><max>-5</max></set></state>",
    "<state xmlns='urn:x-limn:state:0'><set xmlns='http://jabber.org/protocol/rsm'><after>3</after></set></state>",
    "<state xmlns='urn:x-limn:state:0' snapshot='a'><set xmlns='http://jabber.org/protocol/rsm'><after>x</after></set></state>",
  ])('%s', (text) => {
    expect(parseStateQuery(readElement(text))).toBeUndefined();
    expect(setUp(undefined).pages.answer(undefined)).toMatchObject({ ok: false, condition: 'bad-request' });
  });
});
