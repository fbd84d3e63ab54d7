/** Two composed apps on a real Prosody: what a person sees from sign-in to one drawing. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventData, IntentInput } from '#api/contract.ts';
import { type ComposedApp, composeApp } from '#hosts/compose.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import { Client, shape, sorted, temporaryProfile } from './world.ts';

let prosody: Prosody;
const apps: ComposedApp[] = [];
beforeAll(async () => {
  prosody = await startProsody();
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await prosody.stop();
});

function start(name: string, trusted = true) {
  const ca = trusted ? [readFileSync(prosody.certificate, 'utf8')] : undefined;
  const composed = composeApp({ host: 'web', profile: temporaryProfile(), ca });
  apps.push(composed);
  const client = new Client(composed.app, name);
  const signIn = (password = 'pw', service = `127.0.0.1:${prosody.port}`) =>
    client.call('account.signIn', { jid: `${name}@localhost`, password, service, remember: false });
  return { app: composed.app, client, signIn };
}

const add = (node: ReturnType<typeof shape>): IntentInput => ({ do: 'add', parent: 'root', before: null, node });

/** Waits until it is so after some event; vitest's own limit ends it. */
const until = (listen: (look: () => void) => unknown, holds: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (holds()) resolve();
    };
    listen(look);
    look();
  });

test('two people draw one drawing in a room, through a cut, and both export the same file', async () => {
  const room = `plan@${prosody.rooms}`;
  const [alice, bob] = [start('alice'), start('bob')];
  await Promise.all([alice.signIn(), bob.signIn()]);
  const { id: mine } = await alice.client.call('boards.create', { name: 'Plan' });
  await alice.client.open(mine);
  await alice.client.call('document.submit', { board: mine, gesture: 'g0', intents: [add(shape('rect', { x: '1' }))] });
  await alice.client.call('rooms.join', { room, board: mine, create: true });
  const { id: theirs } = await bob.client.call('rooms.join', { room, create: false });
  await bob.client.open(theirs);
  const [a, b] = [alice.app.board(mine), bob.app.board(theirs)];
  await Promise.all([a.idle(), b.idle()]);
  expect(b.svg()).toContain('<rect x="1"');

  await alice.app.connection?.cut?.();
  for (let n = 0; n < 10; n++) {
    a.submit([add(shape('circle', { r: String(n) }))], `a${n}`);
    b.submit([add(shape('ellipse', { rx: String(n) }))], `b${n}`);
  }
  expect(a.status().waiting).toBeGreaterThan(0);
  await alice.app.connection?.link?.();
  await until(
    (look) => a.on(look),
    () => a.replica.pending().length === 0,
  );
  await Promise.all([a.idle(), b.idle()]);

  expect(a.replica.digest()).toBe(b.replica.digest());
  const [one, two] = [a.svg(), b.svg()];
  expect(one).toBe(two);
  for (let n = 0; n < 10; n++) expect(one).toContain(`<circle r="${n}"/>`);
  for (let n = 0; n < 10; n++) expect(one).toContain(`<ellipse rx="${n}"/>`);
  const views = [alice.client.views.get(mine), bob.client.views.get(theirs)];
  expect(sorted(views[0]?.root ?? null)).toEqual(sorted(views[1]?.root ?? null));
  const named = bob.client.events.people.at(-1)?.people.map(({ name, me }) => [name, me]);
  expect(named).toEqual([
    ['bob', true],
    ['alice', false],
  ]);
});

test('who is cut off while the room gets a password, or closes to all but members, is told and comes back by hand', async () => {
  // Nothing is resumed: who was cut off has to come in anew.
  const strict = await startProsody({ noResumption: true });
  const ca = [readFileSync(strict.certificate, 'utf8')];
  const come = async (name: string) => {
    const composed = composeApp({ host: 'web', profile: temporaryProfile(), ca });
    apps.push(composed);
    const client = new Client(composed.app, name);
    const service = `127.0.0.1:${strict.port}`;
    await client.call('account.signIn', { jid: `${name}@localhost`, password: 'pw', service, remember: false });
    return { app: composed.app, client };
  };
  try {
    const room = `plan@${strict.rooms}`;
    const [alice, bob] = [await come('alice'), await come('bob')];
    const { id: mine } = await alice.client.call('rooms.join', { room, create: true });
    const { id: theirs } = await bob.client.call('rooms.join', { room, create: false });
    const [a, b] = [alice.app.board(mine), bob.app.board(theirs)];
    await bob.client.open(theirs);
    await Promise.all([a.idle(), b.idle()]);
    const meanwhile = async (change: { membersOnly?: boolean; password?: string }): Promise<void> => {
      await bob.app.connection?.cut?.();
      await until(
        (look) => a.on(look),
        () => a.people().length === 1,
      );
      const settings = await alice.client.call('rooms.settings', { board: mine });
      await alice.client.call('rooms.change', { board: mine, settings: { ...settings, ...change } });
      b.submit([add(shape('circle', { r: String(b.replica.pending().length + 1) }))], `b${change.password}`);
      await bob.app.connection?.link?.();
      await until(
        (look) => b.on(look),
        () => b.status().barred !== undefined,
      );
      expect(b.status()).toMatchObject({ connection: 'offline', waiting: 1 });
    };
    const back = async (password?: string): Promise<void> => {
      await bob.client.call('rooms.join', { room, create: false, ...(password === undefined ? {} : { password }) });
      await Promise.all([a.idle(), b.idle()]);
      expect(b.status()).not.toHaveProperty('barred');
      expect(b.status()).not.toHaveProperty('problem');
      expect(a.replica.digest()).toBe(b.replica.digest());
    };

    await meanwhile({ password: 'sesame' });
    expect(b.status()).toMatchObject({
      barred: 'password-required',
      problem: expect.stringMatching(/password/) as string,
    });
    await expect(back('wrong')).rejects.toMatchObject({ code: 'password-required' });
    expect(b.status().barred).toBe('password-required');
    await back('sesame');

    await meanwhile({ membersOnly: true });
    expect(b.status().barred).toBe('members-only');
    await expect(back('sesame')).rejects.toMatchObject({ code: 'members-only' });
    const settings = await alice.client.call('rooms.settings', { board: mine });
    await alice.client.call('rooms.change', { board: mine, settings: { ...settings, membersOnly: false } });
    await back('sesame');
    expect(b.svg().match(/<circle/g)).toHaveLength(2);
    expect(bob.client.events.notice.map(({ code }) => code)).toEqual(['password-required', 'members-only']);
  } finally {
    await Promise.all(apps.splice(-2).map((app) => app.close()));
    await strict.stop();
  }
});

describe('each failure is one sentence', () => {
  test('wrong password, unknown host, refused port, unreadable service', async () => {
    const alice = start('alice');
    await expect(alice.signIn('wrong')).rejects.toMatchObject({ code: 'wrong-password' });
    await expect(alice.signIn('pw', 'nowhere.invalid:5222')).rejects.toMatchObject({ code: 'unknown-host' });
    await expect(alice.signIn('pw', '127.0.0.1:1')).rejects.toMatchObject({ code: 'connection-refused' });
    await expect(alice.signIn('pw', 'a b c')).rejects.toMatchObject({ code: 'bad-service' });
    const states = alice.client.events.account;
    const sentences = states.filter(({ state }) => state === 'failed').map(({ message }) => message);
    expect(sentences).toHaveLength(4);
    for (const sentence of sentences) expect(sentence).toMatch(/^\S.{20,}\.$/);
    await expect(alice.client.call('rooms.join', { room: `x@${prosody.rooms}`, create: true })).rejects.toMatchObject({
      code: 'not-signed-in',
    });
    expect(await alice.signIn()).toMatchObject({ state: 'online' });
  });

  test('a missing room, a missing room service, a name that is taken', async () => {
    const [alice, carol] = [start('alice'), start('carol')];
    await Promise.all([alice.signIn(), carol.signIn()]);
    const join = (room: string, create: boolean) => carol.client.call('rooms.join', { room, create, nick: 'alice' });
    await expect(join(`nobody@${prosody.rooms}`, false)).rejects.toMatchObject({ code: 'room-missing' });
    await expect(join('x@nowhere.localhost', true)).rejects.toMatchObject({
      code: expect.stringMatching(/room-missing|unknown-host|not-allowed/) as string,
    });
    // A person's address: known as such, and told at once, whether it is one's own, somebody's, or nobody's.
    for (const one of ['carol@localhost', 'alice@localhost', 'nobody@localhost']) {
      for (const create of [true, false])
        await expect(join(one, create)).rejects.toMatchObject({
          code: 'not-a-room',
          message: expect.stringMatching(/Invite them/) as string,
        });
    }
    await expect(join(`a"b@${prosody.rooms}`, true)).rejects.toMatchObject({ code: 'not-a-room' });
    await alice.client.call('rooms.join', { room: `taken@${prosody.rooms}`, create: true });
    await expect(join(`taken@${prosody.rooms}`, false)).rejects.toMatchObject({
      code: 'nick-taken',
      message: expect.stringContaining('alice 2') as string,
    });
    expect(await carol.client.call('boards.list')).toEqual([]);
  });
});

test('a certificate that nobody vouches for is shown, and on consent signs in, now and later without asking', async () => {
  const carol = start('carol', false);
  const signing = carol.signIn();
  const asked = (): EventData<'account'>[] =>
    carol.client.events.account.filter(({ state }) => state === 'certificate');
  await until(
    (look) => carol.app.connected('watcher', look),
    () => asked().length > 0,
  );
  const question = asked()[0]?.certificate;
  expect(question).toMatchObject({
    host: 'localhost',
    mayAccept: true,
    fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/) as string,
  });
  await carol.client.call('account.decideCertificate', { fingerprint: question?.fingerprint ?? '', accept: true });
  expect((await signing).state).toBe('online');
  expect((await carol.signIn()).state).toBe('online');
  expect(asked()).toHaveLength(1);
});
