/** Random lives of a session: what people do, as numbers that fast-check can shrink. */
import fc from 'fast-check';
import type { Intent } from '#core/replica-port.ts';
import type { TestNetwork } from '#test/support/network.ts';
import { element, elements, type Person, ROOM, value } from './person.ts';

export type Command = readonly [what: number, who: number, first: number, second: number];

export const commands = (most: number): fc.Arbitrary<Command[]> =>
  fc.array(fc.tuple(fc.nat(99), fc.nat(99), fc.nat(9999), fc.nat(9999)), { minLength: 3, maxLength: most });

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];

/** One random edit on targets that all share; what can't be done just now is left out. */
export function randomEdit(
  person: Pick<Person, 'replica' | 'session'>,
  [what, , first, second]: Command,
  name: string,
): void {
  const { replica, session } = person;
  const root = replica.shown.root();
  const put = (intent: Intent): void => {
    session.submit([intent], name);
  };
  if (root === undefined) return put({ do: 'add', parent: '', before: null, node: element('svg', {}) });
  const all = elements(replica, replica.shown);
  const groups = [root, ...all.filter((rid) => replica.shown.get(rid)?.name === 'g')];
  const target = pick(all, first);
  const parent = pick(groups, second) ?? root;
  const kind = what % 12;
  if (kind <= 2 || target === undefined) {
    const node = kind === 0 ? element('g', { 'data-n': name }) : element('text', { 'data-n': name, x: '0' }, 'abc');
    return put({ do: 'add', parent, before: pick([null, ...replica.shown.children(parent)], first) ?? null, node });
  }
  if (kind <= 4) return put({ do: 'set', rid: target, name: pick(['x', 'y', 'fill'], second) ?? 'x', value: name });
  if (kind === 5) return put({ do: 'set', rid: target, name: pick(['x', 'y', 'fill'], second) ?? 'x', value: null });
  if (kind <= 7) {
    const siblings = replica.shown.children(parent).filter((rid) => rid !== target);
    return put({ do: 'move', rid: target, parent, before: pick([null, ...siblings], first) ?? null });
  }
  if (kind === 8) return put({ do: 'remove', rid: target });
  if (kind === 9) {
    session.undo();
    return;
  }
  const length = (value(replica, target, 'x', replica.shown) ?? '').length;
  if (value(replica, target, 'x', replica.shown) === undefined) return;
  const from = second % (length + 1);
  put({ do: 'text', rid: target, name: 'x', from, count: Math.min(first % 2, length - from), insert: `<${name}>` });
}

/** What happens to connections: drops, ghosts, rejoins, deaths, losses and repetitions. */
export async function randomTrouble(person: Person, [what, , first]: Command): Promise<void> {
  const { member } = person;
  const kind = what % 7;
  if (!member.connected) return member.connect(ROOM);
  if (kind <= 1) member.drop();
  else if (kind === 2) {
    member.drop({ ghost: true });
    member.connect(ROOM);
  } else if (kind === 3) await person.kill();
  else if (kind === 4) member.repeat();
  else if (kind === 5) member.throttled = !member.throttled;
  else {
    member.drop({ ghost: first % 2 === 0 });
  }
}

/** Everyone comes back and everything arrives. */
export async function reunite(network: TestNetwork, people: readonly Person[]): Promise<void> {
  for (const person of people) {
    person.member.throttled = false;
    if (!person.member.connected) person.member.connect(ROOM);
  }
  await network.settle();
}

export async function playAll(
  network: TestNetwork,
  people: readonly Person[],
  list: readonly Command[],
  trouble: boolean,
): Promise<void> {
  for (const [index, command] of list.entries()) {
    const [what, who, , second] = command;
    const person = people[who % people.length];
    if (!person) continue;
    if (trouble && what >= 80) await randomTrouble(person, command);
    else {
      randomEdit(person, command, `${person.nick}${index}`);
      // What comes now is on the disk when it must be, and else with the next edit.
      if (trouble) person.lag();
    }
    await network.run(second % 9);
  }
}
