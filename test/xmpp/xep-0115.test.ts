import xml, { type Element } from '@xmpp/xml';
import { describe, expect, test } from 'vitest';
import type { Entity } from '#xmpp/entity.ts';
import { type DiscoInfo, parseDiscoInfo, serializeDiscoInfo } from '#xmpp/xep-0030.ts';
import { capsHash, createCaps, NS_CAPS } from '#xmpp/xep-0115.ts';

const exodus = {
  identities: [{ category: 'client', type: 'pc', name: 'Exodus 0.9.1' }],
  features: [
    'http://jabber.org/protocol/muc',
    'http://jabber.org/protocol/disco#items',
    'http://jabber.org/protocol/caps',
    'http://jabber.org/protocol/disco#info',
  ],
  forms: [],
};
const psi = {
  identities: [
    { category: 'client', type: 'pc', name: 'Psi 0.11', lang: 'en' },
    { category: 'client', type: 'pc', name: 'Ψ 0.11', lang: 'el' },
  ],
  features: exodus.features,
  forms: [
    {
      type: 'urn:xmpp:dataforms:softwareinfo',
      fields: [
        ['ip_version', ['ipv6', 'ipv4']],
        ['os', ['Mac']],
        ['os_version', ['10.5.1']],
        ['software', ['Psi']],
        ['software_version', ['0.11']],
      ] as const,
    },
  ],
};

test.each([
  ['5.2, simple', exodus, 'QgayPKawpkPSDYmwT/WM94uAlu0='],
  ['5.3, complex', psi, 'q07IKJEyjvHSyhy//CH0CxmKi8w='],
])('the hash of the example in section %s', async (_, info, hash) => {
  expect(await capsHash(info)).toBe(hash);
  expect(parseDiscoInfo(serializeDiscoInfo(info))).toEqual(info);
});

test.each([
  ['one feature twice', { ...exodus, features: ['a', 'a'] }],
  ['one identity twice', { ...exodus, identities: [...exodus.identities, ...exodus.identities] }],
  ['one form twice', { ...psi, forms: [...psi.forms, ...psi.forms] }],
  ['a < that could pass for another answer', { ...exodus, features: ['a<b'] }],
])('an answer with %s has no hash', async (_, info) => {
  expect(await capsHash(info)).toBeUndefined();
});

describe('lies', () => {
  const VER = 'QgayPKawpkPSDYmwT/WM94uAlu0=';
  const presence = (from: string, ver = VER, hash = 'sha-1'): Element =>
    xml('presence', { from }, xml('c', { xmlns: NS_CAPS, hash, node: 'n', ver }));
  /** Caps over a connection on which `answers` says what who is asked answers. */
  async function asking(answers: (to: string) => DiscoInfo | Promise<never>) {
    const asked: string[] = [];
    const entity = {
      handle: () => () => undefined,
      async request(_type: string, to: string) {
        asked.push(to);
        return xml('iq', {}, serializeDiscoInfo(await answers(to)));
      },
    } as unknown as Entity;
    return { asked, caps: await createCaps(entity, 'me', { identities: [], features: [], forms: [] }) };
  }

  test('features that the hash does not hold count for who says so, and for nobody else', async () => {
    const { asked, caps } = await asking((to) => (to === 'eve@x/1' ? { ...exodus, features: ['evil'] } : exodus));
    expect([...((await caps.featuresOf(presence('eve@x/1'))) ?? [])]).toEqual(['evil']);
    expect(caps.known(presence('bob@x/1'))).toBeUndefined();
    expect((await caps.featuresOf(presence('bob@x/1')))?.has('evil')).toBe(false);
    expect(caps.known(presence('ann@x/1'))?.size).toBe(4);
    // A hash of a kind that isn't known proves nothing.
    await caps.featuresOf(presence('eve@x/1', 'other', 'none'));
    expect(caps.known(presence('bob@x/1', 'other', 'none'))).toBeUndefined();
    expect(asked).toEqual(['eve@x/1', 'bob@x/1', 'eve@x/1']);
  });

  test('ten thousand features, or a huge form, are cut; and not remembered, though the hash is right', async () => {
    const features = Array.from({ length: 10_000 }, (_, n) => `urn:feature:${n}`);
    const fields = features.map((name) => [name, ['v']] as const);
    for (const answer of [
      { ...exodus, features },
      { ...exodus, features: features.slice(0, 900).map((feature) => feature.repeat(20)) },
      { ...exodus, forms: [{ type: 'f', fields }] },
      { ...exodus, forms: [{ type: 'f', fields: [['f', features] as const] }] },
    ]) {
      const ver = (await capsHash(answer)) ?? '';
      const { caps } = await asking(() => answer);
      expect((await caps.featuresOf(presence('eve@x/1', ver)))?.size).toBeLessThanOrEqual(1000);
      expect(caps.known(presence('eve@x/1', ver))).toBeUndefined();
    }
  });

  test('ever new hashes cost few questions', async () => {
    const { asked, caps } = await asking(() => new Promise<never>(() => undefined));
    for (let n = 0; n < 1000; n++) void caps.featuresOf(presence('eve@x/1', String(n)));
    expect(asked).toHaveLength(3);
    for (let n = 0; n < 1000; n++) void caps.featuresOf(presence(`eve@x/${n + 2}`, String(n)));
    expect(asked).toHaveLength(500);
  });
});
