/**
 * Random lives of a session in which everyone is of another kind: Limn people who draw, leave, come late, are killed and start again from
 * what they stored, and strict SXE peers of both readings, over a network that interleaves, throttles, repeats, drops and brings back. What
 * must hold in the end, and on the way, is said once, here.
 */
import fc from 'fast-check';
import type { Intent, LogEntry } from '#core/replica-port.ts';
import type { FieldName, Rid, StanzaId } from '#core/types.ts';
import { TestNetwork } from '#test/support/network.ts';
import { type Reading, StrictPeer } from '#test/support/strict-peer.ts';
import { difference, element, elements, Person, ROOM, SESSION, value } from './person.ts';
import { type Command, commands, randomTrouble, reunite } from './schedule.ts';
import { strictDifference } from './strict-difference.ts';

/** Who takes part and what happens. */
export interface Mix {
  readonly seed: number;
  readonly people: number;
  readonly strict: readonly Reading[];
  /** Whether one comes late, and whether one leaves for good. */
  readonly late: boolean;
  readonly leaves: boolean;
  /** People take things back; else they type into one text, of which no letter may be lost. */
  readonly undo: boolean;
  readonly list: readonly Command[];
}

export const mixes: fc.Arbitrary<Mix> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  people: fc.integer({ min: 2, max: 3 }),
  strict: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Reading[]>([]) },
    { weight: 0, arbitrary: fc.array(fc.constantFrom<Reading>('collapse', 'literal'), { minLength: 1, maxLength: 2 }) },
  ),
  late: fc.boolean(),
  leaves: fc.boolean(),
  undo: fc.boolean(),
  list: commands(45),
});

const NICKS = ['a', 'b', 'c'];
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
  /** What each person was told that it had submitted. */
  readonly #submitted: { readonly by: Person; readonly id: StanzaId }[] = [];
  #letters = '';
  #text: Rid = '';
  #gone: Person | undefined;

  constructor(mix: Mix) {
    this.#mix = mix;
    this.#net = new TestNetwork(mix.seed);
    this.#people = NICKS.slice(0, mix.people).map((nick) => new Person(this.#net, nick));
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
    if (this.#mix.late) this.#people.push(new Person(this.#net, 'd'));
  }

  /** One thing happens. Answers what it broke. */
  async happens(index: number, command: Command): Promise<string | undefined> {
    const { list, late, leaves, strict } = this.#mix;
    if (late && index === Math.floor(list.length / 3))
      this.#people.find(({ nick }) => nick === 'd')?.member.connect(ROOM);
    if (leaves && index === Math.floor(list.length / 2)) this.#leave(command[2]);
    const [what, who, first, second] = command;
    const name = `${index}`;
    const at = who % (this.#people.length + this.#strict.length);
    const person = this.#people[at];
    const peer = this.#strict[at - this.#people.length];
    let wrong: string | undefined;
    if (peer) this.#scribble(peer, first, second, name);
    else if (person && what >= 84 && this.#hasCome(person)) await this.#trouble(person, command);
    else if (person && what >= 76 && this.#mix.undo) wrong = this.#takeBack(person, first);
    else if (person && what >= 60 && !this.#mix.undo) this.#type(person, first);
    else if (person) this.#draw(person, command, name, strict.length > 0);
    await this.#net.run(second % 9);
    return wrong;
  }

  /** Everyone who stays comes together and all arrives. Answers what doesn't hold then. */
  async end(): Promise<string | undefined> {
    // A server finds out in time that somebody's connection has died.
    this.#gone?.member.vanish();
    await reunite(this.#net, this.#people);
    // Timers that give up on somebody, and digests, have their say.
    this.#net.clock.advance(60_000);
    await this.#net.settle();
    const [first] = this.#people as [Person];
    return (
      difference(this.#people) ??
      this.#unknown() ??
      this.#disorder() ??
      this.#overwritten(first) ??
      this.#lostLetters(first) ??
      this.#strict.map((peer) => strictDifference(first, peer)).find((wrong) => wrong !== undefined)
    );
  }

  #hasCome(person: Person): boolean {
    return person.member.roomName !== '';
  }

  #leave(n: number): void {
    if (this.#people.length < 3) return;
    const person = pick(this.#people.slice(1), n) as Person;
    this.#people.splice(this.#people.indexOf(person), 1);
    this.#gone = person;
    person.member.drop();
  }

  async #trouble(person: Person, command: Command): Promise<void> {
    // A strict peer whose session dies has no way to know: somebody who has the board stays.
    const last = this.#strict.length > 0 && this.#people.filter(({ member }) => member.connected).length < 2;
    if (!last) await randomTrouble(person, command);
  }

  #put(person: Person, intent: Intent): Rid {
    const result = person.session.submit([intent], `${this.#submitted.length}`);
    if (!result.ok) return '';
    this.#submitted.push({ by: person, id: result.id });
    return result.rids[0]?.[0] ?? '';
  }

  /** One edit on targets that all share. Beside strict peers nothing is moved: they know no strays. */
  #draw(person: Person, [what, , first, second]: Command, name: string, simple: boolean): void {
    const { shown } = person.replica;
    const root = shown.root();
    if (root === undefined) return;
    const all = elements(person.replica, shown).filter((rid) => rid !== this.#text);
    const groups = [root, ...all.filter((rid) => shown.get(rid)?.name === 'g')];
    const target = pick(all, first);
    const parent = simple ? root : (pick(groups, second) ?? root);
    const attr = ['x', 'y', 'fill'][second % 3] as string;
    const kind = what % 12;
    if (kind <= 2 || target === undefined) {
      const node = element(kind === 0 ? 'g' : 'rect', { 'data-n': name, x: '0' });
      const before = simple ? null : (pick([null, ...shown.children(parent)], first) ?? null);
      this.#put(person, { do: 'add', parent, before, node });
    } else if (kind <= 5) this.#put(person, { do: 'set', rid: target, name: attr, value: kind === 5 ? null : name });
    else if (kind <= 7 && !simple) {
      const siblings = shown.children(parent).filter((rid) => rid !== target);
      this.#put(person, { do: 'move', rid: target, parent, before: pick([null, ...siblings], first) ?? null });
    } else if (kind === 8) this.#put(person, { do: 'remove', rid: target });
    else {
      const x = value(person.replica, target, 'x', shown);
      if (x === undefined) return;
      const from = second % (x.length + 1);
      const count = Math.min(first % 2, x.length - from);
      this.#put(person, { do: 'text', rid: target, name: 'x', from, count, insert: `<${name}>` });
    }
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
    const mine = new Set(replica.pending().flatMap(({ edits }) => edits.map(({ rid }) => rid)));
    const theirs = replica
      .state()
      .records.filter(({ rid, type, name, lastModifiedBy }) => {
        // Of a text that several splice, everyone takes back their own part.
        if (name === 'x') return false;
        const others = lastModifiedBy !== undefined && !lastModifiedBy.includes(`/${person.nick}`);
        return type === 'attr' && others && !mine.has(rid) && replica.shown.parentOf(rid) !== undefined;
      })
      .map(({ rid, chdata }) => ({ rid, chdata }));
    const result = n % 3 === 0 ? session.redo() : session.undo();
    if (!result.ok) return undefined;
    this.#submitted.push({ by: person, id: result.id });
    for (const { rid, chdata } of theirs) {
      const now = replica.shown.get(rid)?.chdata;
      if (now !== chdata) return `${person.nick} took back what another wrote: ${rid} was ${chdata}, is ${now}`;
    }
    return undefined;
  }

  /** What a strict peer writes: an attribute's value. */
  #scribble(peer: StrictPeer, first: number, second: number, name: string): void {
    const rids = [...peer.records.keys()].filter((rid) => {
      const fields = peer.fields(rid);
      return peer.records.get(rid)?.type === 'attr' && fields?.name !== 'data-n' && fields?.name !== 'xmlns';
    });
    const rid = pick(rids, first + second);
    if (rid !== undefined) peer.edit([{ kind: 'set', rid, version: 0, fields: { chdata: `s${name}` } }]);
  }

  /** A stanza that somebody who is still here submitted and somebody here doesn't know. */
  #unknown(): string | undefined {
    for (const { by, id } of this.#submitted) {
      if (by === this.#gone) continue;
      const without = this.#people.find(({ replica }) => !replica.knows(id));
      if (without) return `${without.nick} does not know ${id.prefix}.${id.n} by ${by.nick}`;
    }
    return undefined;
  }

  /** Two replicas whose logs have other stanzas at one place. */
  #disorder(): string | undefined {
    const at = new Map<string, string>();
    for (const { nick, log } of this.#people) {
      for (const { place, id } of log) {
        const where = `${place.epoch} ${place.seq}`;
        const what = `${id.prefix}.${id.n}`;
        if ((at.get(where) ?? what) !== what) return `${nick} has ${what} at ${where}, another ${at.get(where)}`;
        at.set(where, what);
      }
    }
    return undefined;
  }

  /** A field whose last writer, by the logs of all, did not survive. */
  #overwritten({ replica }: Person): string | undefined {
    const { epoch } = replica.place;
    const entries = new Map<number, LogEntry>();
    for (const { log } of this.#people)
      for (const entry of log) if (entry.place.epoch === epoch) entries.set(entry.place.seq, entry);
    const last = new Map<Rid, Map<FieldName, unknown>>();
    for (const [, { edits }] of [...entries].sort(([a], [b]) => a - b)) {
      for (const edit of edits) {
        // What went with its parent may come back under its rid: nothing written before counts then.
        if (edit.kind !== 'set') last.delete(edit.rid);
        if (edit.kind !== 'set' || edit.fix) continue;
        const fields = last.get(edit.rid) ?? new Map<FieldName, unknown>();
        last.set(edit.rid, fields);
        for (const [field, written] of Object.entries(edit.fields)) {
          if (edit.splice) fields.delete('chdata');
          else fields.set(field as FieldName, written);
        }
      }
    }
    for (const [rid, fields] of last) {
      const record = replica.confirmed.get(rid);
      for (const [field, written] of fields)
        if (record && record[field] !== written)
          return `${rid} ${field} is ${record[field]}, last written ${String(written)}`;
    }
    return undefined;
  }

  #lostLetters(person: Person): string | undefined {
    const typed = [...this.#letters].filter((letter) => !this.#gone || shownBy(this.#people, letter, this.#text));
    const text = lettersIn(person, this.#text, person.replica.confirmed);
    if (this.#mix.undo) return undefined;
    const [is, was] = [[...text].sort().join(''), ['-', ...typed].sort().join('')];
    return is === was ? undefined : `typed ${was}, there is ${is}`;
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
