/** Ways to sign in besides SCRAM, on a real server: guests, and PLAIN where nothing else is offered. */
import { onTestFinished, expect, test } from 'vitest';
import { startProsody } from '#test/support/prosody.ts';
import xml from '@xmpp/xml';
import { connection } from './connect.ts';

test('a guest signs in without a name, and may come into a room', async () => {
  const server = await startProsody({ guests: true });
  onTestFinished(() => server.stop());
  const guest = connection(`xmpps://127.0.0.1:${server.tlsPort}`, {
    domain: 'guests.localhost',
    credentials: undefined,
  });
  expect(await guest.start()).toMatch(/^[^@]+@guests\.localhost\/.+/);
  const answer = await guest.request('get', undefined, xml('ping', { xmlns: 'urn:xmpp:ping' }));
  expect(answer.attrs['type']).toBe('result');
});

test('a server that wants names takes no guest, and says so', async () => {
  const server = await startProsody();
  onTestFinished(() => server.stop());
  const guest = connection(`xmpps://127.0.0.1:${server.tlsPort}`, { credentials: undefined });
  await expect(guest.start()).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('no way to sign in'),
  });
});

test('a server with PLAIN alone is signed in to under TLS', async () => {
  const server = await startProsody({ mechanisms: ['PLAIN'] });
  onTestFinished(() => server.stop());
  const lines: string[] = [];
  const alice = connection(`xmpp://127.0.0.1:${server.port}`, { traffic: (_, text) => lines.push(text) });
  await alice.start();
  expect(lines.join('\n')).toMatch(/<auth[^>]*PLAIN/);
  expect(lines.join('\n')).not.toContain(btoa('\0alice\0pw'));
});

test('PLAIN without TLS is never spoken', async () => {
  const server = await startProsody({ mechanisms: ['PLAIN'], plaintext: true });
  onTestFinished(() => server.stop());
  const lines: string[] = [];
  const alice = connection(`xmpp://127.0.0.1:${server.port}`, { traffic: (_, text) => lines.push(text) });
  await expect(alice.start()).rejects.toMatchObject({ code: 'no-encryption' });
  expect(lines.join('\n')).not.toContain('<auth');
});
