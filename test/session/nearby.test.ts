/** Places on a local network: who hosts, halves that meet, and guests who mean harm. */
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { makePrivateKey, selfSigned } from '#platform/certificate.ts';
import { createLinkNet } from '#platform/link-net.ts';
import { LOOPBACK } from '#platform/mdns-link.ts';
import { systemRandom } from '#platform/random.ts';
import type { NearbyPlace } from '#session/nearby-place.ts';
import { createLan, type Lan, type LanPerson } from '#test/support/lan.ts';
import { type LinkStream, openLinkStream } from '#xmpp/link-stream.ts';
import { type Element, xml } from '#xmpp/xml-text.ts';

const lans: Lan[] = [];
afterEach(() => {
  for (const lan of lans.splice(0)) lan.close();
});
const newLan = (): Lan => {
  const lan = createLan();
  lans.push(lan);
  return lan;
};
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 30_000, interval: 10 });

/** Enters the room of a place, so that its host counts them. */
const enter = async (person: LanPerson, place: NearbyPlace): Promise<void> => (await person.transport(place)).join();

async function join(lan: Lan, person: LanPerson): Promise<NearbyPlace> {
  const place = await person.nearby.join(await lan.offered(person, 'board'));
  await enter(person, place);
  return place;
}

async function meeting(lan: Lan, ...names: readonly string[]): Promise<{ person: LanPerson; place: NearbyPlace }[]> {
  const met: { person: LanPerson; place: NearbyPlace }[] = [];
  for (const name of names) {
    const person = await lan.person(name);
    const place = met.length === 0 ? await person.nearby.share('board', 'Board') : await join(lan, person);
    if (met.length === 0) await enter(person, place);
    met.push({ person, place });
    await poll(() => met[0]?.place.people).toBe(met.length);
  }
  return met;
}
const hosts = (met: readonly { person: LanPerson; place: NearbyPlace }[]): string[] =>
  met.filter(({ place }) => place.hosting).map(({ person }) => person.name);
/** Those who reach each other have one host, with all of them in the room. */
const together = (met: readonly { person: LanPerson; place: NearbyPlace }[], host: string) =>
  poll(() => [hosts(met), met.find(({ place }) => place.hosting)?.place.people]).toEqual([[host], met.length]);

test('who gives up while the host is being called is not asked, and neither is the host', async () => {
  const lan = newLan();
  const [ann, ben] = [await lan.person('Ann'), await lan.person('Ben')];
  await ann.nearby.share('board', 'Board');
  const offered = await lan.offered(ben, 'board');
  for (const early of [true, false]) {
    const leave = new AbortController();
    if (early) leave.abort();
    const joining = ben.nearby.join(offered, leave.signal);
    leave.abort();
    await expect(joining).rejects.toMatchObject({ code: 'cancelled' });
  }
  expect([ann.questions, ben.questions]).toEqual([[], []]);
});

describe('who hosts', () => {
  test('the host goes, and the next by order of joining does, however many go', async () => {
    const met = await meeting(newLan(), 'Ann', 'Ben', 'Cem', 'Dee');
    for (const next of ['Ben', 'Cem', 'Dee']) {
      met.shift()?.place.leave();
      await together(met, next);
      expect(hosts(met)).toEqual([next]);
    }
  });

  test('two go at once', async () => {
    const lan = newLan();
    const met = await meeting(lan, 'Ann', 'Ben', 'Cem', 'Dee');
    lan.split(['Ann'], ['Ben'], ['Cem', 'Dee']);
    await together(met.slice(2), 'Cem');
    expect(hosts(met.slice(2))).toEqual(['Cem']);
  });

  test('a guest whose cable was out for a moment comes back to the same host', async () => {
    const lan = newLan();
    const met = await meeting(lan, 'Ann', 'Ben');
    lan.split(['Ann'], ['Ben']);
    lan.split();
    await together(met, 'Ann');
    expect(hosts(met)).toEqual(['Ann']);
  });

  test('halves that meet go on with the earlier host', async () => {
    const lan = newLan();
    const met = await meeting(lan, 'Ann', 'Ben', 'Cem', 'Dee');
    lan.split(['Ann', 'Dee'], ['Ben', 'Cem']);
    await poll(() => hosts(met).sort()).toEqual(['Ann', 'Ben']);
    await poll(() => met[1]?.place.people).toBe(2);
    // Whoever comes while they are apart is one of them all afterwards.
    const late = await lan.person('Eve');
    lan.split(['Ann', 'Dee'], ['Ben', 'Cem', 'Eve']);
    met.push({ person: late, place: await join(lan, late) });
    lan.split();
    await together(met, 'Ann');
    // Who was let in by one host is known to those who host after it. Ann's half never saw Eve: those two compare digits.
    expect(met.map(({ person }) => person.questions.length)).toEqual([4, 2, 1, 1, 2]);
  });

  test('somebody else who announces the same board is not gone to', async () => {
    const lan = newLan();
    const met = await meeting(lan, 'Ann', 'Ben');
    const eve = await lan.person('Eve');
    await eve.nearby.share('board', 'Board');
    met[0]?.place.leave();
    await poll(() => met[1]?.place.hosting).toBe(true);
    expect(eve.questions).toEqual([]);
  });
});

/** A guest whose stanzas are made by hand. */
async function rawGuest(host: LanPerson, port: number) {
  const net = createLinkNet({
    identity: selfSigned(makePrivateKey()),
    clock: systemClock,
    host: '127.0.0.1',
    interfaces: () => [LOOPBACK],
  });
  const wire = await net.dial(['127.0.0.1'], port);
  const got: string[] = [];
  let ended: string | undefined;
  const stream: LinkStream = await openLinkStream({
    ...{ wire, clock: systemClock, random: systemRandom, key: net.key, address: 'eve@machine', nick: 'Eve' },
    call: { to: host.name, session: 'board' },
    known: () => false,
    agree: () => Promise.resolve(true),
    opened: () => ({
      stanza: (stanza) => void got.push(stanza.toString()),
      closed: (error) => (ended = error.condition ?? error.code),
    }),
    note: () => undefined,
  });
  return { stream, got, ended: () => ended };
}
const ROOM = 'board@nearby.invalid';
const COME = `<presence to='${ROOM}/Eve'><x xmlns='http://jabber.org/protocol/muc'/></presence>`;

const ping = (): Element => xml('ping', { xmlns: 'urn:xmpp:ping' });

describe('guests who mean harm', () => {
  async function attacked() {
    const lan = newLan();
    const met = await meeting(lan, 'Ann', 'Ben');
    const [ann, ben] = met as [(typeof met)[number], (typeof met)[number]];
    return { lan, met, ann, ben };
  }

  test('who says that they are somebody else is still themselves', async () => {
    const { lan, ann, ben } = await attacked();
    const heard: string[] = [];
    ben.place.entity.onStanza((stanza) => heard.push(stanza.toString()));
    const eve = await rawGuest(ann.person, lan.portOf('Ann'));
    // The host's name is taken; and she is no owner, whatever her presence says.
    const forged = `<presence to='${ROOM}/Ann' from='${ROOM}/Ann'><x xmlns='http://jabber.org/protocol/muc'/><occupant-id xmlns='urn:xmpp:occupant-id:0' id='${ann.person.key}'/><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' role='moderator'/></x></presence>`;
    eve.stream.send(forged);
    await poll(() => heard.find((text) => text.includes('/Ann 2"'))).toBeDefined();
    const seen = heard.find((text) => text.includes('/Ann 2"')) ?? '';
    expect(seen).toContain('affiliation="none"');
    expect(seen).not.toContain(ann.person.key);
    expect(seen.match(/<occupant-id/g)).toHaveLength(1);
    eve.stream.send(
      `<message to='${ROOM}' from='${ROOM}/Ann' type='groupchat'><body>I am Ann</body><delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z'/></message>`,
    );
    await poll(() => heard.find((text) => text.includes('I am Ann'))).toBeDefined();
    const said = heard.find((text) => text.includes('I am Ann')) ?? '';
    expect(said).toContain(`from="${ROOM}/Ann 2"`);
    expect(said).not.toContain('delay');
  });

  test('who may only look on is heard by nobody, and gives no roles; who was sent away stays away', async () => {
    const { lan, ann, ben } = await attacked();
    const heard: string[] = [];
    ben.place.entity.onStanza((stanza) => heard.push(stanza.toString()));
    const eve = await rawGuest(ann.person, lan.portOf('Ann'));
    eve.stream.send(COME);
    await poll(() => ann.place.people).toBe(3);
    const give = (nick: string, role: string): Element =>
      xml('query', { xmlns: 'http://jabber.org/protocol/muc#admin' }, xml('item', { nick, role }));
    const words = (text: string): string => `<message to='${ROOM}' type='groupchat'><body>${text}</body></message>`;
    const refused = (condition: string): number => eve.got.filter((text) => text.includes(`<${condition} `)).length;
    eve.stream.send(`<iq to='${ROOM}' type='set' id='1'>${give('Ben', 'none').toString()}</iq>`);
    await poll(() => refused('forbidden')).toBe(1);
    await ann.place.entity.request('set', ROOM, give('Eve', 'visitor'));
    eve.stream.send(words('as a visitor'));
    await poll(() => refused('forbidden')).toBe(2);
    await ann.place.entity.request('set', ROOM, give('Eve', 'participant'));
    eve.stream.send(words('with voice'));
    await poll(() => heard.some((text) => text.includes('with voice'))).toBe(true);
    await ann.place.entity.request('set', ROOM, give('Eve', 'none'));
    eve.stream.send(words('as one who was sent away'));
    await poll(() => refused('not-acceptable')).toBe(1);
    eve.stream.send(COME);
    await poll(() => refused('forbidden')).toBe(3);
    expect(heard.some((text) => text.includes('as a visitor') || text.includes('sent away'))).toBe(false);
    expect(ann.place.people).toBe(2);
  });

  test('a list of members by a guest changes nothing', async () => {
    const { lan, met, ann } = await attacked();
    const eve = await rawGuest(ann.person, lan.portOf('Ann'));
    eve.stream.send(COME);
    const list = `<members xmlns='urn:x-limn:nearby:0'><member key='${'0'.repeat(64)}' port='1'/></members>`;
    eve.stream.send(`<message to='${ROOM}' from='${ROOM}' type='groupchat'>${list}</message>`);
    eve.stream.send(`<message to='${ROOM}/Ben' from='${ROOM}' type='chat'>${list}</message>`);
    eve.stream.send(`<iq to='${ROOM}' type='get' id='done'><ping xmlns='urn:xmpp:ping'/></iq>`);
    await poll(() => eve.got.some((text) => text.includes('id="done"'))).toBe(true);
    expect(met[1]?.place.admitted('0'.repeat(64))).toBe(false);
  });

  test.each([
    [
      'a name without end',
      `<presence to='${ROOM}/${'x'.repeat(500)}'><x xmlns='http://jabber.org/protocol/muc'/></presence>`,
      'jid-malformed',
    ],
    ['words before coming in', `<message to='${ROOM}' type='groupchat'><body>hi</body></message>`, 'not-acceptable'],
    ['words to nobody', `<message to='${ROOM}/Nobody' type='chat'><body>hi</body></message>`, 'not-acceptable'],
    ['another room', `<iq to='other@nearby.invalid' type='get' id='1'><a xmlns='b'/></iq>`, 'item-not-found'],
    [
      'an owner’s request',
      `<iq to='${ROOM}' type='set' id='1'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>`,
      'service-unavailable',
    ],
  ])('%s is refused with a stanza error', async (_, stanza, condition) => {
    const { lan, ann } = await attacked();
    const eve = await rawGuest(ann.person, lan.portOf('Ann'));
    eve.stream.send(stanza);
    await poll(() => eve.got.find((text) => text.includes(`<${condition} `))).toBeDefined();
    expect(eve.ended()).toBeUndefined();
    expect(ann.place.people).toBe(2);
  });

  test.each([
    ['a stanza of another name', '<hello/>', 'unsupported-stanza-type'],
    ['a stanza beyond the limit', `<message><body>${'x'.repeat(600_000)}</body></message>`, 'policy-violation'],
    ['nested beyond every limit', '<a>'.repeat(5000), 'policy-violation'],
    ['no XML', '</b>', 'policy-violation'],
  ])('%s ends the stream, and the others draw on', async (_, text, condition) => {
    const { lan, ann, ben } = await attacked();
    const eve = await rawGuest(ann.person, lan.portOf('Ann'));
    eve.stream.send(COME);
    await poll(() => ann.place.people).toBe(3);
    eve.stream.send(text);
    await poll(() => eve.ended()).toBe(condition);
    await poll(() => ann.place.people).toBe(2);
    await expect(ben.place.entity.request('get', undefined, ping())).resolves.toBeDefined();
  });

  test('hundreds of calls at once: few are answered, and afterwards the next one is', async () => {
    const { lan, ann, ben } = await attacked();
    const net = createLinkNet({
      identity: selfSigned(makePrivateKey()),
      clock: systemClock,
      host: '127.0.0.1',
      interfaces: () => [LOOPBACK],
    });
    const port = lan.portOf('Ann');
    let hungUp = 0;
    const wires = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const wire = await net.dial(['127.0.0.1'], port).catch(() => undefined);
        wire?.listen({ data: () => undefined, close: () => (hungUp += 1) });
        return wire;
      }),
    );
    await poll(() => hungUp).toBeGreaterThanOrEqual(190);
    await expect(ben.place.entity.request('get', undefined, ping())).resolves.toBeDefined();
    for (const wire of wires) wire?.destroy();
    await poll(async () => (await rawGuest(ann.person, port).catch(() => undefined))?.stream.peer.nick).toBe('Ann');
  });

  test('a board is full with its host and 31 guests; the next one is told so', async () => {
    const { lan, ann } = await attacked();
    const port = lan.portOf('Ann');
    for (let n = 0; n < 30; n += 1) (await rawGuest(ann.person, port)).stream.send(COME);
    await poll(() => ann.place.full).toBe(true);
    await expect(rawGuest(ann.person, port)).rejects.toMatchObject({
      code: 'room-full',
      condition: 'resource-constraint',
    });
  });
});

test('questions do not pile up: the fourth is refused without one', async () => {
  const lan = newLan();
  const ann = await lan.person('Ann', () => new Promise(() => undefined));
  await ann.nearby.share('board', 'Board');
  const waiting = Array.from({ length: 3 }, () => rawGuest(ann, lan.portOf('Ann')));
  for (const one of waiting) one.catch(() => undefined);
  await poll(() => ann.questions.length).toBe(3);
  await expect(rawGuest(ann, lan.portOf('Ann'))).rejects.toMatchObject({ code: 'not-allowed' });
  expect(ann.questions).toHaveLength(3);
});
