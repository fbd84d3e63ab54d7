/** My own gestures, and how to take them back without touching what others have changed since. */
import type { Layer } from './layer.ts';
import { attributeKey, cloneNode, FIELDS, type Node } from './node.ts';
import { diffTexts, rebase, type Splice } from './splice.ts';
import type { Edit, FieldName, MutableFields, Rid } from './types.ts';

/** How to take back one edit. `serial`: the stack's when it was noted; what others wrote later is theirs. */
type Written = { [field in FieldName]?: MutableFields[field] };
type Inverse = { readonly serial: number } & How;
type How =
  | { readonly undo: 'remove'; readonly rid: Rid }
  | { readonly undo: 'fields'; readonly rid: Rid; readonly fields: Written }
  | { readonly undo: 'splice'; readonly rid: Rid; splices: readonly Splice[] }
  /** Parents before children; `ancestors` from the parent up, for when it is gone too. */
  | { readonly undo: 'restore'; readonly nodes: readonly Node[]; readonly ancestors: readonly Rid[] };

interface Step {
  readonly gesture: string;
  readonly inverses: Inverse[];
}

/** Undo and redo of one person's gestures. A redo is the undo of an undo. */
export class UndoStack {
  #undo: Step[] = [];
  #redo: Step[] = [];
  #serial = 0;
  /** When others last wrote a field of a record that some step of mine concerns. */
  readonly #foreign = new Map<Rid, Map<FieldName | 'child', number>>();
  readonly #watched = new Set<Rid>();
  /** Removed records and the ones that stand for them since they were restored. */
  readonly #aliases = new Map<Rid, Rid>();
  #recording: { readonly step: Step; readonly onto: Step[] } | undefined;

  canUndo(): boolean {
    return this.#undo.length > 0;
  }

  canRedo(): boolean {
    return this.#redo.length > 0;
  }

  /** Begins a step; edits are noted until `end`. Submits of one gesture that follow each other are one step. */
  begin(gesture: string, mode: 'do' | 'undo' | 'redo'): void {
    const onto = mode === 'undo' ? this.#redo : this.#undo;
    const top = onto.at(-1);
    const goesOn = mode === 'do' && top?.gesture === gesture && this.#redo.length === 0;
    this.#recording = { step: goesOn ? top : { gesture, inverses: [] }, onto };
  }

  /** Ends the step. `kept` false: it failed and is forgotten. */
  end(mode: 'do' | 'undo' | 'redo', kept: boolean, before: number): void {
    const recording = this.#recording;
    this.#recording = undefined;
    if (recording === undefined) return;
    const { step, onto } = recording;
    if (!kept) {
      step.inverses.length = before;
      return;
    }
    if (step.inverses.length > 0 && onto.at(-1) !== step) onto.push(step);
    if (mode === 'do' && step.inverses.length > before) this.#redo = [];
  }

  /** How many inverses the step under way held when it began; for `end` when it fails. */
  get noted(): number {
    return this.#recording?.step.inverses.length ?? 0;
  }

  /** Notes how to take an edit back, just before it is applied to what is shown. */
  note(layer: Layer, edit: Edit): void {
    const step = this.#recording?.step;
    if (step === undefined) return;
    const add = (how: How): unknown => step.inverses.push({ ...how, serial: this.#serial });
    if (edit.kind === 'new') {
      this.#watched.add(edit.rid);
      add({ undo: 'remove', rid: edit.rid });
      if (edit.restores !== undefined) this.#aliases.set(edit.restores, edit.rid);
      return;
    }
    const node = layer.get(edit.rid);
    if (node === undefined) return;
    this.#watched.add(edit.rid);
    if (edit.kind === 'remove') {
      add({ undo: 'restore', nodes: subtree(layer, node), ancestors: ancestors(layer, node) });
    } else if (edit.splice) {
      const { from, count } = edit.splice;
      const insert = (node.chdata ?? '').slice(from, from + count);
      add({
        undo: 'splice',
        rid: edit.rid,
        splices: [{ from, count: edit.fields.chdata?.length ?? 0, insert }],
      });
    } else {
      const fields: Record<string, string | number> = {};
      for (const key of Object.keys(edit.fields) as FieldName[]) fields[key] = node[key] ?? '';
      add({ undo: 'fields', rid: edit.rid, fields: fields as Partial<MutableFields> });
    }
  }

  /**
   * Others changed a record: what they wrote is theirs from now on, and splices move with the text. `wasShown` and `isShown`
   * are the record as people see it; where that stayed because something of mine is pending, `was` and `is` (confirmed) tell.
   */
  foreignChange(
    rid: Rid,
    wasShown: Node | null | undefined,
    isShown: Node | undefined,
    was: Node | null | undefined,
    is: Node | undefined,
  ): void {
    this.#serial++;
    if (isShown && wasShown?.parent !== isShown.parent) this.#mark(isShown.parent, 'child');
    if (!wasShown || !isShown || !this.#watched.has(rid)) return;
    for (const field of FIELDS) {
      if (wasShown[field] !== isShown[field]) this.#mark(rid, field);
      else if (was && is && was[field] !== is[field]) this.#changedBelow(rid, field, was[field], is[field]);
    }
    const [before, after] = [wasShown.chdata, isShown.chdata];
    if (before !== undefined && after !== undefined && before !== after) this.#shift(rid, diffTexts(before, after));
  }

  /** Others wrote a field and then wrote it back: it is theirs although it looks as before. */
  wrote(rid: Rid, field: FieldName): void {
    this.#serial++;
    this.#mark(rid, field);
  }

  /** Whether some step of mine concerns this record. */
  watches(rid: Rid): boolean {
    return this.#watched.has(rid);
  }

  /** Another document was taken over: wherever it differs from what was there before, that is others' doing. */
  tookOver(wasShown: Layer, isShown: Layer, was: Layer, is: Layer, rids: Iterable<Rid>): void {
    if (this.#watched.size === 0) return;
    for (const rid of rids) this.foreignChange(rid, wasShown.get(rid), isShown.get(rid), was.get(rid), is.get(rid));
  }

  /** The step to take back (or do again), removed from its stack; undefined when there is none. */
  take(mode: 'undo' | 'redo'): Step | undefined {
    return (mode === 'undo' ? this.#undo : this.#redo).pop();
  }

  /** Hands each edit that takes `step` back to `apply`, skipping what others have changed since. */
  revert(step: Step, layer: Layer, nextRid: () => Rid, apply: (edit: Edit) => void): void {
    for (const inverse of step.inverses.toReversed()) {
      if (inverse.undo === 'remove') this.#revertNew(this.#alias(inverse.rid), inverse.serial, layer, apply);
      else if (inverse.undo === 'fields') this.#revertFields(inverse, layer, apply);
      else if (inverse.undo === 'splice') revertSplices(layer, this.#alias(inverse.rid), inverse.splices, apply);
      else this.#restore(inverse.nodes, inverse.ancestors, layer, nextRid, apply);
    }
  }

  #mark(rid: Rid, field: FieldName | 'child'): void {
    if (!this.#watched.has(rid)) return;
    const fields = this.#foreign.get(rid) ?? new Map<FieldName | 'child', number>();
    this.#foreign.set(rid, fields.set(field, this.#serial));
  }

  #alias(rid: Rid): Rid {
    let at = rid;
    for (let next = this.#aliases.get(at); next !== undefined; next = this.#aliases.get(at)) at = next;
    return at;
  }

  #isForeign(rid: Rid, field: FieldName, since: number): boolean {
    return (this.#foreign.get(rid)?.get(field) ?? 0) > since;
  }

  #revertNew(rid: Rid, since: number, layer: Layer, apply: (edit: Edit) => void): void {
    const node = layer.get(rid);
    // What was judged void never came to be.
    if (node === undefined || node.inert) return;
    const foreign = subtree(layer, node).some(({ rid: part }) =>
      [...(this.#foreign.get(part)?.values() ?? [])].some((serial) => serial > since),
    );
    if (!foreign) apply({ kind: 'remove', rid });
  }

  #revertFields(
    { rid: original, fields, serial }: Extract<Inverse, { undo: 'fields' }>,
    layer: Layer,
    apply: (edit: Edit) => void,
  ): void {
    const rid = this.#alias(original);
    const node = layer.get(rid);
    if (node === undefined) return;
    const mine: Record<string, string | number> = {};
    for (const [key, value] of Object.entries(fields)) {
      const field = key as FieldName;
      if (this.#isForeign(rid, field, serial) || node[field] === value) continue;
      mine[key] = field === 'parent' ? this.#alias(String(value)) : value;
    }
    const { parent } = mine;
    if (parent !== undefined && (layer.get(String(parent)) === undefined || isUnder(layer, String(parent), rid))) {
      delete mine.parent;
      delete mine.primaryWeight;
    }
    if (Object.keys(mine).length > 0)
      apply({ kind: 'set', rid, version: node.version + 1, fields: mine as Partial<MutableFields> });
  }

  #restore(
    nodes: readonly Node[],
    chain: readonly Rid[],
    layer: Layer,
    nextRid: () => Rid,
    apply: (edit: Edit) => void,
  ): void {
    const top = nodes[0];
    // A removal that was judged void left it where it is.
    if (top === undefined || layer.get(top.rid)) return;
    const nearest = chain
      .map((rid) => this.#alias(rid))
      .find((rid) => rid === '' || layer.get(rid)?.home !== undefined);
    // Beside the root only what was there before may stand.
    const survivor = (nearest === '' && chain[0] === '' ? '' : nearest || layer.root()) ?? '';
    if (
      top.type === 'attr' &&
      (survivor === '' || layer.attributeWithKey(survivor, attributeKey(top.ns, top.name ?? '')))
    )
      return;
    if (top.type === 'attr' && survivor !== this.#alias(chain[0] ?? '')) return;
    const fresh = new Map<Rid, Rid>();
    for (const node of nodes) {
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

  /** Others wrote a field that something pending of mine covers: taking that back leads to what they wrote, and no further. */
  #changedBelow(rid: Rid, field: FieldName, was: Written[FieldName], is: Written[FieldName]): void {
    for (const stack of [this.#undo, this.#redo]) {
      let covered = false;
      for (const { inverses } of stack.toReversed()) {
        for (const inverse of inverses.toReversed()) {
          if (inverse.undo !== 'fields' || this.#alias(inverse.rid) !== rid || !(field in inverse.fields)) continue;
          if (covered) delete inverse.fields[field];
          else if (inverse.fields[field] === (was ?? '')) {
            Object.assign(inverse.fields, { [field]: is ?? '' });
            covered = true;
          }
        }
      }
    }
  }

  /** Moves the splices of both stacks over what others did to the text, the most recent step first. */
  #shift(rid: Rid, theirs: readonly Splice[]): void {
    for (const stack of [this.#undo, this.#redo]) {
      let shift: readonly Splice[] = theirs;
      for (const step of stack.toReversed()) {
        for (const inverse of step.inverses.toReversed()) {
          if (inverse.undo !== 'splice' || this.#alias(inverse.rid) !== rid) continue;
          [inverse.splices, shift] = rebase(inverse.splices, shift);
        }
      }
    }
  }
}

function revertSplices(layer: Layer, rid: Rid, splices: readonly Splice[], apply: (edit: Edit) => void): void {
  for (const { from, count, insert } of splices) {
    const node = layer.get(rid);
    const text = node?.chdata;
    if (node === undefined || text === undefined || from + count > text.length) return;
    if (count === 0 && insert === '') continue;
    const splice = { from, count, was: text.slice(from, from + count) };
    apply({ kind: 'set', rid, version: node.version + 1, fields: { chdata: insert }, splice });
  }
}

/** A record and all that is shown under it, parents first, as they are now. */
function subtree(layer: Layer, top: Node): Node[] {
  const nodes: Node[] = [];
  const stack = [top.rid];
  for (let rid = stack.pop(); rid !== undefined; rid = stack.pop()) {
    const node = layer.get(rid);
    if (node === undefined) continue;
    nodes.push(cloneNode(node));
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
