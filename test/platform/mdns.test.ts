/** Discovery over a network in memory, and once over the loopback's own multicast. */
import { describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { createMdns } from '#platform/mdns.ts';
import { LOOPBACK, type MdnsInterface, type MdnsLink } from '#platform/mdns-link.ts';
import type { Discovery, FoundService } from '#xmpp/ports.ts';
import { type ManualClock, manualClock } from '../xmpp/manual-clock.ts';

type Listener = (packet: never, from: { address: string }) => void;

/** A network on which everybody hears everybody, themselves too. */
function network() {
  const ears = new Set<{ on: Map<string, Listener>; address: string }>();
  const sent: { event: string; packet: unknown; from: string }[] = [];
  const tell = (event: string, packet: unknown, address: string): void => {
    sent.push({ event, packet, from: address });
    for (const ear of ears) ear.on.get(event)?.(packet as never, { address });
  };
  const open = ({ networks }: MdnsInterface): MdnsLink => {
    const ear = { on: new Map<string, Listener>(), address: networks[0]?.split('/')[0] ?? '' };
    ears.add(ear);
    return {
      on: (event: string, listener: Listener) => void ear.on.set(event, listener),
      respond: (packet) => tell('response', packet, ear.address),
      query: (packet) => tell('query', packet, ear.address),
      destroy: () => void ears.delete(ear),
    };
  };
  return { tell, open, sent };
}

function person(net: ReturnType<typeof network>, clock: ManualClock, host: string, address: string) {
  const notes: string[] = [];
  const by: MdnsInterface = { name: 'eth0', networks: [`${address}/24`], family: 4, by: address };
  const mdns = createMdns({ clock, host, note: (text) => notes.push(text), interfaces: () => [by], open: net.open });
  let found: readonly FoundService[] = [];
  return {
    mdns,
    notes,
    browse: () => mdns.browse((services) => (found = services)),
    names: () => {
      clock.advance(50);
      return found.map(({ instance }) => instance).sort();
    },
    /** As it is told a moment later. */
    found: () => {
      clock.advance(50);
      return found;
    },
  };
}

const service = (instance: string, port = 4000) => ({ instance, port, txt: ['txtvers=1', `nick=${instance}`] });
const record = (name: string, target: string, port: number, ttl = 120) =>
  ({ type: 'SRV', name: `${name}._presence._tcp.local`, ttl, data: { target, port, priority: 0, weight: 0 } }) as const;
const txt = (name: string, data: unknown) => ({ type: 'TXT', name: `${name}._presence._tcp.local`, ttl: 120, data });

describe('announcing and browsing', () => {
  test('one finds the other whoever comes first, follows what it says, and sees it go', () => {
    const [net, clock] = [network(), manualClock()];
    const ann = person(net, clock, 'a', '192.0.2.1');
    const ben = person(net, clock, 'b', '192.0.2.2');
    ann.browse();
    ann.mdns.announce(service('Ann@laptop'));
    clock.advance(2000);
    ben.browse();
    clock.advance(2000);
    expect(ben.found()).toEqual([
      { instance: 'Ann@laptop', port: 4000, txt: ['txtvers=1', 'nick=Ann@laptop'], addresses: ['192.0.2.1'] },
    ]);
    // Nobody finds themselves.
    expect(ann.names()).toEqual([]);
    ann.mdns.announce({ ...service('Ann@laptop'), txt: ['txtvers=1', 'nick=Anna'] });
    expect(ben.found()[0]?.txt).toEqual(['txtvers=1', 'nick=Anna']);
    ben.mdns.announce(service('Ben@desk'));
    clock.advance(2000);
    expect(ann.names()).toEqual(['Ben@desk']);
    ann.mdns.close();
    expect(ben.names()).toEqual([]);
    ben.mdns.announce(undefined);
    clock.advance(2000);
    expect(net.sent.at(-1)).toMatchObject({ event: 'response' });
  });

  test('who falls silent is forgotten', () => {
    const [net, clock] = [network(), manualClock()];
    const ben = person(net, clock, 'b', '192.0.2.2');
    ben.browse();
    net.tell('response', { answers: [record('Ann', 'a.local', 4000, 20)] }, '192.0.2.1');
    expect(ben.names()).toEqual(['Ann']);
    clock.advance(15_000);
    expect(ben.names()).toEqual(['Ann']);
    clock.advance(10_000);
    expect(ben.names()).toEqual([]);
  });

  test('of several with one name each gets its own', () => {
    const [net, clock] = [network(), manualClock()];
    const people = ['a', 'b', 'c'].map((host, at) => person(net, clock, host, `192.0.2.${at + 1}`));
    for (const { mdns } of people) {
      mdns.announce(service('Ann@laptop'));
      clock.advance(100);
    }
    clock.advance(10_000);
    const all = person(net, clock, 'd', '192.0.2.9');
    all.browse();
    clock.advance(10_000);
    expect(all.names()).toEqual(['Ann-2@laptop', 'Ann-3@laptop', 'Ann@laptop']);
  });

  test('dots and length are no trouble', () => {
    const [net, clock] = [network(), manualClock()];
    const ann = person(net, clock, 'a', '192.0.2.1');
    const ben = person(net, clock, 'b', '192.0.2.2');
    ben.browse();
    ann.mdns.announce(service(`Dr. Ann ${'é'.repeat(60)}@my.laptop`));
    clock.advance(2000);
    const [name = ''] = ben.names();
    expect(name).toMatch(/^Dr- Ann é+$/);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
  });

  test('interfaces that come and go', () => {
    const [net, clock] = [network(), manualClock()];
    const cable: MdnsInterface = { name: 'eth0', networks: ['192.0.2.1/24'], family: 4, by: '192.0.2.1' };
    const radio: MdnsInterface = { name: 'wlan0', networks: ['198.51.100.1/24'], family: 4, by: '198.51.100.1' };
    let interfaces = [cable];
    const mdns = createMdns({ clock, host: 'a', note: () => undefined, interfaces: () => interfaces, open: net.open });
    mdns.announce(service('Ann@laptop'));
    clock.advance(2000);
    interfaces = [radio];
    clock.advance(10_000);
    expect(net.sent.at(-1)?.from).toBe('198.51.100.1');
    const before = net.sent.length;
    net.tell('query', { questions: [{ name: '_presence._tcp.local', type: 'PTR' }] }, '192.0.2.7');
    clock.advance(2000);
    // From a network that is ours no more.
    expect(net.sent).toHaveLength(before + 1);
  });
});

describe('bad input', () => {
  function listener(): { net: ReturnType<typeof network>; clock: ManualClock; ben: ReturnType<typeof person> } {
    const [net, clock] = [network(), manualClock()];
    const ben = person(net, clock, 'b', '192.0.2.2');
    ben.browse();
    return { net, clock, ben };
  }

  test('what comes from elsewhere than our networks is not read', () => {
    const { net, ben } = listener();
    net.tell('response', { answers: [record('Eve', 'e.local', 4000)] }, '203.0.113.5');
    expect(ben.names()).toEqual([]);
  });

  test('an address is where the packet came from, not what it claims', () => {
    const { net, ben } = listener();
    const claim = { type: 'A', name: 'e.local', ttl: 120, data: '127.0.0.1' };
    net.tell('response', { answers: [record('Eve', 'e.local', 22)], additionals: [claim] }, '192.0.2.66');
    expect(ben.found()[0]?.addresses).toEqual(['192.0.2.66']);
  });

  test('a name stays with whom it was found at, and so does what it says', () => {
    const { net, ben } = listener();
    net.tell(
      'response',
      { answers: [record('Ann', 'a.local', 4000), txt('Ann', [Buffer.from('nick=Ann')])] },
      '192.0.2.1',
    );
    net.tell(
      'response',
      { answers: [record('Ann', 'e.local', 6666), txt('Ann', [Buffer.from('nick=Eve')])] },
      '192.0.2.66',
    );
    expect(ben.found()).toEqual([{ instance: 'Ann', port: 4000, txt: ['nick=Ann'], addresses: ['192.0.2.1'] }]);
  });

  test('thousands of services, strings and addresses are cut short', () => {
    const { net, clock, ben } = listener();
    for (let n = 0; n < 2000; n += 1) {
      if (n % 400 === 0) clock.advance(1000);
      const strings = Array.from({ length: 1000 }, (_, at) => Buffer.from(`limn.${at}=x`));
      net.tell('response', { answers: [record(`Eve ${n}`, 'e.local', 4000), txt(`Eve ${n}`, strings)] }, '192.0.2.66');
    }
    expect(ben.found()).toHaveLength(256);
    expect(ben.found().every((one) => one.txt.length <= 32)).toBe(true);
    for (let n = 0; n < 200; n += 1)
      net.tell('response', { answers: [record('Eve 1', 'e.local', 4000)] }, `192.0.2.${n}`);
    expect(ben.found().every((one) => one.addresses.length <= 8)).toBe(true);
  });

  test('a flood of packets is not read, and ends', () => {
    const { net, clock, ben } = listener();
    for (let n = 0; n < 10_000; n += 1) net.tell('response', { answers: [] }, '192.0.2.66');
    net.tell('response', { answers: [record('Ann', 'a.local', 4000)] }, '192.0.2.1');
    expect(ben.names()).toEqual([]);
    clock.advance(1000);
    net.tell('response', { answers: [record('Ann', 'a.local', 4000)] }, '192.0.2.1');
    expect(ben.names()).toEqual(['Ann']);
  });

  test.each([
    [{ answers: [{ type: 'SRV', name: '._presence._tcp.local', data: {} }] }],
    [{ answers: [{ type: 'SRV', name: 'x._presence._tcp.local', data: null }] }],
    [{ answers: [{ type: 'TXT', name: 'x._presence._tcp.local', data: 7 }] }],
    [{ answers: null }],
    [{}],
  ])('%j changes nothing', (packet) => {
    const { net, ben } = listener();
    net.tell('response', packet, '192.0.2.66');
    net.tell('query', packet, '192.0.2.66');
    expect(ben.names()).toEqual([]);
  });

  test('questions are answered once a second, however many there are', () => {
    const { net, clock } = listener();
    const ann = person(net, clock, 'a', '192.0.2.1');
    ann.mdns.announce(service('Ann@laptop'));
    clock.advance(5000);
    const before = net.sent.filter(({ event }) => event === 'response').length;
    for (let n = 0; n < 300; n += 1) {
      net.tell('query', { questions: [{ name: '_presence._tcp.local', type: 'PTR' }] }, '192.0.2.66');
    }
    clock.advance(1000);
    expect(net.sent.filter(({ event }) => event === 'response').length - before).toBeLessThanOrEqual(2);
  });
});

test('over the real loopback', async () => {
  const make = (host: string): Discovery =>
    createMdns({ clock: systemClock, host, note: () => undefined, interfaces: () => [LOOPBACK] });
  const instance = `Ann ${process.pid}@laptop`;
  const [ann, ben] = [make(`a${process.pid}`), make(`b${process.pid}`)];
  const found = new Promise<FoundService>((resolve) =>
    ben.browse((services) => {
      const one = services.find((other) => other.instance === instance);
      if (one) resolve(one);
    }),
  );
  ann.announce(service(instance, 4321));
  expect(await found).toEqual({ ...service(instance, 4321), addresses: ['127.0.0.1'] });
  const gone = new Promise<void>((resolve) =>
    ben.browse((services) => {
      if (!services.some((other) => other.instance === instance)) resolve();
    }),
  );
  ann.close();
  await gone;
  ben.close();
});
