/** RFC 6121 on a real Prosody: roster, subscriptions and presence, as two people come to know each other. */
import xml from '@xmpp/xml';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import type { Connection } from '#xmpp/connection.ts';
import { createPresences, type PresenceEvent, type Presences } from '#xmpp/rfc-6121-presence.ts';
import { createRoster, type Roster, type RosterCopy } from '#xmpp/rfc-6121-roster.ts';
import { connection } from './connect.ts';

let prosody: Prosody;
beforeAll(async () => {
  prosody = await startProsody({ accounts: { alice: 'pw', bob: 'pw', carol: 'pw', dave: 'pw' } });
});
afterAll(() => prosody.stop());

/** Waits for what may take a while on a loaded machine. */
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });

interface Person {
  readonly jid: string;
  readonly entity: Connection;
  readonly roster: Roster;
  readonly presences: Presences;
  readonly copies: RosterCopy[];
  readonly events: PresenceEvent[];
}

async function person(username: string, kept?: RosterCopy): Promise<Person> {
  const entity = connection(`xmpps://127.0.0.1:${prosody.tlsPort}`, { credentials: { username, password: 'pw' } });
  const copies: RosterCopy[] = [];
  const events: PresenceEvent[] = [];
  const roster = createRoster(entity, {
    ...(kept ? { kept } : {}),
    onChange: (copy) => copies.push(copy),
  });
  const presences = createPresences(entity, { extra: () => [], isRoom: () => false });
  presences.on((event) => events.push(event));
  onTestFinished(() => {
    roster.stop();
    presences.stop();
  });
  await entity.start();
  presences.tell({ show: 'available' });
  await poll(() => copies.length).toBeGreaterThan(0);
  return { jid: `${username}@localhost`, entity, roster, presences, copies, events };
}

describe('two who come to know each other', () => {
  test('one asks, the other says yes, both see each other come and go', async () => {
    const alice = await person('alice');
    const bob = await person('bob');
    await alice.roster.put({ jid: bob.jid, name: 'Bob ✏️ <b>', groups: ['Friends', 'Arbeit'] });
    await poll(() => alice.roster.get(bob.jid)).toMatchObject({ name: 'Bob ✏️ <b>', subscription: 'none' });
    await alice.presences.ask(bob.jid);
    await poll(() => alice.roster.get(bob.jid)?.asked).toBe(true);
    await poll(() => bob.presences.asking()).toEqual([alice.jid]);
    await bob.presences.answer(alice.jid, true);
    await poll(() => alice.roster.get(bob.jid)).toMatchObject({ subscription: 'to', asked: false });
    expect(bob.presences.asking()).toEqual([]);
    await poll(() => alice.presences.resources(bob.jid).map(({ jid }) => jid)).toEqual([bob.entity.jid]);
    expect(bob.presences.resources(alice.jid)).toEqual([]);

    bob.presences.tell({ show: 'dnd', status: 'Drawing' });
    await poll(() => alice.presences.resources(bob.jid)[0]).toMatchObject({ show: 'dnd', status: 'Drawing' });
    await bob.presences.ask(alice.jid);
    await poll(() => alice.presences.asking()).toEqual([bob.jid]);
    await alice.presences.answer(bob.jid, true);
    await poll(() => alice.roster.get(bob.jid)?.subscription).toBe('both');
    await poll(() => bob.presences.resources(alice.jid).length).toBe(1);

    await bob.entity.stop();
    await poll(() => alice.presences.resources(bob.jid)).toEqual([]);

    // Taken out of the roster, everything between them is over.
    await alice.roster.remove(bob.jid);
    await poll(() => alice.roster.get(bob.jid)).toBeUndefined();
  });

  test('a refusal is told, and asking can be taken back', async () => {
    const carol = await person('carol');
    const dave = await person('dave');
    await carol.presences.ask(dave.jid);
    await poll(() => dave.presences.asking()).toEqual([carol.jid]);
    await dave.presences.answer(carol.jid, false);
    await poll(() => carol.events).toContainEqual({ type: 'denied', jid: dave.jid });
    await carol.presences.ask(dave.jid);
    await poll(() => dave.presences.asking()).toEqual([carol.jid]);
    await carol.presences.unsubscribe(dave.jid);
    await poll(() => dave.presences.asking()).toEqual([]);
    expect(carol.roster.get(dave.jid)?.subscription ?? 'none').toBe('none');
  });
});

describe('the roster', () => {
  test('comes back after a new log-in, from what was kept when nothing has changed', async () => {
    const first = await person('dave');
    await first.roster.put({ jid: 'erin@example.org', name: 'Erin', groups: [] });
    await poll(() => first.roster.get('erin@example.org')?.name).toBe('Erin');
    const copy = first.copies.at(-1);
    expect(copy?.version).not.toBe('');
    await first.entity.stop();
    const again = await person('dave', copy);
    expect(again.roster.items()).toEqual(copy?.items);
  });

  test('is changed by nobody but our own server', async () => {
    const alice = await person('alice');
    const bob = await person('bob');
    const item = xml('item', { jid: 'mallory@evil.example', subscription: 'both' });
    const push = bob.entity.request('set', alice.entity.jid, xml('query', { xmlns: 'jabber:iq:roster' }, item));
    await expect(push).rejects.toMatchObject({ condition: 'service-unavailable' });
    expect(alice.roster.get('mallory@evil.example')).toBeUndefined();
  });
});
