/** What TXT records say of boards nearby, and the host's list of members: round trips, sizes, and anything at all from others. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMembers, serializeMembers } from '#session/nearby-members.ts';
import { check } from '#test/support/property.ts';
import { parseLinkPresence, serializeLinkPresence } from '#xmpp/xep-0174.ts';
import { shownName } from '#xmpp/shown-name.ts';
import { readElement } from './elements.ts';

const KEY = 'ab'.repeat(32);
const found = (txt: readonly string[], instance = 'Ann@laptop') => ({ instance, port: 1, txt, addresses: [] });
const text = fc.string({ unit: 'binary', maxLength: 400 });

test('what is announced is read again, cut to what a string holds', () => {
  const boards = fc.uniqueArray(
    fc.record({ session: fc.stringMatching(/^[\w.:@-]{1,64}$/), name: text, people: fc.nat({ max: 2000 }) }),
    { selector: ({ session }) => session, maxLength: 10 },
  );
  check(
    fc.property(text, boards, (nick, offered) => {
      const strings = serializeLinkPresence({ nick, key: KEY, boards: offered }, 4000);
      for (const one of strings) expect(Buffer.byteLength(one)).toBeLessThanOrEqual(255);
      const read = parseLinkPresence(found(strings));
      expect(read?.key).toBe(KEY);
      expect(read?.boards.map(({ session }) => session)).toEqual(offered.slice(0, 8).map(({ session }) => session));
      for (const [at, { name, people }] of (read?.boards ?? []).entries()) {
        const [given] = offered.slice(at);
        expect(people).toBe(Math.min(given?.people ?? 0, 999));
        expect(shownName(given?.name ?? '', 1000).startsWith(name.slice(0, -1))).toBe(true);
      }
    }),
  );
});

test('anything at all is read, or isn’t, and what is shown of it is one plain line', () => {
  const key = fc.constantFrom('limn.key', 'nick', 'limn.1', 'LIMN.1', 'limn.9', 'txtvers', '');
  const string = fc.oneof(
    text,
    fc.tuple(key, text).map(([name, value]) => `${name}=${value}`),
    fc.constant(`limn.key=${KEY}`),
  );
  check(
    fc.property(fc.array(string, { maxLength: 40 }), text, (strings, instance) => {
      const read = parseLinkPresence(found(strings, instance));
      for (const shown of read ? [read.nick, ...read.boards.map(({ name }) => name)] : []) {
        expect(shown.length).toBeLessThanOrEqual(100);
        expect(shown).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }
    }),
  );
});

test('of a key that comes twice the first counts; a record without a key is nobody’s', () => {
  const said = [`limn.key=${KEY}`, 'nick=Ann', 'nick=Eve', 'limn.1=abc 2 Harbour', 'limn.2=abc 3 Other'];
  expect(parseLinkPresence(found(said))).toEqual({
    ...{ key: KEY, nick: 'Ann' },
    boards: [{ session: 'abc', people: 2, name: 'Harbour' }],
  });
  expect(parseLinkPresence(found(['txtvers=1', 'nick=juliet', 'status=avail']))).toBeUndefined();
});

test('a list of members comes through; addresses that mean something on one machine alone don’t', () => {
  const members = [
    { key: KEY, port: 4000, addresses: ['192.0.2.1', '2001:db8::1', 'fe80::1%eth0'] },
    { key: 'cd'.repeat(32), port: undefined, addresses: [] },
  ];
  const read = parseMembers(readElement(serializeMembers(members).toString()));
  expect(read).toEqual([{ ...members[0], addresses: ['192.0.2.1', '2001:db8::1'] }, members[1]]);
});

test.each([
  ['<members xmlns="urn:x-limn:nearby:0"><member key="short"/></members>'],
  [`<members xmlns="urn:x-limn:nearby:0"><member key="${KEY}"/><member key="${KEY}"/></members>`],
  ['<members xmlns="urn:x-limn:nearby:0"><somebody/></members>'],
  [`<members xmlns="urn:x-limn:nearby:0">${'<member/>'.repeat(101)}</members>`],
  ['<members xmlns="urn:other"/>'],
])('%s is no list of members', (element) => {
  expect(parseMembers(readElement(element))).toBeUndefined();
});
