/** Contacts as they are told: who is there first, and many changes as one. */
import { expect, test } from 'vitest';
import type { Contact } from '#api/contacts.ts';
import { createContacts } from '#app/contacts.ts';
import type { Connection } from '#app/network.ts';
import { manualClock } from '../xmpp/manual-clock.ts';

const contact = (name: string, show: Contact['show']): Contact => ({ jid: `${name}@example.org`, name, show });

/** A connection of which only the contacts are asked. */
function connectionOf(contacts: Contact[]): { connection: Connection; change: () => void; heard: () => number } {
  const listeners = new Set<() => void>();
  const direct = {
    contacts: () => contacts,
    onContacts: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    connection: { direct } as unknown as Connection,
    change: () => listeners.forEach((listener) => listener()),
    heard: () => listeners.size,
  };
}

test('who is there comes first, then names; a flood of presences is told as one; without an account there are none', () => {
  const clock = manualClock();
  const told: Contact[][] = [];
  const contacts = createContacts(clock, (list) => told.push(list));
  expect(contacts.list()).toEqual([]);
  const known = [contact('zoe', 'away'), contact('ann', 'off'), contact('bob', 'free')];
  const { connection, change, heard } = connectionOf(known);
  contacts.connected(connection);
  for (let i = 0; i < 50; i++) change();
  clock.advance(1000);
  expect(told.map((list) => list.map(({ name }) => name))).toEqual([['bob', 'zoe', 'ann']]);
  known.push(...Array.from({ length: 2000 }, (_, i) => contact(`c${i}`, 'off')));
  change();
  clock.advance(1000);
  expect(told[1]).toHaveLength(1000);
  contacts.gone();
  clock.advance(1000);
  expect(told[2]).toEqual([]);
  expect(heard()).toBe(0);
});
