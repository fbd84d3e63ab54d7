import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseLimnState } from '#session/limn-state.ts';
import { createStateCollector, cutSnapshot, PART_BYTES } from '#session/state-transfer.ts';
import { TestNetwork } from '#test/support/network.ts';
import type { SxePayload } from '#xmpp/xep-0284.ts';
import { serializeSxe } from '#xmpp/xep-0284-codec.ts';
import { meet, sceneWithFoe } from './meet.ts';
import { canonical, compression, difference, Person, ROOM, SESSION } from './person.ts';

const cutState = (state: Uint8Array, request: string): SxePayload[] =>
  cutSnapshot({ name: 's', data: compression.deflate(state) }, request, () => false);

const STATE = { place: { epoch: 'e', seq: 1 }, known: {}, digest: 'd', prolog: '', records: [], hellos: [], name: 'n' };
const record = { rid: 'r', type: 'element', parent: '', primaryWeight: 0, name: 'svg', version: 0 };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a state from a peer', () => {
  it('is read when it is as it should be', () => {
    expect(parseLimnState(bytes(JSON.stringify(STATE)))).toEqual(STATE);
    expect(parseLimnState(bytes(JSON.stringify({ ...STATE, records: [record] })))?.records).toEqual([record]);
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['neither records nor log', JSON.stringify({ ...STATE, records: undefined })],
    ['a place without epoch', JSON.stringify({ ...STATE, place: { seq: 1 } })],
    ['a negative place', JSON.stringify({ ...STATE, place: { epoch: 'e', seq: -1 } })],
    [
      'ranges that overlap',
      JSON.stringify({
        ...STATE,
        known: {
          p: [
            [1, 5],
            [5, 9],
          ],
        },
      }),
    ],
    ['a range that goes backwards', JSON.stringify({ ...STATE, known: { p: [[5, 1]] } })],
    ['a weight that is no number', JSON.stringify({ ...STATE, records: [{ ...record, primaryWeight: null }] })],
    ['an unknown type', JSON.stringify({ ...STATE, records: [{ ...record, type: 'script' }] })],
    ['a huge version', JSON.stringify({ ...STATE, records: [{ ...record, version: 1e300 }] })],
    ['one rid twice', JSON.stringify({ ...STATE, records: [record, record] })],
    [
      'a log entry without edits',
      JSON.stringify({ ...STATE, log: [{ place: STATE.place, author: 'x', id: { prefix: 'p', n: 1 }, time: 0 }] }),
    ],
    [
      'an edit of no kind',
      JSON.stringify({
        ...STATE,
        log: [{ place: STATE.place, author: 'x', id: { prefix: 'p', n: 1 }, time: 0, edits: [{ rid: 'r' }] }],
      }),
    ],
  ])('is refused with %s', (_, json) => {
    expect(parseLimnState(bytes(json))).toBeUndefined();
  });

  it('keeps names like __proto__ what they are', () => {
    const state = parseLimnState(
      bytes(
        `{"place":{"epoch":"e","seq":1},"known":{"__proto__":[[1,2]]},"digest":"","prolog":"","records":[],"hellos":[],"name":""}`,
      ),
    );
    expect(Object.keys(state?.known ?? {})).toEqual(['__proto__']);
  });

  it('arrives in pieces, in any order, and nothing else is taken for one', () => {
    const long = JSON.stringify({
      ...STATE,
      name: 'n',
      prolog: Array.from({ length: 20_000 }, (_, i) => ((i * 7919) % 104_729).toString(36)).join(''),
    });
    const pieces = cutSnapshot({ name: 's', data: compression.deflate(bytes(long)) }, 'q', () => false);
    expect(pieces.length).toBeGreaterThan(1);
    const collector = createStateCollector('q', 'p', compression);
    const [first, ...rest] = [...pieces].reverse();
    if (!first) throw new Error('no pieces');
    expect(collector.take({ ...first, request: 'other' })).toBe('ignored');
    expect(collector.take({ ...first, part: first.parts })).toBe('broken');
    expect(collector.take({ ...first, part: -1 })).toBe('broken');
    expect(collector.take({ ...first, parts: 1e9 })).toBe('broken');
    expect(collector.take({ ...first, data: new Uint8Array(PART_BYTES + 1) })).toBe('broken');
    expect(collector.take(first)).toBe('more');
    expect(collector.take(first)).toBe('ignored');
    expect(collector.take({ ...first, part: 0, parts: first.parts + 1 })).toBe('broken');
    expect(rest.map((piece) => collector.take(piece)).at(-1)).toMatchObject({ name: 'n' });
  });

  it('may not expand without end', () => {
    const bomb = deflateRawSync(new Uint8Array(300 * 1024 * 1024));
    const collector = createStateCollector('q', 'p', compression);
    const parts = Math.ceil(bomb.length / PART_BYTES);
    let last: unknown;
    for (let part = 0; part < parts; part++) {
      const data = bomb.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
      last = collector.take({ kind: 'limn-state', request: 'q', part, parts, data });
    }
    expect(last).toBe('broken');
  });
});

describe('a hostile occupant', () => {
  it('changes nothing with a state that nobody asked for', async () => {
    const { net, people, toOne } = await sceneWithFoe(1);
    const before = people.map((person) => canonical(person.replica));
    for (const piece of cutState(bytes(JSON.stringify(STATE)), 'azzzzzzz0.c2')) toOne(people[0], piece);
    toOne(people[0], {
      kind: 'state',
      parts: [
        { kind: 'begin', prolog: 'x' },
        { kind: 'end', lastSender: '', lastId: '' },
      ],
    });
    toOne(people[0], { kind: 'state-offer', descriptions: [] });
    toOne(people[0], { kind: 'accept-state' });
    toOne(people[0], { kind: 'edits', edits: [{ kind: 'remove', rid: people[0].root() }] });
    await net.settle();
    expect(people.map((person) => canonical(person.replica))).toEqual(before);
    expect(difference(people)).toBeUndefined();
  });

  it('is answered once at a time, however often it asks', async () => {
    const { net, people, toOne, foe } = await sceneWithFoe(2);
    for (let i = 0; i < 500; i++) toOne(people[0], { kind: 'catch-up', known: {} });
    // All of them reach the provider in one turn.
    while (foe.up.length > 0) foe.moveUp();
    while (people[0].member.down.length > 0) people[0].member.moveDown();
    await net.settle();
    const answers = net.traffic.filter(({ to, message }) => to === 'occ-foe' && message.payload.kind === 'limn-state');
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.length).toBeLessThanOrEqual(2);
  });

  it('is not followed when it advertises and serves nothing', async () => {
    const net = new TestNetwork(3);
    const foe = net.member('foe', { affiliation: 'owner' });
    foe.connect(ROOM);
    foe.transport.advertise({ id: SESSION, name: 'mine' });
    await net.settle();
    const a = new Person(net, 'a');
    a.member.connect(ROOM);
    await net.settle();
    expect(a.session.phase).toBe('joining');
    a.begin();
    net.clock.advance(60_000);
    await net.settle();
    expect(a.session.phase).toBe('online');
    expect(a.replica.pending()).toEqual([]);
  });

  it('loses nothing of mine by a state that lies about itself', async () => {
    const { net, people, foe, toOne, toAll } = await sceneWithFoe(4);
    const [a, b] = people;
    toAll({ kind: 'hello', epoch: '0', opens: false });
    foe.transport.on((event) => {
      if (event.type !== 'private' || event.message.payload.kind !== 'catch-up') return;
      const asker = people.find((person) => person.member.id === event.from.id) as Person;
      const lie = { ...STATE, place: { epoch: '0', seq: 5 }, digest: 'wrong', records: [{ ...record, rid: 'evil' }] };
      for (const piece of cutState(bytes(JSON.stringify(lie)), event.message.id)) toOne(asker, piece);
    });
    await net.settle();
    b.shape('two');
    await net.settle();
    net.clock.advance(200_000);
    await net.settle();
    expect(difference([a, b])).toBeUndefined();
    expect(a.names()).toEqual(['one', 'two']);
  });

  /** A newcomer in a room where each of these gives a state whose records don't have its digest, as often as `lies` says. */
  async function newcomer(
    nicks: readonly string[],
    lies: number,
  ): Promise<{ people: Person[]; c: Person; net: TestNetwork }> {
    const { net, people } = await meet(5, nicks, { shapes: ['one'] });
    const c = new Person(net, 'c');
    let left = lies;
    c.member.alter = (event) => {
      if (event.type !== 'private' || event.message.payload.kind !== 'limn-state' || event.from.nick !== 'a')
        return event;
      if (left-- <= 0) return event;
      const { payload } = event.message;
      const state = parseLimnState(compression.inflate(payload.data, 1e6));
      const data = compression.deflate(bytes(JSON.stringify({ ...state, digest: 'ffffffffffffffff' })));
      return { ...event, message: { ...event.message, payload: { ...payload, data } } };
    };
    c.member.connect(ROOM);
    await net.settle();
    return { people, c, net };
  }
  const refusals = (person: Person): number =>
    person.notes.filter(
      ({ message, detail }) => message === 'state from a peer was refused' && /digest/.test(String(detail?.error)),
    ).length;

  it('that does not have the digest it names is refused, and another is asked', async () => {
    const { people, c } = await newcomer(['a', 'b'], 9);
    expect(difference([...people, c])).toBeUndefined();
    expect(refusals(c)).toBe(1);
    expect(c.events.filter(({ type }) => type === 'adopted')).toHaveLength(1);
  });

  it('that does not have the digest it names is asked for again when nobody else is there', async () => {
    const { people, c } = await newcomer(['a'], 1);
    expect(difference([...people, c])).toBeUndefined();
    expect(refusals(c)).toBe(1);
  });

  it('that says so twice is taken from the only one there, and this is written down', async () => {
    const { people, c } = await newcomer(['a'], 9);
    expect(difference([...people, c])).toBeUndefined();
    expect(refusals(c)).toBe(1);
    expect(c.notes.some(({ message }) => message === 'state taken without the digest that its sender says')).toBe(true);
  });

  it('that holds a log with a hole is asked for again as a whole', async () => {
    const net = new TestNetwork(8);
    const [a, b] = ['a', 'b'].map((nick) => new Person(net, nick)) as [Person, Person];
    for (const person of [a, b]) {
      person.member.connect(ROOM);
      await net.settle();
    }
    a.begin();
    await net.settle();
    b.member.drop();
    b.shape('of b');
    for (const name of ['one', 'two', 'three']) {
      a.shape(name);
      await net.settle();
    }
    let holes = 0;
    b.member.alter = (event) => {
      if (event.type !== 'private' || event.message.payload.kind !== 'limn-state') return event;
      const { payload } = event.message;
      const state = parseLimnState(compression.inflate(payload.data, 1e6));
      if (!state?.log || state.records) return event;
      holes++;
      const data = compression.deflate(bytes(JSON.stringify({ ...state, log: state.log.toSpliced(1, 1) })));
      return { ...event, message: { ...event.message, payload: { ...payload, data } } };
    };
    b.member.connect(ROOM);
    await net.settle();
    expect(holes).toBe(1);
    expect(difference([a, b])).toBeUndefined();
    expect(b.names()).toEqual(['of b', 'one', 'three', 'two']);
  });

  it('is told to the app though what nobody else has could not be added again', async () => {
    const net = new TestNetwork(6);
    const [a, b, c] = ['a', 'b', 'c'].map((nick) => new Person(net, nick)) as [Person, Person, Person];
    for (const person of [a, c]) {
      person.member.connect(ROOM);
      await net.settle();
    }
    a.begin();
    a.shape('of a');
    await net.settle();
    a.member.drop();
    c.member.drop();
    // Its log no longer says what a did.
    c.log.length = 0;
    b.begin(true);
    b.member.connect(ROOM);
    await net.settle();
    const { replica } = c;
    const submit = replica.submitEdits.bind(replica);
    replica.submitEdits = (edits, gesture) => {
      if (gesture === 'rescue') throw new RangeError('no room');
      return submit(edits, gesture);
    };
    c.member.connect(ROOM);
    await net.settle();
    expect(c.replica.place.epoch).toBe(b.replica.place.epoch);
    expect(c.events.some((event) => event.type === 'adopted' && event.jump !== undefined)).toBe(true);
    expect(c.notes.some(({ message }) => message === 'what nobody else has was refused')).toBe(true);
    c.shape('later');
    await net.settle();
    expect(difference([b, c])).toBeUndefined();
  });

  it('does not make what a returning one asks for too long for a stanza, by ever new prefixes', async () => {
    const { net, people, toAll } = await sceneWithFoe(7);
    const [a, b] = people;
    for (let i = 0; i < 3000; i++) {
      toAll({
        kind: 'edits',
        edits: [],
        origin: { author: 'x@y', id: { prefix: `flood${i}`, n: 1 + ((i * 7919) % 1000) } },
      });
      if (i % 100 === 0) await net.settle();
    }
    toAll({ kind: 'edits', edits: [] }, 'floodflood.1');
    for (let n = 3; n < 6000; n += 2) {
      toAll({ kind: 'edits', edits: [] }, `floodflood.${n}`);
      if (n % 100 === 1) await net.settle();
    }
    await net.settle();
    b.member.drop();
    a.shape('meanwhile');
    await net.settle();
    b.member.connect(ROOM);
    await net.settle();
    const asked = net.traffic.filter(({ from, message }) => from === 'b' && message.payload.kind === 'catch-up');
    for (const { message } of asked) expect(serializeSxe(message).toString().length).toBeLessThan(48 * 1024);
    expect(asked.length).toBeGreaterThan(1);
    expect(difference(people)).toBeUndefined();
    expect(b.names()).toEqual(['meanwhile', 'one']);
  });

  it('keeps nobody waiting by a claim to another session that it never shows', async () => {
    const { net, people, foe, toAll } = await sceneWithFoe(6);
    const [a, b] = people;
    foe.transport.advertise({ id: SESSION, name: 'mine' });
    await net.settle();
    for (const epoch of ['0', '00', '000']) toAll({ kind: 'hello', epoch, opens: false });
    await net.settle();
    a.shape('at once');
    b.shape('as ever');
    await net.settle();
    expect(a.names()).toEqual(['as ever', 'at once', 'one']);
    expect(difference(people)).toBeUndefined();
    expect(people.map((person) => person.statuses().at(-1))).toEqual(['online', 'online']);
    expect(net.traffic.filter(({ to, message }) => to === foe.id && message.payload.kind === 'catch-up')).toHaveLength(
      2,
    );
  });

  it('is ignored in other sessions and with ids, edits and live messages that make no sense', async () => {
    const { net, people, foe, toAll } = await sceneWithFoe(5);
    const [a] = people;
    const root = a.root();
    void foe.transport.toAll({
      session: 'other',
      id: 'x',
      payload: { kind: 'edits', edits: [{ kind: 'remove', rid: root }] },
    });
    toAll({ kind: 'live', json: '{"cursor":[1]}' });
    toAll({ kind: 'live', json: `{"selection":["${'x'.repeat(60_000)}"]}` });
    toAll({ kind: 'edits', edits: [], origin: { author: '', id: { prefix: 'x', n: -1 } } });
    toAll({ kind: 'edits', edits: [], origin: { author: '', id: { prefix: 'x', n: 0.5 } } });
    toAll({ kind: 'edits', edits: [{ kind: 'set', rid: 'none', version: -5, fields: {}, malformed: true }] });
    toAll({
      kind: 'edits',
      edits: [{ kind: 'new', rid: 'orphan', type: 'element', parent: 'nowhere', primaryWeight: 0, name: 'g' }],
    });
    toAll({ kind: 'edits', edits: [{ kind: 'set', rid: root, version: 1, fields: { parent: root } }] });
    for (let i = 0; i < 50; i++) toAll({ kind: 'hello', epoch: `zz${i}`, opens: i % 2 === 0 });
    await net.settle();
    expect(a.names()).toEqual(['one']);
    expect(a.events.filter((event) => event.type === 'live')).toEqual([]);
    expect(difference(people)).toBeUndefined();
    people[1].shape('after');
    await net.settle();
    expect(difference(people)).toBeUndefined();
    expect(a.names()).toEqual(['after', 'one']);
  });
});

describe('a state of 50 MB', () => {
  const size = 50 * 1024 * 1024;
  /** Records that say little in many bytes, which don't have the digest that the state names. */
  const long = (): Uint8Array => {
    const chdata = Array.from({ length: 4096 }, (_, n) => String.fromCharCode(0x21 + ((n * 7919) % 90))).join('');
    const records = Array.from({ length: size / 4096 }, (_, n) => ({
      ...{ rid: `r${n}`, type: 'comment', parent: n === 0 ? '' : 'r', primaryWeight: n, version: 0, chdata },
    }));
    return bytes(JSON.stringify({ ...STATE, place: { epoch: '0', seq: 5 }, records }));
  };
  it.each([
    ['that lies about its digest', () => compression.deflate(long())],
    ['that expands to 300 MB', () => deflateRawSync(new Uint8Array(300 * 1024 * 1024))],
    ['that is noise', () => new Uint8Array(randomBytes(size))],
  ])('%s is refused, and another is asked', async (_, make) => {
    const { net, people, foe, toAll, toOne } = await sceneWithFoe(21);
    // Who is asked first: the owner, who says that it has the board.
    foe.become({ affiliation: 'owner' });
    foe.transport.advertise({ id: SESSION, name: 'mine' });
    toAll({ kind: 'hello', epoch: people[0].replica.place.epoch, opens: false });
    await net.settle();
    const newcomer = new Person(net, 'c');
    let served = 0;
    foe.transport.on((event) => {
      if (event.type !== 'private' || event.message.payload.kind !== 'catch-up') return;
      served += 1;
      for (const piece of cutSnapshot({ name: 's', data: make() }, event.message.id, () => false))
        toOne(newcomer, piece);
    });
    newcomer.member.connect(ROOM);
    await net.settle();
    expect(served).toBe(1);
    expect(newcomer.notes.map(({ message }) => message).join()).toMatch(
      /state from a peer was refused|no state from this occupant/,
    );
    expect(newcomer.session.phase).toBe('online');
    expect(difference([...people, newcomer])).toBeUndefined();
    newcomer.shape('two');
    await net.settle();
    expect(people[0].names()).toEqual(['one', 'two']);
  });
});
