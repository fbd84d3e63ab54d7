/** People on the network of this machine alone: each a whole app on a profile of its own. */
import { type ComposedApp, composeApp } from '#hosts/compose.ts';
import { expect } from 'vitest';
import type { IntentInput, NearbyStatus } from '#api/contract.ts';
import { Client, shape, temporaryProfile } from './world.ts';

process.env['LIMN_NEARBY'] = 'loopback';

export interface NearbyPerson {
  readonly name: string;
  readonly profile: string;
  readonly app: ComposedApp['app'];
  readonly client: Client;
  status(): NearbyStatus;
  quit(): Promise<void>;
}

const open = new Set<NearbyPerson>();

/** Somebody who starts Limn. */
export async function nearbyPerson(name: string, profile = temporaryProfile()): Promise<NearbyPerson> {
  const { app, close } = composeApp({ host: 'web', profile });
  const client = new Client(app, 'c1');
  await client.call('settings.set', { key: 'nick', value: name });
  const person: NearbyPerson = {
    ...{ name, profile, app, client },
    status: () => client.events.nearby.at(-1) ?? { on: false, nick: '', boards: [], questions: [] },
    async quit() {
      if (open.delete(person)) await close();
    },
  };
  open.add(person);
  return person;
}

export async function quitAll(): Promise<void> {
  await Promise.all([...open].map((person) => person.quit()));
}

/** Waits for what may take a while on a loaded machine. */
export const poll = <T>(read: () => T) => expect.poll(read, { timeout: 30_000, interval: 20 });

/** The question that a person is asked, once there is one. */
export async function question(person: NearbyPerson): Promise<NearbyStatus['questions'][number]> {
  await poll(() => person.status().questions.length).toBe(1);
  const [asked] = person.status().questions;
  if (!asked) throw new Error('no question');
  return asked;
}

/** Goes to the board of that name; whoever hosts it says that the digits are the same. */
export const comeAlone = (guest: NearbyPerson, board: string): Promise<string> => come(guest, board, undefined);

/** Goes to the board of that name, both people comparing the digits. */
export async function come(guest: NearbyPerson, board: string, host: NearbyPerson | undefined): Promise<string> {
  await guest.client.call('nearby.turn', { on: true });
  await poll(() => guest.status().boards.find(({ name }) => name === board)?.id).toBeDefined();
  const offered = guest.status().boards.find(({ name }) => name === board);
  const joining = guest.client.call('nearby.join', { id: offered?.id ?? '' });
  joining.catch(() => undefined);
  if (offered?.known !== true) {
    const one = await question(guest);
    if (host) {
      const other = await question(host);
      expect(one.code).toBe(other.code);
      await host.client.call('nearby.answer', { id: other.id, same: true });
    }
    await guest.client.call('nearby.answer', { id: one.id, same: true });
  }
  const { id } = await joining;
  await guest.client.open(id);
  await poll(() => guest.app.board(id).tree()?.rid).toBeDefined();
  return id;
}

/** Somebody offers a new board. */
export async function offer(host: NearbyPerson, name: string): Promise<string> {
  const { id } = await host.client.call('boards.create', { name });
  await host.client.open(id);
  await host.client.call('nearby.share', { board: id });
  return id;
}

export const draw = ({ client }: NearbyPerson, board: string, x: string): Promise<unknown> => {
  const intent: IntentInput = { do: 'add', parent: 'root', before: null, node: shape('rect', { x }) };
  return client.call('document.submit', { board, gesture: x, intents: [intent] });
};

/** All have the same board, nothing waits, and these are on it. */
export async function same(all: readonly (readonly [NearbyPerson, string])[], xs: readonly string[]): Promise<void> {
  await poll(() => {
    const boards = all.map(([{ app }, id]) => app.board(id));
    const svgs = new Set(boards.map((board) => board.svg()));
    const settled = boards.every((board) => board.status().waiting === 0 && board.status().connection === 'online');
    const svg = boards[0]?.svg() ?? '';
    const missing = xs.filter((x) => !svg.includes(`<rect x="${x}"`));
    return [settled, svgs.size, missing.join(' ')];
  }).toEqual([true, 1, '']);
}
