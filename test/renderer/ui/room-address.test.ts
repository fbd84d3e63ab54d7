import { describe, expect, test } from 'vitest';
import { parseAddress, parseRoomAddress, roomLink } from '#renderer/ui/room-address.ts';

describe('a room address', () => {
  test.each([
    ['harbour@conference.example.org', 'harbour@conference.example.org'],
    ['  harbour@conference.example.org\n', 'harbour@conference.example.org'],
    ['xmpp:harbour@conference.example.org?join', 'harbour@conference.example.org'],
    ['XMPP:harbour@conference.example.org', 'harbour@conference.example.org'],
    ['xmpp:caf%C3%A9@conference.example.org?join;node=x', 'café@conference.example.org'],
    ['xmpp://ines@example.org/harbour@conference.example.org?join', 'harbour@conference.example.org'],
    ['xmpp:harbour@conference.example.org?join#', 'harbour@conference.example.org'],
    ['xmpp:harbour@conference.example.org?join#svgView(viewBox(0,0,0,9))', 'harbour@conference.example.org'],
  ])('%s', (text, room) => expect(parseRoomAddress(text)).toEqual({ room }));

  test('a link may bring the password', () => {
    expect(parseRoomAddress('xmpp:a@b.example?join;password=p%3Bq')).toEqual({ room: 'a@b.example', password: 'p;q' });
  });

  test.each([
    '',
    'harbour',
    'a b@c.example',
    'https://example.org/a@b',
    'xmpp:%zz@b.example',
    'a@b@c',
    'a@b/nick',
    `${'a'.repeat(1024)}@b.example`,
  ])('is not in %j', (text) => expect(parseRoomAddress(text)).toBeNull());

  test('comes back from a link to a node or to a part of the plane', () => {
    for (const target of [{ rid: 'k3x9.1f' }, { rid: 'of another, #?%()' }, { view: [-10.5, 0, 800, 600] as const }])
      expect(parseRoomAddress(roomLink('a@b.example', target))).toEqual({ room: 'a@b.example', target });
  });

  test.each([
    [' ines@example.org ', 'ines@example.org'],
    ['xmpp:ines@example.org?message', 'ines@example.org'],
    ['ines@example.org/desk', 'ines@example.org'],
    ['ines', null],
    ['in es@example.org', null],
    ['<script>@example.org', null],
    ['../@example.org', null],
    [`${'a'.repeat(10_000)}@example.org`, null],
  ])('somebody’s address in %j', (text, jid) => expect(parseAddress(text)).toBe(jid));

  test('comes back from its link', () => {
    for (const room of ['harbour@conference.example.org', 'café;#?%@conference.example.org']) {
      expect(parseRoomAddress(roomLink(room))).toEqual({ room });
    }
  });
});
