/** What a room's transport says and hears for the sake of Psi 1.5. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Edit } from '#core/types.ts';
import { createPsiRoom, type PsiRoom } from '#session/psi-room.ts';
import type { Occupant, TransportEvent } from '#session/transport.ts';
import { manualClock } from '#test/xmpp/manual-clock.ts';
import type { SxeMessage } from '#xmpp/xep-0284.ts';
import { type PsiPayload, parsePsi, serializePsi } from '#xmpp/xep-0284-psi.ts';
import { type Element, xml } from '#xmpp/xml-text.ts';

const ROOM = 'room@rooms.example.org';
const SESSION = 'limn:room';

function occupant(nick: string, more: Partial<Occupant> = {}): Occupant {
  const role = { role: 'participant', affiliation: 'none', show: 'free' } as const;
  return { id: nick, jid: `${ROOM}/${nick}`, nick, me: false, ...role, ...more };
}
const psi = occupant('psi', { psi: true, sxe: true, limn: false });
const limn = occupant('limn', { sxe: true, limn: true });
const me = occupant('me', { me: true, sxe: true, limn: true });

let clock: ReturnType<typeof manualClock>;
let sent: Element[];
let heard: TransportEvent[];
let room: PsiRoom;
beforeEach(() => {
  clock = manualClock();
  sent = [];
  heard = [];
  room = createPsiRoom({
    ...{ room: ROOM, clock, note: () => undefined },
    emit: (event) => heard.push(event),
    send(stanza) {
      sent.push(stanza);
      return Promise.resolve();
    },
  });
});

/** What was said to Psi since the last look: to whom, and in which kinds. */
function said(): [to: string, kind: string][] {
  return sent.splice(0).map((stanza) => {
    const result = parsePsi(stanza);
    return [String(stanza.attrs['to']), result?.ok ? result.message.payload.kind : 'nothing'];
  });
}
const says = (from: Occupant, payload: PsiPayload, toAll: boolean, session = SESSION): boolean =>
  room.hear(from, xml('message', {}, serializePsi({ session, id: 'x.1', payload })), toAll);
const message = (id: string, edits: readonly Edit[], more: object = {}): SxeMessage => ({
  ...{ session: SESSION, id, payload: { kind: 'edits', edits } },
  ...more,
});
const remove = (rid: string): Edit => ({ kind: 'remove', rid });

/** Psi has been invited by us, and has said yes. */
function accepted(): void {
  room.board(SESSION);
  room.leads(true);
  room.here(psi);
  says(psi, { kind: 'accept-invitation' }, false);
  said();
}
const parts = [
  { kind: 'begin', prolog: '' },
  { kind: 'edits', edits: [{ kind: 'new', rid: 'r', type: 'element', parent: '', primaryWeight: 0, name: 'svg' }] },
  { kind: 'end', lastSender: '', lastId: '' },
] as const;

describe('an invitation', () => {
  it('goes once to each Psi, from the one who speaks for the session, and while it has the board', () => {
    room.here(limn);
    room.here(psi);
    room.board(SESSION);
    expect(said()).toEqual([]);
    room.leads(true);
    expect(said()).toEqual([[ROOM, 'invitation']]);
    room.leads(false);
    room.leads(true);
    room.here(psi);
    expect(said()).toEqual([]);
    room.here(occupant('other', { psi: true, sxe: true }));
    expect(said()).toEqual([[ROOM, 'invitation']]);
    room.gone(psi);
    room.board(undefined);
    room.here(psi);
    expect(said()).toEqual([]);
    room.board(SESSION);
    expect(said()).toEqual([[ROOM, 'invitation']]);
  });

  it('is kept from harming Psi as long as it waits', () => {
    room.board(SESSION);
    room.leads(true);
    room.here(psi);
    said();
    clock.advance(130_000);
    expect(said()).toEqual([
      [psi.jid, 'nothing'],
      [psi.jid, 'nothing'],
    ]);
    room.gone(psi);
    clock.advance(130_000);
    expect(said()).toEqual([]);
  });

  it('that was accepted is a request for the board; nobody else’s yes counts', () => {
    room.board(SESSION);
    room.leads(true);
    room.here(psi);
    says(occupant('eve', { sxe: false, limn: false }), { kind: 'accept-invitation' }, false);
    says(psi, { kind: 'accept-invitation' }, true);
    says(psi, { kind: 'accept-invitation' }, false, 'another');
    expect(heard).toEqual([]);
    says(psi, { kind: 'accept-invitation' }, false);
    expect(heard).toMatchObject([{ type: 'private', from: psi, message: { payload: { kind: 'connect' } } }]);
    said();
    clock.advance(130_000);
    expect(said()).toEqual([]);
  });
});

describe('the document', () => {
  it('is accepted at once, goes to Psi alone, and what the room brought meanwhile once more', async () => {
    accepted();
    heard.splice(0);
    await room.toOne(psi, { session: SESSION, id: 'a', payload: { kind: 'state-offer', descriptions: [] } });
    expect(heard).toMatchObject([{ type: 'private', message: { payload: { kind: 'accept-state' } } }]);
    room.ordered(message('before.1', [remove('a')]));
    await room.toOne(psi, { session: SESSION, id: 'b', payload: { kind: 'state', parts } });
    const marker = sent.at(-1) as Element;
    expect(said()).toEqual([
      [psi.jid, 'snapshot'],
      [psi.jid, 'snapshot'],
      [psi.jid, 'snapshot'],
      [ROOM, 'nothing'],
    ]);
    room.ordered(message('between.1', [remove('b')]));
    expect(room.hear(me, marker, true)).toBe(true);
    room.ordered(message('after.1', [remove('c')]));
    expect(sent.map((stanza) => parsePsi(stanza))).toMatchObject([
      { message: { id: 'between.1', payload: { edits: [remove('b')] } } },
    ]);
  });

  it('is asked for again of who speaks for the session next, if it has not come', () => {
    accepted();
    heard.splice(0);
    room.leads(false);
    room.leads(true);
    expect(heard).toMatchObject([{ type: 'private', message: { payload: { kind: 'connect' } } }]);
  });
});

describe('edits', () => {
  it('are said in both dialects while a Psi is there, or somebody of whom nothing is known', () => {
    room.board(SESSION);
    const edits = message('me.1', [remove('a')]);
    room.here(limn);
    expect(room.toAll(edits).extra).toEqual([]);
    const unknown = occupant('who');
    room.here(unknown);
    expect(room.toAll(edits).extra.length).toBe(1);
    room.here({ ...unknown, sxe: false });
    expect(room.toAll(edits).extra).toEqual([]);
    room.here(psi);
    expect(room.toAll(edits).extra.map((element) => parsePsi(element))).toMatchObject([
      { message: { session: SESSION, id: 'me.1', payload: { kind: 'edits', edits: [remove('a')] } } },
    ]);
    const compact = { payload: { kind: 'edits', edits: [remove('a')], compact: true } };
    expect(room.toAll(message('me.2', [], compact)).extra).toEqual([]);
    expect(room.toAll(message('me.3', [remove('a')], { session: 'notes' })).extra).toEqual([]);
  });

  it('that move something put it a hair beside, for all', () => {
    room.board(SESSION);
    room.here(psi);
    const move: Edit = { kind: 'set', rid: 'a', version: 1, fields: { parent: 'g', primaryWeight: 2 } };
    const told = room.toAll(message('me.1', [move, { ...move, fix: true }])).message.payload;
    const weights =
      told.kind === 'edits' ? told.edits.map((edit) => edit.kind === 'set' && edit.fields.primaryWeight) : [];
    expect(weights).toEqual([2 + 2 * Number.EPSILON, 2]);
  });

  it('of Psi are in the order; what it says to one alone is not', () => {
    says(psi, { kind: 'edits', edits: [remove('a')] }, true);
    says(psi, { kind: 'edits', edits: [remove('b')] }, false);
    says(limn, { kind: 'edits', edits: [remove('c')] }, true);
    expect(heard).toMatchObject([
      { type: 'message', from: psi, message: { id: 'x.1', payload: { kind: 'edits', edits: [remove('a')] } } },
    ]);
    expect(room.hear(psi, xml('message', {}, xml('body', {}, 'hello')), true)).toBe(false);
  });
});
