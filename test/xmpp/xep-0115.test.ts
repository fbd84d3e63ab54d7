import { expect, test } from 'vitest';
import { capsHash } from '#xmpp/xep-0115.ts';
import { parseDiscoInfo, serializeDiscoInfo } from '#xmpp/xep-0030.ts';

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
