/**
 * A session in the small, for proofs of its protocol: an order of stanzas, Limn replicas with their model, strict peers of both readings,
 * an elected one who corrects, people who leave and people who come late. No network, no clock: the schedule decides what moves.
 */
import type { Replica } from '#core/replica-port.ts';
import { createReplica } from '#core/replica.ts';
import type { Edit, Rid, StanzaId } from '#core/types.ts';
import { meant, told } from './compare.ts';
import { ModelDocument } from './document.ts';
import { type Reading, StrictDocument } from './strict-document.ts';

interface Stanza {
  readonly from: string;
  readonly id: StanzaId;
  readonly edits: readonly Edit[];
}

/** One in the session: what it has said and nobody heard yet, and how much of the order it has heard. */
interface Party {
  readonly name: string;
  readonly out: Stanza[];
  at: number;
}
export interface LimnParty extends Party {
  readonly replica: Replica;
  /** What strict peers have otherwise, as far as this one knows. */
  owed: ReadonlySet<Rid>;
}
export interface StrictParty extends Party {
  readonly document: StrictDocument;
  sent: number;
}

export class Company {
  readonly log: Stanza[] = [];
  /** Those present, in order of their hello. */
  readonly limn: LimnParty[] = [];
  readonly strict: StrictParty[] = [];
  readonly #model = new ModelDocument();
  /** What the model has after each stanza, and which records that leaves to be corrected. */
  readonly #said: string[] = [];
  readonly #asked: ReadonlySet<Rid>[] = [];
  #names = 0;
  corrections = 0;

  constructor(start: Replica, members: number, readings: readonly Reading[]) {
    const { records } = start.state();
    for (const { version: _, inert: __, ...record } of records) this.#model.receive([{ kind: 'new', ...record }]);
    for (let i = 0; i < members; i++) this.join(start);
    for (const reading of readings) {
      const document = new StrictDocument(reading);
      for (const { inert: _, ...record } of records) document.apply({ kind: 'new', ...record });
      this.strict.push({ name: `s${this.strict.length}`, out: [], at: 0, document, sent: 0 });
    }
  }

  get parties(): readonly (LimnParty | StrictParty)[] {
    return [...this.limn, ...this.strict];
  }

  /** Somebody comes and takes the state of one who is there. */
  join(from: Replica = (this.limn[0] as LimnParty).replica, at = this.limn[0]?.at ?? 0): void {
    const name = `l${this.#names++}`;
    const replica = createReplica({ prefix: name, author: name, now: () => 0, state: structuredClone(from.state()) });
    // The state says what is owed: whoever gave it may leave before it has done so.
    const owed = new Set(this.limn.find((party) => party.replica === from)?.owed);
    this.limn.push({ name, out: [], at, replica, owed });
  }

  /** Somebody goes, and what was on its way goes with it. The last one stays. */
  leave(index: number): void {
    if (this.limn.length > 1) this.limn.splice(index % this.limn.length, 1);
    this.#correct();
  }

  /** A strict peer edits: shown at once, sent with the versions that it has. */
  edit(party: StrictParty, edits: readonly Edit[]): void {
    const said = edits.map((edit): Edit => {
      const next = (party.document.records.get(edit.rid)?.version ?? 0) + 1;
      const numbered = edit.kind === 'set' ? { ...edit, version: next } : edit;
      party.document.apply(numbered);
      return numbered;
    });
    party.out.push({ from: party.name, id: { prefix: party.name, n: ++party.sent }, edits: said });
  }

  /** A party says something, or what it said before reaches the order. */
  send(party: LimnParty | StrictParty): boolean {
    const stanza = 'replica' in party ? party.replica.takeOutgoing() : undefined;
    if (stanza) party.out.push(structuredClone({ from: party.name, id: stanza.id, edits: stanza.edits }));
    const next = party.out.shift();
    if (next) this.log.push(next);
    return next !== undefined;
  }

  /** A party hears the next stanza of the order. @throws when a replica has something else than the model then. */
  deliver(party: LimnParty | StrictParty): boolean {
    const stanza = this.log[party.at];
    if (!stanza) return false;
    party.at++;
    if ('document' in party) {
      if (stanza.from !== party.name) for (const edit of stanza.edits) party.document.apply(structuredClone(edit));
      return true;
    }
    const { from: author, id, edits } = structuredClone(stanza);
    party.replica.receive({ author, id, edits, time: 0, ...(author === party.name ? {} : { byOther: true }) });
    const model = this.#after(party.at);
    const owed = new Set(party.owed);
    for (const edit of edits) if (edit.kind === 'set' && edit.fix) owed.delete(edit.rid);
    party.owed = new Set([...owed, ...(this.#asked[party.at] ?? [])]);
    if (told(party.replica) !== model) throw new Error(`${party.name}: ${told(party.replica)}\nnot\n${model}`);
    this.#correct();
    return true;
  }

  /** Everything that is on its way arrives. @throws when it doesn't end. */
  settle(): void {
    for (let moves = 0, busy = true; busy; ) {
      busy = false;
      for (const party of this.parties) {
        while (this.deliver(party)) busy = true;
        busy = this.send(party) || busy;
        if (++moves > 2000) throw new Error('it does not end');
      }
    }
  }

  /** How a strict peer's document differs from the model's; undefined when they are equal. */
  difference({ name, document }: StrictParty): string | undefined {
    for (const { rid, version, inert, fields } of this.#model.records.values()) {
      if (inert) continue;
      const theirs = document.fields(rid) as Readonly<Record<string, unknown>> | undefined;
      if (!theirs) return `${name} lacks ${rid}`;
      if (document.records.get(rid)?.version !== version) return `${name} has another version of ${rid}`;
      for (const [field, value] of Object.entries(fields))
        if (theirs[field] !== value) return `${name}: ${rid} ${field} is ${String(theirs[field])}, not ${value}`;
    }
    for (const rid of document.records.keys()) if (!this.#model.records.has(rid)) return `${name} still has ${rid}`;
    return undefined;
  }

  get model(): ModelDocument {
    this.#after(this.log.length);
    return this.#model;
  }

  #after(count: number): string {
    if (this.#said.length === 0) {
      this.#said.push(meant(this.#model));
      this.#asked.push(new Set());
    }
    for (let at = this.#said.length; at <= count; at++) {
      const { edits } = this.log[at - 1] as Stanza;
      this.#asked.push(this.#model.receive(edits).corrections);
      this.#said.push(meant(this.#model));
    }
    return this.#said[count] as string;
  }

  /** The elected one states what strict peers have otherwise, unless something of its own about it is on its way. */
  #correct(): void {
    const [elected] = this.limn;
    if (!elected || this.strict.length === 0) return;
    const busy = new Set(elected.replica.pending().flatMap(({ edits }) => edits.map(({ rid }) => rid)));
    const due = [...elected.owed].filter((rid) => !busy.has(rid));
    const edits = elected.replica.corrections(due);
    if (edits.length > 0) elected.replica.submitEdits(edits, 'correct');
    this.corrections += edits.length;
  }
}
