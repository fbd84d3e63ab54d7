/** Replicas that come to differ notice it and heal; those who lie about digests cost little and get nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReplica } from '#core/replica.ts';
import type { LogEntry } from '#core/replica-port.ts';
import { parseLimnState, type ReceivedState } from '#session/limn-state.ts';
import { formatStanzaId } from '#session/stanza-id.ts';
import type { TransportEvent } from '#session/transport.ts';
import type { NetworkMember, TestNetwork } from '#test/support/network.ts';
import type { SxePayload } from '#xmpp/xep-0284.ts';
import { serializeSxe } from '#xmpp/xep-0284-codec.ts';
import { meet } from './meet.ts';
import { canonical, compression, difference, Person, ROOM, SESSION, value } from './person.ts';
import { commands, playAll } from './schedule.ts';
import { checkAsync } from '#test/support/property.ts';

const ONE = { shapes: ['one'] };

type Digest = Extract<SxePayload, { kind: 'digest' }>;

/** What a state in one piece says. */
function stateIn(data: Uint8Array): ReceivedState {
  const state = parseLimnState(compression.inflate(data, 1e6));
  if (!state) throw new Error('no state');
  return state;
}

/** Time goes by, and all that it sets off arrives. */
async function pass(net: TestNetwork, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 250) {
    net.clock.advance(Math.min(250, left));
    await net.settle();
  }
}

const counted = (net: TestNetwork, kind: SxePayload['kind']): number =>
  net.traffic.filter(({ message }) => message.payload.kind === kind).length;

/** The next value that comes to this member arrives as another. */
function corruptNext(member: NetworkMember): void {
  member.alter = (event) => {
    if (event.type !== 'message' || event.from.me || event.message.payload.kind !== 'edits') return event;
    const { payload } = event.message;
    if (!payload.edits.some((edit) => edit.kind === 'set' && edit.fields.chdata !== undefined)) return event;
    member.alter = undefined;
    const edits = payload.edits.map((edit) =>
      edit.kind === 'set' ? { ...edit, fields: { ...edit.fields, chdata: 'wrong' } } : edit,
    );
    return { ...event, message: { ...event.message, payload: { ...payload, edits } } };
  };
}

const healings = (person: Person): number =>
  person.events.filter((event) => event.type === 'problem' && event.code === 'healed').length;

describe('a replica that differs', () => {
  it('notices within seconds, takes a fresh state, keeps what waits and says so', async () => {
    const { net, people } = await meet(1, ['a', 'b', 'c'], ONE);
    const [a, b, c] = people as [Person, Person, Person];
    const shape = a.replica.confirmed.children(a.root())[0] as string;
    corruptNext(b.member);
    a.submit({ do: 'set', rid: shape, name: 'x', value: '7' });
    await net.settle();
    expect(value(b.replica, shape, 'x')).toBe('wrong');
    // What b draws until it notices, and while it heals, is not lost.
    b.shape('kept');
    for (let i = 0; i < 400 && b.session.phase === 'online'; i++) {
      net.clock.advance(10);
      await net.run(1);
    }
    expect(b.session.phase).toBe('joining');
    b.shape('drawn meanwhile');
    await net.settle();
    expect(difference(people)).toBeUndefined();
    expect(value(b.replica, shape, 'x')).toBe('7');
    expect(c.names()).toEqual(['drawn meanwhile', 'kept', 'one']);
    expect([healings(a), healings(b), healings(c)]).toEqual([0, 1, 0]);
    const note = b.notes.find(({ message }) => message === 'taking a fresh state to heal');
    expect(note?.detail).toMatchObject({
      who: a.member.id,
      theirs: { seq: expect.any(Number), digest: expect.stringMatching(/^[0-9a-f]{16}$/) },
      mine: { digest: expect.stringMatching(/^[0-9a-f]{16}$/) },
      prefix: expect.stringMatching(/^bz+\d$/),
      since: expect.stringContaining('azzzzzzz0.'),
    });
    expect(a.notes.some(({ message }) => message === 'another document differs')).toBe(true);
  });

  it('notices in a room that is never quiet', async () => {
    const { net, people } = await meet(2, ['a', 'b', 'c'], ONE);
    const [a, b, c] = people as [Person, Person, Person];
    const shape = a.replica.confirmed.children(a.root())[0] as string;
    corruptNext(b.member);
    a.submit({ do: 'set', rid: shape, name: 'x', value: '7' });
    for (let i = 0; i < 60; i++) {
      net.clock.advance(250);
      c.submit({ do: 'set', rid: shape, name: 'y', value: String(i) });
      // Never all that is on its way: some edit always crosses the digests.
      await net.run(6);
    }
    expect(healings(b)).toBe(1);
    await pass(net, 3000);
    expect(difference(people)).toBeUndefined();
    expect(healings(b)).toBe(1);
  });

  it('notices that it never got the last stanza', async () => {
    const { net, people } = await meet(3, ['a', 'b', 'c'], ONE);
    const [a, b] = people as [Person, Person];
    b.member.alter = (event) => {
      if (event.type !== 'message' || event.message.payload.kind !== 'edits') return event;
      b.member.alter = undefined;
      return undefined;
    };
    a.shape('unheard');
    await net.settle();
    expect(b.names()).toEqual(['one']);
    await pass(net, 2000);
    expect(difference(people)).toBeUndefined();
    expect(b.names()).toEqual(['one', 'unheard']);
  });

  it('notices that it has what nobody else got', async () => {
    const { net, people } = await meet(4, ['a', 'b', 'c'], ONE);
    const [a, b] = people as [Person, Person];
    let once: TransportEvent | undefined;
    b.member.alter = (event) => {
      if (event.type === 'message' && event.message.payload.kind === 'edits' && !once) {
        once = event;
        const id = { prefix: 'nobodyknows', n: 1 };
        const payload: SxePayload = { ...event.message.payload, edits: [], origin: { author: 'x', id } };
        b.member.down.unshift(() => ({ ...event, message: { ...event.message, id: 'x.1', payload } }));
      }
      return event;
    };
    for (let i = 0; i < 4; i++) {
      a.shape(`s${i}`);
      await pass(net, 2500);
    }
    expect(b.replica.place.seq).toBe(a.replica.place.seq);
    expect(difference(people)).toBeUndefined();
  });

  it('heals whatever else goes on', async () => {
    await checkAsync(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        commands(16),
        commands(16),
        async (seed, before, after) => {
          const { net, people } = await meet(seed, ['a', 'b', 'c'], ONE);
          const victim = people[1 + (seed % 2)] as Person;
          await playAll(net, people, before, false);
          corruptNext(victim.member);
          await playAll(net, people, after, false);
          victim.member.alter = undefined;
          await net.settle();
          await pass(net, 6000);
          expect(difference(people)).toBeUndefined();
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('an elected replica that differs', () => {
  it('from all others takes a fresh state of one of them, and nobody takes its own', async () => {
    const { net, people } = await meet(12, ['a', 'b', 'c', 'd'], ONE);
    const [a, b, c, d] = people as [Person, Person, Person, Person];
    const shape = a.replica.confirmed.children(a.root())[0] as string;
    corruptNext(a.member);
    b.submit({ do: 'set', rid: shape, name: 'x', value: '7' });
    await net.settle();
    expect(people.map(({ replica }) => value(replica, shape, 'x'))).toEqual(['wrong', '7', '7', '7']);
    a.shape('kept');
    await pass(net, 5000);
    expect(difference(people)).toBeUndefined();
    expect(people.map(({ replica }) => value(replica, shape, 'x'))).toEqual(['7', '7', '7', '7']);
    expect(a.names()).toEqual(['kept', 'one']);
    expect([a, b, c, d].map(healings)).toEqual([1, 0, 0, 0]);
    // All compare once more, and whoever is elected goes on speaking.
    const before = counted(net, 'digest');
    a.shape('later');
    await pass(net, 5000);
    expect(counted(net, 'digest')).toBeGreaterThan(before);
    expect([a, b, c, d].map(healings)).toEqual([1, 0, 0, 0]);
  });

  it('from one of two is believed: nobody can tell who is right, and both end equal', async () => {
    const { net, people } = await meet(13, ['a', 'b'], ONE);
    const [a, b] = people as [Person, Person];
    const shape = a.replica.confirmed.children(a.root())[0] as string;
    corruptNext(a.member);
    b.submit({ do: 'set', rid: shape, name: 'x', value: '7' });
    await net.settle();
    await pass(net, 5000);
    expect(difference(people)).toBeUndefined();
    expect([a, b].map(healings)).toEqual([0, 1]);
  });

  it('is no way for a few to have the elected one fetch their state', async () => {
    const { net, people } = await meet(14, ['a', 'b', 'c', 'd', 'e'], ONE);
    const [a] = people as [Person];
    await pass(net, 3000);
    const states = counted(net, 'limn-state');
    for (const foe of people.slice(3)) {
      const payload: Digest = { kind: 'digest', ...a.replica.place, digest: FALSE };
      void foe.member.transport.toOne(
        { id: a.member.id, jid: '', nick: '', me: false, role: 'participant', affiliation: 'none', show: 'free' },
        { session: SESSION, id: 'lie.1', payload },
      );
    }
    await pass(net, 5000);
    expect(counted(net, 'limn-state')).toBe(states);
    expect(people.map(healings)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('a state that lies about its place in the order', () => {
  it.each([
    ['far ahead', 100],
    ['behind', -1],
  ])('%s is noticed, and healed', async (_, by) => {
    const { net, people } = await meet(16, ['a', 'b'], ONE);
    const [a, b] = people as [Person, Person];
    a.shape('two');
    await net.settle();
    const c = new Person(net, 'c');
    c.member.alter = (event) => {
      if (event.type !== 'private' || event.message.payload.kind !== 'limn-state') return event;
      c.member.alter = undefined;
      const { payload } = event.message;
      const state = stateIn(payload.data);
      const place = { ...state.place, seq: state.place.seq + by };
      const data = compression.deflate(new TextEncoder().encode(JSON.stringify({ ...state, place })));
      return { ...event, message: { ...event.message, payload: { ...payload, data } } };
    };
    c.member.connect(ROOM);
    await net.settle();
    c.shape('of c');
    for (let i = 0; i < 12; i++) {
      b.shape(`s${i}`);
      await pass(net, 6000);
    }
    expect(difference([a, b, c])).toBeUndefined();
    expect(c.names()).toContain('of c');
    expect(c.names()).toHaveLength(15);
  });
});

describe('what is written down at a difference', () => {
  it('leads to the stanza that became another, with both logs', async () => {
    const { net, people } = await meet(15, ['a', 'b', 'c'], ONE);
    const [a, b] = people as [Person, Person];
    await pass(net, 3000);
    const shape = a.replica.confirmed.children(a.root())[0] as string;
    a.shape('before');
    await net.settle();
    corruptNext(b.member);
    a.submit({ do: 'set', rid: shape, name: 'x', value: '7' });
    await net.settle();
    a.shape('after');
    const wrong = structuredClone(b.log);
    await pass(net, 3000);
    const note = b.notes.find(({ message }) => message === 'taking a fresh state to heal')?.detail as {
      theirs: { epoch: string; seq: number; digest: string };
      mine: { digest: string };
      since: string;
    };
    /** The document at that place, out of a log alone. */
    const digestOf = (log: readonly LogEntry[]): string => {
      const entries = log.filter(({ place }) => place.epoch === note.theirs.epoch && place.seq <= note.theirs.seq);
      return createReplica({ prefix: 'replayed1', author: 'x', now: () => 0, log: entries }).digest();
    };
    expect(digestOf(a.log)).toBe(note.theirs.digest);
    const heard = [...wrong, ...b.log.filter(({ place }) => place.seq > (wrong.at(-1)?.place.seq ?? 0))];
    expect(digestOf(heard)).toBe(note.mine.digest);
    const suspects = new Set(note.since.split(' '));
    const named = (log: readonly LogEntry[]): readonly string[] =>
      log
        .filter(({ id }) => suspects.has(formatStanzaId(id)))
        .map(({ id, edits }) => `${formatStanzaId(id)} ${JSON.stringify(edits)}`);
    const culprits = named(heard).filter((line) => !named(a.log).includes(line));
    expect(culprits).toHaveLength(1);
    expect(culprits[0]).toContain('wrong');
  });
});

/** Someone who looks like Limn, says hello first of all, and answers as `answers` says. */
async function liar(
  seed: number,
  answers: (liar: NetworkMember, event: Extract<TransportEvent, { type: 'private' }>) => SxePayload | undefined,
): Promise<{ net: TestNetwork; a: Person; b: Person; foe: NetworkMember; lie(digest: string): void }> {
  const { net, people } = await meet(seed, ['foe', 'a', 'b'], ONE);
  const [genuine, a, b] = people as [Person, Person, Person];
  const foe = genuine.member;
  // A genuine Limn whose words about digests are replaced on their way out.
  let own = 0;
  foe.transport.on((event) => {
    if (event.type !== 'private') return;
    const payload = answers(foe, event);
    if (payload) void foe.transport.toOne(event.from, { session: SESSION, id: `lie.${++own}`, payload });
  });
  const lie = (digest: string): void => {
    const payload: Digest = { kind: 'digest', ...genuine.replica.place, digest };
    void foe.transport.toAll({ session: SESSION, id: `lie.${++own}`, payload });
  };
  foe.outgoing = (message) => !(message.payload.kind === 'digest' && !message.id.startsWith('lie.'));
  return { net, a, b, foe, lie };
}

const FALSE = 'ffffffffffffffff';

describe('lies about digests', () => {
  it('of one who is not elected cost nothing', async () => {
    const { net, people } = await meet(5, ['a', 'b', 'c'], ONE);
    const [a, b] = people as [Person, Person];
    await pass(net, 3000);
    const foe = net.member('foe');
    foe.connect(ROOM);
    await net.settle();
    for (let i = 0; i < 50; i++) {
      const payload: Digest = { kind: 'digest', ...a.replica.place, digest: FALSE };
      void foe.transport.toAll({ session: SESSION, id: `f${i}`, payload });
      void foe.transport.toOne(
        { id: a.member.id, jid: '', nick: '', me: false, role: 'participant', affiliation: 'none', show: 'free' },
        { session: SESSION, id: `g${i}`, payload },
      );
    }
    await pass(net, 3000);
    expect([a, b].map(healings)).toEqual([0, 0]);
    // The elected answers questions, but not fifty.
    const answers = net.traffic.filter(({ to, message }) => to === foe.id && message.payload.kind === 'digest');
    expect(answers).toHaveLength(1);
    expect(difference(people)).toBeUndefined();
  });

  it('of the elected one are asked about, and heal nobody if it then tells the truth or is silent', async () => {
    const { net, a, b, lie } = await liar(6, (_, event) =>
      event.message.payload.kind === 'digest' ? event.message.payload : undefined,
    );
    for (let i = 0; i < 10; i++) {
      lie(FALSE);
      await pass(net, 3000);
    }
    expect([a, b].map(healings)).toEqual([0, 0]);
    // After three in vain nobody asks any more.
    const questions = net.traffic.filter(
      ({ to, from, message }) => to === 'occ-foe' && from === 'a' && message.payload.kind === 'digest',
    );
    expect(questions).toHaveLength(3);
    expect(canonical(a.replica)).toBe(canonical(b.replica));
  });

  it('of the elected one who stands by them are believed once', async () => {
    const { net, a, b, lie } = await liar(7, (_, event) =>
      event.message.payload.kind === 'digest' ? { ...event.message.payload, digest: FALSE } : undefined,
    );
    const before = counted(net, 'limn-state');
    for (let i = 0; i < 20; i++) {
      lie(FALSE);
      await pass(net, 5000);
    }
    expect([a, b].map(healings)).toEqual([1, 1]);
    expect(counted(net, 'limn-state') - before).toBe(2);
    expect([a, b].every(({ notes }) => notes.some(({ message }) => message.includes('not believed any more')))).toBe(
      true,
    );
    expect(canonical(a.replica)).toBe(canonical(b.replica));
    expect(a.session.phase).toBe('online');
  });

  it('of the elected one who lies off and on cost three states an hour', async () => {
    let rounds = 0;
    const { net, a, b, lie } = await liar(8, (foe, event) => {
      const { payload } = event.message;
      if (payload.kind !== 'digest') return undefined;
      // The first question of each round is lied to, the one after the healing is answered in truth.
      return rounds++ % 4 < 2 && foe ? { ...payload, digest: FALSE } : payload;
    });
    const before = counted(net, 'limn-state');
    for (let i = 0; i < 40; i++) {
      lie(FALSE);
      await pass(net, 21_000);
    }
    expect(counted(net, 'limn-state') - before).toBeLessThanOrEqual(6);
    expect(canonical(a.replica)).toBe(canonical(b.replica));
  });
});

describe('what it costs', () => {
  const bytes = (net: TestNetwork): number =>
    net.traffic
      .filter(({ message }) => message.payload.kind === 'digest')
      .reduce((sum, { message }) => sum + serializeSxe(message).toString().length, 0);

  it('is one short stanza after a burst of edits, however long, and none in silence', async () => {
    const { net, people } = await meet(9, ['a', 'b', 'c'], ONE);
    const [a] = people as [Person];
    await pass(net, 3000);
    const before = { count: counted(net, 'digest'), bytes: bytes(net) };
    for (let i = 0; i < 100; i++) {
      a.shape(`s${i}`);
      await net.settle();
      net.clock.advance(10);
    }
    await pass(net, 60_000);
    expect(counted(net, 'digest') - before.count).toBe(1);
    expect(bytes(net) - before.bytes).toBeLessThan(220);
  });

  it('is one stanza in five seconds of ceaseless edits', async () => {
    const { net, people } = await meet(10, ['a', 'b', 'c'], ONE);
    const [, b] = people as [Person, Person];
    await pass(net, 3000);
    const before = counted(net, 'digest');
    for (let i = 0; i < 240; i++) {
      b.shape(`s${i}`);
      net.clock.advance(250);
      await net.settle();
    }
    expect(counted(net, 'digest') - before).toBeLessThanOrEqual(13);
  });

  it('is nothing to one who is alone', async () => {
    const { net, people } = await meet(11, ['a'], ONE);
    people[0]?.shape('two');
    await net.settle();
    await pass(net, 10_000);
    expect(counted(net, 'digest')).toBe(0);
  });
});
