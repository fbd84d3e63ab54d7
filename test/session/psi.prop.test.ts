/** Limn and Psi 1.5, through real stanzas: whoever invites, both have the same document, and Psi's screen shows it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReplica } from '#core/replica.ts';
import type { Replica } from '#core/replica-port.ts';
import type { SessionEvent } from '#session/events.ts';
import { createPsiInvitations, type PsiIncoming, type PsiInvitations } from '#session/psi-invitations.ts';
import { createPsiTransport } from '#session/psi-transport.ts';
import type { Session } from '#session/session-port.ts';
import { createSession } from '#session/session.ts';
import { type Client, postOffice } from '#test/support/post-office.ts';
import { checkAsync } from '#test/support/property.ts';
import { PsiPeer } from '#test/support/psi-peer.ts';
import { PSI_WHITEBOARD, type PsiPayload, serializePsi } from '#xmpp/xep-0284-psi.ts';
import { type Element, xml } from '#xmpp/xml-text.ts';
import { compression, element } from './person.ts';
import { type Command, commands, randomEdit } from './schedule.ts';

const SID = 'session-1';

interface Meeting {
  readonly office: ReturnType<typeof postOffice>;
  readonly limn: Client;
  readonly peer: Client;
  readonly psi: PsiPeer;
  readonly invitations: PsiInvitations;
  readonly incoming: PsiIncoming[];
}

function meeting(): Meeting {
  const office = postOffice();
  const limn = office.client('limn@example.org');
  const peer = office.client('psi@example.org');
  const psi = new PsiPeer(peer.entity);
  const incoming: PsiIncoming[] = [];
  const invitations = createPsiInvitations(limn.entity, {
    ...{ clock: limn.clock, random: limn.random, note: () => undefined },
    onInvited: (one) => incoming.push(one),
  });
  return { office, limn, peer, psi, invitations, incoming };
}

interface Party {
  readonly replica: Replica;
  readonly session: Session;
  readonly events: SessionEvent[];
}

function drawing({ limn }: Meeting, invited: boolean, replica?: Replica): Party {
  const prefix = 'limnzzzzzzzz';
  const own = replica ?? createReplica({ prefix, author: limn.entity.jid ?? '', now: () => limn.clock.now() });
  const { clock, random } = limn;
  const transport = createPsiTransport(limn.entity, {
    ...{ peer: 'psi@example.org/1', sid: SID, invited, name: 'psi', clock, random },
  });
  const events: SessionEvent[] = [];
  const session = createSession({
    ...{ transport, replica: own, sessionId: SID, name: 'Board', prefix, clock, random, compression },
    log: { entries: () => [], since: () => undefined },
    onEvent: (event) => events.push(event),
  });
  transport.start();
  return { replica: own, session, events };
}

const begin = (one: Party): void => {
  one.session.submit([{ do: 'add', parent: '', before: null, node: element('svg', {}) }], 'begin');
  const root = one.replica.shown.root() ?? '';
  for (const name of ['one', 'two']) {
    const node = element('rect', { 'data-n': name, x: '0' });
    one.session.submit([{ do: 'add', parent: root, before: null, node }], name);
  }
};

/** Limn has invited Psi, which said yes, or the other way round. */
async function together(who: 'Limn' | 'Psi'): Promise<Meeting & { party: Party }> {
  const met = meeting();
  const { office, psi, invitations, incoming } = met;
  let party: Party;
  if (who === 'Limn') {
    const asked = invitations.invite('psi@example.org/1', SID, new AbortController().signal);
    await office.settle();
    psi.accept();
    await office.settle();
    expect(await asked).toBe('accepted');
    party = drawing(met, false);
    begin(party);
  } else {
    psi.invite('limn@example.org/1', SID);
    await office.settle();
    party = drawing(met, true);
    expect(incoming[0]?.accept()).toBe(true);
  }
  await office.settle();
  return { ...met, party };
}

/** The confirmed document as Psi's `lines` have it. */
function lines(replica: Replica, parent = '', depth = ''): string[] {
  const { confirmed } = replica;
  return confirmed.children(parent).flatMap((rid) => {
    const node = confirmed.get(rid);
    const attributes = confirmed.attributes(rid).map((one) => {
      const { name = '', chdata = '' } = confirmed.get(one) ?? {};
      return `${name}=${chdata}`;
    });
    const line = node?.type === 'element' ? `${node.name ?? ''} ${attributes.sort().join(' ')}` : (node?.chdata ?? '');
    return [`${depth}${line}`, ...lines(replica, rid, `${depth} `)];
  });
}

/** What its person does with Psi. */
function psiEdit(psi: PsiPeer, [what, , first, second]: Command, name: string): void {
  const root = psi.root();
  const all = root === undefined ? [] : psi.children(root);
  const target = all[first % Math.max(1, all.length)];
  if (what % 6 <= 1 || target === undefined) return psi.draw(name);
  const weight = psi.fields(target)?.weight ?? 0;
  if (what % 6 === 2) return psi.erase(target);
  if (what % 6 === 3)
    return psi.edit([{ kind: 'set', rid: target, version: 0, fields: { primaryWeight: weight + (second % 3) - 1 } }]);
  const attributes = [...psi.records].filter(
    ([rid, { made }]) => made.type === 'attr' && psi.fields(rid)?.parent === target,
  );
  const [attr] = attributes[second % Math.max(1, attributes.length)] ?? [];
  if (attr !== undefined && psi.fields(attr)?.name !== 'id')
    psi.edit([{ kind: 'set', rid: attr, version: 0, fields: { chdata: name } }]);
}

describe.each(['Limn', 'Psi'] as const)('%s invites', (who) => {
  it('and both have the document', async () => {
    const { office, psi, party } = await together(who);
    const root = party.replica.shown.root() ?? '';
    party.session.submit([{ do: 'add', parent: root, before: null, node: element('circle', { r: '5' }) }], 'c');
    psi.draw('M 1 1');
    await office.settle();
    psi.giveIds();
    await office.settle();
    expect(party.session.phase).toBe('online');
    expect(lines(party.replica)).toEqual(psi.lines());
    expect(psi.lines().join()).toContain('circle');
    expect(psi.lines().join()).toContain('M 1 1');
  });

  it('and both end with the same, whatever they do at once', async () => {
    await checkAsync(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), commands(30), async (seed, list) => {
        const { office, psi, party } = await together(who);
        let state = seed;
        const choose = (count: number): number => (state = (state * 48271) % 2147483647) % Math.max(1, count);
        for (const [index, command] of list.entries()) {
          if (command[1] % 2 === 0) randomEdit(party, command, `e${index}`);
          else psiEdit(psi, command, `p${index}`);
          if (command[2] % 7 === 0) psi.giveIds();
          for (let steps = command[3] % 5; steps > 0; steps--) await office.step(choose);
        }
        await office.settle(choose);
        psi.giveIds();
        await office.settle(choose);
        expect(party.replica.pending()).toEqual([]);
        expect(psi.lines()).toEqual(lines(party.replica));
      }),
      { numRuns: 100 },
    );
  });
});

describe('between Limn and Psi', () => {
  it('a cut that was resumed loses nothing', async () => {
    const { office, limn, psi, party } = await together('Limn');
    limn.cut();
    psi.draw('M 7 7');
    const root = party.replica.shown.root() ?? '';
    party.session.submit([{ do: 'add', parent: root, before: null, node: element('circle', { r: '7' }) }], 'c');
    await office.settle();
    limn.back(true);
    await office.settle();
    psi.giveIds();
    await office.settle();
    expect(party.session.phase).toBe('online');
    expect(psi.lines()).toEqual(lines(party.replica));
    expect(psi.lines().join()).toMatch(/circle.*M 7 7|M 7 7.*circle/);
  });

  it('another stream ends it, and so does either party, with a sentence', async () => {
    const end = (party: Party): unknown =>
      party.events.findLast((event) => event.type === 'problem' && event.code === 'disconnected');
    const one = await together('Psi');
    one.limn.cut();
    one.limn.back(false);
    await one.office.settle();
    expect(one.party.session.phase).toBe('offline');
    expect(end(one.party)).toMatchObject({ message: expect.stringContaining('connection') as string });

    const other = await together('Limn');
    other.psi.leave();
    await other.office.settle();
    expect(end(other.party)).toMatchObject({ message: expect.stringContaining('ended the session') as string });

    const mine = await together('Limn');
    await mine.party.session.leave();
    await mine.office.settle();
    expect(mine.psi.left).toBe(true);
  });

  it('a document that goes on from versions counts on from them', async () => {
    const met = meeting();
    const before = createReplica({ prefix: 'limnzzzzzzzz', author: 'limn@example.org', now: () => 0 });
    const alone = drawing(met, false, before);
    begin(alone);
    const rect = before.shown.children(before.shown.root() ?? '')[0] ?? '';
    for (const x of ['1', '2', '3']) {
      alone.session.submit([{ do: 'set', rid: rect, name: 'x', value: x }], x);
      await met.office.settle();
    }
    await alone.session.leave();
    await met.office.settle();
    const asked = met.invitations.invite('psi@example.org/1', SID, new AbortController().signal);
    await met.office.settle();
    met.psi.accept();
    await met.office.settle();
    expect(await asked).toBe('accepted');
    const party = drawing(met, false, before);
    await met.office.settle();
    party.session.submit([{ do: 'set', rid: rect, name: 'x', value: '4' }], '4');
    await met.office.settle();
    expect(met.psi.lines().join()).toContain('x=4');
  });

  it('letters that blank its board travel as others, and come back; a value emptied is blank', async () => {
    const { office, psi, party } = await together('Limn');
    const root = party.replica.shown.root() ?? '';
    const text = element('text', { class: 'a' }, 'caf\u00e9');
    party.session.submit([{ do: 'add', parent: root, before: null, node: text }], 't');
    const rid = party.replica.shown.children(root).at(-1) ?? '';
    party.session.submit([{ do: 'set', rid, name: 'class', value: '' }], 'c');
    await office.settle();
    expect(psi.lines().join()).not.toMatch(/[\u0080-\u00ff]/);
    expect(psi.lines().join()).toContain('class= ');
    const [letters = ''] = psi.children(rid);
    psi.edit([{ kind: 'set', rid: letters, version: 0, fields: { chdata: `${psi.fields(letters)?.chdata ?? ''}s` } }]);
    await office.settle();
    expect(party.replica.confirmed.get(letters)?.chdata).toBe('caf\u00e9s');
  });

  it('an invitation is left alone when nobody wants it any more, refused, or answered by no one else', async () => {
    const { office, limn, psi, invitations, incoming } = meeting();
    const signal = new AbortController().signal;
    const late = invitations.invite('psi@example.org/1', 'late', signal);
    await office.settle();
    limn.clock.advance(119_000);
    await office.settle();
    expect(psi.begun).toBe(1);
    limn.clock.advance(120_000);
    expect(await late).toBe('timeout');
    await office.settle();
    // Psi would crash over an invitation that it has forgotten, so it is kept from that.
    expect(psi.begun).toBe(3);
    psi.accept();
    await office.settle();
    expect(psi.aborted).toBe(true);
    limn.clock.advance(120_000);
    await office.settle();
    expect(psi.begun).toBe(3);
    const stranger = office.client('eve@example.org');
    const asked = invitations.invite('psi@example.org/1', 'asked', signal);
    await office.settle();
    const say = (payload: PsiPayload): Promise<void> =>
      stranger.entity.send(
        xml('message', { to: 'limn@example.org/1' }, serializePsi({ session: 'asked', id: 'e', payload })),
      );
    await say({ kind: 'accept-invitation' });
    await office.settle();
    psi.decline();
    await office.settle();
    expect(await asked).toBe('decline');
    const gone = invitations.invite('psi@example.org/none', 'gone', signal);
    await office.settle();
    expect(await gone).toBe('gone');

    for (let at = 0; at < 10; at++) {
      const invitation: PsiPayload = { kind: 'invitation', features: [PSI_WHITEBOARD] };
      const sxe = serializePsi({ session: `flood ${at}`, id: 'e', payload: invitation });
      await stranger.entity.send(xml('message', { to: 'limn@example.org/1' }, sxe));
    }
    await office.settle();
    expect(incoming.length).toBe(3);
    const taken: string[] = [];
    incoming[0]?.onGone(() => taken.push('taken back'));
    const abort = serializePsi({ session: 'flood 0', id: 'f', payload: { kind: 'abort-negotiation' } });
    await stranger.entity.send(xml('message', { to: 'limn@example.org/1' }, abort));
    await office.settle();
    expect(taken).toEqual(['taken back']);
    expect(incoming[0]?.accept()).toBe(false);
    incoming[1]?.decline();
    await office.settle();
    expect(stranger.inbox.join()).toContain('decline-invitation');
  });

  it('edits without end before the document end the session; nobody else writes on the board', async () => {
    const edits = (id: string): Element =>
      serializePsi({ session: SID, id, payload: { kind: 'edits', edits: [{ kind: 'remove', rid: 'r' }] } });
    const met = meeting();
    const flooding = drawing(met, true);
    const eve = met.office.client('psi@example.org');
    expect(eve.entity.jid).toBe('psi@example.org/2');
    await eve.entity.send(xml('message', { to: 'limn@example.org/1' }, edits('e.0')));
    await met.office.settle();
    expect(flooding.session.phase).toBe('joining');
    for (let at = 0; at < 5000; at++)
      await met.peer.entity.send(xml('message', { to: 'limn@example.org/1' }, edits(`p.${at}`)));
    await met.office.settle();
    expect(flooding.session.phase).toBe('offline');

    const { office, party } = await together('Limn');
    const before = lines(party.replica);
    const stranger = office.client('eve@example.org');
    const [root = ''] = party.replica.confirmed.children('');
    const remove: PsiPayload = { kind: 'edits', edits: [{ kind: 'remove', rid: root }] };
    const sxe = serializePsi({ session: SID, id: 'e.1', payload: remove });
    await stranger.entity.send(xml('message', { to: 'limn@example.org/1' }, sxe));
    await office.settle();
    expect(lines(party.replica)).toEqual(before);
  });
});
