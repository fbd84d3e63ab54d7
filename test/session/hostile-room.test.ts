/** A hostile occupant of a real room, who says by hand whatever it likes, against two whole apps. */
import { readFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import xml, { type Element } from '@xmpp/xml';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { IntentInput } from '#api/contract.ts';
import type { Board } from '#app/board-port.ts';
import { type ComposedApp, composeApp } from '#hosts/compose.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import { createRoom, type Room } from '#xmpp/xep-0045.ts';
import { NS_LIMN_LIVE, NS_LIMN_SESSION, NS_LIMN_COMPACT, NS_SXE } from '#xmpp/xep-0284.ts';
import type { Connection } from '#xmpp/connection.ts';
import { clock, connection } from '../xmpp/connect.ts';

let prosody: Prosody;
beforeAll(async () => {
  prosody = await startProsody();
});
afterAll(() => prosody.stop());

const node = { type: 'element' as const, name: 'rect', attrs: [{ name: 'x', value: '1' }], children: [] };
const add = (name: string): IntentInput => ({ do: 'add', parent: 'root', before: null, node: { ...node, name } });

interface Scene {
  readonly boards: readonly [Board, Board];
  readonly foe: Connection;
  readonly room: Room;
  /** The session's id, and the stanza prefixes that the two have shown. */
  readonly session: string;
  readonly heard: readonly Element[];
  /** Says `<sxe/>`s to all. */
  say(...payloads: readonly (Element | readonly [id: string, ...Element[]])[]): Promise<void>;
  /** Says it to one of the two alone. */
  whisper(nick: string, ...payload: Element[]): Promise<void>;
  /** Resolves when both have taken all that the foe said so far, and each other's last edit. */
  calm(): Promise<void>;
}

/** Two apps in a room with a rectangle, and the foe, who is an ordinary participant. */
async function scene(name: string): Promise<Scene> {
  const address = `${name}@${prosody.rooms}`;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'limn-hostile-'));
  const apps: ComposedApp[] = [];
  onTestFinished(async () => {
    await Promise.all(apps.map((app) => app.close()));
    rmSync(folder, { recursive: true, force: true });
  });
  const boards: Board[] = [];
  for (const user of ['alice', 'bob']) {
    const ca = [readFileSync(prosody.certificate, 'utf8')];
    const composed = composeApp({ host: 'web', profile: path.join(folder, user), ca });
    apps.push(composed);
    const { app } = composed;
    app.connected(user, () => undefined);
    const service = `127.0.0.1:${prosody.port}`;
    await app.call(user, 'account.signIn', { jid: `${user}@localhost`, password: 'pw', service, remember: false });
    const joined = await app.call(user, 'rooms.join', { room: address, create: true, nick: user });
    boards.push(app.board((joined as { id: string }).id));
    await boards.at(-1)?.idle();
  }
  const [a, b] = boards as [Board, Board];
  const foe = connection(`xmpps://127.0.0.1:${prosody.tlsPort}`, {
    credentials: { username: 'carol', password: 'pw' },
  });
  await foe.start();
  const heard: Element[] = [];
  foe.onStanza((stanza) => heard.push(stanza));
  const room = createRoom(foe, { room: address, nick: 'carol', create: false, presence: () => [], clock });
  await room.join();
  const sxeOf = (stanza: Element) => stanza.getChild('sxe', NS_SXE) ?? stanza.getChild('c', NS_LIMN_COMPACT);
  // The first thing that anyone draws tells the session.
  a.submit([add('rect')], 'first');
  await expect.poll(() => heard.some((stanza) => sxeOf(stanza)?.is('c'))).toBe(true);
  const session = heard.map((stanza) => sxeOf(stanza)?.attrs['session']).find((id) => id !== undefined) ?? '';
  let count = 0;
  const say: Scene['say'] = async (...payloads) => {
    for (const payload of payloads) {
      const [id, ...children] = Array.isArray(payload)
        ? (payload as readonly [string, ...Element[]])
        : [`foe${(count += 1)}`, payload as Element];
      await foe.send(
        xml('message', { to: address, type: 'groupchat' }, xml('sxe', { xmlns: NS_SXE, session, id }, ...children)),
      );
    }
  };
  const calm = async (): Promise<void> => {
    const gesture = `calm${(count += 1)}`;
    await say(xml('state', {}, xml('set', { target: 'nobody', version: '1', chdata: gesture })));
    const mark = `foe${count}`;
    await expect.poll(() => heard.some((stanza) => sxeOf(stanza)?.attrs['id'] === mark)).toBe(true);
    for (const [index, board] of [a, b].entries()) board.submit([add(index === 0 ? 'rect' : 'image')], gesture);
    await expect.poll(() => [a, b].every((one) => one.replica.pending().length === 0), { timeout: 20_000 }).toBe(true);
    await expect.poll(() => a.replica.digest() === b.replica.digest(), { timeout: 20_000 }).toBe(true);
    expect(a.svg()).toBe(b.svg());
  };
  return {
    boards: [a, b],
    foe,
    room,
    session,
    heard,
    say,
    calm,
    whisper: async (nick, ...payload) => {
      const sxe = xml('sxe', { xmlns: NS_SXE, session, id: `w${(count += 1)}` }, ...payload);
      await foe.send(xml('message', { to: `${address}/${nick}`, type: 'chat' }, sxe));
    },
  };
}

const state = (...edits: Element[]): Element => xml('state', {}, ...edits);
const made = (attrs: Record<string, string>): Element => xml('new', attrs);
const set = (attrs: Record<string, string>): Element => xml('set', attrs);

test('forged edits leave two boards equal, valid and unharmed', async () => {
  const { boards, say, calm } = await scene('edits');
  const [a] = boards;
  const root = a.replica.confirmed.root() ?? '';
  const rect = a.replica.confirmed.children(root).at(-1) ?? '';
  await say(
    state(),
    state(made({})),
    state(made({ rid: 'x1', type: 'dance', parent: root })),
    state(made({ rid: 'x2', type: 'element', parent: 'nowhere', name: 'g' })),
    state(made({ rid: 'x3', type: 'element', parent: root, name: 'a b', 'primary-weight': '1e999' })),
    state(made({ rid: 'x4', type: 'element', parent: root, name: 'g', 'primary-weight': 'NaN' })),
    state(made({ rid: 'x5', type: 'element', parent: root, name: 'g', 'primary-weight': '-1e308' })),
    state(made({ rid: 'x6', type: 'element', parent: root, name: 'g', 'primary-weight': '1e308' })),
    state(made({ rid: root, type: 'element', parent: '', name: 'svg' })),
    state(
      made({ rid: 'r2', type: 'element', parent: '', name: 'svg' }),
      made({ rid: 'k', type: 'text', parent: 'r2' }),
    ),
    state(set({ target: root, version: '1', parent: rect }), set({ target: rect, version: '1', parent: rect })),
    state(set({ target: 'x5', version: '1', parent: 'x6' }), set({ target: 'x6', version: '1', parent: 'x5' })),
    state(set({ target: rect, version: '-5', name: 'x' }), set({ target: rect, version: '9'.repeat(400) })),
    state(set({ target: rect, version: '1.5', 'primary-weight': '' }), set({ target: rect })),
    state(set({ target: 'none', version: '1', chdata: 'x', replacefrom: '-1', replacen: '1e9' })),
    state(xml('remove', {}), xml('remove', { target: 'none' }), xml('explode', { target: root })),
    state(made({ rid: 's', type: 'element', parent: root, name: 'script', ns: 'http://www.w3.org/2000/svg' })),
    state(made({ rid: 'st', type: 'text', parent: 's', chdata: 'alert(1)' })),
    state(made({ rid: 'on', type: 'attr', parent: root, name: 'onload', chdata: 'alert(1)' })),
    state(made({ rid: '__proto__', type: 'attr', parent: rect, name: 'constructor', chdata: '\u0085\ufffd\t\n' })),
    state(xml('state', {}, made({ rid: 'deep', type: 'element', parent: root, name: 'g' }))),
    xml('dance', {}, state(xml('remove', { target: root }))),
  );
  await calm();
  const svg = a.svg();
  expect(svg).toMatch(/<rect[ />]/);
  expect(svg).not.toMatch(/script|onload|alert/);
  // A plain SXE client may have deleted the standing root for the second one, and then gets it again under a fresh name.
  expect(a.replica.confirmed.root()?.replace(/~1$/, '')).toBe(root);
});

test('megabytes in splices are bounded by what the server takes, and both boards stay equal', async () => {
  const { boards, say, calm } = await scene('splices');
  const [a] = boards;
  const root = a.replica.confirmed.root() ?? '';
  const piece = 'x'.repeat(100_000);
  await say(state(made({ rid: 'big', type: 'attr', parent: root, name: 'data-big', chdata: '' })));
  for (let n = 0; n < 12; n += 1) {
    const at = String(n * piece.length);
    await say(state(set({ target: 'big', version: String(n + 1), chdata: piece, replacefrom: at, replacen: '0' })));
  }
  await say(state(set({ target: 'big', version: '13', chdata: 'y', replacefrom: '999999999', replacen: '5' })));
  await calm();
  // A plain SXE client may hold it otherwise, and it is too large to be stated again: it is taken away and added anew.
  expect(a.replica.confirmed.get('big')).toBeUndefined();
  expect(a.replica.confirmed.get('big~1')?.chdata).toBe(piece.repeat(12));
}, 60_000);

test('hellos, states and origins that nobody asked for change nothing', async () => {
  const { boards, say, whisper, calm, heard } = await scene('lies');
  const [a, b] = boards;
  await calm();
  const before = a.svg();
  const limn = (name: string, attrs: Record<string, string>, text = ''): Element =>
    xml(name, { xmlns: NS_LIMN_SESSION, ...attrs }, text);
  for (const epoch of ['0', 'zzzz', '', 'x'.repeat(5000)]) {
    await say(limn('hello', { epoch, opens: '1' }), limn('hello', { epoch }));
  }
  for (const nick of ['alice', 'bob']) {
    await whisper(nick, limn('limn-state', { request: 'a.c1', part: '0', parts: '1' }, 'AAAA'));
    await whisper(nick, limn('limn-state', { request: 'a.c1', part: '0', parts: '1000000' }, 'AAAA'));
    await whisper(nick, limn('catch-up', { epoch: '0', seq: '999999999999' }));
    await whisper(nick, xml('state-offer', {}), xml('accept-state', {}));
    await whisper(nick, state(xml('document-begin', { prolog: 'data:text/xml,x' }), xml('document-end', {})));
    await whisper(nick, state(xml('remove', { target: a.replica.confirmed.root() ?? '' })));
  }
  await say(
    ['o1', state(), limn('origin', { author: '', prefix: '', n: '1' })],
    ['o2', state(), limn('origin', { author: 'alice@localhost', prefix: 'q'.repeat(20), n: '-1' })],
    ['o3', state(), limn('origin', { author: 'alice@localhost', prefix: 'q'.repeat(20), n: '9007199254740991' })],
  );
  expect(heard.length).toBeGreaterThan(0);
  await expect.poll(() => a.replica.digest() === b.replica.digest(), { timeout: 20_000 }).toBe(true);
  expect(a.svg()).toBe(before);
  await calm();
}, 90_000);

test('live messages of any form are survived', async () => {
  const { boards, foe, room, session, calm } = await scene('live');
  for (const json of ['', '{', 'null', '[]', '{"cursor":[1e999,"x"]}', `{"selection":["${'x'.repeat(60_000)}"]}`]) {
    const live = xml('live', { xmlns: NS_LIMN_LIVE, session, id: 'l' }, json);
    await foe.send(xml('message', { to: room.jid, type: 'groupchat' }, live));
  }
  await calm();
  expect(boards[0].svg()).toMatch(/<rect[ />]/);
});
