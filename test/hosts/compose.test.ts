/** Two whole apps, each on a profile of its own, in a room of a real server. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallName, Params, Result } from '#api/contract.ts';
import { type ComposedApp, composeApp } from '#hosts/compose.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';

let server: Prosody;
let dir: string;
const apps: ComposedApp[] = [];

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'limn-compose-'));
  server = await startProsody();
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

type Call = <N extends CallName>(name: N, params?: Params<N>) => Promise<Result<N>>;

async function start(name: string): Promise<Call> {
  const composed = composeApp({
    host: 'web',
    profile: path.join(dir, name),
    ca: [await readFile(server.certificate, 'utf8')],
    traffic: path.join(dir, `${name}.traffic`),
  });
  apps.push(composed);
  composed.app.connected(name, () => {});
  return (async (call, params) => await composed.app.call(name, call, params)) as Call;
}

test('what one draws the other has, and no password is written anywhere', async () => {
  const room = `harbour@${server.rooms}`;
  const service = `xmpp://127.0.0.1:${server.port}`;
  const people: { call: Call; board: string }[] = [];
  for (const name of ['alice', 'bob']) {
    const call = await start(name);
    const account = await call('account.signIn', {
      jid: `${name}@${server.host}`,
      password: 'pw',
      service,
      remember: true,
    });
    expect(account).toMatchObject({ state: 'online', jid: `${name}@${server.host}` });
    const { id: board } = await call('rooms.join', { room, create: true, nick: name });
    people.push({ call, board });
  }
  const [alice, bob] = people;
  if (alice === undefined || bob === undefined) throw new Error('unreachable');
  const node = { type: 'element' as const, name: 'rect', attrs: [{ name: 'width', value: '12' }], children: [] };
  for (const { call, board } of people) {
    // The room's drawing is fetched, or begun, after the join.
    await expect.poll(async () => (await call('boards.open', { board })).root).not.toBeNull();
    await call('document.submit', {
      board,
      gesture: 'g',
      intents: [{ do: 'add', parent: 'root', before: null, node }],
    });
  }
  const svgOf = async ({ call, board }: { call: Call; board: string }): Promise<string> =>
    (await call('boards.export', { board, format: 'svg' })).content;
  await expect.poll(async () => (await svgOf(alice)).match(/<rect/g)?.length).toBe(2);
  await expect.poll(async () => (await svgOf(bob)) === (await svgOf(alice))).toBe(true);

  const traffic = await readFile(path.join(dir, 'alice.traffic'), 'utf8');
  expect(traffic).toContain('urn:xmpp:sxe:0');
  const logged = traffic + (await readFile(path.join(dir, 'alice', 'limn.log'), 'utf8').catch(() => ''));
  expect(logged).not.toMatch(/cHc=|"pw"|AGFsaWNl/);
});

test('a profile that is in use says so', () => {
  expect(() => composeApp({ host: 'web', profile: path.join(dir, 'alice') })).toThrow(
    'Limn is already running with this profile. Use its window, or choose another profile.',
  );
});

test('a log that can not be written is a sentence, and gives the profile back', async () => {
  const profile = path.join(dir, 'dave');
  await mkdir(path.join(profile, 'limn.log'), { recursive: true });
  expect(() => composeApp({ host: 'web', profile })).toThrow(/The log can't be written .* choose another place\./);
  await rm(path.join(profile, 'limn.log'), { recursive: true });
  const app = composeApp({ host: 'web', profile });
  await app.close();
});

test('an address or a service that is none is told', async () => {
  const call = await start('carol');
  const sign = (jid: string, service: string) =>
    call('account.signIn', { jid, password: 'pw', service, remember: false });
  await expect(sign('no address', 'localhost:1')).rejects.toMatchObject({ code: 'bad-request' });
  await expect(sign('a@localhost', 'http://x y')).rejects.toMatchObject({ code: 'bad-service' });
  await expect(sign('a@localhost', '127.0.0.1:1')).rejects.toMatchObject({ code: 'connection-refused' });
});
