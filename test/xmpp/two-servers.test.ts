/** White space and marks of every kind through a room between two real Prosodys, which re-serialise what passes (DESIGN section 3). */
import xml from '@xmpp/xml';
import { expect, onTestFinished, test } from 'vitest';
import type { Edit } from '#core/types.ts';
import { systemDeflate } from '#platform/deflate.ts';
import { startProsody } from '#test/support/prosody.ts';
import { startRawClient } from '#test/support/raw-client.ts';
import { createCompactCodec } from '#xmpp/compact.ts';
import { parseSxe, writeSxe } from '#xmpp/xep-0284-codec.ts';

const compact = createCompactCodec(systemDeflate);
const TEXTS = [
  'a\tb',
  'one\ntwo',
  'r\rn',
  'x\r\ny',
  ' lead',
  'trail ',
  '\n',
  '\u00a0nbsp\u00a0',
  '  two  ',
  '\'"<&>]]>',
  '漢\n👩‍🎨',
];
const edits: Edit[] = TEXTS.flatMap((chdata, n): Edit[] => [
  { kind: 'new', rid: `aaaaaaaa.${n}`, type: 'text', parent: 'aaaaaaaa.z', primaryWeight: n, chdata },
  { kind: 'set', rid: `aaaaaaaa.${n}`, version: 1, fields: { chdata } },
]);

test('texts come through two servers letter by letter, plain and compact', async () => {
  const one = await startProsody({
    federated: { domain: '127.83.41.5', rooms: '127.83.41.6' },
    accounts: { alice: 'pw' },
  });
  onTestFinished(() => one.stop());
  const two = await startProsody({
    federated: { domain: '127.83.42.5', rooms: '127.83.42.6' },
    accounts: { bob: 'pw' },
  });
  onTestFinished(() => two.stop());
  const sign = (server: typeof one, user: string) =>
    startRawClient({ jid: `${user}@${server.host}`, password: 'pw', service: `xmpp://127.0.0.1:${server.port}` });
  const [alice, bob] = [await sign(one, 'alice'), await sign(two, 'bob')];
  onTestFinished(() => alice.stop());
  onTestFinished(() => bob.stop());
  const room = `board@${one.rooms}`;
  await alice.enter(room, 'alice');
  await alice.configure(room, {});
  await bob.enter(room, 'bob');
  const forms = [{}, { compact: true as const }];
  for (const [n, form] of forms.entries()) {
    const message = { session: 's', id: `aaaaaaaa.${n + 1}`, payload: { kind: 'edits' as const, edits, ...form } };
    await bob.send(xml('message', { to: room, type: 'groupchat', id: message.id }, writeSxe(message, compact)));
  }
  for (const client of [alice, bob]) {
    const read = (): unknown[] =>
      client.heard.flatMap((stanza) => {
        const result = stanza.is('message') ? parseSxe(stanza, compact) : undefined;
        return result?.ok && result.message.payload.kind === 'edits' ? [result.message.payload.edits] : [];
      });
    await expect.poll(() => read().length, { timeout: 20_000 }).toBe(2);
    expect(read()).toEqual([edits, edits]);
  }
});
