/** The six digits: the same for the same parts in every release, other ones as soon as any part is another. */
import { expect, test } from 'vitest';
import { type CodeParts, commitment, isNonce, makeNonce, shortCode } from '#xmpp/link-code.ts';

const nonce = (byte: number): string => makeNonce({ bytes: (length) => new Uint8Array(length).fill(byte) });
const PARTS: CodeParts = {
  session: 'abc',
  caller: { key: '1'.repeat(64), nick: 'Ben', nonce: nonce(1) },
  called: { key: '2'.repeat(64), nick: 'Ann', nonce: nonce(2) },
};

test('two releases see the same digits and hashes', async () => {
  expect(await shortCode(PARTS)).toBe('183769');
  expect(await commitment(nonce(1))).toBe('+TtfIgALRvDx8vneDMQkKt2L4ZGVjj+pMcbEsiSsZi8=');
});

test.each([
  ['the session', { ...PARTS, session: 'abd' }],
  ['the caller’s key', { ...PARTS, caller: { ...PARTS.caller, key: '3'.repeat(64) } }],
  ['the caller’s name', { ...PARTS, caller: { ...PARTS.caller, nick: 'Ben2' } }],
  ['the caller’s nonce', { ...PARTS, caller: { ...PARTS.caller, nonce: nonce(3) } }],
  ['the called one’s key', { ...PARTS, called: { ...PARTS.called, key: '3'.repeat(64) } }],
  ['the called one’s name', { ...PARTS, called: { ...PARTS.called, nick: 'Eve' } }],
  ['the called one’s nonce', { ...PARTS, called: { ...PARTS.called, nonce: nonce(3) } }],
  ['who calls', { ...PARTS, caller: PARTS.called, called: PARTS.caller }],
  ['where a name ends', { ...PARTS, caller: { ...PARTS.caller, nick: `Ben","${nonce(1)}` } }],
])('%s makes other digits', async (_, parts) => {
  const code = await shortCode(parts);
  expect(code).toMatch(/^\d{6}$/);
  expect(code).not.toBe(await shortCode(PARTS));
});

test.each(['', 'AAAA', 'not base64!', nonce(1).slice(4)])('%j is no nonce', (text) => {
  expect(isNonce(text)).toBe(false);
});
