/**
 * What makes an edit void, beside what no document can hold: the rules of an application type (a content model), and parts that
 * are complete. Every replica judges every stanza at its place in the order with the same functions, so that the same edits are
 * void everywhere (DESIGN section 2, "Void, not refused"); one's own are refused by the same functions before they are shown.
 */
import { completenessFault, isMark } from './complete.ts';
import type { BaseLayer, Layer } from './layer.ts';
import type { Node } from './node.ts';
import type { Edit, Fault, Rid, Role, TreeView } from './types.ts';

/** The rules of an application type. */
export interface Judge {
  /** Why a shown record may not be as it is where it is, or undefined. It must depend on the view alone, and look at no more of it
   *  than the record, its parent and the namespaces above: the records around it are judged by themselves when they change. */
  fault(view: TreeView, rid: Rid): Fault | undefined;
}

/** A void edit and why it is. */
export interface Voided {
  readonly edit: Edit;
  readonly fault: Fault;
}

/** After so many rounds in which voiding one edit put another in the wrong, the whole stanza is void: the work is bounded. */
const MAX_ROUNDS = 4;
/** An element whose name changes is judged with what it holds, if that is no more than this. */
const MAX_REJUDGED = 1000;

const incoherent: Fault = {
  code: 'incoherent',
  detail: {},
  reason: 'It came with edits that can not be done, and makes no sense without them.',
};

/**
 * Applies a stanza's edits in order, each as `apply` does it. Whether parts are complete is asked before each edit; the rules of
 * the application type after all of them, so that a stanza may pass through states that break them. Edits that are at
 * fault are then done again as void ones, on the document as it was before.
 */
export function applyJudged<T>(
  base: BaseLayer,
  edits: readonly Edit[],
  { judge, role }: { readonly judge: Judge | undefined; readonly role: Role },
  apply: () => (edit: Edit) => T,
): readonly T[] {
  if (judge === undefined && !base.hasComplete && base.strays.size === 0 && !edits.some(mayMark))
    return edits.map(apply());
  const root = base.root();
  const outer = base.journal;
  // What a round wrote is taken back if it was at fault, and nothing of what came before.
  if (judge) base.startJournal();
  const found = new Map<number, Fault>();
  const indexes = new Map<Rid, number[]>();
  /** A fault that no edit of the stanza made (a stray came home with it) is nobody's: voiding another's edit for it would lose work. */
  const blame = (rid: Rid, fault: Fault): void => {
    if (indexes.size === 0) edits.forEach((edit, i) => mapPush(indexes, edit.rid, i));
    for (const i of indexes.get(rid) ?? []) if (edits[i]?.kind !== 'remove' && !found.has(i)) found.set(i, fault);
  };
  for (let round = 1; ; round++) {
    const applyOne = apply();
    const results = edits.map((edit, i) => {
      const fault = found.get(i) ?? forbidden(base, edit, role);
      if (fault === undefined) return applyOne(edit);
      found.set(i, fault);
      return applyOne({ ...edit, void: fault });
    });
    if (judge === undefined) return results;
    const before = found.size;
    if (round <= MAX_ROUNDS) faultsOf(base, judge, blame);
    for (const [rid, was] of base.journal) if (!outer.has(rid)) outer.set(rid, was);
    if (found.size === before) {
      base.journal = outer;
      return results;
    }
    base.rollBack(root);
    if (round === MAX_ROUNDS) edits.forEach((_, i) => found.set(i, found.get(i) ?? incoherent));
  }
}

function mapPush(map: Map<Rid, number[]>, rid: Rid, i: number): void {
  const list = map.get(rid);
  if (list) list.push(i);
  else map.set(rid, [i]);
}

/** Why completeness forbids an edit of somebody's with this role. Costs next to nothing while no part is complete. */
export function forbidden(layer: Layer, edit: Edit, role: Role): Fault | undefined {
  return layer.hasComplete || makesMark(layer, edit) ? completenessFault(layer, edit, role) : undefined;
}

/** Whether a part could become complete by an edit, whatever comes before it. */
function mayMark(edit: Edit): boolean {
  if (edit.kind === 'new') return isMark(edit);
  return edit.kind === 'set' && (edit.fields.ns !== undefined || edit.fields.name !== undefined);
}

function makesMark(layer: Layer, edit: Edit): boolean {
  if (edit.kind === 'new') return isMark(edit);
  if (edit.kind === 'remove' || (edit.fields.ns === undefined && edit.fields.name === undefined)) return false;
  const node = layer.get(edit.rid);
  return node !== undefined && isMark({ ...node, ...edit.fields });
}

/** Judges what changed since the layer's journal began; tells the record that was written and what is wrong there, or below it. */
export function faultsOf(layer: Layer, judge: Judge, tell: (rid: Rid, fault: Fault) => void): void {
  for (const [rid, was] of layer.journal) {
    const is = layer.get(rid);
    if (is === undefined || is.inert || is.home === null || !differs(was, is)) continue;
    const fault =
      judge.fault(layer, rid) ?? (was && isRetitled(layer, was, is) ? faultBelow(layer, judge, is) : undefined);
    if (fault) tell(rid, fault);
  }
}

/** The weight alone is nothing to judge. */
function differs(was: Node | null, is: Node): boolean {
  return (
    was === null ||
    was.home !== is.home ||
    was.chdata !== is.chdata ||
    was.name !== is.name ||
    was.ns !== is.ns ||
    was.type !== is.type ||
    was.pitarget !== is.pitarget
  );
}

/** Whether an element may have another name than before for those who look up to it: its own, or the namespace it inherits. */
function isRetitled(layer: Layer, was: Node, is: Node): boolean {
  if (is.type !== 'element') return false;
  if (was.name !== is.name || was.ns !== is.ns) return true;
  if (is.ns !== undefined || was.home === is.home) return false;
  const { journal } = layer;
  const before = inherited(was.home, (rid) => (journal.has(rid) ? journal.get(rid) : layer.get(rid)));
  return before !== inherited(is.home, (rid) => layer.get(rid));
}

/** The namespace that children of `home` inherit. Who nests deeper than anyone looks is taken to inherit none. */
function inherited(home: Rid | null, get: (rid: Rid) => Node | null | undefined): string {
  let at = home;
  for (let steps = 0; at !== null && at !== '' && steps < MAX_REJUDGED; steps++) {
    const node = get(at);
    if (!node) break;
    if (node.ns !== undefined) return node.ns;
    at = node.home;
  }
  return '';
}

const tooLarge: Fault = {
  code: 'too-large',
  detail: {},
  reason: 'It holds too much to be given another name. Make a new element and move its parts.',
};

/** The first fault in what an element holds. */
function faultBelow(layer: Layer, judge: Judge, top: Node): Fault | undefined {
  let left = MAX_REJUDGED;
  const stack = [top.rid];
  for (let rid = stack.pop(); rid !== undefined; rid = stack.pop()) {
    left -= layer.attrs(rid).length + (layer.kids(rid)?.size ?? 0);
    if (left < 0) return tooLarge;
    for (const below of [...layer.attributes(rid), ...layer.children(rid)]) {
      const fault = judge.fault(layer, below);
      if (fault) return fault;
      stack.push(below);
    }
  }
  return undefined;
}
