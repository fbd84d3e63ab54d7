/** SRV records in the order of RFC 2782, as XEP-0368 mixes those of both services, asked of a real name server. */
import { Resolver } from 'node:dns/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createResolveSrv } from '#platform/xmpp-net.ts';
import { type DnsServer, type Srv, startDnsServer } from './dns-server.ts';

const DIRECT = '_xmpps-client._tcp.example.org';
const PLAIN = '_xmpp-client._tcp.example.org';
const NOWHERE: Srv = [0, 0, 0, '.'];

let dns: DnsServer;
beforeAll(async () => {
  dns = await startDnsServer();
  const resolveSrv = Resolver.prototype.resolveSrv;
  vi.spyOn(Resolver.prototype, 'resolveSrv').mockImplementation(function (this: Resolver, name) {
    this.setServers([dns.address]);
    return resolveSrv.call(this, name);
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await dns.close();
});
beforeEach(() => {
  dns.records = {};
});

/** The hosts in the order in which they are to be tried. */
async function hosts(records: Readonly<Record<string, readonly Srv[]>>, random?: () => number): Promise<string[]> {
  dns.records = records;
  return ((await createResolveSrv(random)('example.org')) ?? []).map(({ host }) => host);
}

test('both services are asked for, and each record says how to begin', async () => {
  dns.records = { [DIRECT]: [[1, 0, 5223, 'tls.example.org']], [PLAIN]: [[2, 0, 5222, 'plain.example.org']] };
  expect(await createResolveSrv()('example.org')).toEqual([
    { host: 'tls.example.org', port: 5223, direct: true },
    { host: 'plain.example.org', port: 5222, direct: false },
  ]);
  expect(new Set(dns.asked)).toEqual(new Set([DIRECT, PLAIN]));
});

test('the lower priority goes first, whatever its weight and service', async () => {
  const records = {
    [DIRECT]: [
      [30, 65_535, 443, 'd30'],
      [10, 0, 443, 'd10'],
    ],
    [PLAIN]: [
      [20, 100, 5222, 'p20'],
      [5, 0, 5222, 'p5'],
      [65_535, 1, 5222, 'p-last'],
    ],
  } as const;
  for (const random of [() => 0, () => 0.5, () => 1 - Number.EPSILON]) {
    expect(await hosts(records, random)).toEqual(['p5', 'd10', 'p20', 'd30', 'p-last']);
  }
});

describe('within one priority', () => {
  /** How often each of two records comes first, over an even grid of what the dice can say. */
  async function shareOfFirst(first: number, second: number): Promise<number> {
    const STEPS = 12;
    const records: Readonly<Record<string, readonly Srv[]>> = {
      [PLAIN]: [
        [1, first, 5222, 'first'],
        [1, second, 5222, 'second'],
      ],
    };
    let wins = 0;
    for (let at = 0; at < STEPS * STEPS; at += 1) {
      const dice = [((at % STEPS) + 0.5) / STEPS, (Math.floor(at / STEPS) + 0.5) / STEPS];
      const order = await hosts(records, () => dice.shift() ?? Number.NaN);
      expect([...order].sort()).toEqual(['first', 'second']);
      if (order[0] === 'first') wins += 1;
    }
    return wins / (STEPS * STEPS);
  }

  test('each goes first as often as its weight says', async () => {
    const share = await shareOfFirst(75, 25);
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.8);
  });

  test('one without weight goes after those that have some', async () => {
    expect(await shareOfFirst(0, 10)).toBeLessThan(0.02);
  });

  test('records without weight take turns', async () => {
    const share = await shareOfFirst(0, 0);
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
  });

  test('both services are drawn from together', async () => {
    const records = { [DIRECT]: [[1, 1, 443, 'd']], [PLAIN]: [[1, 1, 5222, 'p']] } as const;
    const seen = new Set<string>();
    for (const dice of [
      [0.1, 0.9],
      [0.9, 0.1],
    ])
      seen.add((await hosts(records, () => dice.shift() ?? Number.NaN)).join(' '));
    expect(seen).toEqual(new Set(['d p', 'p d']));
  });
});

describe('the target "."', () => {
  const resolve = (records: DnsServer['records']): ReturnType<ReturnType<typeof createResolveSrv>> => {
    dns.records = records;
    return createResolveSrv()('example.org');
  };

  test('of both services: there is none', async () => {
    expect(await resolve({ [DIRECT]: [NOWHERE], [PLAIN]: [NOWHERE] })).toBeNull();
  });

  test('of _xmpp-client, with no other record: there is none, and the domain itself is not tried (RFC 6120, 3.2.1)', async () => {
    expect(await resolve({ [PLAIN]: [NOWHERE] })).toBeNull();
  });

  test('of _xmpps-client alone says only that TLS does not come first', async () => {
    expect(await resolve({ [DIRECT]: [NOWHERE] })).toEqual([]);
  });

  test('of one service leaves the other', async () => {
    const direct = { host: 'd', port: 443, direct: true };
    const plain = { host: 'p', port: 5222, direct: false };
    expect(await resolve({ [DIRECT]: [[1, 1, 443, 'd']], [PLAIN]: [NOWHERE] })).toEqual([direct]);
    expect(await resolve({ [DIRECT]: [NOWHERE], [PLAIN]: [[1, 1, 5222, 'p']] })).toEqual([plain]);
  });

  test('beside real targets is no server: an empty name would be this machine', async () => {
    expect(await hosts({ [PLAIN]: [NOWHERE, [1, 1, 5222, 'p']] })).toEqual(['p']);
  });
});

test('a domain without records has none', async () => {
  expect(await hosts({})).toEqual([]);
  expect(await hosts({ [DIRECT]: [], [PLAIN]: [] })).toEqual([]);
});

test.each(['127.0.0.1', '::1', 'localhost'])('nobody is asked about %s', async (domain) => {
  const before = dns.asked.length;
  expect(await createResolveSrv()(domain)).toEqual([]);
  expect(dns.asked).toHaveLength(before);
});
