/**
 * Random lives of a session in which everyone is of another kind: Limn people with and without the compact form, who draw, type, take back,
 * complete, leave, come late, part, are killed and start again from what they stored, and strict SXE peers of both readings, over a network that
 * interleaves, throttles, repeats, drops and brings back. What must hold in the end, and on the way, is in laws.ts.
 */
import fc from 'fast-check';
import type { Intent, SubmitResult } from '#core/replica-port.ts';
import type { Rid } from '#core/types.ts';
import { TestNetwork } from '#test/support/network.ts';
import { completion, toyJudge } from '#test/support/rules.ts';
import { type Reading, strictDifference, StrictPeer } from '#test/support/strict-peer.ts';
import {
  CompletedParts,
  disorder,
  invalid,
  overwritten,
  type Submitted,
  undoneAndRedone,
  unknown,
  waiting,
} from './laws.ts';
import { difference, element, elements, Person, ROOM, SESSION, value } from './person.ts';
import { type Command, commands, randomTrouble, reunite } from './schedule.ts';
import { strictEdit } from './strict-schedule.ts';

/** Who takes part and what happens. */
export interface Mix {
  readonly seed: number;
  readonly people: number;
  readonly strict: readonly Reading[];
  /** Who lacks the compact form: bit n for the nth person. */
  readonly plain: number;
  /** Whether one comes late, and whether one leaves for good. */
  readonly late: boolean;
  readonly leaves: boolean;
  /** People take things back; else they type into one text, of which no letter may be lost. */
  readonly undo: boolean;
  /** There are rules, and parts are completed. */
  readonly judged: boolean;
  /** Some meet elsewhere for a while, with the same board. */
  readonly parts: boolean;
  /** Some values are too long for a stanza. */
  readonly large: boolean;
  readonly list: readonly Command[];
}

const rarely = (weight: number): fc.Arbitrary<boolean> =>
  fc.oneof({ weight, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });

export const mixes: fc.Arbitrary<Mix> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  people: fc.integer({ min: 2, max: 3 }),
  strict: fc.oneof(
    { weight: 2, arbitrary: fc.constant<Reading[]>([]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.constantFrom<Reading>('collapse', 'literal'), { minLength: 1, maxLength: 2 }),
    },
  ),
  plain: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(15) }),
  late: fc.boolean(),
  leaves: fc.boolean(),
  undo: fc.boolean(),
  judged: rarely(2),
  parts: rarely(3),
  large: rarely(40),
  list: commands(45),
});

const NICKS = ['a', 'b', 'c', 'd'];
const AFFILIATIONS = ['owner', 'none', 'admin', 'member'] as const;
const ELSEWHERE = 'elsewhere';
const LARGE = 'w'.repeat(40_000);
const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];

/** Plays one. Answers the first rule that was broken, in a sentence; undefined when all held. */
export async function broken(mix: Mix): Promise<string | undefined> {
  const life = new Life(mix);
  await life.begin();
  for (const [index, command] of mix.list.entries()) {
    const wrong = await life.happens(index, command);
    if (wrong !== undefined) return `at ${index}: ${wrong}`;
  }
  return life.end();
}

class Life {
  readonly #mix: Mix;
  readonly #net: TestNetwork;
  readonly #people: Person[];
  readonly #strict: StrictPeer[] = [];
  #submitted: Submitted[] = [];
  #gestures = 0;
  readonly #completed = new Map<Person, CompletedParts>();
  #letters = '';
  #text: Rid = '';
  #gone: Person | undefined;

  constructor(mix: Mix) {
    this.#mix = mix;
    this.#net = new TestNetwork(mix.seed);
    this.#people = NICKS.slice(0, mix.people).map((_, n) => this.#person(n));
  }

  async begin(): Promise<void> {
    const [first, ...others] = this.#people as [Person, ...Person[]];
    first.member.connect(ROOM);
    await this.#net.settle();
    first.begin();
    this.#text = this.#put(first, {
      do: 'add',
      parent: first.root(),
      before: null,
      node: element('text', { 'data-n': 'letters' }, '-'),
    });
    first.shape('one');
    first.shape('two');
    for (const other of others) other.member.connect(ROOM);
    if (this.#mix.strict.length > 0) await this.#net.settle();
    for (const [index, reading] of this.#mix.strict.entries()) {
      const member = this.#net.member(`strict${index}`, { limn: false, sxe: true });
      this.#strict.push(new StrictPeer(member, SESSION, reading));
      member.connect(ROOM);
    }
    if (this.#mix.strict.length > 0) await this.#net.settle();
    if (this.#mix.late) this.#people.push(this.#person(3));
  }

  /** One thing happens. Answers what it broke. */
  async happens(index: number, command: Command): Promise<string | undefined> {
    const { list, late, leaves, judged, undo } = this.#mix;
    if (late && index === Math.floor(list.length / 3))
      this.#people.find(({ nick }) => nick === 'd')?.member.connect(ROOM);
    if (leaves && index === Math.floor(list.length / 2)) this.#leave(command[2]);
    const [what, who, , second] = command;
    const at = who % (this.#people.length + this.#strict.length);
    const person = this.#people[at];
    const peer = this.#strict[at - this.#people.length];
    let wrong: string | undefined;
    if (peer) strictEdit(peer, command, `p${at}i${index}`, this.#text);
    else if (person && what >= 84 && this.#hasCome(person)) await this.#trouble(person, command);
    else if (person && what >= 76 && undo) wrong = this.#takeBack(person, command[2]);
    else if (person && what >= 60 && !undo) this.#type(person, command[2]);
    else if (person && what >= 48 && judged) this.#complete(person, command);
    else if (person) this.#draw(person, command, `${index}`);
    await this.#net.run(second % 9);
    return wrong ?? this.#changed();
  }

  /** Everyone who stays comes together and all arrives. Answers what doesn't hold then. */
  async end(): Promise<string | undefined> {
    const net = this.#net;
    const people = this.#people;
    // A server finds out in time that somebody's connection has died.
    this.#gone?.member.vanish();
    for (const { member } of people) if (member.roomName === ELSEWHERE) member.drop();
    await reunite(net, people);
    // Timers that give up on somebody, and digests, have their say.
    net.clock.advance(60_000);
    await net.settle();
    const [first] = people as [Person];
    const equal = (): string | undefined =>
      difference(people) ??
      this.#strict.map((peer) => strictDifference(first.replica, peer)).find((wrong) => wrong !== undefined);
    const law =
      difference(people) ??
      unknown(people, this.#submitted) ??
      disorder(people) ??
      overwritten(people) ??
      this.#lostLetters(first) ??
      this.#changed() ??
      (this.#mix.judged ? invalid(people) : undefined);
    if (law !== undefined) return law;
    if (this.#strict.length > 0 && this.#mix.judged) await this.#reopen(first);
    const apart = equal();
    if (apart !== undefined) return apart;

    const one = pick(people, this.#mix.seed) as Person;
    return (await undoneAndRedone(one, 4, () => net.settle())) ?? equal();
  }

  /** What is complete and shown elsewhere than it says, or too long for a stanza, a strict peer lacks until that is reopened (DECISIONS 97). */
  async #reopen(owner: Person): Promise<void> {
    for (const rid of elements(owner.replica)) this.#put(owner, completion(rid, false));
    await this.#net.settle();
  }

  #person(n: number): Person {
    const { plain, judged } = this.#mix;
    return new Person(this.#net, NICKS[n] as string, {
      ...(plain & (1 << n) ? { compact: false } : {}),
      ...(judged ? { judge: toyJudge, affiliation: AFFILIATIONS[n] as 'owner' } : {}),
    });
  }

  /** A completed part that anybody sees otherwise. */
  #changed(): string | undefined {
    if (!this.#mix.judged) return undefined;
    for (const person of this.#people) {
      const parts = this.#completed.get(person) ?? new CompletedParts(person);
      this.#completed.set(person, parts);
      const wrong = parts.changed();
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  #hasCome(person: Person): boolean {
    return person.member.roomName !== '';
  }

  /** A strict peer whose session dies has no way to know: somebody who has the board stays. */
  #isNeeded(person: Person): boolean {
    return (
      this.#strict.length > 0 &&
      !this.#people.some(
        (other) => other !== person && other.session.phase === 'online' && other.member.roomName === ROOM,
      )
    );
  }

  #leave(n: number): void {
    const person = pick(this.#people.slice(1), n) as Person;
    if (this.#people.length < 3 || this.#isNeeded(person)) return;
    this.#people.splice(this.#people.indexOf(person), 1);
    this.#gone = person;
    person.member.drop();
  }

  async #trouble(person: Person, command: Command): Promise<void> {
    if (this.#isNeeded(person)) return;
    const { member } = person;
    if (!this.#mix.parts || command[0] % 5 > 0) return randomTrouble(person, command);
    const to = member.roomName === ROOM ? ELSEWHERE : ROOM;
    if (member.connected) member.drop();
    member.connect(to);
  }

  #put(person: Person, intent: Intent): Rid {
    const result = this.#submit(person, () => person.session.submit([intent], `${this.#gestures++}`));
    return result.ok ? (result.rids[0]?.[0] ?? '') : '';
  }

  /** Notes what must reach everybody: not what a person's later edit makes needless before it was sent. */
  #submit(person: Person, act: () => SubmitResult): SubmitResult {
    const ids = (): Set<string> => new Set(person.replica.pending().map(({ id }) => `${id.prefix} ${id.n}`));
    const [before, edits] = [ids(), waiting(person.replica)];
    const result = act();
    const after = ids();
    this.#submitted = this.#submitted.filter(({ id: { prefix, n } }) => {
      const key = `${prefix} ${n}`;
      return !before.has(key) || after.has(key);
    });
    // Undo of what others have changed sends nothing.
    if (result.ok && waiting(person.replica) !== edits) this.#submitted.push({ by: person, id: result.id });
    return result;
  }

  /** One edit on targets that all share. */
  #draw(person: Person, [what, , first, second]: Command, name: string): void {
    const { shown } = person.replica;
    const root = shown.root();
    if (root === undefined) return;
    const all = elements(person.replica, shown).filter((rid) => rid !== this.#text);
    const groups = [root, ...all.filter((rid) => shown.get(rid)?.name === 'g')];
    const target = pick(all, first);
    const parent = pick(groups, second) ?? root;
    const attr = ['x', 'y', 'fill'][second % 3] as string;
    const kind = what % 12;
    if (kind <= 2 || target === undefined) {
      const node = element(kind === 0 ? 'g' : 'rect', { 'data-n': name, x: '0' });
      const before = pick([null, ...shown.children(parent)], first) ?? null;
      this.#put(person, { do: 'add', parent, before, node });
    } else if (kind <= 5) {
      const long = this.#mix.large && second % 4 === 0;
      this.#put(person, {
        do: 'set',
        rid: target,
        name: attr,
        value: kind === 5 ? null : long ? `${name}${LARGE}` : name,
      });
    } else if (kind <= 7) {
      const siblings = shown.children(parent).filter((rid) => rid !== target);
      this.#put(person, { do: 'move', rid: target, parent, before: pick([null, ...siblings], first) ?? null });
    } else if (kind === 8) this.#put(person, { do: 'remove', rid: target });
    else {
      const x = value(person.replica, target, 'x', shown);
      if (x === undefined) return;
      const from = second % (x.length + 1);
      const count = Math.min(first % 2, x.length - from);
      const insert = this.#mix.judged && first % 3 > 0 ? name : `<${name}>`;
      // Who replaces letters by the same ones has nothing to take back, and something to do again.
      if (insert === x.slice(from, from + count)) return;
      this.#put(person, { do: 'text', rid: target, name: 'x', from, count, insert });
    }
  }

  /** Marks a part as complete, or reopens it; nobody asks beforehand whether they may. The text of letters stays open. */
  #complete(person: Person, [, , first, second]: Command): void {
    const all = elements(person.replica, person.replica.shown).filter((rid) => rid !== this.#text);
    const target = pick(all, first);
    if (target !== undefined) this.#put(person, completion(target, second % 3 > 0));
  }

  #type(person: Person, at: number): void {
    const { shown } = person.replica;
    if (shown.parentOf(this.#text) === undefined) return;
    const letter = String.fromCodePoint(0x4e00 + this.#letters.length);
    const from = at % ((lettersIn(person, this.#text, shown).length || 0) + 1);
    this.#put(person, { do: 'text', rid: this.#text, from, count: 0, insert: letter });
    this.#letters += letter;
  }

  /** Undo or redo. It may not change an attribute that somebody else wrote last. */
  #takeBack(person: Person, n: number): string | undefined {
    const { replica, session } = person;
    const waits = new Set(replica.pending().flatMap(({ edits }) => edits.map(({ rid }) => rid)));
    const theirs = replica
      .state()
      .records.filter(({ rid, type, name, lastModifiedBy }) => {
        // Of a text that several splice, everyone takes back their own part.
        if (name === 'x') return false;
        // What one's earlier start of the process waited with goes by the account.
        const mine = [`/${person.nick}`, `${person.nick}@`].some((name) => lastModifiedBy?.includes(name));
        const others = lastModifiedBy !== undefined && !mine;
        return type === 'attr' && others && !waits.has(rid) && replica.shown.parentOf(rid) !== undefined;
      })
      .map(({ rid, chdata }) => ({ rid, chdata }));
    const result = this.#submit(person, () => (n % 3 === 0 ? session.redo() : session.undo()));
    if (!result.ok) return undefined;
    for (const { rid, chdata } of theirs) {
      const now = replica.shown.get(rid)?.chdata;
      if (now !== chdata) return `${person.nick} took back what another wrote: ${rid} was ${chdata}, is ${now}`;
    }
    return undefined;
  }

  #lostLetters(person: Person): string | undefined {
    if (this.#mix.undo) return undefined;
    const { confirmed } = person.replica;
    const texts = elements(person.replica).filter((rid) => value(person.replica, rid, 'data-n') === 'letters');
    if (texts.length !== 1) return `there are ${texts.length} texts`;
    const typed = [...this.#letters].filter((letter) => !this.#gone || shownBy(this.#people, letter, this.#text));
    const [is, was] = [lettersIn(person, texts[0] ?? '', confirmed), `-${typed.join('')}`].map((all) =>
      [...all].sort(),
    );
    const missing = was?.filter((letter) => !is?.includes(letter)) ?? [];
    const wrong = `typed ${was?.join('')}, there is ${is?.join('')}`;
    if (new Set(is).size !== is?.length) return wrong;
    return missing.length > 0 ? wrong : undefined;
  }
}

/** What somebody who left had typed may have been on its way: it counts when anyone has it. */
function shownBy(people: readonly Person[], letter: string, rid: Rid): boolean {
  return people.some((person) => lettersIn(person, rid, person.replica.confirmed).includes(letter));
}

function lettersIn(_: Person, rid: Rid, view: Person['replica']['shown']): string {
  return view
    .children(rid)
    .map((child) => view.get(child)?.chdata ?? '')
    .join('');
}
