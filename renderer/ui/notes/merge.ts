/**
 * What others have done since, into the document that a person is just typing in: by parts, so that the caret stays with its
 * letters, and so that nothing the person typed meanwhile goes with what others deleted.
 */
import type { Node as Doc } from 'prosemirror-model';
import type { EditorState, Transaction } from 'prosemirror-state';
import type { Mapping } from 'prosemirror-transform';
import { hunksOf, sourcesOf } from './diff.ts';
import { sameMarks } from './lines.ts';
import { marksOf, schema, textOfLine } from './schema.ts';

interface Block {
  readonly node: Doc;
  readonly pos: number;
}

/** A block that goes on, one that is gone, or one that has come before the block at `pos`. */
type Step =
  | { readonly was: Block; readonly now: Block }
  | { readonly was: Block; readonly now: undefined }
  | { readonly was: undefined; readonly now: Block; readonly pos: number };

/** A transaction on `state` that does what leads from `base` to `next`. `local` maps `base`'s positions to the state's. */
export function merge(state: EditorState, base: Doc, local: Mapping, next: Doc): Transaction {
  const merger = new Merger(state.tr, local);
  for (const step of stepsOf(blocksOf(base), blocksOf(next), base.content.size).toReversed()) merger.do(step);
  return merger.transaction;
}

class Merger {
  readonly transaction: Transaction;
  readonly #local: Mapping;

  constructor(transaction: Transaction, local: Mapping) {
    this.transaction = transaction;
    this.#local = local;
  }

  do(step: Step): void {
    if (step.was === undefined) this.#insert(step.now.node, step.pos);
    else if (step.now === undefined) this.#remove(step.was);
    else this.#change(step.was, step.now);
  }

  #insert(node: Doc, at: number): void {
    const { doc } = this.transaction;
    const pos = doc.resolve(this.#local.map(at, at === 0 ? -1 : 1));
    this.transaction.insert(pos.depth === 0 ? pos.pos : pos.after(1), node);
  }

  /** The block as it is here now, unless the person has done away with it. */
  #here({ node, pos }: Block): Block | undefined {
    const result = this.#local.mapResult(pos, 1);
    const at = this.#local.map(pos + 1, -1);
    const { doc } = this.transaction;
    if (node.isAtom) {
      const there = result.deleted ? null : doc.nodeAt(result.pos);
      return there?.type === node.type && there.attrs.rid === node.attrs.rid
        ? { node: there, pos: result.pos }
        : undefined;
    }
    const place = doc.resolve(at);
    if (place.depth === 0) return undefined;
    const there = place.node(1);
    return there.attrs.rid === node.attrs.rid ? { node: there, pos: place.before(1) } : undefined;
  }

  #remove(was: Block): void {
    const here = this.#here(was);
    if (here === undefined || (!here.node.isAtom && !here.node.content.eq(was.node.content))) {
      // What was typed into it meanwhile stays, as a line of its own.
      this.#change(was, { node: was.node.type.create({ ...was.node.attrs, rid: null }), pos: 0 });
    } else if (this.transaction.doc.childCount > 1) {
      this.transaction.delete(here.pos, here.pos + here.node.nodeSize);
    }
  }

  #change(was: Block, now: Block): void {
    const here = this.#here(was);
    if (here !== undefined) {
      for (const [name, value] of Object.entries(now.node.attrs)) {
        if (was.node.attrs[name] !== value) this.transaction.setNodeAttribute(here.pos, name, value);
      }
    }
    if (was.node.isAtom) return;
    const [before, after] = [textOfLine(was.node), textOfLine(now.node)];
    this.#remark(was, now, sourcesOf(before, after));
    for (const { from, to, start, end } of hunksOf(before, after).toReversed()) {
      for (let unit = to - 1; unit >= from; unit--) this.#deleteUnit(was.pos + 1 + unit);
      if (end > start) {
        const at = this.#local.map(was.pos + 1 + from, -1);
        if (this.transaction.doc.resolve(at).parent.inlineContent) {
          this.transaction.insert(at, now.node.content.cut(start, end).content);
        }
      }
    }
  }

  #deleteUnit(pos: number): void {
    const [from, to] = [this.#local.map(pos, 1), this.#local.map(pos + 1, -1)];
    if (to > from) this.transaction.delete(from, to);
  }

  /** Letters that stayed and have other marks now. */
  #remark(was: Block, now: Block, sources: readonly number[]): void {
    const [before, after] = [marksByUnit(was.node), marksByUnit(now.node)];
    for (let unit = 0; unit < sources.length; unit++) {
      const source = sources[unit] ?? -1;
      const [had, has] = [before[source] ?? [], after[unit] ?? []];
      if (source < 0 || had === has || sameMarks(marksOf(had), marksOf(has))) continue;
      const [from, to] = [this.#local.map(was.pos + 1 + source, 1), this.#local.map(was.pos + 2 + source, -1)];
      if (to <= from) continue;
      for (const mark of had) if (!mark.isInSet(has)) this.transaction.removeMark(from, to, mark);
      for (const mark of has) if (!mark.isInSet(had)) this.transaction.addMark(from, to, mark);
    }
  }
}

function marksByUnit(block: Doc): (readonly Doc['marks'][number][])[] {
  return block.children.flatMap((node) => Array.from({ length: node.nodeSize }, () => node.marks));
}

function blocksOf(doc: Doc): Block[] {
  const blocks: Block[] = [];
  doc.forEach((node, pos) => blocks.push({ node, pos }));
  return blocks;
}

/** Blocks go on by their rid, in order; ones that the person has just made, and main has named now, by what they hold. */
function stepsOf(was: readonly Block[], now: readonly Block[], end: number): Step[] {
  const index = new Map(now.map(({ node }, i) => [node.attrs.rid as string | null, i]));
  const steps: Step[] = [];
  let done = 0;
  let waiting: Block[] = [];
  const close = (until: number, pos: number): void => {
    const come = now.slice(done, until);
    for (const block of waiting) {
      const at = block.node.attrs.rid === null ? come.findIndex((other) => isOne(block, other)) : -1;
      const found = come[at];
      if (found === undefined) {
        steps.push({ was: block, now: undefined });
        continue;
      }
      for (const other of come.splice(0, at + 1).slice(0, -1))
        steps.push({ was: undefined, now: other, pos: block.pos });
      steps.push({ was: block, now: found });
    }
    // Done from the end, so these come before what is gone goes, and there is always a block left.
    for (const block of come) steps.push({ was: undefined, now: block, pos });
    waiting = [];
    done = until;
  };
  for (const block of was) {
    const rid = block.node.attrs.rid as string | null;
    const at = rid === null ? undefined : index.get(rid);
    const found = at === undefined || at < done ? undefined : now[at];
    if (found === undefined || at === undefined || found.node.type !== block.node.type) {
      waiting.push(block);
      continue;
    }
    close(at, block.pos);
    steps.push({ was: block, now: found });
    done = at + 1;
  }
  close(now.length, end);
  return steps;
}

function isOne(mine: Block, theirs: Block): boolean {
  if (mine.node.type !== theirs.node.type) return false;
  if (mine.node.type === schema.nodes.rule) return true;
  return mine.node.attrs.kind === theirs.node.attrs.kind && textOfLine(mine.node) === textOfLine(theirs.node);
}
