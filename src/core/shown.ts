/**
 * What people see: the confirmed document and, over it, what is pending. Stanzas of others only note what they change; what is
 * shown is brought up to date when somebody looks, by one replay for all that have come since.
 */
import { changesBetween } from './changes.ts';
import { Held, type SeenView } from './seen.ts';
import { OverlayLayer, type BaseLayer, type Journal } from './layer.ts';
import { MovedOut } from './moved-out.ts';
import { cloneNode, FIELDS } from './node.ts';
import { type Outbox, replaceEdits, type Waiting } from './outbox.ts';
import { rebasePending, withinText } from './rebase.ts';
import { applyEdit } from './rules.ts';
import type { Change, Edit, FieldName, NewEdit, Rid, SetEdit } from './types.ts';
import type { UndoStack } from './undo.ts';

export interface ShownParts {
  readonly outbox: Outbox;
  readonly undo: UndoStack;
  /** The prefix of my rids and stanza ids. */
  readonly prefix: string;
  readonly nextRid: () => Rid;
  readonly now: () => number;
  /** Whether a view follows; else what it would have to follow isn't kept. */
  readonly observed: boolean;
}

/** The overlay of pending edits, and what a view has yet to follow. */
export class Shown {
  readonly #parts: ShownParts;
  #base: BaseLayer;
  #overlay: OverlayLayer;
  /** What others changed since the overlay was last fitted to it, as it was confirmed then. */
  #stale: Journal = new Map();
  /** Fields that some step of mine concerns and a stanza of others wrote: maybe as they were, or back to that. */
  #rewritten = new Map<Rid, Set<FieldName>>();
  /** What a view has yet to follow, as it was shown when it last did. */
  #unseen: Journal = new Map();
  /** What views aren't told of yet. */
  readonly #held = new Held();
  /** Whether the overlay is just what my edits made of the base as it is: nothing else has come since it was empty. */
  #clean = true;

  constructor(base: BaseLayer, parts: ShownParts) {
    this.#base = base;
    this.#parts = parts;
    this.#overlay = new OverlayLayer(base);
  }

  /** What is shown, as of now. */
  look(): OverlayLayer {
    this.settle();
    return this.#overlay;
  }

  /** What views are told of. */
  seen(): OverlayLayer | SeenView {
    const shown = this.look();
    return this.#held.empty ? shown : this.#held.view(shown);
  }

  /** Whether a record stands, confirmed or pending, however stale what is shown may be. */
  has(rid: Rid): boolean {
    return this.#base.get(rid) !== undefined || this.#overlay.touched.get(rid) !== undefined;
  }

  /** Before a stanza of others is applied to the base: what it changes is noted. */
  expectForeign(edits: readonly Edit[]): void {
    const { observed, undo } = this.#parts;
    this.#clean &&= this.#overlay.empty;
    const noted = observed || !undo.empty || !this.#overlay.empty;
    this.#base.useJournal(noted ? this.#stale : undefined);
    if (undo.empty) return;
    for (const edit of edits) {
      const { rid } = edit;
      if (edit.kind !== 'set' || edit.fix || edit.splice || !undo.watches(rid)) continue;
      const is = this.#base.get(rid);
      if (is === undefined) continue;
      const fields = this.#rewritten.get(rid) ?? new Set();
      this.#rewritten.set(rid, fields);
      const was = this.#stale.get(rid);
      for (const field of FIELDS)
        if ((edit.fields[field] ?? null) === is[field] || (was && was[field] !== is[field])) fields.add(field);
    }
  }

  /** What others did in the stanza that came after the last `settle` is told when all of this gesture is there. */
  hold(name: string, ends: boolean): void {
    if (this.#parts.observed) this.#settle(name);
    if (ends) this.reveal(name);
  }

  /** Views are to be told of what was held under this name, or of all. */
  reveal(name?: string): void {
    this.#toTell(this.#held.release(name));
  }

  /** Before a stanza of mine is applied to the base. `struck`: it waited until now, so what it changes concerns only views. */
  expectOwn(struck: boolean): void {
    if (struck && !this.#parts.observed) this.#base.useJournal(undefined);
    else this.#base.startJournal();
  }

  /** Brings what is shown up to what others have done. */
  settle(): void {
    this.#settle(undefined);
  }

  #settle(hold: string | undefined): void {
    const journal = this.#stale;
    if (journal.size === 0) return;
    const rewritten = this.#rewritten;
    this.#stale = new Map();
    this.#rewritten = new Map();
    const { outbox, undo } = this.#parts;
    const before = this.#catchUp(journal, [], false);
    const overlay = this.#overlay;
    if (!undo.empty) {
      for (const [rid, was] of before)
        undo.foreignChange(rid, overlay, was, overlay.get(rid), journal.get(rid), this.#base.get(rid));
    }
    for (const [rid, fields] of rewritten) {
      const [was, is] = [journal.get(rid), this.#base.get(rid)];
      // What was void wrote nothing.
      if (was?.version === is?.version) continue;
      for (const field of fields)
        if (was?.[field] === is?.[field] && !outbox.writes(rid, field)) undo.wrote(rid, field);
    }
    if (hold === undefined) this.#note(before);
    else {
      // What meets what another is in the middle of ends that.
      if (this.#held.meets(journal.keys(), overlay, hold)) this.reveal();
      this.#note(this.#held.keep(hold, before, journal));
    }
  }

  /** My own stanza came about as it was shown: nothing changes. What the overlay holds of it equals the base and may stay until
   *  the outbox is empty, so that a long outbox isn't replayed for each of its stanzas. */
  echoed(): void {
    this.#clean = this.#parts.outbox.stanzas.length === 0;
    if (this.#clean) this.#overlay.clear();
  }

  /** Moves what is shown into the base, when all of it is one stanza that came back as it was sent. False: it has to be applied. */
  moveDown(): boolean {
    return this.#clean && this.#overlay.moveDown();
  }

  /** Before something is submitted: the overlay to build it on. `judged`: somebody will look at what it changes. */
  begin(judged: boolean): OverlayLayer {
    const overlay = this.look();
    if (judged || this.#parts.observed) overlay.startJournal();
    else overlay.useJournal(undefined);
    return overlay;
  }

  /**
   * A stanza of mine came into the base, though not as it was shown; settle first.
   *
   * @param journal what it changed there
   * @param again what did not come about and is to be said anew
   * @param struck whether it waited until now
   */
  landed(journal: Journal, again: readonly Edit[], struck: boolean): void {
    this.#note(this.#catchUp(journal, again, struck));
  }

  /**
   * What the overlay's journal holds has just been submitted. Answers what a view must follow, of this and of all that it
   * hasn't yet, if it is told `now`.
   *
   * @param clean whether every edit of it was applied, and judged where edits are judged
   */
  submitted(now: boolean, clean: boolean): readonly Change[] {
    this.#clean &&= clean;
    if (!this.#parts.observed) return [];
    this.#note(this.#overlay.journal);
    this.#overlay.startJournal();
    return now ? this.takeChanges() : [];
  }

  /** What a view must follow since it was last told. */
  takeChanges(): readonly Change[] {
    this.settle();
    const unseen = this.#unseen;
    if (unseen.size === 0) return [];
    this.#unseen = new Map();
    return changesBetween(unseen, this.seen());
  }

  /** Another document is the confirmed one: views begin anew. What is pending must have been fitted to it. */
  moveTo(base: BaseLayer): void {
    this.#base = base;
    this.#overlay = new OverlayLayer(base);
    this.#stale = new Map();
    this.#rewritten = new Map();
    this.#unseen = new Map();
    this.#held.release();
    this.replay();
  }

  /** Shows the confirmed document and over it all that is pending. Edits that have become pointless are left out if unsent. */
  replay(): void {
    const { outbox } = this.#parts;
    this.#overlay.clear();
    this.#clean = outbox.stanzas.length === 0;
    const redirected = new Map<Rid, Rid>();
    const movedOut = new MovedOut(this.#overlay, outbox.stanzas);
    const sent = outbox.stanzas.filter(({ frozen }) => frozen);
    for (const stanza of sent) this.#showStanza(stanza, redirected, movedOut);
    outbox.requeue(movedOut.again(), this.#parts.now());
    for (const stanza of outbox.stanzas) if (!stanza.frozen) this.#showStanza(stanza, redirected, movedOut);
    outbox.reindexed();
  }

  /** Replays what is pending where it meets what has changed; answers what was shown before of all that may have changed. */
  #catchUp(journal: Journal, again: readonly Edit[], struck: boolean): Journal {
    const overlay = this.#overlay;
    const { outbox, nextRid, now } = this.#parts;
    const meets = !overlay.empty && (struck || overlay.meets(journal));
    if (!meets && again.length === 0) return journal;
    const before: Journal = new Map(journal);
    for (const [rid, node] of overlay.touched) before.set(rid, node);
    // What waits was made on top of my own echo already.
    let also: readonly Edit[] = [];
    if (meets && !struck) {
      also = rebasePending(outbox.stanzas, journal.keys(), {
        base: this.#base,
        before: (rid) => journal.get(rid),
        shownValue: (rid) => before.get(rid)?.chdata,
        nextRid,
      });
    }
    outbox.requeue([...again, ...also], now());
    this.replay();
    for (const rid of overlay.touched.keys()) {
      if (before.has(rid)) continue;
      const node = this.#base.get(rid);
      before.set(rid, node ? cloneNode(node) : null);
    }
    return before;
  }

  /** Notes what was shown; the journal is ours from now on. */
  #note(before: Journal): void {
    if (before.size === 0 || !this.#parts.observed) return;
    if (!this.#held.empty && this.#held.meets(before.keys(), this.#overlay)) this.reveal();
    this.#toTell(before);
  }

  #toTell(before: Journal): void {
    if (this.#unseen.size === 0) this.#unseen = before;
    else for (const [rid, was] of before) if (!this.#unseen.has(rid)) this.#unseen.set(rid, was);
  }

  #showStanza(stanza: Waiting, redirected: Map<Rid, Rid>, movedOut: MovedOut): void {
    const overlay = this.#overlay;
    delete stanza.hidden;
    const shown = stanza.edits.map((edit): readonly Edit[] => {
      let own = redirect(edit, redirected);
      if (own.kind === 'new' && (this.#isTaken(own, stanza) || (stanza.frozen && redirected.has(parentOf(edit))))) {
        // Somebody used my rid: what I made gets another, and so does what is on its way into it.
        const fresh = this.#parts.nextRid();
        redirected.set(own.rid, fresh);
        own = { ...own, rid: fresh };
      }
      let outcome = applyEdit(overlay, own);
      if (outcome.status === 'ignored' && own.kind === 'new' && !stanza.frozen) {
        own = movedOut.outside(own);
        outcome = applyEdit(overlay, own);
      }
      if (outcome.status === 'void' && own.kind === 'set' && own.splice) {
        own = withinText(own, overlay.get(own.rid)?.chdata ?? '');
        outcome = applyEdit(overlay, own);
        // Its rid names something without text by now: said again, it would write nothing for ever.
        if (outcome.status === 'void' && !stanza.frozen) return [];
      }
      if (outcome.twin !== undefined && own.kind === 'new' && own.chdata !== undefined) {
        // Another's attribute of the same name will stand: my value goes to it.
        redirected.set(own.rid, outcome.twin);
        const instead: SetEdit = { kind: 'set', rid: outcome.twin, version: 0, fields: { chdata: own.chdata } };
        applyEdit(overlay, instead);
        return [stanza.frozen ? own : instead];
      }
      if (outcome.status !== 'ignored' || (own.kind === 'remove' && own.fix)) return [own];
      if (stanza.frozen) {
        stanza.hidden = true;
        movedOut.ignored(own);
      }
      return stanza.frozen ? [own] : [];
    });
    replaceEdits(stanza, shown);
  }

  /** Whether a record that I am making has the rid of another that stands, though the rid is mine to give. One like it is taken for
   *  mine: a strict peer's state may hold what I am about to say again. */
  #isTaken(own: NewEdit, stanza: Waiting): boolean {
    const { prefix } = this.#parts;
    if (stanza.id.prefix !== prefix || !own.rid.startsWith(`${prefix}.`)) return false;
    const there = this.#overlay.get(own.rid);
    return (
      there !== undefined && (there.inert || there.type !== own.type || there.name !== own.name || there.ns !== own.ns)
    );
  }
}

function parentOf(edit: Edit): Rid {
  return edit.kind === 'new' ? edit.parent : '';
}

/** An edit with the rids that stand for those it names. */
function redirect(edit: Edit, redirected: ReadonlyMap<Rid, Rid>): Edit {
  if (redirected.size === 0) return edit;
  const rid = redirected.get(edit.rid) ?? edit.rid;
  if (edit.kind === 'new') return { ...edit, rid, parent: redirected.get(edit.parent) ?? edit.parent };
  if (edit.kind === 'remove' || edit.fields.parent === undefined) return { ...edit, rid };
  return { ...edit, rid, fields: { ...edit.fields, parent: redirected.get(edit.fields.parent) ?? edit.fields.parent } };
}
