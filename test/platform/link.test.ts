/** The key of an installation, its certificate, and how fast a peer is read. */
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makePrivateKey, selfSigned } from '#platform/certificate.ts';
import { readLinkIdentity } from '#platform/link-identity.ts';
import { systemClock } from '#platform/clock.ts';
import { createLinkNet, createPace } from '#platform/link-net.ts';
import { LOOPBACK, type MdnsInterface } from '#platform/mdns-link.ts';
import { temporaryFolder } from '#test/store/fixtures.ts';
import { manualClock } from '../xmpp/manual-clock.ts';

test('a certificate is valid, signed by its own key, and says nothing of its person', () => {
  const made = selfSigned(makePrivateKey());
  const read = new X509Certificate(made.certificate);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.checkIssued(read)).toBe(true);
  expect([read.subject, read.issuer]).toEqual(['CN=Limn', 'CN=Limn']);
  expect(Date.parse(read.validFrom)).toBeLessThan(Date.now());
  expect(read.validTo).toContain('9999');
  expect(() => selfSigned('no key')).toThrow(/./);
});

test('the key stays the same, in a file that only its owner can read; another file is left alone', () => {
  const file = path.join(temporaryFolder(), 'deeper', 'key.pem');
  const first = readLinkIdentity(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readLinkIdentity(file).key).toBe(first.key);
  writeFileSync(file, 'something else');
  expect(() => readLinkIdentity(file)).toThrow(/./);
  expect(readFileSync(file, 'utf8')).toBe('something else');
});

test('a peer may send much at once, and then only so much a second', () => {
  const clock = manualClock();
  const pace = createPace(clock);
  const MiB = 1024 * 1024;
  expect(pace(16 * MiB)).toBe(0);
  expect(pace(2 * MiB)).toBe(2000);
  clock.advance(2000);
  expect(pace(0)).toBe(0);
  clock.advance(3_600_000);
  expect(pace(16 * MiB)).toBe(0);
  expect(pace(MiB)).toBe(1000);
});

test('nobody is called outside of our own networks, whoever names the address', async () => {
  const identity = selfSigned(makePrivateKey());
  const home: MdnsInterface = {
    name: 'eth0',
    networks: ['192.0.2.7/24', '2001:db8::7/64'],
    family: 4,
    by: '192.0.2.7',
  };
  let interfaces = [home];
  const net = createLinkNet({ identity, clock: systemClock, host: '127.0.0.1', interfaces: () => interfaces });
  let calls = 0;
  const server = await net.listen(() => void (calls += 1));
  const elsewhere = ['127.0.0.1', '::ffff:127.0.0.1', '::1', '127.0.0.1%lo', 'localhost', '0.0.0.0', ''];
  await expect(net.dial(elsewhere, server.port)).rejects.toThrow('no address');
  expect(calls).toBe(0);
  interfaces = [home, LOOPBACK];
  (await net.dial(['localhost', '127.0.0.1'], server.port)).destroy();
  await expect.poll(() => calls).toBe(1);
  server.close();
});
