/** What a room transport does on a real server, whichever it is: the same tests for each. */
import xml from '@xmpp/xml';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createRoomTransport, type RoomTransport, type RoomTransportOptions } from '#session/room-transport.ts';
import type { Occupant, TransportEvent } from '#session/transport.ts';
import type { Connection } from '#xmpp/connection.ts';
import { type Caps, createCaps } from '#xmpp/xep-0115.ts';
import { NS_SXE, type SxeMessage } from '#xmpp/xep-0284.ts';
import { clock, connection, LIMN, signIn } from '../xmpp/connect.ts';

/** What the tests use of a running server. */
export interface RoomServer {
  readonly tlsPort: number;
  stop(): Promise<void>;
  kill9(): Promise<void>;
  restart(): Promise<void>;
}

export interface RoomServerKind {
  /** Whether its rooms make occupant ids (XEP-0421). */
  readonly occupantIds: boolean;
  start(): Promise<RoomServer>;
  /** Rooms may be created by nobody. */
  startWithoutRooms(): Promise<RoomServer>;
  /** Every room is full with two, where the server knows limits. */
  startWithRoomsForTwo?(): Promise<RoomServer>;
}

/** A person in a room, everything that happened to them, and a way to wait for more. */
interface Member {
  readonly entity: Connection;
  readonly caps: Caps;
  readonly transport: RoomTransport;
  readonly events: TransportEvent[];
  /** The first event, past or to come, that the filter takes. */
  seen<T extends TransportEvent['type']>(
    type: T,
    wanted?: (event: Extract<TransportEvent, { type: T }>) => boolean,
  ): Promise<Extract<TransportEvent, { type: T }>>;
  /** Forgets what happened so far. */
  forget(): void;
}

async function memberOn(
  user: string,
  room: string,
  options: Partial<RoomTransportOptions>,
  server: RoomServer,
): Promise<Member> {
  const { entity, caps } = await signIn(server, user);
  const transport = createRoomTransport(entity, { room, nick: user, caps, clock, ...options });
  const events: TransportEvent[] = [];
  const waiting = new Set<() => void>();
  transport.on((event) => {
    events.push(event);
    for (const check of [...waiting]) check();
  });
  return {
    entity,
    caps,
    transport,
    events,
    forget: () => events.splice(0),
    seen: (type, wanted = () => true) =>
      new Promise((resolve) => {
        type Wanted = Extract<TransportEvent, { type: typeof type }>;
        const check = (): void => {
          const found = events.find((event): event is Wanted => event.type === type && wanted(event as Wanted));
          if (!found) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
  };
}

let rooms = 0;
const newRoom = (): string => `r${(rooms += 1)}@rooms.localhost`;
const edit = (id: string, text: string): SxeMessage => ({
  session: 's',
  id,
  payload: { kind: 'edits', edits: [{ kind: 'set', rid: 'a', version: 1, fields: { chdata: text } }] },
});
const ids = (events: readonly TransportEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'message' ? [event.message.id] : []));

/** Sets fields of a room's configuration, as its owner. */
async function configure({ entity }: Member, room: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const form = { FORM_TYPE: 'http://jabber.org/protocol/muc#roomconfig', ...fields };
  const x = xml('x', { xmlns: 'jabber:x:data', type: 'submit' });
  for (const [name, value] of Object.entries(form)) x.append(xml('field', { var: name }, xml('value', {}, value)));
  await entity.request('set', room, xml('query', { xmlns: 'http://jabber.org/protocol/muc#owner' }, x));
}

/** Changes somebody's affiliation or role, as an owner. */
async function admin({ entity }: Member, room: string, item: Readonly<Record<string, string>>): Promise<void> {
  const query = xml(
    'query',
    { xmlns: 'http://jabber.org/protocol/muc#admin' },
    xml('item', item, xml('reason', {}, 'enough')),
  );
  await entity.request('set', room, query);
}

/** Registers the tests on servers of this kind. */
export function roomTransportSuite(kind: RoomServerKind): void {
  let running: RoomServer;
  beforeAll(async () => {
    running = await kind.start();
  });
  afterAll(() => running.stop());
  const member = (user: string, room: string, options: Partial<RoomTransportOptions> = {}, server = running) =>
    memberOn(user, room, options, server);

  describe('two in a room', () => {
    test('see each other, know what the other can, and share one order', async () => {
      const room = newRoom();
      const alice = await member('alice', room);
      await alice.transport.join();
      expect(alice.events[0]).toMatchObject({
        type: 'joined',
        resumed: false,
        occupants: [{ nick: 'alice', me: true, role: 'moderator', affiliation: 'owner', sxe: true, limn: true }],
      });
      const bob = await member('bob', room);
      await bob.transport.join();
      const joined = await bob.seen('joined');
      expect(
        joined.occupants.map(({ nick, me, limn }) => ({ nick, me, limn })).sort((a, b) => (a.nick < b.nick ? -1 : 1)),
      ).toEqual([
        { nick: 'alice', me: false, limn: true },
        { nick: 'bob', me: true, limn: true },
      ]);
      // Occupant ids are not the addresses.
      expect(joined.occupants.every(({ id, jid }) => (id !== jid) === kind.occupantIds)).toBe(true);
      await alice.seen('occupant', ({ occupant }) => occupant.nick === 'bob');

      const sends: Promise<void>[] = [];
      for (let n = 1; n <= 50; n += 1) {
        sends.push(alice.transport.toAll(edit(`a.${n}`, `漢${n}\n`)), bob.transport.toAll(edit(`b.${n}`, `é${n}\t`)));
      }
      await Promise.all(sends);
      await alice.transport.toAll(edit('a.51', 'end'));
      await bob.seen('message', ({ message }) => message.id === 'a.51');
      await alice.transport.toAll(edit('a.52', 'end'));
      const wait = (one: Member) => one.seen('message', ({ message }) => message.id === 'a.52');
      await Promise.all([wait(alice), wait(bob)]);
      expect(ids(alice.events)).toHaveLength(102);
      expect(ids(alice.events)).toEqual(ids(bob.events));
      const texts = alice.events.flatMap((event) => (event.type === 'message' ? [event.message] : []));
      expect(texts).toContainEqual(edit('a.7', '漢7\n'));
      expect(texts).toContainEqual(edit('b.9', 'é9\t'));
      const mine = alice.events.find((event) => event.type === 'message' && event.message.id === 'a.1');
      expect(mine).toMatchObject({ from: { nick: 'alice', me: true } });
    });

    test('a message is from somebody as they were at its place in the order, whatever they are by now', async () => {
      const room = newRoom();
      const alice = await member('alice', room);
      await alice.transport.join();
      const bob = await member('bob', room);
      await bob.transport.join();
      await alice.seen('occupant', ({ occupant }) => occupant.nick === 'bob');
      const becomes = async (affiliation: 'admin' | 'none', message: string): Promise<void> => {
        await admin(alice, room, { affiliation, jid: 'bob@localhost' });
        // ejabberd takes the voice of who is no admin any more.
        if (affiliation === 'none') await admin(alice, room, { role: 'participant', nick: 'bob' });
        await bob.transport.toAll(edit(message, ''));
        for (const one of [alice, bob]) await one.seen('message', (event) => event.message.id === message);
      };
      await bob.transport.toAll(edit('b.1', 'as nobody in particular'));
      await bob.seen('message', ({ message }) => message.id === 'b.1');
      await becomes('admin', 'b.2');
      await becomes('none', 'b.3');
      for (const { events } of [alice, bob]) {
        const roles = events.flatMap((event) => (event.type === 'message' ? [event.from.affiliation] : []));
        expect(roles).toEqual(['none', 'admin', 'none']);
      }
    });

    test('speak in private, advertise the session, chat, and leave', async () => {
      const room = newRoom();
      const [alice, bob] = [await member('alice', room), await member('bob', room)];
      await alice.transport.join();
      alice.transport.advertise({ id: '851ba2', name: 'Märkte & co' });
      await bob.transport.join();
      // The advertisement may have been there before, or come after.
      const alreadyThere = (await bob.seen('joined')).occupants.find(({ session }) => session !== undefined);
      const occupant =
        alreadyThere ?? (await bob.seen('occupant', (event) => event.occupant.session !== undefined)).occupant;
      expect(occupant).toMatchObject({ nick: 'alice', session: { id: '851ba2', name: 'Märkte & co' } });
      await bob.transport.toOne(occupant, { session: '851ba2', id: 'e', payload: { kind: 'connect' } });
      expect(await alice.seen('private')).toMatchObject({
        from: { nick: 'bob' },
        message: { id: 'e', payload: { kind: 'connect' } },
      });
      await bob.transport.toAll({ session: 's', id: 'l', payload: { kind: 'live', json: '{"cursor":[1,2]}' } });
      expect(await alice.seen('message')).toMatchObject({
        message: { payload: { kind: 'live', json: '{"cursor":[1,2]}' } },
      });
      for (const [on, show] of [
        [true, 'away'],
        [false, 'free'],
      ] as const) {
        alice.transport.away?.(on);
        const { occupant: now } = await bob.seen('occupant', ({ occupant: one }) => one.show === show);
        expect(now).toMatchObject({ nick: 'alice', show, session: { id: '851ba2' } });
      }
      await bob.transport.say('hello');
      expect(await alice.seen('chat')).toMatchObject({ from: { nick: 'bob' }, body: 'hello' });
      await bob.transport.leave();
      expect(await alice.seen('left')).toMatchObject({ occupant: { nick: 'bob' } });
      await expect(bob.transport.toAll(edit('b.1', ''))).rejects.toMatchObject({ code: 'disconnected' });
    });

    test('history is not asked for, and a private message to nobody comes back as refused', async () => {
      const room = newRoom();
      const alice = await member('alice', room);
      await alice.transport.join();
      await alice.transport.say('before');
      await alice.seen('chat');
      const bob = await member('bob', room);
      await bob.transport.join();
      const { occupants } = await bob.seen('joined');
      const nobody = { ...(occupants[0] as Occupant), jid: `${room}/nobody` };
      await bob.transport.toOne(nobody, edit('b.1', 'x'));
      expect(await bob.seen('refused')).toMatchObject({ sxeId: 'b.1', condition: 'item-not-found' });
      expect(bob.events.some(({ type }) => type === 'chat')).toBe(false);
    });

    test('forged and malformed stanzas are noted and change nothing', async () => {
      const room = newRoom();
      const notes: string[] = [];
      const [alice, bob] = [
        await member('alice', room, { note: (text) => notes.push(text) }),
        await member('bob', room),
      ];
      await alice.transport.join();
      await bob.transport.join();
      const send = (to: string, type: string, ...children: ReturnType<typeof xml>[]) =>
        bob.entity.send(xml('message', { to, type }, ...children));
      // From outside the room, as if from within; without a session; as history.
      await send(
        alice.entity.jid ?? '',
        'groupchat',
        xml('sxe', { xmlns: NS_SXE, session: 's', id: 'x.1' }, xml('state', {})),
      );
      await send(room, 'groupchat', xml('sxe', { xmlns: NS_SXE, id: 'x.2' }, xml('state', {})));
      await send(room, 'groupchat', xml('sxe', { xmlns: NS_SXE, session: 's', id: 'x.3' }, xml('dance', {})));
      await bob.transport.toAll(edit('b.1', 'good'));
      await alice.seen('message', ({ message }) => message.id === 'b.1');
      expect(ids(alice.events)).toEqual(['b.1']);
      expect(notes.filter((text) => text.startsWith(room))).toHaveLength(2);
    });
  });

  describe('a room that does not let one in says why', () => {
    test.each([
      ['for members only', 'members-only', { 'muc#roomconfig_membersonly': '1' }],
      [
        'protected by a password',
        'password-required',
        { 'muc#roomconfig_passwordprotectedroom': '1', 'muc#roomconfig_roomsecret': 'sesame' },
      ],
    ])('%s', async (_, code, fields) => {
      const room = newRoom();
      const [alice, bob] = [await member('alice', room), await member('bob', room)];
      await alice.transport.join();
      await configure(alice, room, fields);
      await expect(bob.transport.join()).rejects.toMatchObject({ name: 'XmppError', code });
      await alice.transport.toAll(edit('a.1', 'still here'));
      await alice.seen('message');
    });

    test('banned', async () => {
      const room = newRoom();
      const [alice, bob] = [await member('alice', room), await member('bob', room)];
      await alice.transport.join();
      await admin(alice, room, { affiliation: 'outcast', jid: 'bob@localhost' });
      await expect(bob.transport.join()).rejects.toMatchObject({ code: 'banned' });
    });

    const forTwo = kind.startWithRoomsForTwo;
    test.each(forTwo ? [forTwo] : [])('full', async (startForTwo) => {
      const server = await startForTwo();
      onTestFinished(() => server.stop());
      const room = newRoom();
      const alice = await member('alice', room, {}, server);
      const [bob, carol] = [await member('bob', room, {}, server), await member('carol', room, {}, server)];
      await alice.transport.join();
      await bob.transport.join();
      await expect(carol.transport.join()).rejects.toMatchObject({
        code: 'room-full',
        message: `${room} is full. Try again when somebody has left.`,
      });
      await alice.transport.toAll(edit('a.1', 'untouched'));
      await bob.seen('message', ({ message }) => message.id === 'a.1');
      await bob.transport.leave();
      await alice.seen('left');
      await carol.transport.join();
    });

    test('the nick is taken; another one does', async () => {
      const room = newRoom();
      const [alice, bob] = [await member('alice', room), await member('bob', room, { nick: 'alice' })];
      await alice.transport.join();
      await expect(bob.transport.join()).rejects.toMatchObject({ code: 'nick-taken' });
    });

    test('missing, when none shall be made; and made at once when it shall be', async () => {
      const bob = await member('bob', newRoom(), { create: false });
      await expect(bob.transport.join()).rejects.toMatchObject({ code: 'room-missing' });
      for (let n = 0; n < 10; n += 1) {
        const options = { room: newRoom(), nick: 'bob', caps: bob.caps, clock };
        const wary = createRoomTransport(bob.entity, { ...options, create: false });
        await expect(wary.join()).rejects.toMatchObject({ code: 'room-missing' });
        const bold = createRoomTransport(bob.entity, options);
        await bold.join();
        expect(bold.nick).toBe('bob');
      }
    });

    test('none may be created', async () => {
      const server = await kind.startWithoutRooms();
      onTestFinished(() => server.stop());
      const bob = await member('bob', newRoom(), {}, server);
      await expect(bob.transport.join()).rejects.toMatchObject({ code: 'not-allowed' });
    });

    test('with the password it does', async () => {
      const room = newRoom();
      const [alice, bob] = [await member('alice', room), await member('bob', room, { password: 'sesame' })];
      await alice.transport.join();
      await configure(alice, room, {
        'muc#roomconfig_passwordprotectedroom': '1',
        'muc#roomconfig_roomsecret': 'sesame',
      });
      await bob.transport.join();
      expect(await alice.seen('occupant', ({ occupant }) => occupant.nick === 'bob')).toBeDefined();
    });

    test.each(['', 'room', 'rooms.localhost', 'a@rooms.localhost/b'])('"%s" is no room', async (room) => {
      const entity = connection('127.0.0.1:1');
      const caps = await createCaps(entity, 'https://limn.example', LIMN);
      expect(() => createRoomTransport(entity, { room, nick: 'a', caps, clock })).toThrow(RangeError);
    });
  });

  describe('being put out', () => {
    test.each([
      ['kicked', { role: 'none', nick: 'bob' }, 'removed'],
      ['banned', { affiliation: 'outcast', jid: 'bob@localhost' }, 'banned'],
    ])('%s', async (_, item, word) => {
      const room = newRoom();
      const [alice, bob] = [await member('alice', room), await member('bob', room)];
      await alice.transport.join();
      await bob.transport.join();
      await admin(alice, room, item);
      expect(await bob.seen('down')).toMatchObject({
        final: true,
        reason: expect.stringMatching(new RegExp(`${word}.*enough`)),
      });
      expect(await alice.seen('left')).toMatchObject({ occupant: { nick: 'bob' } });
      await expect(bob.transport.toAll(edit('b.1', ''))).rejects.toMatchObject({ code: 'disconnected' });
    });

    test('owners decide who looks on, draws, moderates and owns, and how the room is', async () => {
      const room = newRoom();
      const alice = await member('alice', room);
      await alice.transport.join();
      const bob = await member('bob', room);
      await bob.transport.join();
      const carol = await member('carol', room);
      await carol.transport.join();
      const idOf = async (nick: string): Promise<string> =>
        (await alice.seen('occupant', ({ occupant }) => occupant.nick === nick)).occupant.id;
      const is = async (nick: string, what: Partial<Occupant>): Promise<unknown> =>
        alice.seen(
          'occupant',
          ({ occupant }) =>
            occupant.nick === nick &&
            Object.entries(what).every(([key, value]) => occupant[key as keyof Occupant] === value),
        );
      const { admin: running } = alice.transport;
      const bobId = await idOf('bob');

      // A viewer may say nothing, whatever the room was before; who drew there goes on.
      await running.give(bobId, 'viewer');
      await is('bob', { role: 'visitor' });
      await bob.transport.toAll(edit('b.1', 'no'));
      await bob.seen('refused', ({ sxeId }) => sxeId === 'b.1');
      expect((await running.settings()).moderated).toBe(true);
      await carol.transport.toAll(edit('c.1', 'yes'));
      await alice.seen('message', ({ message }) => message.id === 'c.1');

      await running.give(bobId, 'editor');
      await is('bob', { role: 'participant', affiliation: 'member' });
      await bob.transport.toAll(edit('b.2', 'yes'));
      await alice.seen('message', ({ message }) => message.id === 'b.2');
      await running.give(bobId, 'moderator');
      await is('bob', { role: 'moderator' });
      const carolId = (await bob.seen('occupant', ({ occupant }) => occupant.nick === 'carol')).occupant.id;
      await expect(bob.transport.admin.give(carolId, 'owner')).rejects.toMatchObject({ code: 'not-admin' });
      await expect(bob.transport.admin.settings()).rejects.toMatchObject({ code: 'not-admin' });
      await running.give(bobId, 'owner');
      await is('bob', { affiliation: 'owner' });

      await running.change({ name: 'Plans', password: 'secret', openVoice: false, moderated: true });
      expect(await running.settings()).toMatchObject({ name: 'Plans', password: 'secret', openVoice: false });
      await running.give(carolId, 'viewer');
      await carol.transport.leave();
      alice.forget();
      const stranger = await member('carol', room);
      await expect(stranger.transport.join()).rejects.toMatchObject({ code: 'password-required' });
      const again = await member('carol', room, { password: 'secret' });
      await again.transport.join();
      await is('carol', { role: 'visitor' });

      await running.remove(await idOf('carol'), true, 'enough');
      expect(await again.seen('down')).toMatchObject({ final: true });
      await alice.seen('left', ({ occupant }) => occupant.nick === 'carol');
      await expect(running.give(await idOf('carol'), 'editor')).rejects.toMatchObject({ code: 'refused' });
      await running.end('done');
      expect(await bob.seen('down')).toMatchObject({ final: true, reason: expect.stringContaining('closed') });
    });

    test('the room is closed', async () => {
      const room = newRoom();
      const [alice, bob] = [await member('alice', room), await member('bob', room)];
      await alice.transport.join();
      await bob.transport.join();
      const destroy = xml('destroy', { jid: 'other@rooms.localhost' }, xml('reason', {}, 'moved'));
      await alice.entity.request('set', room, xml('query', { xmlns: 'http://jabber.org/protocol/muc#owner' }, destroy));
      expect(await bob.seen('down')).toMatchObject({
        final: true,
        reason: expect.stringMatching(/closed.*other@.*moved/),
      });
    });
  });

  describe('a lost network', () => {
    test('a resumed stream: what was said meanwhile comes after joined, in order, and nobody saw us go', async () => {
      const room = newRoom();
      const [alice, bob] = [await member('alice', room), await member('bob', room)];
      await alice.transport.join();
      await bob.transport.join();
      bob.entity.cut();
      await bob.seen('down', ({ final }) => !final);
      await expect(bob.transport.toAll(edit('b.0', ''))).rejects.toMatchObject({ code: 'disconnected' });
      for (let n = 1; n <= 5; n += 1) await alice.transport.toAll(edit(`a.${n}`, ''));
      await alice.seen('message', ({ message }) => message.id === 'a.5');
      bob.forget();
      bob.entity.link();
      await bob.seen('message', ({ message }) => message.id === 'a.5');
      expect(bob.events[0]).toMatchObject({ type: 'joined', resumed: true });
      expect(ids(bob.events)).toEqual(['a.1', 'a.2', 'a.3', 'a.4', 'a.5']);
      expect(alice.events.some(({ type }) => type === 'left')).toBe(false);
      await bob.transport.toAll(edit('b.1', 'back'));
      await alice.seen('message', ({ message }) => message.id === 'b.1');
    });

    test('a server that was killed: rejoined by itself', async () => {
      const server = await kind.start();
      onTestFinished(() => server.stop());
      const room = newRoom();
      const alice = await member('alice', room, {}, server);
      await alice.transport.join();
      alice.forget();
      await server.kill9();
      await alice.seen('down', ({ final }) => !final);
      await server.restart();
      expect(await alice.seen('joined')).toMatchObject({ resumed: false, occupants: [{ nick: 'alice', me: true }] });
      await alice.transport.toAll(edit('a.1', 'again'));
      await alice.seen('message', ({ message }) => message.id === 'a.1');
    });
  });
}
