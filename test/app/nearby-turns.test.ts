/** The local network turned on and off, and boards gone to and given up, whatever is under way at that moment. */
import { describe, expect, it } from 'vitest';
import type { Board } from '#app/board.ts';
import type { Desk } from '#app/desk.ts';
import type { Library } from '#app/library.ts';
import { createNearby, type Nearby } from '#app/nearby.ts';
import type { JoinedRoom, NearbyNetwork, NearbyPerson } from '#app/network.ts';
import type { NearbyBoard } from '#session/nearby.ts';
import type { Transport } from '#session/transport.ts';
import { random } from '../xmpp/connect.ts';

const OFFERED: NearbyBoard = {
  ...{ session: 'plans', name: 'Plans', people: 1, host: 'Ann', instance: 'Ann@desk', key: 'k', known: false },
};

/** A promise in the test's hands. */
function held<T>() {
  let keep!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (keep = resolve));
  return { promise, keep };
}

interface Scene {
  readonly nearby: Nearby;
  readonly settings: ReadonlyMap<string, string>;
  readonly done: string[];
  /** The network is up, and somebody offers a board there. */
  up(): Promise<void>;
  /** The room has let us in; leaving it fails, as on a connection that is gone. */
  entered(): Promise<void>;
}

function scene(): Scene {
  const [started, joined] = [held<NearbyNetwork>(), held<JoinedRoom>()];
  const settings = new Map<string, string>();
  const done: string[] = [];
  let person: NearbyPerson | undefined;
  const network: NearbyNetwork = {
    share: () => joined.promise,
    join: () => joined.promise,
    admin: () => undefined,
    stop: () => done.push('stop'),
  };
  const board: Pick<Board, 'joined' | 'share' | 'meta'> = {
    joined: false,
    meta: { id: 'b1', name: 'Plans', created: 0, modified: 0 },
    share: () => done.push('share'),
  };
  const desk: Pick<Desk, 'board' | 'boards'> = { board: () => board as Board, boards: () => [] };
  const library: Pick<Library, 'get' | 'createForRoom'> = { get: () => board.meta, createForRoom: () => board.meta };
  const nearby = createNearby({
    ...{ desk: desk as Desk, library: library as Library, random, boards: () => [], nick: () => 'Ben' },
    settings: {
      get: (key) => settings.get(key) ?? null,
      set: (key, value) => void (value === null ? settings.delete(key) : settings.set(key, value)),
    },
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    start: (who) => {
      person = who;
      return started.promise;
    },
    changed: () => undefined,
  });
  const transport: Pick<Transport, 'leave'> = {
    leave() {
      done.push('leave');
      return Promise.reject(new Error('gone'));
    },
  };
  return {
    ...{ nearby, settings, done },
    async up() {
      started.keep(network);
      await started.promise;
      person?.changed([OFFERED]);
    },
    async entered() {
      joined.keep({
        room: 'plans@nearby.invalid',
        occupants: [],
        say: async () => {},
        transport: transport as Transport,
      });
      await joined.promise;
    },
  };
}

describe('turned off while it is being turned on', () => {
  it('stays off', async () => {
    const { nearby, settings, done, up } = scene();
    const [on, off] = [nearby.turn(true), nearby.turn(false)];
    await up();
    await Promise.all([on.catch(() => undefined), off]);
    expect([nearby.status().on, [...settings], done]).toEqual([false, [], ['stop']]);
  });

  it('ends with the program', async () => {
    const { nearby, done, up } = scene();
    const on = nearby.turn(true);
    nearby.close();
    await up();
    await on.catch(() => undefined);
    await expect.poll(() => done).toEqual(['stop']);
    expect(nearby.status().on).toBe(false);
  });
});

it('who gives up in the last moment does not come to the board, and leaves it', async () => {
  const { nearby, done, up, entered } = scene();
  const on = nearby.turn(true);
  await up();
  await on;
  const id = nearby.status().boards[0]?.id ?? '';
  const joining = nearby.join(id);
  nearby.cancel();
  await entered();
  await expect(joining).rejects.toMatchObject({ code: 'cancelled' });
  expect(done).toEqual(['leave']);
});
