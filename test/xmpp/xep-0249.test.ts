/** XEP-0249 and XEP-0045: invitations to rooms, read and written. */
import { describe, expect, test } from 'vitest';
import {
  declineInvitation,
  directInvitation,
  mediatedInvitation,
  parseRoomInvitation,
  type RoomInvitation,
} from '#xmpp/xep-0249.ts';
import { readElement } from './elements.ts';
import { goldenKinds, kind } from './golden.ts';

interface To {
  readonly to: string;
  readonly room: string;
}

goldenKinds('xep-0249', {
  invitation: kind<RoomInvitation>({
    read: (element) => {
      const invitation = parseRoomInvitation(element);
      if (!invitation) throw new Error('not read');
      return invitation;
    },
  }),
  direct: kind<To & { readonly password?: string }>({
    write: ({ to, room, password }) => directInvitation(to, room, password),
  }),
  mediated: kind<To>({ write: ({ to, room }) => mediatedInvitation(to, room) }),
  decline: kind<{ room: string; from: string; reason: string }>({
    write: ({ reason, ...where }) => declineInvitation({ ...where, mediated: true }, reason),
  }),
});

const direct = (attributes: string): string => `<x xmlns='jabber:x:conference' ${attributes}/>`;
const read = (inner: string, attributes = "from='a@b/c'"): RoomInvitation | undefined =>
  parseRoomInvitation(readElement(`<message ${attributes}>${inner}</message>`));

describe('what is no invitation to a room is passed over', () => {
  test.each([
    ['no room', direct('')],
    ['a domain as room', direct("jid='rooms.example.org'")],
    ['an occupant as room', direct("jid='room@rooms.example.org/nick'")],
    ['no address', direct("jid='a b@@'")],
    ['another namespace', "<x xmlns='urn:x' jid='room@rooms.example.org'/>"],
    ['a room that tells of something else', "<x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x>"],
    ['a room that does not say who', "<x xmlns='http://jabber.org/protocol/muc#user'><invite/></x>"],
  ])('%s', (_, inner) => {
    expect(read(inner)).toBeUndefined();
  });

  test.each(['error', 'groupchat'])('a message of type %s', (type) => {
    expect(read(direct("jid='room@rooms.example.org'"), `from='a@b/c' type='${type}'`)).toBeUndefined();
  });

  test('one of nobody', () => {
    expect(read(direct("jid='room@rooms.example.org'"), '')).toBeUndefined();
  });
});

test('a reason without end is cut, and a password without end is left out', () => {
  const long = 'x'.repeat(5000);
  const found = read(direct(`jid='room@rooms.example.org' reason='${long}' password='${long}'`));
  expect(found?.reason).toHaveLength(500);
  expect(found).not.toHaveProperty('password');
});
