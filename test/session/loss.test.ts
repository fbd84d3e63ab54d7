import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestNetwork } from '#test/support/network.ts';
import { difference, element, elements, Person, ROOM, value } from './person.ts';
import { checkAsync } from '#test/support/property.ts';
import { meet } from './meet.ts';

describe('what gets lost on the way', () => {
  it('is sent again when a later message of mine has come back', async () => {
    const { net, people } = await meet(1, ['a', 'b']);
    const [a, b] = people as [Person, Person];
    a.shape('lost');
    expect(a.member.loseUp('edits')).toBe(true);
    await net.settle();
    expect(b.names()).toEqual([]);
    a.session.live({ cursor: [1, 2] });
    await net.settle();
    expect(b.names()).toEqual(['lost']);
    expect(difference(people)).toBeUndefined();
  });

  it('is noticed by its number and fetched, once', async () => {
    const { net, people } = await meet(2, ['a', 'b', 'c']);
    const [a, b] = people as [Person, Person];
    a.shape('lost');
    while (!b.member.loseDown('edits')) net.step();
    await net.settle();
    expect(b.names()).toEqual([]);
    a.shape('next');
    await net.settle();
    expect(b.names()).toEqual(['lost', 'next']);
    expect(difference(people)).toBeUndefined();
    expect(
      net.traffic.filter(
        ({ from, message }) => from === 'b' && message.payload.kind === 'catch-up' && message.payload.since?.seq,
      ),
    ).toHaveLength(1);
  });

  it('is asked for no second time when nobody has it', async () => {
    const { net, people } = await meet(3, ['a', 'b', 'c']);
    const [a] = people as [Person];
    const stranger = net.member('x');
    stranger.connect(ROOM);
    await net.settle();
    const send = (n: number): void => {
      const edits = [
        { kind: 'new', rid: `q${n}`, type: 'element', name: 'g', parent: a.root(), primaryWeight: n },
      ] as const;
      void stranger.transport.toAll({ session: 'board-1', id: `strangerzzz.${n}`, payload: { kind: 'edits', edits } });
    };
    const hello = { kind: 'hello', epoch: a.replica.place.epoch, opens: false } as const;
    void stranger.transport.toAll({ session: 'board-1', id: 'strangerzzz.c1', payload: hello });
    send(5);
    await net.settle();
    send(6);
    await net.settle();
    expect(a.replica.confirmed.get('q6')).toBeDefined();
    expect(difference(people)).toBeUndefined();
    const asked = net.traffic.filter(({ message }) => message.payload.kind === 'catch-up').length;
    send(7);
    await net.settle();
    expect(net.traffic.filter(({ message }) => message.payload.kind === 'catch-up')).toHaveLength(asked);
  });

  it('comes by the log alone after a short cut, and its own lost echo is not sent twice', async () => {
    const { net, people } = await meet(4, ['a', 'b']);
    const [a, b] = people as [Person, Person];
    a.shape('before');
    await net.settle();
    a.shape('in flight');
    while (
      !net.traffic.some(
        ({ message }) => message.payload.kind === 'edits' && JSON.stringify(message).includes('in flight'),
      )
    )
      net.step();
    a.member.drop();
    a.shape('offline');
    b.shape('meanwhile');
    await net.settle();
    const seen = net.traffic.length;
    a.member.connect(ROOM);
    await net.settle();
    expect(difference(people)).toBeUndefined();
    expect(a.names()).toEqual(['before', 'in flight', 'meanwhile', 'offline']);
    const since = net.traffic.slice(seen).filter(({ message }) => message.payload.kind === 'edits');
    expect(since).toHaveLength(1);
    expect(a.events.slice(-20).some((event) => event.type === 'adopted')).toBe(false);
  });
});

describe('what the server refuses', () => {
  it('waits and is sent again', async () => {
    const { net, people } = await meet(5, ['a', 'b']);
    const [a, b] = people as [Person, Person];
    a.member.refuse = ['resource-constraint'];
    a.shape('late');
    await net.settle();
    expect(a.events.at(-1)).toMatchObject({ type: 'problem', code: 'refused' });
    expect(b.names()).toEqual([]);
    net.clock.advance(60_000);
    await net.settle();
    expect(b.names()).toEqual(['late']);
    expect(difference(people)).toBeUndefined();
  });

  it('keeps nobody from joining: connect and hello are sent again', async () => {
    const net = new TestNetwork(10);
    const a = new Person(net, 'a');
    a.member.refuse = ['resource-constraint', 'resource-constraint'];
    a.member.connect(ROOM);
    for (let i = 0; i < 4; i++) {
      await net.settle();
      net.clock.advance(5000);
    }
    expect(a.session.phase).toBe('online');
    const b = new Person(net, 'b');
    b.member.connect(ROOM);
    b.member.refuse = ['resource-constraint'];
    await net.settle();
    expect(a.events.some((event) => event.type === 'people' && event.hellos.includes('occ-b'))).toBe(false);
    net.clock.advance(5000);
    await net.settle();
    expect(a.events.some((event) => event.type === 'people' && event.hellos.includes('occ-b'))).toBe(true);
  });

  it('waits for voice when there is none', async () => {
    const { net, people } = await meet(6, ['a', 'b']);
    const [, b] = people as [Person, Person];
    b.member.become({ role: 'visitor' });
    await net.settle();
    b.shape('mine');
    await net.settle();
    expect(people[0]?.names()).toEqual([]);
    b.member.become({ role: 'participant' });
    await net.settle();
    expect(people[0]?.names()).toEqual(['mine']);
    expect(difference(people)).toBeUndefined();
  });

  it('lets a visitor see the board all the same', async () => {
    const { net, people } = await meet(7, ['a']);
    people[0]?.shape('seen');
    await net.settle();
    const v = new Person(net, 'v', { role: 'visitor' });
    v.member.connect(ROOM);
    await net.settle();
    expect(v.session.phase).toBe('online');
    expect(v.names()).toEqual(['seen']);
    expect(people[0]?.events.some((event) => event.type === 'people' && event.hellos.includes('occ-v'))).toBe(false);
  });
});

describe('flow', () => {
  it('keeps one edit stanza of mine in flight and joins what waits', async () => {
    const { net, people } = await meet(8, ['a', 'b']);
    const [a] = people as [Person];
    const rid = a.shape('s');
    await net.settle();
    const before = net.traffic.length;
    for (let i = 0; i < 100; i++) a.submit({ do: 'set', rid, name: 'x', value: String(i) });
    expect(a.member.up.filter((item) => item.kind === 'all')).toHaveLength(1);
    await net.settle();
    expect(value(a.replica, rid, 'x')).toBe('99');
    expect(difference(people)).toBeUndefined();
    expect(net.traffic.slice(before).filter(({ message }) => message.payload.kind === 'edits')).toHaveLength(2);
  });

  it('gives a large board in pieces, with progress, and by another when the provider leaves', async () => {
    const { net, people } = await meet(9, ['a', 'b']);
    const [a, b] = people as [Person, Person];
    for (let i = 0; i < 120; i++) {
      const noise = Array.from({ length: 400 }, () => Math.floor(net.random() * 1e6).toString(36)).join(' ');
      a.submit({ do: 'add', parent: a.root(), before: null, node: element('path', { 'data-n': `p${i}`, d: noise }) });
    }
    await net.settle();
    const c = new Person(net, 'c');
    c.member.connect(ROOM);
    let asked: string | undefined;
    while (!asked || !c.events.some((event) => event.type === 'status' && (event.progress ?? 0) > 0)) {
      net.step();
      await Promise.resolve();
      asked = net.traffic.find(({ from, message }) => from === 'c' && message.payload.kind === 'catch-up')?.to;
    }
    const provider = [a, b].find((person) => person.member.id === asked) as Person;
    provider.member.drop();
    await net.settle();
    expect(c.session.phase).toBe('online');
    expect(c.names()).toHaveLength(120);
    const progress = c.events.flatMap((event) =>
      event.type === 'status' && event.progress !== undefined ? [event.progress] : [],
    );
    expect(Math.max(...progress)).toBeGreaterThan(0.5);
    provider.member.connect(ROOM);
    await net.settle();
    expect(difference([a, b, c])).toBeUndefined();
    const sizes = net.traffic.map(({ message: { payload } }) =>
      payload.kind === 'limn-state' ? payload.data.length : 0,
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(18_000);
  });
});

describe('what I removed while I was away', () => {
  it('stays away when I come back to a session that never heard of me', async () => {
    const { net, people } = await meet(11, ['a'], { shapes: ['one', 'two'] });
    const [a] = people as [Person];
    await net.settle();
    const one = elements(a.replica).find((rid) => value(a.replica, rid, 'data-n') === 'one');
    a.member.drop();
    a.submit({ do: 'remove', rid: one as string });
    const b = new Person(net, 'b');
    b.member.connect(ROOM);
    await net.settle();
    a.member.connect(ROOM);
    await net.settle();
    expect(difference([a, b])).toBeUndefined();
    expect([a, b].map((person) => person.names())).toEqual([['two'], ['two']]);
  });
});

describe('what came too late and is said again', () => {
  it('stands once, though its author is killed before the disk has heard of that', async () => {
    const { net, people } = await meet(10, ['a', 'b'], { shapes: ['one'] });
    const [a, b] = people as [Person, Person];
    const text = a.submit({
      ...{ do: 'add', parent: a.root(), before: null },
      node: { type: 'element', name: 'text', attrs: [], children: [{ type: 'text', chdata: 'start' }] },
    })[0] as string;
    await net.settle();
    const write = (person: Person, insert: string): unknown =>
      person.submit({ do: 'text', rid: text, from: 0, count: 0, insert });
    write(b, 'b');
    write(a, 'a');
    a.lag();
    // Theirs is first: mine says its place by a text that isn't there any more.
    b.member.moveUp();
    await net.settle();
    expect(sayings(net, 'a').filter((edits) => edits.includes('"a"'))).toHaveLength(2);
    await a.kill();
    a.member.connect(ROOM);
    await net.settle();
    expect(difference(people)).toBeUndefined();
    expect(textOf(b, text)).toBe('bastart');
  });
});

const SEED = fc.integer({ min: 0, max: 2 ** 31 - 1 });
/** Who types at which place, after how many steps of the network the next one does, and whether another has trouble meanwhile. */
const TYPING = fc.array(fc.tuple(fc.nat(2), fc.nat(99), fc.nat(8), fc.boolean()), { minLength: 1, maxLength: 25 });

describe('letters that all type into one text at once', () => {
  /** Answers what differs between them, and the letters that are there and those that should be, sorted. */
  async function letters(
    seed: number,
    list: readonly (readonly [who: number, at: number, steps: number, trouble: boolean])[],
    { typed, trouble }: { typed?: (person: Person) => void; trouble: (person: Person) => Promise<void> | void },
  ): Promise<readonly [difference: string | undefined, found: string, expected: string]> {
    const { net, people } = await meet(seed, ['a', 'b', 'c']);
    const [first] = people as [Person];
    const node = element('text', {}, 'ab');
    const rid = first.submit({ do: 'add', parent: first.root(), before: null, node })[0] as string;
    await net.settle();
    for (const [index, [who, at, steps, troubled]] of list.entries()) {
      const person = people[who] as Person;
      const from = at % (textOf(person, rid).length + 1);
      person.submit({ do: 'text', rid, from, count: 0, insert: `(${index})` });
      typed?.(person);
      if (troubled && steps === 3) {
        const other = people[(who + 1) % 3] as Person;
        await trouble(other);
        other.member.connect(ROOM);
      }
      await net.run(steps);
    }
    await net.settle();
    const sorted = (text: string): string => [...text].sort().join('');
    const expected = sorted(`ab${list.map((_, index) => `(${index})`).join('')}`);
    return [difference(people), sorted(textOf(first, rid)), expected];
  }

  it('all survive, through drops', async () => {
    await checkAsync(
      fc.asyncProperty(SEED, TYPING, async (seed, list) => {
        const [differs, found, expected] = await letters(seed, list, { trouble: ({ member }) => member.drop() });
        expect(differs).toBeUndefined();
        expect(found).toBe(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('stand once though those who type are killed, and their disks have only what they must', async () => {
    await checkAsync(
      fc.asyncProperty(SEED, TYPING, async (seed, list) => {
        const [differs, found, expected] = await letters(seed, list, {
          typed: (person) => person.lag(),
          trouble: (person) => person.kill(),
        });
        expect(differs).toBeUndefined();
        expect(found).toBe(expected);
      }),
      { numRuns: 100 },
    );
  });
});

function textOf(person: Person, rid: string): string {
  const view = person.replica.shown;
  return view
    .children(rid)
    .map((child) => view.get(child)?.chdata ?? '')
    .join('');
}

/** The edits of each stanza that somebody sent to all. */
const sayings = (net: TestNetwork, from: string): string[] =>
  net.traffic.flatMap(({ from: sender, to, message: { payload } }) =>
    sender === from && to === 'all' && payload.kind === 'edits' ? [JSON.stringify(payload.edits)] : [],
  );
