/**
 * A replica of a shared document: what is confirmed, what I see, what waits, and what I can take back. Everything else of
 * core serves this class; the port it fulfils says what each method promises.
 */
import { asLogged, confirmStanza, isSaid, isUnsaid, noteWritten, replacedBySplices, sayAgain } from './confirm.ts';
import { Digest } from './digest.ts';
import { EditBuilder, IntentFault, refusal, refuse } from './build.ts';
import { faultsOf, forbidden, type Judge, type Voided } from './judge.ts';
import { jumpBetween } from './jump.ts';
import { loadState, writeColumns } from './columns.ts';
import { aloneEpoch, KnownIds } from './known.ts';
import { BaseLayer, OverlayLayer } from './layer.ts';
import { handOn } from './moved.ts';
import { fieldsOf } from './node.ts';
import { areEqual, Outbox, saysTheSame, splicesOf, standingFor, standsEdit, type Waiting } from './outbox.ts';
import { rebasePending } from './rebase.ts';
import type {
  AdoptResult,
  Intent,
  Known,
  LogEntry,
  PendingStanza,
  ReceivedStanza,
  ReceiveResult,
  Replica,
  ReplicaState,
  SavedState,
  Selves,
  StoredState,
  SubmitResult,
} from './replica-port.ts';
import { Reopening } from './reopen.ts';
import { applyEdit } from './rules.ts';
import { beforeMissing, intoRoot, rootsIn, withoutVoid } from './resend.ts';
import { restoreInto } from './restore.ts';
import { Shown } from './shown.ts';
import { load, recordsOf } from './state.ts';
import type { Change, Edit, Fault, LateStanza, Place, Rid, Role, SetEdit, StanzaId, TreeView } from './types.ts';
import { UndoStack } from './undo.ts';
import { nameAgain, UnsaidEdits } from './unsaid.ts';

export interface ReplicaOptions {
  /** Random, 64 bits or more, fresh for every start of the process: the prefix of my rids and stanza ids. */
  readonly prefix: string;
  /** How my edits name me in logs (a JID, or a name while alone). */
  readonly author: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What was stored: a state, the log since, and the outbox. */
  readonly state?: StoredState | undefined;
  readonly log?: readonly LogEntry[];
  readonly pending?: readonly PendingStanza[];
  /** The rules of the application type; absent: none. What is confirmed alone isn't judged: a file comes in as it is. */
  readonly judge?: Judge;
  /** False: no view follows, and nobody calls `takeChanges`, so nothing is kept for it. */
  readonly observed?: boolean;
  /** So many steps of undo are packed at once when they get old; absent: as many as suit. */
  readonly undoBlock?: number;
  /** What I may do just now; absent: an owner, as everyone is who is alone. */
  readonly role?: () => Role;
}

/** Makes a replica: empty, or as it was stored. @throws RangeError when a stored state contradicts itself. */
export function createReplica(options: ReplicaOptions): Replica {
  return new LimnReplica(options);
}

class LimnReplica implements Replica {
  readonly #options: ReplicaOptions;
  readonly #undo: UndoStack;
  readonly #outbox: Outbox;
  readonly #shown: Shown;
  #rids = 0;
  /** Whether records with rids of my prefix may be there that I don't know of. */
  #prefixTaken = false;
  #ids = 0;
  #epochs = 0;
  /** Whether the present epoch is one of my own, which nobody else counts in. */
  #alone = false;
  #base: BaseLayer;
  #digest: Digest;
  #known: KnownIds;
  #unsaid: UnsaidEdits;
  #place: Place;
  #prolog: string;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    const { prefix, state } = options;
    this.#undo = new UndoStack(options.undoBlock);
    this.#outbox = new Outbox(options.author, () => ({
      prefix,
      n: (this.#ids = this.#known.nextFree(prefix, this.#ids)),
    }));
    this.#digest = new Digest();
    this.#base = new BaseLayer(this.#digest.touch);
    this.#known = new KnownIds(state?.known);
    this.#unsaid = new UnsaidEdits(state?.unsaid);
    this.#place = state?.place ?? { epoch: prefix, seq: 0 };
    this.#prolog = state?.prolog ?? '';
    if (state) loadState(this.#base, state);
    const reopening = new Reopening(this.#undo, options.log ?? [], options.pending ?? []);
    for (const entry of options.log ?? []) this.#replay(entry, reopening);
    this.#outbox.prepend((options.pending ?? []).filter(({ id }) => !this.#known.has(id)));
    reopening.notePending(this.#base, this.#outbox.stanzas);
    this.#watchPrefix(this.#base.records.values());
    this.#watchPrefix(this.#outbox.stanzas.flatMap(({ edits }) => edits));
    this.#shown = new Shown(this.#base, {
      outbox: this.#outbox,
      undo: this.#undo,
      prefix,
      nextRid: this.#nextRid,
      now: options.now,
      observed: options.observed !== false,
    });
    this.#shown.replay();
  }

  get shown(): TreeView {
    return this.#shown.look();
  }

  get confirmed(): TreeView {
    return this.#base;
  }

  get seen(): TreeView {
    return this.#shown.seen();
  }

  get place(): Place {
    return this.#place;
  }

  get prolog(): string {
    return this.#prolog;
  }

  get inFlight(): number {
    return this.#outbox.inFlight ? 1 : 0;
  }

  completed(): readonly Rid[] {
    return this.#shown.look().completed();
  }

  digest(): string {
    return this.#digest.read(this.#base);
  }

  submit(intents: readonly Intent[], gesture: string): SubmitResult {
    const shown = this.#shown.look();
    // A whole drawing on an empty board is a file that comes in: it is taken as it is.
    const judge = shown.root() === undefined ? undefined : this.#options.judge;
    return this.#commit(gesture, 'do', (apply) => {
      const builder = new EditBuilder(shown, this.#nextRid, apply);
      const rids = intents.map((intent) => builder.build(intent));
      if (judge) faultsOf(shown, judge, refuse);
      return rids;
    });
  }

  submitEdits(edits: readonly Edit[], gesture: string): SubmitResult {
    return this.#commit(gesture, undefined, (apply) => {
      edits.forEach(apply);
      return [];
    });
  }

  restore(past: TreeView, selves: Selves, gesture: string): SubmitResult {
    // What waits may have brought nodes back.
    for (const { edits } of this.#outbox.stanzas) edits.forEach((edit) => selves.note(edit));
    return this.#commit(gesture, 'do', (apply) => {
      if (past.root() === undefined) throw new IntentFault('There was no drawing on this board then.');
      let any = false;
      restoreInto({
        ...{ layer: this.#shown.look(), past, nextRid: this.#nextRid },
        selves: (rid) => selves.of(rid),
        apply(edit) {
          any = true;
          apply(edit);
        },
      });
      if (!any) throw new IntentFault('The board is just as it was then.');
      // What others would find void (a file that came in may hold it) doesn't come back for them.
      if (this.#options.judge) faultsOf(this.#shown.look(), this.#options.judge, refuse);
      return [];
    });
  }

  undo(): SubmitResult {
    return this.#takeBack('undo');
  }

  redo(): SubmitResult {
    return this.#takeBack('redo');
  }

  canUndo(): boolean {
    return this.#undo.canUndo();
  }

  canRedo(): boolean {
    return this.#undo.canRedo();
  }

  pending(): readonly PendingStanza[] {
    this.#shown.settle();
    return this.#outbox.stanzas;
  }

  takeOutgoing(childrenFirst = false): PendingStanza | undefined {
    this.#shown.settle();
    return this.#outbox.take(this.#base, childrenFirst);
  }

  returnOutgoing(): void {
    this.#outbox.inFlight = false;
  }

  confirmAlone(): readonly LogEntry[] {
    const entries: LogEntry[] = [];
    this.returnOutgoing();
    if (!this.#alone && this.#outbox.stanzas.length > 0) {
      // Places in a session's epoch are the session's to give.
      this.beginEpoch(aloneEpoch(this.#options.prefix, ++this.#epochs));
      this.#alone = true;
    }
    for (let next = this.takeOutgoing(); next; next = this.takeOutgoing()) {
      const { entry } = this.receive({ ...next, role: 'owner' });
      if (entry) entries.push(entry);
    }
    return entries;
  }

  receive(stanza: ReceivedStanza): ReceiveResult {
    const own = this.#outbox.find(stanza.id);
    const mine = own !== undefined || (!stanza.byOther && stanza.id.prefix === this.#options.prefix);
    // What waits is fitted to what others did before it is told apart from what came of it.
    if (mine) this.#shown.settle();
    const forged = stanza.byOther === true && own !== undefined && !saysTheSame(own, stanza.edits);
    const first = this.#outbox.stanzas[0];
    const waiting = forged ? undefined : this.#outbox.strike(stanza.id);
    if (this.#known.has(stanza.id)) {
      if (waiting) this.#shown.landed(new Map(), [], true);
      return { entry: undefined, needCorrection: [], strays: [], voided: [] };
    }
    this.#known.add(stanza.id);
    this.#place = { epoch: this.#place.epoch, seq: this.#place.seq + 1 };
    const foreign = !mine || forged;
    const held = foreign ? stanza.hold : undefined;
    if (held !== undefined) this.#shown.settle();
    if (foreign) this.#watchPrefix(stanza.edits);
    if (foreign) this.#shown.expectForeign(stanza.edits);
    if (waiting && waiting === first && this.#outbox.stanzas.length === 0) {
      const entry = this.#landAsShown(waiting, stanza);
      if (entry) return { entry, needCorrection: [], strays: [], voided: [] };
    }
    if (!foreign) this.#shown.expectOwn(waiting !== undefined);
    const { journal } = this.#base;
    const needCorrection = new Set<Rid>();
    const again: Edit[] = [];
    const voided: Voided[] = [];
    // What was sent and what stands for it now, side by side; looked at where they differ.
    let standing: readonly (readonly Edit[])[] | undefined;
    const one = waiting && !stanza.byOther && standsEdit(waiting, stanza.edits.length) ? waiting.edits : undefined;
    const unsaid: number[] = [];
    const judge = this.#alone ? undefined : this.#options.judge;
    const edits = confirmStanza(this.#base, stanza, judge).map(({ edit, was, outcome, stale }, i) => {
      // What wrote nothing here, strict peers have written.
      const nothing = edit.kind === 'set' && !edit.fix && outcome.status === 'void' && !this.#base.get(edit.rid)?.inert;
      if (outcome.outOfOrder || stale || nothing) needCorrection.add(edit.rid);
      if (isUnsaid(edit, outcome)) unsaid.push(i);
      if (edit.void) voided.push({ edit, fault: edit.void });
      else if (waiting && !stanza.byOther && !isSaid(one?.[i], edit, outcome)) {
        standing ??= standingFor(waiting, stanza.edits.length);
        const present = standing?.[i] ?? splicesOf(waiting, edit, again);
        const here = { id: stanza.id, epoch: this.#place.epoch };
        again.push(...sayAgain(present, edit, outcome, here, this.#outbox));
      }
      return asLogged(edit, was, outcome);
    });
    const by = unsaid.length > 0 ? stanza.sender : undefined;
    this.#unsaid.note({ id: stanza.id, edits: unsaid, ...(by === undefined ? {} : { by }) });
    if (forged) this.#outbox.renumber(own);
    // Whatever else met these edits has had what is shown replayed over it before.
    const late = again.length + voided.length > 0 || waiting?.hidden === true;
    const asShown = waiting?.shares?.length === stanza.edits.length && waiting === first && !late;
    if (asShown) this.#shown.echoed();
    else if (!foreign) this.#shown.landed(journal, again, waiting !== undefined);
    if (held !== undefined) this.#shown.hold(held, stanza.transaction?.end === true);
    const { strays } = this.#base;
    const entry = this.#entry(stanza, edits);
    return {
      entry: by === undefined ? entry : { ...entry, unsaidBy: by },
      needCorrection: [...needCorrection],
      strays: strays.size === 0 ? [] : [...strays].filter((rid) => this.#base.get(rid)?.home !== null),
      voided,
    };
  }

  #watchPrefix(named: Iterable<{ readonly rid: Rid }>): void {
    if (this.#prefixTaken) return;
    const mine = `${this.#options.prefix}.`;
    for (const { rid } of named) if (rid.startsWith(mine)) this.#prefixTaken = true;
  }

  #entry({ author, id, time, role, transaction }: ReceivedStanza, edits: readonly Edit[]): LogEntry {
    const entry = { place: this.#place, author, id, edits, time };
    if (transaction !== undefined) return { ...entry, ...(role && { role }), transaction };
    return role === undefined ? entry : { ...entry, role };
  }

  /** My only stanza came back as it was sent, and nothing else has come since: what is shown becomes what is confirmed. */
  #landAsShown(waiting: Waiting, stanza: ReceivedStanza): LogEntry | undefined {
    if (!areEqual(waiting.edits, stanza.edits)) return undefined;
    const edits = replacedBySplices(this.#base, stanza.edits);
    if (edits === undefined || !this.#shown.moveDown()) return undefined;
    noteWritten(this.#base, stanza);
    this.#unsaid.note({ id: stanza.id, edits: [] });
    return this.#entry(stanza, edits);
  }

  takeChanges(): readonly Change[] {
    return this.#shown.takeChanges();
  }

  reveal(hold?: string): void {
    this.#shown.reveal(hold);
  }

  readonly knows = (id: StanzaId): boolean => this.#known.has(id);

  readonly known = (): Known => this.#known.toJSON();

  readonly state = (): ReplicaState => ({ ...this.#about(), records: recordsOf(this.#base) });

  readonly saved = (): SavedState => ({ ...this.#about(), columns: writeColumns(this.#base) });

  #about(): Omit<ReplicaState, 'records'> {
    const unsaid = this.#unsaid.toJSON();
    return {
      place: this.#place,
      known: this.known(),
      ...(unsaid.length > 0 ? { unsaid } : {}),
      digest: this.digest(),
      prolog: this.#prolog,
    };
  }

  adopt(state: ReplicaState, missing: readonly LogEntry[], oneRoot = false, me?: string): AdoptResult {
    const digest = new Digest();
    const base = new BaseLayer(digest.touch);
    load(base, state.records);
    if (state.digest !== '' && digest.read(base) !== state.digest)
      throw new RangeError('the state does not have the digest that it names');
    const known = new KnownIds(state.known);
    const old = this.#base;
    const shown = this.#shown.look();
    const unsaid = new UnsaidEdits(state.unsaid);
    const struck = this.#outbox.stanzas.filter(({ id }) => known.has(id));
    const again: Edit[] = [];
    // What waits was made on top of what came about of these.
    const said = new OverlayLayer(old);
    for (const waiting of struck) {
      this.#outbox.strike(waiting.id);
      const { due, done } = unsaid.parted(waiting, me);
      if (!known.has(nameAgain(waiting.id))) again.push(...due);
      for (const edit of done) applyEdit(said, edit);
    }
    this.#outbox.inFlight = false;
    const { epoch } = state.place;
    const isSaid = ({ id, epoch: late }: LateStanza): boolean =>
      epoch !== this.#place.epoch && epoch !== late && known.has(id) && !unsaid.has(id);
    for (const edit of this.#outbox.withdraw(isSaid)) applyEdit(said, edit);
    const lacking = missing.filter(({ id }) => !known.has(id)).map(withoutVoid);
    const before = beforeMissing(said, lacking);
    this.#outbox.requeue(again, this.#options.now());
    this.#outbox.prepend(lacking);
    if (oneRoot) this.#foldRoots(old.root(), base.root());
    const concerned = new Set<Rid>();
    for (const { edits } of this.#outbox.stanzas) for (const { rid } of edits) concerned.add(rid);
    this.#base = base;
    this.#digest = digest;
    this.#known = known;
    this.#unsaid = unsaid;
    this.#place = state.place;
    this.#alone = false;
    this.#prolog = state.prolog;
    const also = rebasePending(this.#outbox.stanzas, concerned, {
      base,
      before,
      shownValue: (rid) => shown.get(rid)?.chdata,
      nextRid: this.#nextRid,
    });
    this.#outbox.requeue(also, this.#options.now());
    this.#watchPrefix(base.records.values());
    this.#watchPrefix(this.#outbox.stanzas.flatMap(({ edits }) => edits));
    this.#shown.moveTo(base);
    this.#undo.tookOver(shown, this.#shown.look(), old, base, base.records.keys());
    return { struck: struck.map(({ id }) => id), jump: jumpBetween(old, base, state.place, this.digest()) };
  }

  /** What waits goes into the standing root instead of one of its own. */
  #foldRoots(was: Rid | undefined, root: Rid | undefined): void {
    if (root === undefined) return;
    const mine = rootsIn(this.#outbox.stanzas);
    if (was !== undefined) mine.add(was);
    mine.delete(root);
    if (mine.size === 0) return;
    for (const stanza of this.#outbox.stanzas) stanza.edits = intoRoot(stanza.edits, mine, root);
  }

  beginEpoch(epoch: string): void {
    this.#alone = false;
    this.#place = { epoch, seq: 0 };
  }

  corrections(rids: readonly Rid[]): readonly Edit[] {
    return rids.flatMap((rid): Edit[] => {
      const node = this.#base.get(rid);
      return node && !node.inert
        ? [{ kind: 'set', rid, version: node.version + 1, fields: fieldsOf(node), fix: true }]
        : [];
    });
  }

  /** A rid that nobody has used: my prefix is no secret. */
  readonly #nextRid = (): Rid => {
    for (;;) {
      const rid = `${this.#options.prefix}.${(++this.#rids).toString(36)}`;
      if (!this.#prefixTaken || !this.#shown.has(rid)) return rid;
    }
  };

  #takeBack(mode: 'undo' | 'redo'): SubmitResult {
    const shown = this.#shown.look();
    const step = this.#undo.take(mode);
    if (step === undefined)
      return { ok: false, reason: mode === 'undo' ? 'There is nothing to undo.' : 'There is nothing to redo.' };
    return this.#commit(step.gesture, mode, (apply) => {
      this.#undo.revert(step, shown, this.#nextRid, apply);
      return [];
    });
  }

  /** Runs `build`, whose edits are shown at once and queued in the end: all of them or none. Without a mode they are none of
   *  the person's doing, and not theirs to undo. */
  #commit(
    gesture: string,
    mode: 'do' | 'undo' | 'redo' | undefined,
    build: (apply: (edit: Edit) => void) => (readonly Rid[])[],
  ): SubmitResult {
    const judged = this.#options.judge !== undefined;
    const shown = this.#shown.begin(judged);
    const edits: Edit[] = [];
    const moves: [SetEdit, string][] = [];
    let skipped: Fault | undefined;
    // What nobody judges here is judged when it comes back.
    let clean = !judged || (mode === 'do' && shown.root() !== undefined);
    if (mode) this.#undo.begin(gesture, mode);
    const noted = this.#undo.noted;
    try {
      const rids = build((edit) => {
        const fault = forbidden(shown, edit, this.#options.role?.() ?? 'owner');
        if (fault && mode === 'do') throw new IntentFault(fault.reason, fault);
        // The rest of a gesture is taken back without what has become part of something complete.
        if (fault) return void (skipped = fault);
        edits.push(edit);
        const isFix = edit.kind !== 'new' && edit.fix === true;
        clean &&= !isFix;
        if (isFix) return;
        this.#undo.note(shown, edit);
        if (edit.kind === 'set' && edit.moved) moves.push([edit, shown.get(edit.rid)?.chdata ?? '']);
        clean = applyEdit(shown, edit).status === 'applied' && clean;
      });
      if (mode) this.#undo.end(mode, true, noted);
      if (skipped && edits.length === 0) return refusal(skipped);
      for (const [edit, text] of moves) handOn(this.#outbox.stanzas, edit, text);
      const id = this.#outbox.append(edits, this.#options.now());
      return { ok: true, changes: this.#shown.submitted(mode !== undefined, clean), rids, id };
    } catch (error) {
      if (mode) this.#undo.end(mode, false, noted);
      this.#shown.replay();
      if (error instanceof IntentFault)
        return error.fault ? refusal(error.fault) : { ok: false, reason: error.message };
      throw error;
    }
  }

  #replay(entry: LogEntry, reopening: Reopening): void {
    if (this.#known.has(entry.id)) return;
    this.#known.add(entry.id);
    this.#place = entry.place;
    const { id, unsaidBy } = entry;
    const edits = reopening.replay(this.#base, entry);
    this.#unsaid.note({ id, edits, ...(unsaidBy === undefined ? {} : { by: unsaidBy }) });
    this.#base.startJournal();
  }
}
