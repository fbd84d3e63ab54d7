/** My own gestures, and how to take them back without touching what others have changed since. */
import type { Layer } from './layer.ts';
import { FIELDS, fieldsOf, type Node } from './node.ts';
import { diffTexts, type Splice } from './splice.ts';
import type { Edit, FieldName, MutableFields, Rid } from './types.ts';
import { BLOCK_STEPS, type How, type Removed, Stack, type Step, type Written } from './undo-steps.ts';

/** So far up a tree is looked for what of it is mine; imports are no deeper. */
const MOST_DEPTH = 256;

/** Undo and redo of one person's gestures. A redo is the undo of an undo. */
export class UndoStack {
  readonly #blockSteps: number;
  #undo: Stack;
  #redo: Stack;
  #serial = 0;
  /** When others last wrote a field of a record that some step of mine concerns. */
  readonly #foreign = new Map<Rid, Map<FieldName | 'child', number>>();
  /** Removed records and the ones that stand for them since they were restored; and the other way round. */
  readonly #aliases = new Map<Rid, Rid>();
  readonly #formerly = new Map<Rid, Rid>();
  /** Texts that some step edited by parts. */
  readonly #spliced = new Set<Rid>();
  #recording: { readonly step: Step; readonly onto: Stack; wrote: boolean } | undefined;
  /** Splices that went on in the step under way, as they were when it began. */
  #extended: [Extract<How, { undo: 'splice' }>, readonly Splice[]][] = [];

  /** `blockSteps`: so many steps are packed at once when they get old. */
  constructor(blockSteps = BLOCK_STEPS) {
    this.#blockSteps = blockSteps;
    this.#undo = new Stack(blockSteps);
    this.#redo = new Stack(blockSteps);
  }

  canUndo(): boolean {
    return this.#undo.top !== undefined;
  }

  canRedo(): boolean {
    return this.#redo.top !== undefined;
  }

  /** Whether there is nothing that others could interfere with. */
  get empty(): boolean {
    return this.#undo.empty && this.#redo.empty;
  }

  /** Begins a step; edits are noted until `end`. Submits of one gesture that follow each other are one step. */
  begin(gesture: string, mode: 'do' | 'undo' | 'redo'): void {
    const onto = mode === 'undo' ? this.#redo : this.#undo;
    const { top } = onto;
    const goesOn = mode === 'do' && top?.gesture === gesture && !this.canRedo();
    this.#recording = { step: goesOn ? top : { gesture, inverses: [] }, onto, wrote: false };
  }

  /** Ends the step. `kept` false: it failed and is forgotten. */
  end(mode: 'do' | 'undo' | 'redo', kept: boolean, before: number): void {
    const recording = this.#recording;
    this.#recording = undefined;
    if (recording === undefined) return;
    const { step, onto, wrote } = recording;
    if (!kept) {
      onto.forget(step, before);
      for (const [how, splices] of this.#extended.toReversed()) how.splices = splices;
    } else {
      if (step.inverses.length > 0 && onto.top !== step) onto.push(step);
      if (mode === 'do' && wrote && this.canRedo()) this.#redo = new Stack(this.#blockSteps);
    }
    this.#extended = [];
  }

  /** How many inverses the step under way held when it began; for `end` when it fails. */
  get noted(): number {
    return this.#recording?.step.inverses.length ?? 0;
  }

  /** Notes how to take an edit back, just before it is applied to what is shown. */
  note(layer: Layer, edit: Edit): void {
    const recording = this.#recording;
    if (recording === undefined) return;
    const { step, onto } = recording;
    const { rid } = edit;
    recording.wrote = true;
    if (edit.kind === 'new') {
      if (edit.restores !== undefined) {
        this.#aliases.set(edit.restores, rid);
        this.#formerly.set(rid, edit.restores);
      }
      // What comes inside something that this step makes goes with it.
      const home = onto.newest(edit.parent);
      if (home?.how.undo !== 'remove' || home.step !== step) onto.note(step, rid, this.#serial, REMOVE);
      return;
    }
    const node = layer.get(rid);
    if (node === undefined) return;
    if (edit.kind === 'remove') {
      const how = {
        undo: 'restore',
        nodes: under(layer, node).map(removed),
        ancestors: ancestors(layer, node),
      } as const;
      onto.note(step, rid, this.#serial, how);
    } else if (edit.splice) {
      const { from, count } = edit.splice;
      const insert = (node.chdata ?? '').slice(from, from + count);
      const splice = { from, count: edit.fields.chdata?.length ?? 0, insert };
      this.#spliced.add(rid);
      if (!this.#extends(rid, splice, recording))
        onto.note(step, rid, this.#serial, { undo: 'splice', splices: [splice] });
    } else if (!this.#isCovered(rid, edit.fields, recording)) {
      const fields: Record<string, string | number> = {};
      for (const key of Object.keys(edit.fields) as FieldName[]) fields[key] = node[key] ?? '';
      onto.note(step, rid, this.#serial, { undo: 'fields', fields: fields as Partial<MutableFields> });
    }
  }

  /** Whether this step has written these fields already, and nobody else has since: then what they were is noted. */
  #isCovered(rid: Rid, fields: Written, { step, onto }: { step: Step; onto: Stack }): boolean {
    const last = onto.newest(rid);
    if (last?.how.undo !== 'fields' || last.step !== step) return false;
    for (const key in fields) {
      // Where a record moved through matters to what moved between; what its value was on the way doesn't.
      if (key !== 'chdata' && step.inverses.at(-1) !== last) return false;
      if (!(key in last.how.fields) || this.#isForeign(rid, key as FieldName, last.serial)) return false;
    }
    return true;
  }

  /** Whether letters go on where this step's last ones of that text ended, and nobody else has written it since: one splice then. */
  #extends(rid: Rid, { from, count, insert }: Splice, { step, onto }: { step: Step; onto: Stack }): boolean {
    const last = onto.newest(rid);
    if (last?.how.undo !== 'splice' || step.inverses.at(-1) !== last || insert !== '') return false;
    const [run, ...more] = last.how.splices;
    if (run === undefined || more.length > 0 || from !== run.from + run.count) return false;
    if (this.#isForeign(rid, 'chdata', last.serial)) return false;
    if (this.#extended.at(-1)?.[0] !== last.how) this.#extended.push([last.how, last.how.splices]);
    last.how.splices = [{ from: run.from, count: run.count + count, insert: run.insert }];
    return true;
  }

  /**
   * Others changed a record: what they wrote is theirs from now on, and splices move with the text. `wasShown` and `isShown`
   * are the record as people see it (in `layer`, now); where that stayed because something of mine is pending, `was` and `is`
   * (confirmed) tell; `was` is undefined where nothing changed.
   */
  foreignChange(
    rid: Rid,
    layer: Layer,
    wasShown: Node | null | undefined,
    isShown: Node | undefined,
    was: Node | null | undefined,
    is: Node | undefined,
  ): void {
    if (this.empty) return;
    this.#serial++;
    if (isShown && wasShown?.parent !== isShown.parent) this.#mark(isShown.parent, 'child');
    const watched = this.watches(rid);
    // What of mine is shown anew over what they did is no doing of theirs.
    const same = areSame(wasShown, isShown) && (was === undefined || areSame(was, is));
    if (isShown && !watched && !same) this.#markAround(layer, isShown);
    if (!wasShown || !isShown || !watched) return;
    for (const field of FIELDS) {
      if (wasShown[field] !== isShown[field]) this.#mark(rid, field);
      else if (was && is && was[field] !== is[field]) this.#wroteBelow(rid, field, was[field], is[field]);
    }
    const [before, after] = [wasShown.chdata, isShown.chdata];
    if (before === undefined || after === undefined || before === after) return;
    const family = this.#family(rid);
    if (!family.some((one) => this.#spliced.has(one))) return;
    const splices = diffTexts(before, after);
    for (const stack of [this.#undo, this.#redo]) stack.meet({ family, splices });
  }

  /** Others wrote a field and then wrote it back: it is theirs although it looks as before. */
  wrote(rid: Rid, field: FieldName): void {
    this.#serial++;
    this.#mark(rid, field);
  }

  /** Whether some step of mine concerns this record. */
  watches(rid: Rid): boolean {
    return this.#undo.has(rid) || this.#redo.has(rid);
  }

  /** Another document was taken over: wherever it differs from what was there before, that is others' doing. */
  tookOver(wasShown: Layer, isShown: Layer, was: Layer, is: Layer, rids: Iterable<Rid>): void {
    if (this.empty) return;
    for (const rid of rids) {
      const [before, after] = [wasShown.get(rid), isShown.get(rid)];
      const [confirmed, present] = [was.get(rid), is.get(rid)];
      const sameBelow = confirmed === undefined || present === undefined || areSame(confirmed, present);
      if (!before || !areSame(before, after) || !sameBelow)
        this.foreignChange(rid, isShown, before, after, confirmed, present);
    }
  }

  /** The step to take back (or do again), removed from its stack; undefined when there is none. */
  take(mode: 'undo' | 'redo'): Step | undefined {
    return (mode === 'undo' ? this.#undo : this.#redo).take();
  }

  /** Hands each edit that takes `step` back to `apply`, skipping what others have changed since. */
  revert(step: Step, layer: Layer, nextRid: () => Rid, apply: (edit: Edit) => void): void {
    for (const { rid: original, serial, how } of step.inverses.toReversed()) {
      const rid = this.#alias(original, layer);
      if (how.undo === 'remove') this.#revertNew(rid, serial, layer, apply);
      else if (how.undo === 'fields') this.#revertFields(rid, how.fields, serial, layer, apply);
      else if (how.undo === 'splice') revertSplices(layer, rid, how.splices, apply);
      else this.#restore(how.nodes, how.ancestors, layer, nextRid, apply);
    }
  }

  /** What is new or changed inside something of mine makes that theirs, too. */
  #markAround(layer: Layer, node: Node): void {
    let rid = node.home;
    for (let depth = 0; rid !== null && rid !== '' && depth < MOST_DEPTH; depth++) {
      if (this.watches(rid)) return this.#mark(rid, 'child');
      rid = layer.get(rid)?.home ?? null;
    }
  }

  #mark(rid: Rid, field: FieldName | 'child'): void {
    if (!this.watches(rid)) return;
    const fields = this.#foreign.get(rid) ?? new Map<FieldName | 'child', number>();
    this.#foreign.set(rid, fields.set(field, this.#serial));
  }

  /** Who stands for a record now: itself, while it is there (a forger may have used its rid again), else the one that brought it back. */
  #alias(rid: Rid, layer: Layer): Rid {
    let at = rid;
    for (let next = this.#aliases.get(at); next !== undefined && !layer.get(at); next = this.#aliases.get(at))
      at = next;
    return at;
  }

  #isForeign(rid: Rid, field: FieldName, since: number): boolean {
    return (this.#foreign.get(rid)?.get(field) ?? 0) > since;
  }

  #revertNew(rid: Rid, since: number, layer: Layer, apply: (edit: Edit) => void): void {
    const node = layer.get(rid);
    // What was judged void never came to be.
    if (node === undefined || node.inert) return;
    const foreign = under(layer, node).some(({ rid: part }) =>
      [...(this.#foreign.get(part)?.values() ?? [])].some((serial) => serial > since),
    );
    if (!foreign) apply({ kind: 'remove', rid });
  }

  #revertFields(rid: Rid, fields: Written, serial: number, layer: Layer, apply: (edit: Edit) => void): void {
    const node = layer.get(rid);
    if (node === undefined) return;
    const mine: Record<string, string | number> = {};
    for (const [key, value] of Object.entries(fields)) {
      const field = key as FieldName;
      if (this.#isForeign(rid, field, serial) || node[field] === value) continue;
      mine[key] = field === 'parent' ? this.#alias(String(value), layer) : value;
    }
    const { parent } = mine;
    const outside = parent === '' && (node.type === 'comment' || node.type === 'processinginstruction');
    const gone = !outside && layer.get(String(parent)) === undefined;
    if (parent !== undefined && (gone || isUnder(layer, String(parent), rid))) {
      delete mine.parent;
      delete mine.primaryWeight;
    }
    if (Object.keys(mine).length > 0)
      apply({ kind: 'set', rid, version: node.version + 1, fields: mine as Partial<MutableFields> });
  }

  #restore(
    nodes: readonly Removed[],
    chain: readonly Rid[],
    layer: Layer,
    nextRid: () => Rid,
    apply: (edit: Edit) => void,
  ): void {
    const top = nodes[0];
    // A removal that was judged void left it where it is.
    if (top === undefined || layer.get(top.rid)) return;
    const nearest = chain
      .map((rid) => this.#alias(rid, layer))
      .find((rid) => rid === '' || layer.get(rid)?.home !== undefined);
    // Beside the root only what was there before may stand.
    const survivor = (nearest === '' && chain[0] === '' ? '' : nearest || layer.root()) ?? '';
    if (top.type === 'attr' && (survivor === '' || layer.attributeCalled(survivor, top.ns, top.name ?? ''))) return;
    if (top.type === 'attr' && survivor !== this.#alias(chain[0] ?? '', layer)) return;
    const fresh = new Map<Rid, Rid>();
    // What somebody has taken elsewhere is there still.
    const elsewhere = new Set<Rid>();
    for (const node of nodes) {
      if (node !== top && (elsewhere.has(node.home ?? '') || layer.get(this.#alias(node.rid, layer)))) {
        elsewhere.add(node.rid);
        continue;
      }
      const rid = nextRid();
      fresh.set(node.rid, rid);
      const parent = node === top ? survivor : (fresh.get(node.home ?? '') ?? survivor);
      const { type, primaryWeight, ns, name, chdata, pitarget, pidata } = node;
      const given = Object.fromEntries(
        Object.entries({ ns, name, chdata, pitarget, pidata }).filter(([, value]) => value !== undefined),
      );
      apply({ kind: 'new', rid, type, parent, primaryWeight, restores: node.rid, ...given });
    }
  }

  /** A record and those that it stands for since they were restored. */
  #family(rid: Rid): readonly Rid[] {
    const family = [rid];
    for (let at = this.#formerly.get(rid); at !== undefined; at = this.#formerly.get(at)) family.push(at);
    return family;
  }

  /** Others wrote a field that something pending of mine covers: taking that back leads to what they wrote, and no further. */
  #wroteBelow(rid: Rid, field: FieldName, was: Written[FieldName], is: Written[FieldName]): void {
    const family = this.#family(rid);
    for (const stack of [this.#undo, this.#redo]) stack.meet({ family, field, was, is, covered: false });
  }
}

const REMOVE: How = { undo: 'remove' };

/** Whether two are the same record with the same fields, or neither is there. */
function areSame(one: Node | null | undefined, other: Node | null | undefined): boolean {
  if (!one || !other) return !one && !other;
  return FIELDS.every((field) => one[field] === other[field]);
}

function revertSplices(layer: Layer, rid: Rid, splices: readonly Splice[], apply: (edit: Edit) => void): void {
  for (const { from, count, insert } of splices) {
    const node = layer.get(rid);
    const text = node?.chdata;
    if (node === undefined || text === undefined || from + count > text.length) return;
    const was = text.slice(from, from + count);
    // Others may have put there what stood before.
    if (was === insert) continue;
    const splice = { from, count, was };
    apply({ kind: 'set', rid, version: node.version + 1, fields: { chdata: insert }, splice });
  }
}

/** What it takes to bring a record back. */
function removed(node: Node): Removed {
  return { rid: node.rid, type: node.type, home: node.home, ...fieldsOf(node) };
}

/** A record and all that is shown under it, parents first. */
function under(layer: Layer, top: Node): Node[] {
  const nodes: Node[] = [];
  const stack = [top.rid];
  for (let rid = stack.pop(); rid !== undefined; rid = stack.pop()) {
    const node = layer.get(rid);
    if (node === undefined) continue;
    nodes.push(node);
    const below = [...layer.attrs(rid), ...(layer.kids(rid) ?? [])];
    for (const child of below.toReversed()) stack.push(child.rid);
  }
  return nodes;
}

function ancestors(layer: Layer, node: Node): Rid[] {
  const chain: Rid[] = [];
  for (let rid = node.home; rid !== null; rid = layer.get(rid)?.home ?? null) {
    chain.push(rid);
    if (rid === '') break;
  }
  return chain;
}

function isUnder(layer: Layer, rid: Rid, top: Rid): boolean {
  for (let at: Rid | null = rid; at !== null && at !== ''; at = layer.get(at)?.home ?? null)
    if (at === top) return true;
  return false;
}
