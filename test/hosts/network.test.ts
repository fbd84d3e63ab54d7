/** Entering a room, whosever it is. */
import { expect, it } from 'vitest';
import { type BoardService, createBoardService } from '#session/board-service.ts';
import { joinRoom } from '#hosts/network.ts';
import { createRoomTransport, type RoomTransport } from '#session/room-transport.ts';
import type { TransportEvent } from '#session/transport.ts';
import type { Entity, EntityEvent } from '#xmpp/entity.ts';
import { XmppError } from '#xmpp/errors.ts';
import { createCaps } from '#xmpp/xep-0115.ts';
import type { Element } from '#xmpp/xml-text.ts';
import { clock, LIMN, random } from '../xmpp/connect.ts';

it('a room that could not be entered is listened to no more, however often it is tried', async () => {
  const listeners = new Set<((stanza: Element) => void) | ((event: EntityEvent) => void)>();
  const listen = (listener: ((stanza: Element) => void) | ((event: EntityEvent) => void)) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const offline = new XmppError('disconnected', 'Limn is not connected at the moment. Try again when it is.');
  const entity: Entity = {
    ...{ jid: 'ann@example.org/limn', domain: 'example.org', online: false },
    send: () => Promise.reject(offline),
    request: () => Promise.reject(offline),
    handle: () => () => undefined,
    onStanza: listen,
    on: listen,
  };
  const caps = await createCaps(entity, 'https://limn.example', LIMN);
  const boards = createBoardService(entity, clock, random);
  const before = listeners.size;
  for (let tries = 0; tries < 3; tries++) {
    const transport = createRoomTransport(entity, { room: 'plans@rooms.example.org', nick: 'ann', caps, clock });
    await expect(joinRoom('plans@rooms.example.org', boards, transport)).rejects.toThrow('not connected');
    expect(listeners.size).toBe(before);
  }
});

it('a room that sent us away is left', async () => {
  const listeners = new Set<(event: TransportEvent) => void>();
  let left = 0;
  const transport: Pick<RoomTransport, 'on' | 'join' | 'leave'> = {
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    join: () => Promise.resolve(),
    leave() {
      left += 1;
      return Promise.reject(new Error('gone'));
    },
  };
  const boards: Pick<BoardService, 'serve'> = { serve: () => () => undefined };
  await joinRoom('plans@rooms.example.org', boards as BoardService, transport as RoomTransport);
  for (const final of [false, true]) {
    for (const listener of listeners) listener({ type: 'down', reason: 'You were removed.', final });
    expect(left).toBe(final ? 1 : 0);
  }
});
