/** Two sessions in one room, board and notes: each converges as if it were alone, and neither hears the other. */
import { describe, expect, it } from 'vitest';
import { type Channels, createChannels } from '#session/channels.ts';
import type { TransportEvent } from '#session/transport.ts';
import { type NetworkMember, TestNetwork } from '#test/support/network.ts';
import { checkAsync } from '#test/support/property.ts';
import fc from 'fast-check';
import { difference, Person, ROOM, SESSION } from './person.ts';

const NOTES = `${SESSION}#notes`;

class Pair {
  readonly member: NetworkMember;
  readonly channels: Channels;
  readonly board: Person;
  readonly others: string[] = [];
  notes: Person | undefined;
  readonly #network: TestNetwork;
  readonly #nick: string;

  constructor(network: TestNetwork, nick: string) {
    this.#network = network;
    this.#nick = nick;
    this.member = network.member(nick);
    this.channels = createChannels(this.member.transport, (session) => this.others.push(session));
    this.board = new Person(network, nick, {}, this.#seat(SESSION));
  }

  openNotes(): Person {
    this.notes = new Person(this.#network, `${this.#nick}notes`, {}, this.#seat(NOTES));
    return this.notes;
  }

  #seat(session: string) {
    return { member: this.member, transport: this.channels.open(session), session };
  }
}

describe('channels', () => {
  it('carry two sessions of which each has its own document', async () => {
    const network = new TestNetwork(1);
    const [amara, bo] = [new Pair(network, 'Amara'), new Pair(network, 'Bo')];
    amara.member.connect(ROOM);
    await network.settle();
    amara.board.begin();
    const notes = amara.openNotes();
    await network.settle();
    notes.begin();
    notes.shape('note');
    await network.settle();
    bo.member.connect(ROOM);
    await network.settle();
    expect(bo.others).toContain(NOTES);
    bo.openNotes();
    await network.settle();
    bo.board.shape('drawn');
    await network.settle();
    expect(bo.notes?.names()).toEqual(['note']);
    expect(amara.board.names()).toEqual(['drawn']);
    expect(difference([amara.board, bo.board])).toBeUndefined();
    expect(difference([amara.notes as Person, bo.notes as Person])).toBeUndefined();
    expect(amara.board.replica.place.epoch).not.toBe(notes.replica.place.epoch);
  });

  it('advertise the first session as XEP-0284 has it, the others beside it, and what is left when one ends', async () => {
    const network = new TestNetwork(2);
    const amara = new Pair(network, 'Amara');
    const watcher = network.member('Watcher');
    const seen: (readonly [string | undefined, ...string[]])[] = [];
    watcher.transport.on((event: TransportEvent) => {
      if (event.type !== 'occupant' || event.occupant.id !== amara.member.id) return;
      seen.push([event.occupant.session?.id, ...(event.occupant.also ?? []).map(({ id }) => id)]);
    });
    watcher.connect(ROOM);
    await network.settle();
    amara.member.connect(ROOM);
    await network.settle();
    amara.board.begin();
    const notes = amara.openNotes();
    await network.settle();
    notes.begin();
    await network.settle();
    expect(seen.at(-1)).toEqual([SESSION, NOTES]);
    await notes.session.leave();
    await network.settle();
    expect(seen.at(-1)).toEqual([SESSION]);
    expect(amara.member.connected).toBe(true);
    await amara.board.session.leave();
    expect(amara.member.connected).toBe(false);
  });

  it('bring a session that is opened while the first hears of the room into it, once', async () => {
    const network = new TestNetwork(5);
    const amara = new Pair(network, 'Amara');
    amara.member.connect(ROOM);
    await network.settle();
    amara.board.begin();
    amara.openNotes();
    await network.settle();
    amara.notes?.begin();
    await network.settle();
    // As a host does it: what the transport says before anybody listens is kept, and told within `on`.
    const member = network.member('Bo');
    const kept: TransportEvent[] = [];
    const listeners = new Set<(event: TransportEvent) => void>();
    member.transport.on((event) => {
      if (listeners.size === 0) kept.push(event);
      for (const listener of listeners) listener(event);
    });
    member.connect(ROOM);
    await network.settle();
    const transport = {
      ...member.transport,
      on(listener: (event: TransportEvent) => void) {
        listeners.add(listener);
        for (const event of kept.splice(0)) listener(event);
        return () => listeners.delete(listener);
      },
    };
    let notes: Person | undefined;
    const channels = createChannels(transport, (session) => {
      notes = new Person(network, 'Bonotes', {}, { member, transport: channels.open(session), session });
    });
    const board = new Person(network, 'Bo', {}, { member, transport: channels.open(SESSION), session: SESSION });
    await network.settle();
    expect(listeners.size).toBe(1);
    expect(difference([amara.board, board])).toBeUndefined();
    expect(difference([amara.notes as Person, notes as Person])).toBeUndefined();
  });

  it('leave the room at once when asked to, whoever is left', async () => {
    const network = new TestNetwork(3);
    const amara = new Pair(network, 'Amara');
    amara.member.connect(ROOM);
    await network.settle();
    amara.openNotes();
    await amara.channels.leave();
    expect(amara.member.connected).toBe(false);
  });

  it('refuse a second channel for one session', () => {
    const network = new TestNetwork(4);
    const amara = new Pair(network, 'Amara');
    expect(() => amara.channels.open(SESSION)).toThrow(RangeError);
  });

  it('converge in both documents through cuts, with edits of both while apart', async () => {
    await checkAsync(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const network = new TestNetwork(seed);
        const pairs = ['Amara', 'Bo', 'Cleo'].map((nick) => new Pair(network, nick));
        for (const pair of pairs) pair.openNotes();
        pairs[0]?.member.connect(ROOM);
        await network.settle();
        pairs[0]?.board.begin();
        pairs[0]?.notes?.begin();
        for (const pair of pairs.slice(1)) pair.member.connect(ROOM);
        await network.settle();
        const names: Record<'board' | 'notes', string[]> = { board: [], notes: [] };
        for (let i = 0; i < 30; i++) {
          const pair = pairs[Math.floor(network.random() * pairs.length)] as Pair;
          const roll = network.random();
          if (roll < 0.12 && pair.member.connected) pair.member.drop({ ghost: network.random() < 0.5 });
          else if (roll < 0.3 && !pair.member.connected) pair.member.connect(ROOM);
          else {
            const which = network.random() < 0.5 ? 'board' : 'notes';
            pair[which]?.shape(`${which}${i}`);
            names[which].push(`${which}${i}`);
          }
          await network.run(Math.floor(network.random() * 6));
        }
        for (const pair of pairs) if (!pair.member.connected) pair.member.connect(ROOM);
        await network.settle();
        for (const which of ['board', 'notes'] as const) {
          const people = pairs.map((pair) => pair[which] as Person);
          expect(difference(people)).toBeUndefined();
          expect(people[0]?.names()).toEqual([...names[which]].sort());
        }
      }),
      { numRuns: 100 },
    );
  });
});
