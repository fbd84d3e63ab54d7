/** Random lives beside peers that know only XEP-0284. */
import type { Edit } from '#core/types.ts';
import { TestNetwork } from '#test/support/network.ts';
import { type Reading, StrictPeer } from '#test/support/strict-peer.ts';
import { elements, Person, ROOM, SESSION } from './person.ts';
import { type Command, randomEdit } from './schedule.ts';

export interface StrictRoom {
  readonly net: TestNetwork;
  readonly people: Person[];
  readonly peers: StrictPeer[];
}

/** Two of Limn and strict peers that have just come, with two shapes on the board. */
export async function room(seed: number, kinds: readonly Reading[]): Promise<StrictRoom> {
  const net = new TestNetwork(seed);
  const people = ['a', 'b'].map((nick) => new Person(net, nick));
  for (const person of people) {
    person.member.connect(ROOM);
    await net.settle();
  }
  people[0]?.begin();
  people[0]?.shape('one');
  people[0]?.shape('two');
  await net.settle();
  const peers: StrictPeer[] = [];
  for (const [index, kind] of kinds.entries()) {
    const member = net.member(`strict${index}`, { limn: false, sxe: true });
    peers.push(new StrictPeer(member, SESSION, kind));
    member.connect(ROOM);
  }
  return { net, people, peers };
}

/** An attribute that all share, by number. */
export function target(person: Person, n: number): string | undefined {
  const shapes = elements(person.replica, person.replica.shown);
  const shape = shapes[n % Math.max(1, shapes.length)];
  return shape === undefined ? undefined : person.replica.shown.attribute(shape, '', 'x');
}

/** What Limn counts and doesn't write, and a strict peer takes for real. */
export function voidEdit(peer: StrictPeer, target: string, [first, second]: [number, number], name: string): void {
  const add = (type: 'text' | 'element', parent: string): Edit => ({
    ...{ kind: 'new', rid: `${second % 2 ? '!' : 'z'}${name}`, type, parent, primaryWeight: 0 },
    ...(type === 'text' ? { chdata: name } : { name: 'svg' }),
  });
  const leaf = [...peer.records].find(([, { type }]) => type === 'attr')?.[0];
  const kind = first % 5;
  if (kind === 0) peer.edit([add('text', '')]);
  else if (kind === 1 && leaf !== undefined) peer.edit([add('element', leaf)]);
  else if (kind === 2) peer.edit([add('element', '')]);
  else if (kind === 3) peer.edit([{ kind: 'set', rid: target, version: 0, fields: { name: 'no name!' } }]);
  else if (leaf !== undefined) {
    peer.edit([{ kind: 'set', rid: leaf, version: 0, fields: { chdata: 'x' }, splice: { from: 999, count: 1 } }]);
  }
}

/** What strict peers do at random: everything the XEP has, each by its own view of the document. */
export function strictEdit(peer: StrictPeer, [what, , first, second]: Command, name: string, spared?: string): void {
  const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];
  const rids = [...peer.records.keys()];
  const elementsOf = rids.filter((rid) => peer.records.get(rid)?.type === 'element');
  const root = elementsOf.find((rid) => peer.fields(rid)?.parent === '');
  if (root === undefined) return;
  const target = pick(
    elementsOf.filter((rid) => rid !== root && rid !== spared),
    first,
  );
  // What would close a cycle in its own tree is not done.
  const homes = elementsOf.filter((rid) => target === undefined || !peer.subtree(target).includes(rid));
  const home = pick(homes, second) ?? root;
  const attrs = rids.filter((rid) => peer.records.get(rid)?.type === 'attr' && peer.fields(rid)?.name !== 'data-n');
  const kind = what % 8;
  if (kind <= 1 || target === undefined) {
    return peer.edit([
      {
        kind: 'new',
        rid: `s.${name}`,
        type: 'element',
        parent: home,
        primaryWeight: first % 7,
        name: kind ? 'g' : 'rect',
      },
      {
        kind: 'new',
        rid: `s.${name}n`,
        type: 'attr',
        parent: `s.${name}`,
        primaryWeight: 0,
        name: 'data-n',
        chdata: name,
      },
      { kind: 'new', rid: `s.${name}x`, type: 'attr', parent: `s.${name}`, primaryWeight: 1, name: 'x', chdata: '0' },
    ]);
  }
  if (what >= 90) return voidEdit(peer, target, [first, second], name);
  if (kind === 2)
    return peer.edit([{ kind: 'set', rid: target, version: 0, fields: { parent: home, primaryWeight: second % 9 } }]);
  if (kind === 3) return peer.edit(peer.subtree(target).map((rid): Edit => ({ kind: 'remove', rid })));
  const attr = pick(attrs, second);
  if (kind === 4) {
    const wanted = pick(['x', 'y', 'fill'], first) ?? 'x';
    const there = attrs.some((rid) => peer.fields(rid)?.parent === target && peer.fields(rid)?.name === wanted);
    if (there) return;
    // Lower than any of Limn's, or higher.
    const rid = `${second % 2 ? '!' : 'z'}${name}`;
    return peer.edit([
      { kind: 'new', rid, type: 'attr', parent: target, primaryWeight: 0, name: wanted, chdata: name },
    ]);
  }
  if (attr === undefined) return;
  if (kind === 5) return peer.edit([{ kind: 'remove', rid: attr }]);
  if (kind === 6) return peer.edit([{ kind: 'set', rid: attr, version: 0, fields: { chdata: name } }]);
  const text = peer.fields(attr)?.chdata ?? '';
  const from = second % (text.length + 1);
  const splice = { from, count: Math.min(first % 2, text.length - from) };
  peer.edit([{ kind: 'set', rid: attr, version: 0, fields: { chdata: `<${name}>` }, splice }]);
}

/** Whatever Limn and strict peers do at once, until all of it has arrived. */
export async function playBeside(
  seed: number,
  kinds: readonly Reading[],
  list: readonly Command[],
): Promise<StrictRoom> {
  const all = await room(seed, kinds);
  const { net, people, peers } = all;
  await net.settle();
  for (const [index, command] of list.entries()) {
    const at = command[1] % (people.length + peers.length);
    const person = people[at];
    const peer = peers[at - people.length];
    if (person) randomEdit(person, command, `${person.nick}${index}`);
    else if (peer) strictEdit(peer, command, `p${at}i${index}`);
    await net.run(command[3] % 9);
  }
  await net.settle();
  return all;
}

type Seats = { readonly peer: StrictPeer; there: boolean }[];

/** The same with Limn people and strict peers who come and go. */
export async function playComings(
  seed: number,
  kinds: readonly Reading[],
  list: readonly Command[],
): Promise<{ net: TestNetwork; all: Person[]; seats: Seats }> {
  const { net, people, peers } = await room(seed, kinds);
  const late = new Person(net, 'c');
  const all = [...people, late];
  const seats: Seats = peers.map((peer) => ({ peer, there: true }));
  await net.settle();
  for (const [index, command] of list.entries()) {
    const [what, who, , second] = command;
    const name = `i${index}`;
    if (what % 10 === 9) {
      const person = all[who % all.length] as Person;
      const others = all.filter((one) => one !== person && one.session.phase === 'online');
      if (!person.member.connected) person.member.connect(ROOM);
      else if (others.length > 0) person.member.drop();
    } else if (what % 10 === 8) {
      const seat = seats[who % seats.length];
      if (seat?.there) seat.peer.leave();
      if (seat) seat.there = false;
      const member = net.member(`strict${name}`, { limn: false, sxe: true });
      seats.push({ peer: new StrictPeer(member, SESSION, second % 2 ? 'collapse' : 'literal'), there: true });
      member.connect(ROOM);
    } else {
      const here = [...all.filter((one) => one.member.connected), ...seats.filter((seat) => seat.there)];
      const one = here[who % here.length];
      if (one instanceof Person) randomEdit(one, command, `${one.nick}${name}`);
      else if (one) strictEdit(one.peer, command, `p${name}`);
    }
    await net.run(second % 9);
  }
  for (const person of all) if (!person.member.connected) person.member.connect(ROOM);
  await net.settle();
  return { net, all, seats };
}
