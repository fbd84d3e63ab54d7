/** XEP-0410 (MUC Self-Ping): after long silence a room is asked whether we are still in it. */
import { expect, test } from 'vitest';
import type { Element } from '@xmpp/xml';
import type { Entity } from '#xmpp/entity.ts';
import { StanzaError } from '#xmpp/errors.ts';
import { createRoom, type RoomEvent } from '#xmpp/xep-0045.ts';
import { readElement } from './elements.ts';
import { manualClock } from './manual-clock.ts';

const ROOM = 'r@rooms.localhost';

/** A room that says nothing by itself; `answer` is what a self-ping comes to. */
async function silentRoom(answer: () => Promise<Element>) {
  const clock = manualClock();
  const sent: Element[] = [];
  const pings: string[] = [];
  let hear: (stanza: Element) => void = () => undefined;
  const entity: Entity = {
    jid: 'a@localhost/x',
    domain: 'localhost',
    online: true,
    send: (stanza) => {
      sent.push(stanza);
      const item = "<item role='participant' affiliation='none'/><status code='110'/>";
      const x = `<x xmlns='http://jabber.org/protocol/muc#user'>${item}</x>`;
      if (stanza.getChild('x')) hear(readElement(`<presence from='${ROOM}/a'>${x}</presence>`));
      return Promise.resolve();
    },
    request: (_, to, child) => {
      if (child.name !== 'ping') return Promise.resolve(readElement('<iq/>'));
      pings.push(to ?? '');
      return answer();
    },
    handle: () => () => undefined,
    onStanza: (listener) => {
      hear = listener;
      return () => undefined;
    },
    on: () => () => undefined,
  };
  const room = createRoom(entity, { room: ROOM, nick: 'a', create: true, presence: () => [], clock });
  const events: RoomEvent[] = [];
  room.on((event) => events.push(event));
  await room.join();
  return { clock, room, events, pings, sent, hear: (stanza: Element) => hear(stanza) };
}

const MINUTES = 60_000;
const fail = (condition: string) => () => Promise.reject(new StanzaError(condition, 'cancel'));
const joins = (sent: readonly Element[]): number =>
  sent.filter((stanza) => stanza.getChild('x', 'http://jabber.org/protocol/muc')).length;

test('what is heard puts the question off', async () => {
  const { clock, pings, hear } = await silentRoom(() => Promise.resolve(readElement('<iq/>')));
  clock.advance(4 * MINUTES);
  hear(readElement(`<message type='groupchat' from='${ROOM}/a'><body>x</body></message>`));
  clock.advance(4 * MINUTES);
  expect(pings).toEqual([]);
  clock.advance(1 * MINUTES);
  expect(pings).toEqual([`${ROOM}/a`]);
});

test.each(['not-acceptable', 'item-not-found', 'not-allowed'])(
  '%s: we are out, and come back in',
  async (condition) => {
    const { clock, events, sent, room } = await silentRoom(fail(condition));
    clock.advance(5 * MINUTES);
    await expect.poll(() => events.filter(({ type }) => type === 'joined').length).toBe(2);
    expect(events).toContainEqual(expect.objectContaining({ type: 'down', final: false }));
    expect(joins(sent)).toBe(2);
    expect(room.joined).toBe(true);
  },
);

test.each(['service-unavailable', 'feature-not-implemented', 'remote-server-timeout'])(
  '%s: we are in, or can not tell',
  async (condition) => {
    const { clock, events, sent, pings } = await silentRoom(fail(condition));
    clock.advance(5 * MINUTES);
    await expect.poll(() => pings.length).toBe(1);
    // The next question comes after the same silence.
    await Promise.resolve();
    clock.advance(5 * MINUTES);
    await expect.poll(() => pings.length).toBe(2);
    expect(events.map(({ type }) => type)).toEqual(['joined']);
    expect(joins(sent)).toBe(1);
  },
);
