/** Gestures of several stanzas between sessions: shown whole, and what happens when they don't come to an end. */
import { describe, expect, it } from 'vitest';
import type { Intent } from '#core/replica-port.ts';
import type { SxeMessage } from '#xmpp/xep-0284.ts';
import type { TestNetwork } from '#test/support/network.ts';
import { meet } from './meet.ts';
import { difference, element, elements, type Person, ROOM, SESSION } from './person.ts';

const LONG = 'v'.repeat(6000);

/** A paste of some 120 kB. */
const paste = (parent: string): Intent[] =>
  Array.from({ length: 20 }, (_, i) => ({
    do: 'add',
    parent,
    before: null,
    node: element('rect', { 'data-n': `p${i}`, d: LONG }),
  }));
const seen = ({ replica }: Person): number => elements(replica, replica.seen).length;
const partials = ({ events }: Person): string[] =>
  events.flatMap((event) => (event.type === 'problem' && event.code === 'partial' ? [event.message] : []));
const parts = (net: TestNetwork): SxeMessage['payload'][] =>
  net.traffic.flatMap(({ message: { payload } }) => (payload.kind === 'edits' && payload.transaction ? [payload] : []));
/** Moves things until so many parts of a gesture have gone through the room and been read. */
async function after(net: TestNetwork, person: Person, count: number): Promise<void> {
  while (elements(person.replica).length < count) {
    if (!net.step()) throw new Error('nothing moves');
    await Promise.resolve();
  }
}

describe('a large paste', () => {
  it('is seen by the others when all of it is there, and a value that was split likewise', async () => {
    const { net, people } = await meet(1, ['a', 'b']);
    const [a, b] = people as [Person, Person];
    a.submit(...paste(a.root()));
    const counts = new Set<number>();
    while (a.replica.pending().length > 0 || b.member.down.length > 0) {
      net.step();
      await Promise.resolve();
      counts.add(seen(b));
    }
    expect([...counts]).toEqual([0, 20]);
    expect(parts(net).length).toBeGreaterThan(8);

    const shape = b.replica.shown.children(b.root())[0] as string;
    const value = `${'M0 0 '.repeat(20_000)}end`;
    a.submit({ do: 'set', rid: shape, name: 'd', value });
    const values = new Set<number>();
    const length = (): number => {
      const attr = b.replica.seen.attribute(shape, '', 'd');
      return b.replica.seen.get(attr ?? '')?.chdata?.length ?? 0;
    };
    while (a.replica.pending().length > 0 || b.member.down.length > 0) {
      net.step();
      await Promise.resolve();
      values.add(length());
    }
    expect([...values]).toEqual([LONG.length, value.length]);
    await net.settle();
    expect(difference(people)).toBeUndefined();
    expect(partials(b)).toEqual([]);
  });

  it('shows what came of it when its sender goes away, says so, and the rest when they are back; taking it back is whole', async () => {
    const { net, people } = await meet(2, ['a', 'b']);
    const [a, b] = people as [Person, Person];
    a.submit(...paste(a.root()));
    await after(net, b, 6);
    expect(seen(b)).toBe(0);
    await a.kill();
    await net.settle();
    const came = seen(b);
    expect(came).toBeGreaterThanOrEqual(6);
    expect(came).toBeLessThan(20);
    expect(partials(b)).toEqual([
      'a has not finished a large change. What has arrived of it is shown; the rest follows when it comes.',
    ]);
    a.member.connect(ROOM);
    const counts = new Set<number>();
    while (seen(b) < 20) {
      net.step();
      await Promise.resolve();
      counts.add(seen(b));
    }
    expect([...counts]).toEqual([came, 20]);
    await net.settle();
    expect(difference(people)).toBeUndefined();
    expect(a.session.undo().ok).toBe(true);
    await net.settle();
    expect(elements(b.replica)).toEqual([]);
    expect(difference(people)).toBeUndefined();
  });

  it('is waited for no longer than so long after its last stanza', async () => {
    const { net, people } = await meet(3, ['a', 'b']);
    const [a, b] = people as [Person, Person];
    a.submit(...paste(a.root()));
    await after(net, b, 4);
    // The sender's network swallows what it says from now on.
    a.member.outgoing = () => false;
    await net.settle();
    expect(seen(b)).toBe(0);
    net.clock.advance(19_000);
    expect(seen(b)).toBe(0);
    net.clock.advance(1000);
    expect(seen(b)).toBeGreaterThanOrEqual(4);
    expect(partials(b)).toHaveLength(1);
  });

  it('does not hide what somebody else does there meanwhile', async () => {
    const { net, people } = await meet(4, ['a', 'b', 'c']);
    const [a, b, c] = people as [Person, Person, Person];
    const shape = a.shape('s');
    await net.settle();
    a.submit({ do: 'set', rid: shape, name: 'x', value: '7' }, ...paste(a.root()));
    await after(net, b, 4);
    await after(net, c, 4);
    expect(seen(b)).toBe(1);
    c.shape('elsewhere');
    c.submit({ do: 'set', rid: shape, name: 'x', value: '8' });
    while (seen(b) === 1) {
      net.step();
      await Promise.resolve();
    }
    expect(seen(b)).toBeGreaterThanOrEqual(2);
    await net.settle();
    expect(seen(b)).toBe(22);
    expect(difference(people)).toBeUndefined();
  });
});

describe('one who never ends what they begin', () => {
  it('hides nothing for longer than two minutes, and no other work at all', async () => {
    const { net, people } = await meet(5, ['a', 'b']);
    const [a, b] = people as [Person, Person];
    const shape = a.shape('mine');
    await net.settle();
    const foe = net.member('foe');
    foe.connect(ROOM);
    await net.settle();
    const say = (payload: SxeMessage['payload'], id: string): void =>
      void foe.transport.toAll({ session: SESSION, id, payload });
    say({ kind: 'hello', epoch: a.replica.place.epoch, opens: false }, 'foezzzzzzzz.c1');
    const fill = a.replica.shown.attribute(shape, '', 'x') as string;
    let n = 0;
    const go = async (transaction: { id: string }): Promise<void> => {
      const fields = { chdata: `${n}` };
      say(
        { kind: 'edits', edits: [{ kind: 'set', rid: fill, version: n + 1, fields }], transaction },
        `foezzzzzzzz.${++n}`,
      );
      await net.settle();
    };
    const x = (): string | undefined => b.replica.seen.get(fill)?.chdata;
    for (let second = 0; second <= 120; second += 10) {
      await go({ id: 'endless' });
      expect(x()).toBe('0');
      net.clock.advance(10_000);
    }
    await go({ id: 'endless' });
    expect(x()).toBe(String(n - 1));
    await go({ id: 'endless' });
    expect(x()).toBe(String(n - 1));
    // A new one each time: what the one before it did is seen then.
    for (let i = 0; i < 30; i++) {
      await go({ id: `new${i}` });
      expect(x()).toBe(String(n - 2));
    }
    a.shape('other');
    await net.settle();
    expect(seen(b)).toBe(2);
    // My own work there ends it, too.
    b.submit({ do: 'set', rid: shape, name: 'x', value: 'b' });
    expect(x()).toBe('b');
    await net.settle();
    net.clock.advance(200_000);
    await net.settle();
    expect(difference([a, b])).toBeUndefined();
    expect(x()).toBe(a.replica.confirmed.get(fill)?.chdata);
  });
});
