/** How somebody is invited to a room hangs on what their clients know. */
import { expect, it } from 'vitest';
import { createRoomInvitations } from '#session/room-invitations.ts';
import { postOffice } from '#test/support/post-office.ts';
import { NS_CONFERENCE } from '#xmpp/xep-0249.ts';

const DIRECT = `<x xmlns="${NS_CONFERENCE}"`;

it.each<[string, readonly (readonly string[])[], boolean]>([
  ['nobody is seen', [], true],
  ['a client knows direct invitations', [['muc'], [NS_CONFERENCE]], true],
  ['no client knows them', [['muc']], false],
])('directly or by the room: %s', async (_, clients, direct) => {
  const office = postOffice();
  const { entity } = office.client('ana@example.org');
  const bo = office.client('bo@example.org');
  const room = office.client('room@rooms.example.org');
  const all = clients.map((features) => new Set(features));
  const invitations = createRoomInvitations(entity, {
    passwordOf: () => undefined,
    clientsOf: () => Promise.resolve(all),
    note: () => undefined,
  });
  const inviting = invitations.invite('room@rooms.example.org/1', 'bo@example.org');
  await office.settle();
  await inviting;
  await office.settle();
  expect(bo.inbox.some((stanza) => stanza.includes(DIRECT))).toBe(direct);
  expect(room.inbox.some((stanza) => stanza.includes('<invite to="bo@example.org"'))).toBe(!direct);
});
