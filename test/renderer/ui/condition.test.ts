import { describe, expect, test } from 'vitest';
import type { BoardStatus } from '#api/contract.ts';
import { conditionOf } from '#renderer/ui/board/condition.ts';
import { roomField, signInField } from '#renderer/ui/errors.ts';
import { initials } from '#renderer/ui/kit/initials.ts';
import { slug } from '#renderer/ui/board/slug.ts';

const status = (part: Partial<BoardStatus>): BoardStatus => ({
  board: 'b',
  name: '',
  connection: 'alone',
  saved: true,
  waiting: 0,
  canUndo: false,
  canRedo: false,
  canEdit: true,
  ...part,
});

describe('what is said of a board', () => {
  test.each([
    [{}, 'saved'],
    [{ connection: 'online' }, 'savedForAll'],
    [{ connection: 'online', waiting: 3 }, 'sending'],
    [{ connection: 'offline', waiting: 12 }, 'offline'],
    [{ connection: 'joining', progress: 0.4 }, 'joining'],
    [{ saved: false }, 'saving'],
    [{ saved: false, problem: 'Could not write to disk.', connection: 'offline' }, 'notSaved'],
    [{ problem: 'You may only watch here.', canEdit: false, connection: 'online' }, 'watching'],
  ] as const)('%o: %s', (part, condition) => expect(conditionOf(status(part))).toBe(condition));
});

test('a failed sign-in is shown at its field', () => {
  expect(signInField('wrong-password', true)).toBe('password');
  expect(signInField('unknown-host', false)).toBe('jid');
  expect(signInField('connection-refused', true)).toBe('service');
  expect(signInField('no-encryption', true)).toBe('jid');
});

test('a failed join is shown at its field', () => {
  expect(roomField('nick-taken')).toBe('nick');
  expect(roomField('password-required')).toBe('password');
  expect(roomField('members-only')).toBe('room');
});

test.each([
  ['Amara Okafor', 'AO'],
  ['ines', 'IN'],
  ['Lena von Fischer', 'LF'],
  ['مي', 'مي'],
  ['👩‍🚀', '👩‍🚀'],
  ['', '?'],
])('%s has the initials %s', (name, expected) => expect(initials(name)).toBe(expected));

test.each([
  ['Checkout v2 & retro!', 'checkout-v2-retro'],
  ['Ärger', 'arger'],
  ['لوحة', 'board'],
])('%s is %s in an address', (name, expected) => expect(slug(name)).toBe(expected));
