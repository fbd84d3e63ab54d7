import { describe, expect, test } from 'vitest';
import { CodedError, FakeNetwork, startApp, temporaryProfile } from './world.ts';

const ANN = { jid: ' Ann@Example.ORG ', password: 'pw', remember: true };

function network(): FakeNetwork {
  const made = new FakeNetwork();
  made.passwords.set('ann@example.org', 'pw');
  return made;
}

/** Lets everything that was started come to rest. */
const rest = async (): Promise<void> => {
  for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve));
};

const trouble = {
  domain: 'example.org',
  changed: false,
  reasons: ['The server vouches for itself: nobody else does.'],
  certificate: {
    subject: 'CN=example.org',
    issuer: 'CN=example.org',
    validFrom: 0,
    validTo: 86_400_000,
    publicKey: 'ab12',
  },
};

describe('signing in', () => {
  test('tells each step, and signing out forgets everything', async () => {
    const { client, store } = startApp(network(), temporaryProfile(), true);
    expect(await client.call('account.status')).toEqual({ state: 'none' });
    expect(await client.call('account.signIn', ANN)).toEqual({ state: 'online', jid: 'ann@example.org' });
    expect(client.events.account.map(({ state }) => state)).toEqual(['connecting', 'online']);
    await client.call('account.signOut');
    expect(await client.call('account.status')).toEqual({ state: 'none' });
    expect(store.settings.get('account')).toBeNull();
  });

  test.each([
    ['wrong-password', 'The password is wrong.'],
    ['unknown-host', 'No server was found.'],
    ['connection-refused', 'Nothing answers.'],
    ['no-encryption', 'The server offers no encryption.'],
  ])('that fails with %s says so, and is not tried again by itself', async (code, message) => {
    const { client, network: net, clock } = startApp(network());
    net.failure = new CodedError(code, message);
    await expect(client.call('account.signIn', ANN)).rejects.toMatchObject({ code, message });
    expect(await client.call('account.status')).toEqual({ state: 'failed', jid: 'ann@example.org', code, message });
    clock.advance(600_000);
    await rest();
    expect(net.attempts).toBe(1);
  });

  test('with what is no address is refused before anything is sent', async () => {
    const { client, network: net } = startApp(network());
    for (const jid of ['ann', 'ann@', '@example.org', 'a b@example.org', '']) {
      await expect(client.call('account.signIn', { ...ANN, jid })).rejects.toMatchObject({ code: 'bad-request' });
    }
    expect(net.attempts).toBe(0);
  });

  test('an unexpected failure shows no inner words', async () => {
    const { client, network: net } = startApp(network());
    net.failure = new TypeError('x is not a function');
    await expect(client.call('account.signIn', ANN)).rejects.toMatchObject({
      code: 'internal',
      message: expect.not.stringContaining('x is') as string,
    });
  });
});

describe('a certificate that is not trusted', () => {
  test('is shown; on consent it is pinned for the account, and not asked about again', async () => {
    const { client, network: net, store } = startApp(network());
    net.trouble = trouble;
    const signing = client.call('account.signIn', ANN);
    await rest();
    const shown = (await client.call('account.status')).certificate;
    expect(shown).toEqual({
      host: 'example.org',
      subject: 'CN=example.org',
      issuer: 'CN=example.org',
      validFrom: '1970-01-01',
      validTo: '1970-01-02',
      fingerprint: 'AB:12',
      reason: 'The server vouches for itself: nobody else does.',
      mayAccept: true,
    });
    await expect(
      client.call('account.decideCertificate', { fingerprint: 'CD:34', accept: true }),
    ).rejects.toMatchObject({ code: 'not-found' });
    await client.call('account.decideCertificate', { fingerprint: 'AB:12', accept: true });
    expect((await signing).state).toBe('online');
    expect(store.settings.get('pin/ann@example.org')).toBe('ab12');
    expect((await client.call('account.signIn', ANN)).state).toBe('online');
    expect(client.events.account.filter(({ state }) => state === 'certificate')).toHaveLength(1);
  });

  test('that is declined ends the attempt; nothing is pinned', async () => {
    const { client, network: net, store } = startApp(network());
    net.trouble = trouble;
    const signing = client.call('account.signIn', ANN).catch((error: unknown) => error);
    await rest();
    await client.call('account.decideCertificate', { fingerprint: 'AB:12', accept: false });
    expect(await signing).toMatchObject({ code: 'certificate' });
    expect(store.settings.get('pin/ann@example.org')).toBeNull();
  });

  test('is no longer open once another sign-in begins', async () => {
    const { client, network: net } = startApp(network());
    net.trouble = trouble;
    const first = client.call('account.signIn', ANN).catch((error: unknown) => error);
    await rest();
    net.trouble = undefined;
    expect((await client.call('account.signIn', ANN)).state).toBe('online');
    expect(await first).toMatchObject({ code: 'certificate' });
    expect((await client.call('account.status')).state).toBe('online');
  });
});

describe('at the next start', () => {
  test('Limn signs in by itself when that was asked for', async () => {
    const folder = temporaryProfile();
    const first = startApp(network(), folder, true);
    await first.client.call('account.signIn', ANN);
    await first.end();
    const second = startApp(network(), folder, true);
    await second.app.start();
    expect(second.app.connection?.jid).toBe('ann@example.org');
    expect(await second.client.call('account.status')).toEqual({ state: 'online', jid: 'ann@example.org' });
  });

  test('without a network it starts offline, and tries again until there is one', async () => {
    const folder = temporaryProfile();
    const first = startApp(network(), folder, true);
    await first.client.call('account.signIn', ANN);
    await first.end();
    const second = startApp(network(), folder, true);
    second.network.failure = new CodedError('unknown-host', 'No server was found.');
    await second.app.start();
    expect(await second.client.call('account.status')).toMatchObject({
      state: 'offline',
      message: 'No server was found.',
    });
    expect((await second.client.call('boards.create', {})).name).toBe('Untitled');
    second.clock.advance(5_000);
    await rest();
    expect(second.network.attempts).toBe(2);
    second.network.failure = undefined;
    second.clock.advance(10_000);
    await rest();
    expect((await second.client.call('account.status')).state).toBe('online');
  });

  test('asked to, it tries at once', async () => {
    const folder = temporaryProfile();
    const first = startApp(network(), folder, true);
    await first.client.call('account.reconnect');
    await first.client.call('account.signIn', ANN);
    await first.end();
    const second = startApp(network(), folder, true);
    second.network.failure = new CodedError('unknown-host', 'No server was found.');
    await second.app.start();
    second.network.failure = undefined;
    await second.client.call('account.reconnect');
    await rest();
    expect(second.network.attempts).toBe(2);
    expect((await second.client.call('account.status')).state).toBe('online');
    second.clock.advance(60_000);
    await rest();
    expect(second.network.attempts).toBe(2);
  });

  test.each([
    ['it was not asked for', true, false],
    ['the system has no place for secrets', false, true],
  ])('the password is asked for again when %s', async (_, durable, remember) => {
    const folder = temporaryProfile();
    const first = startApp(network(), folder, durable);
    await first.client.call('account.signIn', { ...ANN, remember });
    await first.end();
    const second = startApp(network(), folder, durable);
    await second.app.start();
    expect(second.network.attempts).toBe(0);
    expect(await second.client.call('account.status')).toMatchObject({
      state: 'offline',
      jid: 'ann@example.org',
      message: expect.stringContaining('Sign in') as string,
    });
  });
});

test('a connection that drops and comes back is told; one that ends says why', async () => {
  const { client, network: net } = startApp(network());
  await client.call('account.signIn', ANN);
  net.event('ann@example.org', { type: 'offline', message: 'The network is gone. Limn connects again.' });
  expect(await client.call('account.status')).toMatchObject({
    state: 'offline',
    message: 'The network is gone. Limn connects again.',
  });
  net.event('ann@example.org', { type: 'online', jid: 'ann@example.org' });
  expect((await client.call('account.status')).state).toBe('online');
  net.event('ann@example.org', { type: 'ended', error: new CodedError('refused', 'The account signed in elsewhere.') });
  expect(await client.call('account.status')).toEqual({
    state: 'failed',
    jid: 'ann@example.org',
    code: 'refused',
    message: 'The account signed in elsewhere.',
  });
  await expect(client.call('rooms.join', { room: 'a@b', create: true })).rejects.toMatchObject({
    code: 'not-signed-in',
  });
});
