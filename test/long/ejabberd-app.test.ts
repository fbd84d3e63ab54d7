/** Two composed apps on ejabberd: one drawing through a cut, a latecomer, and the same file from all. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IntentInput } from '#api/contract.ts';
import { type ComposedApp, composeApp } from '#hosts/compose.ts';
import { type Ejabberd, startEjabberd } from '#test/support/ejabberd.ts';

let server: Ejabberd;
const apps: ComposedApp[] = [];
const folder = mkdtempSync(path.join(tmpdir(), 'limn-ejabberd-app-'));
beforeAll(async () => {
  server = await startEjabberd();
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const add = (name: string, size: string): IntentInput => ({
  do: 'add',
  parent: 'root',
  before: null,
  node: { type: 'element', name, attrs: [{ name: 'id', value: `${name}-${size}` }], children: [] },
});

/** An app of this account in the room, and its board of it. */
async function join(name: string) {
  const ca = [readFileSync(server.certificate, 'utf8')];
  const composed = composeApp({ host: 'web', profile: path.join(folder, name), ca });
  apps.push(composed);
  const { app } = composed;
  app.connected(name, () => undefined);
  const service = `127.0.0.1:${server.port}`;
  await app.call(name, 'account.signIn', { jid: `${name}@localhost`, password: 'pw', service, remember: false });
  const joined = await app.call(name, 'rooms.join', { room: `plan@${server.rooms}`, create: true, nick: name });
  const board = app.board((joined as { id: string }).id);
  await board.idle();
  return { app, board };
}

test('two people and a latecomer have one drawing, through a cut', async () => {
  const [alice, bob] = [await join('alice'), await join('bob')];
  alice.board.submit([add('rect', '0')], 'first');
  await expect.poll(() => bob.board.svg()).toContain('rect-0');
  await alice.app.connection?.cut?.();
  for (let n = 0; n < 10; n += 1) {
    alice.board.submit([add('circle', String(n))], `a${n}`);
    bob.board.submit([add('ellipse', String(n))], `b${n}`);
  }
  expect(alice.board.status().waiting).toBeGreaterThan(0);
  await alice.app.connection?.link?.();
  const carol = await join('carol');
  const all = [alice, bob, carol];
  await expect
    .poll(() => all.every(({ board }) => board.svg().includes('circle-9') && board.svg().includes('ellipse-9')), {
      timeout: 60_000,
    })
    .toBe(true);
  await expect.poll(() => new Set(all.map(({ board }) => board.replica.digest())).size, { timeout: 60_000 }).toBe(1);
  const svg = alice.board.svg();
  for (const { board } of all) expect(board.svg()).toBe(svg);
  for (let n = 0; n < 10; n += 1)
    expect(svg).toMatch(new RegExp(`circle-${n}"[^]*ellipse-${n}"|ellipse-${n}"[^]*circle-${n}"`));
});
