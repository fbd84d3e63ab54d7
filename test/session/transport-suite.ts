/** What every Transport does, whatever carries it: the same tests over a room, two people directly, a host nearby, and the test network. */
import { describe, expect, test } from 'vitest';
import type { Occupant, Transport, TransportEvent } from '#session/transport.ts';
import type { SxeMessage } from '#xmpp/xep-0284.ts';

/** Two who have met. */
export interface Meeting {
  readonly transports: readonly [Transport, Transport];
  /** Lets what is on its way arrive, where nothing moves by itself. */
  settle?(): Promise<void>;
  /** Breaks the connection of the second one, and mends it. */
  cut?(): void;
  mend?(): void;
}

interface Member {
  readonly transport: Transport;
  readonly events: TransportEvent[];
}

const edit = (id: string, text: string): SxeMessage => ({
  session: 's',
  id,
  payload: { kind: 'edits', edits: [{ kind: 'set', rid: 'a', version: 1, fields: { chdata: text } }] },
});
const ids = ({ events }: Member): string[] =>
  events.flatMap((event) => (event.type === 'message' ? [event.message.id] : []));

/** Registers the tests. `breaks`: a connection that is cut is down until it is mended, which one nearby isn't: whoever is cut off
 *  hosts by themselves (nearby.test.ts). `meet` brings two together who listen already: `listen` is called with both before anything can be missed. */
export function transportSuite(
  name: string,
  meet: (listen: (transports: readonly [Transport, Transport]) => void) => Promise<Meeting>,
  breaks = true,
): void {
  async function met(): Promise<{
    members: [Member, Member];
    meeting: Meeting;
    until: (is: () => boolean) => Promise<void>;
  }> {
    let members: [Member, Member] | undefined;
    const meeting = await meet((transports) => {
      const [one, other] = transports.map((transport): Member => {
        const events: TransportEvent[] = [];
        transport.on((event) => events.push(event));
        return { transport, events };
      });
      if (one && other) members = [one, other];
    });
    if (!members) throw new Error('nobody listens');
    const until = async (is: () => boolean): Promise<void> => {
      await expect
        .poll(
          async () => {
            await meeting.settle?.();
            return is();
          },
          { timeout: 20_000, interval: 5 },
        )
        .toBe(true);
    };
    const both = members;
    const present = ({ events }: Member): boolean =>
      events.some(({ type }) => type === 'joined') &&
      events.some((event) =>
        event.type === 'joined'
          ? event.occupants.some(({ me }) => !me)
          : event.type === 'occupant' && !event.occupant.me,
      );
    await until(() => both[1].events.some(({ type }) => type === 'joined'));
    // One who was invited is there for the other once it has said something (XEP-0284, "Connecting to a Session").
    await both[1].transport.toAll({ session: 's', id: 'come', payload: { kind: 'connect' } });
    await until(() => both.every(present) && both.every((one) => ids(one).includes('come')));
    return { members: both, meeting, until };
  }
  const other = ({ events }: Member): Occupant => {
    for (const event of events.toReversed()) {
      if (event.type === 'occupant' && !event.occupant.me) return event.occupant;
      const found = event.type === 'joined' ? event.occupants.find(({ me }) => !me) : undefined;
      if (found) return found;
    }
    throw new Error('nobody else is there');
  };

  describe(`${name}: a transport`, () => {
    test('tells first who is there, oneself among them', async () => {
      const { members } = await met();
      for (const { events } of members) {
        expect(events[0]).toMatchObject({ type: 'joined' });
        expect(events[0]?.type === 'joined' && events[0].occupants.filter(({ me }) => me)).toHaveLength(1);
      }
    });

    test('keeps one order for all, each sender’s own too, with every echo, never within the call that sends', async () => {
      const { members, until } = await met();
      const [one, two] = members;
      const before = ids(one).length;
      const sent = one.transport.toAll(edit('a.0', ''));
      expect(ids(one)).toHaveLength(before);
      await sent;
      const sends: Promise<void>[] = [];
      for (let n = 1; n <= 40; n += 1)
        sends.push(one.transport.toAll(edit(`a.${n}`, `${n}`)), two.transport.toAll(edit(`b.${n}`, `${n}`)));
      await Promise.all(sends);
      await until(() => members.every((member) => ids(member).length >= 82));
      expect(ids(one)).toEqual(ids(two));
      for (const sender of ['a', 'b']) {
        const own = ids(one).filter((id) => id.startsWith(`${sender}.`));
        expect(own).toEqual([...own].sort((x, y) => Number(x.slice(2)) - Number(y.slice(2))));
      }
      const mine = (member: Member, prefix: string): boolean =>
        member.events.every(
          (event) => event.type !== 'message' || !event.message.id.startsWith(prefix) || event.from.me,
        );
      expect([mine(one, 'a.'), mine(two, 'b.')]).toEqual([true, true]);
    });

    test('brings every character', async () => {
      const { members, until } = await met();
      const text = 'p\nq\tr\r é漢\u{1f600} <&>\'"';
      await members[0].transport.toAll(edit('a.1', text));
      await until(() => members.every((member) => ids(member).includes('a.1')));
      for (const { events } of members) {
        const found = events.find((event) => event.type === 'message' && event.message.id === 'a.1');
        expect(found).toMatchObject({ message: edit('a.1', text) });
      }
    });

    test('what is for one reaches that one alone, outside the order', async () => {
      const { members, until } = await met();
      const [one, two] = members;
      await one.transport.toOne(other(one), { session: 's', id: 'p.2', payload: { kind: 'connect' } });
      await until(() => two.events.some(({ type }) => type === 'private'));
      expect(two.events.find(({ type }) => type === 'private')).toMatchObject({
        from: { me: false },
        message: { id: 'p.2' },
      });
      expect(one.events.some(({ type }) => type === 'private')).toBe(false);
      expect([...ids(one), ...ids(two)]).not.toContain('p.2');
    });

    test('who has left is seen to, and sends nothing more', async () => {
      const { members, until } = await met();
      const [one, two] = members;
      await two.transport.leave();
      await until(() => one.events.some(({ type }) => type === 'left'));
      await expect(two.transport.toAll(edit('b.1', ''))).rejects.toBeInstanceOf(Error);
      expect(ids(one)).not.toContain('b.1');
    });

    test.each(breaks ? ['a cut'] : [])(
      '%s: says when it is down, queues nothing meanwhile, and comes back with joined',
      async () => {
        const { members, meeting, until } = await met();
        const [, two] = members;
        meeting.cut?.();
        await until(() => two.events.some(({ type }) => type === 'down'));
        expect(two.events.find(({ type }) => type === 'down')).toMatchObject({ final: false });
        await expect(two.transport.toAll(edit('b.lost', ''))).rejects.toBeInstanceOf(Error);
        const joins = (): number => two.events.filter(({ type }) => type === 'joined').length;
        const before = joins();
        meeting.mend?.();
        await until(() => joins() > before);
        await two.transport.toAll(edit('b.back', ''));
        await until(() => members.every((member) => ids(member).includes('b.back')));
        expect(ids(members[0])).not.toContain('b.lost');
      },
    );
  });
}
