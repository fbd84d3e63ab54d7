/** Sessions between two under Jingle, through real codecs and stanzas: Limn with Limn, and Limn with a strict peer, whoever invites. */
import xml from '@xmpp/xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Replica } from '#core/replica-port.ts';
import { createReplica } from '#core/replica.ts';
import { createDirectTransport, type DirectTransport } from '#session/direct-transport.ts';
import type { SessionEvent } from '#session/events.ts';
import type { Session } from '#session/session-port.ts';
import { createSession } from '#session/session.ts';
import { type Client, postOffice } from '#test/support/post-office.ts';
import { checkAsync } from '#test/support/property.ts';
import { type Reading, StrictPeer } from '#test/support/strict-peer.ts';
import { createJingle, type JingleSession } from '#xmpp/xep-0166.ts';
import { NS_LIMN_LIVE, NS_LIMN_SESSION, NS_SXE } from '#xmpp/xep-0284.ts';
import { canonical, compression, element, elements, value } from './person.ts';
import { commands, randomEdit } from './schedule.ts';

const SVG = 'http://www.w3.org/2000/svg';
const LIMN = new Set([NS_SXE, NS_LIMN_SESSION, NS_LIMN_LIVE]);
const STRICT = new Set([NS_SXE]);

interface Acquaintance {
  readonly office: ReturnType<typeof postOffice>;
  readonly clients: [Client, Client];
  readonly sessions: [JingleSession, JingleSession];
}

/** Two clients, and a session to which the first has invited the second. */
async function acquainted(): Promise<Acquaintance> {
  const office = postOffice();
  const clients: [Client, Client] = [office.client('ana@example.org'), office.client('bo@example.org')];
  return { office, clients, sessions: await invitation(office, clients) };
}

async function invitation(
  office: ReturnType<typeof postOffice>,
  clients: [Client, Client],
): Promise<[JingleSession, JingleSession]> {
  const invited: JingleSession[] = [];
  const [ana] = clients.map(({ entity, random }) =>
    createJingle(entity, { random, onInitiate: (session) => invited.push(session), mayInitiate: () => true }),
  );
  const content = { name: 'Board', descriptions: [SVG], hosts: ['ana@example.org'] };
  const initiating = ana?.initiate(clients[1].entity.jid ?? '', content);
  await office.settle();
  const mine = await initiating;
  const [theirs] = invited;
  if (!mine || !theirs) throw new Error('not invited');
  const accepting = theirs.accept();
  await office.settle();
  await accepting;
  return [mine, theirs];
}

interface Party {
  readonly replica: Replica;
  readonly session: Session;
  readonly transport: DirectTransport;
  readonly events: SessionEvent[];
}

function transportOf(client: Client, jingle: JingleSession, features: ReadonlySet<string>): DirectTransport {
  return createDirectTransport(client.entity, {
    jingle,
    features,
    name: jingle.peer.split('@')[0] ?? '',
    clock: client.clock,
  });
}

function party(client: Client, jingle: JingleSession, features: ReadonlySet<string>, replica?: Replica): Party {
  const prefix = `${client.entity.jid?.split('@')[0]}zzzzzzzz`;
  const own = replica ?? createReplica({ prefix, author: client.entity.jid ?? '', now: () => client.clock.now() });
  const transport = transportOf(client, jingle, features);
  const events: SessionEvent[] = [];
  const session = createSession({
    transport,
    replica: own,
    sessionId: jingle.sid,
    name: 'Board',
    prefix,
    clock: client.clock,
    random: client.random,
    compression,
    log: { entries: () => [], since: () => undefined },
    onEvent: (event) => events.push(event),
  });
  transport.start();
  return { replica: own, session, transport, events };
}

const begin = (one: Party): void => {
  one.session.submit([{ do: 'add', parent: '', before: null, node: element('svg', {}) }], 'begin');
  const root = one.replica.shown.root() ?? '';
  for (const name of ['one', 'two']) {
    const node = element('rect', { 'data-n': name, x: '0' });
    one.session.submit([{ do: 'add', parent: root, before: null, node }], name);
  }
};

async function two(): Promise<Acquaintance & { parties: [Party, Party] }> {
  const { office, clients, sessions } = await acquainted();
  const parties: [Party, Party] = [party(clients[0], sessions[0], LIMN), party(clients[1], sessions[1], LIMN)];
  await office.settle();
  begin(parties[0]);
  await office.settle();
  return { office, clients, sessions, parties };
}

/** Why the two don't have the same board with nothing left to do; undefined when they have. */
function difference([one, other]: readonly [Party, Party]): string | undefined {
  for (const { session, replica } of [one, other]) {
    if (session.phase !== 'online') return `one is ${session.phase}`;
    if (replica.pending().length > 0) return 'something waits';
  }
  if (canonical(other.replica) !== canonical(one.replica)) return 'the records differ';
  return other.replica.place.seq === one.replica.place.seq ? undefined : 'the places differ';
}

describe('two of Limn', () => {
  it('end with the same board, whatever they do at once', async () => {
    await checkAsync(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), commands(40), async (seed, list) => {
        const { office, parties } = await two();
        let state = seed;
        const choose = (count: number): number => (state = (state * 48271) % 2147483647) % Math.max(1, count);
        for (const [index, command] of list.entries()) {
          const who = parties[command[1] % 2] as Party;
          randomEdit(who, command, `e${index}`);
          for (let steps = command[3] % 5; steps > 0; steps--) await office.step(choose);
        }
        await office.settle(choose);
        expect(difference(parties)).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });

  it('go on after a cut that was resumed', async () => {
    const { office, clients, parties } = await two();
    const [ana, bo] = parties;
    clients[1].cut();
    ana.session.submit([{ do: 'set', rid: elements(ana.replica)[0] ?? '', name: 'x', value: '5' }], 'a');
    bo.session.submit([{ do: 'set', rid: elements(bo.replica)[1] ?? '', name: 'x', value: '6' }], 'b');
    await office.settle();
    clients[1].back(true);
    await office.settle();
    expect(difference(parties)).toBeUndefined();
    expect(elements(bo.replica).map((rid) => value(bo.replica, rid, 'x'))).toEqual(['5', '6']);
  });

  it('keep what was drawn when the stream is another one, and bring it along when they meet again', async () => {
    const { office, clients, parties } = await two();
    const [ana, bo] = parties;
    clients[1].cut();
    const rid = elements(bo.replica)[1] ?? '';
    bo.session.submit([{ do: 'set', rid, name: 'x', value: 'kept' }], 'b');
    clients[1].back(false);
    await office.settle();
    expect(bo.events).toContainEqual(expect.objectContaining({ type: 'status', phase: 'offline', final: true }));
    // Ana's next stanza comes back: nobody has that address any more.
    ana.session.submit([{ do: 'set', rid: elements(ana.replica)[0] ?? '', name: 'x', value: 'on' }], 'a');
    clients[0].clock.advance(61_000);
    await office.settle();
    expect(ana.events).toContainEqual(expect.objectContaining({ type: 'status', phase: 'offline', final: true }));
    expect(bo.replica.pending().length).toBe(1);

    const next = await invitation(office, clients);
    const met: [Party, Party] = [
      party(clients[0], next[0], LIMN, ana.replica),
      party(clients[1], next[1], LIMN, bo.replica),
    ];
    await office.settle();
    expect(difference(met)).toBeUndefined();
    expect(elements(bo.replica).map((one) => value(bo.replica, one, 'x'))).toEqual(['on', 'kept']);
  });

  it('end for both when one leaves, with a sentence', async () => {
    const { office, parties } = await two();
    const leaving = parties[0].session.leave();
    await office.settle();
    await leaving;
    const last = parties[1].events.findLast((event) => event.type === 'status');
    expect(last).toMatchObject({ phase: 'offline', final: true });
  });

  it('take nothing from anybody else, and no session but theirs', async () => {
    const { office, clients, sessions, parties } = await two();
    const before = canonical(parties[0].replica);
    const stranger = office.client('eve@example.org');
    const root = parties[0].replica.confirmed.root() ?? '';
    const edit = xml('new', { type: 'element', rid: 'evil', parent: root, name: 'rect', 'primary-weight': '1' });
    for (const [sender, session] of [
      [stranger, sessions[0].sid],
      [clients[1], 'another'],
    ] as const) {
      const sxe = xml('sxe', { xmlns: NS_SXE, session, id: 'evezzzzzzzz.1' }, xml('state', {}, edit));
      await sender.entity.send(xml('message', { to: 'ana@example.org/1' }, sxe));
    }
    await office.settle();
    expect(canonical(parties[0].replica)).toBe(before);
  });
});

describe('Limn and a strict peer', () => {
  it.each<[string, 0 | 1]>([
    ['Limn invites', 0],
    ['the strict peer invites', 1],
  ])('%s: both end with the same board', async (_, limnAt) => {
    await checkAsync(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.constantFrom<Reading>('collapse', 'literal'),
        fc.array(fc.tuple(fc.nat(99), fc.nat(1), fc.nat(4)), { maxLength: 30 }),
        async (seed, reading, list) => {
          const { office, clients, sessions } = await acquainted();
          const strictAt = 1 - limnAt;
          const client = clients[strictAt] as Client;
          const jingle = sessions[strictAt] as JingleSession;
          const transport = transportOf(client, jingle, STRICT);
          const document =
            strictAt === 0
              ? [
                  {
                    kind: 'new',
                    rid: 'r',
                    type: 'element',
                    parent: '',
                    primaryWeight: 0,
                    ns: SVG,
                    name: 'svg',
                  } as const,
                ]
              : undefined;
          const member = { transport, id: 'strict', connected: true };
          const peer = new StrictPeer(member, jingle.sid, reading, document);
          const one = (): Party => party(clients[limnAt] as Client, sessions[limnAt] as JingleSession, STRICT);
          const limn = one();
          transport.start();
          await office.settle();
          if (strictAt === 1) begin(limn);
          else {
            const node = element('rect', { 'data-n': 'one', x: '0' });
            limn.session.submit([{ do: 'add', parent: 'r', before: null, node }], 'one');
          }
          await office.settle();
          const rids = elements(limn.replica).map((shape) => limn.replica.confirmed.attribute(shape, '', 'x') ?? '');
          let state = seed;
          const choose = (count: number): number => (state = (state * 48271) % 2147483647) % Math.max(1, count);
          for (const [index, [what, who, steps]] of list.entries()) {
            const rid = rids[what % rids.length] ?? '';
            if (who === 0) {
              const shape = elements(limn.replica)[what % rids.length] ?? '';
              limn.session.submit([{ do: 'set', rid: shape, name: 'x', value: `l${index}` }], 'l');
            } else peer.edit([{ kind: 'set', rid, version: 0, fields: { chdata: `s${index}` } }]);
            for (let step = 0; step < steps; step++) await office.step(choose);
          }
          await office.settle(choose);
          expect(limn.session.phase).toBe('online');
          expect(limn.replica.pending()).toEqual([]);
          for (const rid of rids) {
            expect(peer.fields(rid)?.chdata).toBe(limn.replica.confirmed.get(rid)?.chdata);
            expect(peer.records.get(rid)?.version).toBe(limn.replica.confirmed.get(rid)?.version);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
