/** The ways by which a state comes: in the stream, gone on with after a cut, or by the upload service. */
import { describe, expect, it } from 'vitest';
import type { SxePayload } from '#xmpp/xep-0284.ts';
import type { Uploads } from '#session/uploads.ts';
import { TestNetwork } from '#test/support/network.ts';
import { difference, element, Person, ROOM, SESSION } from './person.ts';

type Piece = Extract<SxePayload, { kind: 'limn-state' }>;

/** A board too large for one piece. */
async function large(seed: number, nicks: readonly string[], uploads?: Uploads) {
  const net = new TestNetwork(seed);
  const join = (nick: string): Person => {
    const member = net.member(nick);
    const transport = { ...member.transport, ...(uploads && { uploads }) };
    return new Person(net, nick, {}, { member, transport, session: SESSION });
  };
  const people = nicks.map(join);
  for (const person of people) {
    person.member.connect(ROOM);
    await net.settle();
  }
  const [a] = people as [Person];
  a.begin();
  for (let i = 0; i < 120; i++) {
    const noise = Array.from({ length: 400 }, () => Math.floor(net.random() * 1e6).toString(36)).join(' ');
    a.submit({ do: 'add', parent: a.root(), before: null, node: element('path', { 'data-n': `p${i}`, d: noise }) });
  }
  await net.settle();
  const pieces = (from = 0): Piece[] =>
    net.traffic.slice(from).flatMap(({ message: { payload } }) => (payload.kind === 'limn-state' ? [payload] : []));
  return { net, people, a, join, pieces };
}
type Scene = Awaited<ReturnType<typeof large>>;

const progressOf = ({ events }: Person): number[] =>
  events.flatMap((event) => (event.type === 'status' && event.progress !== undefined ? [event.progress] : []));

/** Moves until the newcomer has about half. */
async function half({ net }: Scene, person: Person): Promise<void> {
  while (Math.max(0, ...progressOf(person)) < 0.5) {
    net.step();
    await Promise.resolve();
  }
}

describe('a state that is cut off', () => {
  it('goes on where it ended, with what was drawn meanwhile', async () => {
    const scene = await large(1, ['a']);
    const { net, a, join, pieces } = scene;
    const c = join('c');
    c.member.connect(ROOM);
    await half(scene, c);
    c.member.drop();
    a.shape('meanwhile');
    await net.settle();
    const before = net.traffic.length;
    const total = pieces().at(-1)?.parts ?? 0;
    expect(total).toBeGreaterThan(5);
    c.member.connect(ROOM);
    a.shape('later');
    await net.settle();
    const again = pieces(before).filter(({ parts }) => parts === total);
    expect(again.length).toBeGreaterThan(0);
    expect(again.length).toBeLessThanOrEqual(total / 2 + 1);
    expect(
      new Set(
        pieces()
          .filter(({ parts }) => parts === total)
          .map(({ snapshot }) => snapshot),
      ).size,
    ).toBe(1);
    expect(c.names()).toHaveLength(122);
    expect(difference([a, c])).toBeUndefined();
    expect(progressOf(c).at(-1)).toBeGreaterThanOrEqual(0);
  });

  it('comes anew from one who does not hold it any more', async () => {
    for (const why of ['time', 'restart', 'other'] as const) {
      const scene = await large(2, ['a', 'b']);
      const { net, people, join, pieces } = scene;
      const c = join('c');
      c.member.connect(ROOM);
      await half(scene, c);
      const provider = people.find((one) =>
        net.traffic.some(({ to, message }) => to === one.member.id && message.payload.kind === 'catch-up'),
      ) as Person;
      c.member.drop();
      await net.settle();
      if (why === 'time') net.clock.advance(6 * 60_000);
      if (why === 'restart') await provider.kill();
      if (why === 'other') provider.member.drop();
      await net.settle();
      if (why === 'restart') provider.member.connect(ROOM);
      await net.settle();
      const before = net.traffic.length;
      c.member.connect(ROOM);
      await net.settle();
      const sent = pieces(before);
      expect(new Set(sent.map(({ part }) => part)).size).toBe(sent[0]?.parts);
      if (why === 'other') provider.member.connect(ROOM);
      await net.settle();
      expect(difference([...people, c])).toBeUndefined();
    }
  });

  it('is thrown away when the rest does not fit, and taken from somebody else', async () => {
    const scene = await large(3, ['a', 'b']);
    const { net, people, join } = scene;
    const c = join('c');
    c.member.connect(ROOM);
    await half(scene, c);
    c.member.drop();
    await net.settle();
    // Whoever is asked first says other bytes under the same name.
    let forged = 0;
    c.member.alter = (event) => {
      if (event.type !== 'private' || event.message.payload.kind !== 'limn-state') return event;
      const { payload } = event.message;
      if (forged > 0 && payload.part === 0) c.member.alter = undefined;
      if (payload.part === 0) return event;
      forged++;
      return {
        ...event,
        message: { ...event.message, payload: { ...payload, data: payload.data.map((byte) => ~byte) } },
      };
    };
    c.member.connect(ROOM);
    await net.settle();
    expect(forged).toBeGreaterThan(0);
    expect(difference([...people, c])).toBeUndefined();
  });
});

/** An upload service of which everyone has the same. */
function service(fault?: 'put' | 'get' | 'other' | 'hangs') {
  const kept = new Map<string, Uint8Array>();
  const aborted: string[] = [];
  const hang = (what: string, signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        aborted.push(what);
        reject(new Error('aborted'));
      });
    });
  const uploads: Uploads = {
    service: 'upload.example',
    async put(data, signal) {
      if (fault === 'hangs') return await hang('put', signal);
      if (fault === 'put') throw new Error('the service is full');
      const url = `https://upload.example/${kept.size}`;
      kept.set(url, data);
      return { url, size: data.length, hash: new Uint8Array(32), key: new Uint8Array(32), iv: new Uint8Array(12) };
    },
    async get({ url }, _, progress) {
      progress(0.25);
      if (fault === 'get') throw new Error('404');
      progress(1);
      return fault === 'other' && url.endsWith('/0') ? new Uint8Array(100) : (kept.get(url) as Uint8Array);
    },
  };
  return { uploads, kept, aborted };
}

describe('a large state', () => {
  it('goes by the upload service where both have the same', async () => {
    const { uploads, kept } = service();
    const { net, a, join, pieces } = await large(4, ['a'], uploads);
    const c = join('c');
    c.member.connect(ROOM);
    await net.settle();
    expect(kept.size).toBe(1);
    expect(pieces()).toEqual([]);
    expect(progressOf(c)).toContain(0.25);
    expect(difference([a, c])).toBeUndefined();
    // What is small does not.
    c.member.drop();
    a.shape('small');
    await net.settle();
    c.member.connect(ROOM);
    await net.settle();
    expect(kept.size).toBe(1);
    expect(pieces()).toHaveLength(1);
    expect(difference([a, c])).toBeUndefined();
  });

  it.each(['put', 'get'] as const)('goes in the stream when the service fails at %s', async (fault) => {
    const { uploads } = service(fault);
    const { net, a, join, pieces } = await large(5, ['a'], uploads);
    const c = join('c');
    c.member.connect(ROOM);
    await net.settle();
    expect(pieces().length).toBeGreaterThan(5);
    expect(difference([a, c])).toBeUndefined();
  });

  it('is taken from another when what was uploaded is no state', async () => {
    const { uploads, kept } = service('other');
    const { net, people, join, pieces } = await large(6, ['a', 'b'], uploads);
    const c = join('c');
    c.member.connect(ROOM);
    await net.settle();
    expect(kept.size).toBe(2);
    expect(pieces().filter(({ parts }) => parts > 1)).toEqual([]);
    expect(difference([...people, c])).toBeUndefined();
  });

  it('goes in the stream to one with another service, or none', async () => {
    const { uploads, kept } = service();
    const { net, a, pieces } = await large(8, ['a'], uploads);
    for (const other of [
      { ...uploads, service: 'upload.elsewhere' },
      { ...uploads, service: undefined },
    ]) {
      const before = net.traffic.length;
      const member = net.member(`d${other.service ?? ''}`);
      const d = new Person(
        net,
        'd',
        {},
        { member, session: SESSION, transport: { ...member.transport, uploads: other } },
      );
      member.connect(ROOM);
      await net.settle();
      expect(pieces(before).length).toBeGreaterThan(5);
      expect(difference([a, d])).toBeUndefined();
      member.drop();
      await net.settle();
    }
    expect(kept.size).toBe(0);
  });

  it('is uploaded no further when the asker goes away', async () => {
    const { uploads, aborted } = service('hangs');
    const { net, a, join } = await large(7, ['a'], uploads);
    const c = join('c');
    c.member.connect(ROOM);
    await net.settle();
    expect(c.session.phase).toBe('joining');
    c.member.drop();
    await net.settle();
    expect(aborted).toEqual(['put']);
    expect(difference([a])).toBeUndefined();
  });
});
