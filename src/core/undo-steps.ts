/**
 * The steps of undo or of redo: a stack without a bound. The newest are at hand; older ones are packed in blocks, a tenth of
 * the memory, and what others do to their records meanwhile is noted and done to them when they are unpacked.
 */
import { RecordIndex } from './record-index.ts';
import { rebase, type Splice } from './splice.ts';
import type { FieldName, MutableFields, NodeType, Rid } from './types.ts';

/** The fields of a record as they were; the values of one `fields` inverse. */
export type Written = { [field in FieldName]?: MutableFields[field] };

/** A record that was removed: what it takes to bring it back. */
export interface Removed extends MutableFields {
  readonly rid: Rid;
  readonly type: NodeType;
  readonly home: Rid | null;
}

export type How =
  | { readonly undo: 'remove' }
  | { readonly undo: 'fields'; readonly fields: Written }
  | { readonly undo: 'splice'; splices: readonly Splice[] }
  /** Parents before children; `ancestors` from the parent up, for when it is gone too. */
  | { readonly undo: 'restore'; readonly nodes: readonly Removed[]; readonly ancestors: readonly Rid[] };

/** How to take back one edit. `serial`: the stack's when it was noted; what others wrote later is theirs. */
export interface Inverse {
  readonly rid: Rid;
  readonly serial: number;
  readonly how: How;
  readonly step: Step;
  /** The next older and newer ones of the same record at hand. */
  below: Inverse | undefined;
  above: Inverse | undefined;
}

export interface Step {
  readonly gesture: string;
  readonly inverses: Inverse[];
}

/** What others did to a record of mine, as the steps below some point must know it. `family`: the record, and those that it stands for. */
type Foreign =
  /** They changed its text by these splices. */
  | { readonly family: readonly Rid[]; readonly splices: readonly Splice[] }
  /** They wrote a field that something pending of mine covers. `covered`: a newer step has told so. */
  | {
      readonly family: readonly Rid[];
      readonly field: FieldName;
      readonly was: Written[FieldName];
      readonly is: Written[FieldName];
      readonly covered: boolean;
    };

/** Steps side by side, oldest first, as a text. */
interface Block {
  readonly number: number;
  text: string;
  /** What is too large for the text. */
  large: readonly How[];
  /** What others did since it was packed, oldest first. */
  readonly missed: Foreign[];
}

/** A step in a block: its gesture, and rid, serial and how of each inverse; a number is a place among the large ones. */
type PackedStep = readonly [string, ...(readonly [Rid, number, How | number])[]];

/** So many steps make a block, and at least so many are at hand while there are blocks. */
export const BLOCK_STEPS = 512;
/** So many things that others did, for each step of a block, are noted at it before it is brought up to date. */
const MOST_MISSED = 2;
/** A larger subtree stays as it is: packing it would take long at once and save little. */
const MOST_NODES = 64;

/** Steps at hand, and for each record the newest inverse among them. */
class AtHand {
  steps: Step[] = [];
  readonly newest = new RecordIndex<Inverse>();

  link(step: Step, rid: Rid, serial: number, how: How): void {
    const below = this.newest.get(rid);
    const inverse: Inverse = { rid, serial, how, step, below, above: undefined };
    if (below) below.above = inverse;
    this.newest.set(rid, inverse);
    step.inverses.push(inverse);
  }

  unlink({ rid, below, above }: Inverse): void {
    if (above) above.below = below;
    else if (below) this.newest.set(rid, below);
    else this.newest.delete(rid);
    if (below) below.above = above;
  }

  /** How these steps take back what they did to a record, under whatever rid, the most recent first. */
  *#concerning(family: readonly Rid[]): IterableIterator<How> {
    for (const rid of family) for (let one = this.newest.get(rid); one !== undefined; one = one.below) yield one.how;
  }

  /** Brings the steps up to date with what others did; answers what older ones must know of it, if anything. */
  meet(foreign: Foreign): Foreign | undefined {
    const { family } = foreign;
    if ('splices' in foreign) {
      let { splices } = foreign;
      for (const how of this.#concerning(family))
        if (how.undo === 'splice') [how.splices, splices] = rebase(how.splices, splices);
      return splices.length > 0 ? { family, splices } : undefined;
    }
    const { field, was, is } = foreign;
    let { covered } = foreign;
    for (const how of this.#concerning(family)) {
      if (how.undo !== 'fields' || !(field in how.fields)) continue;
      if (covered) delete how.fields[field];
      else if (how.fields[field] === (was ?? '')) {
        Object.assign(how.fields, { [field]: is ?? '' });
        covered = true;
      }
    }
    return { family, field, was, is, covered };
  }
}

/** Steps of one direction. */
export class Stack {
  readonly #atHand = new AtHand();
  readonly #blockSteps: number;
  readonly #blocks: Block[] = [];
  /** The blocks that concern a record, oldest first, each once. */
  readonly #packed = new Map<Rid, Block[]>();
  /** Blocks that have missed much. */
  readonly #due = new Set<Block>();
  #numbers = 0;

  constructor(blockSteps: number) {
    this.#blockSteps = blockSteps;
  }

  /** Whether nothing concerns any record. */
  get empty(): boolean {
    return this.#atHand.newest.size === 0 && this.#packed.size === 0;
  }

  /** The newest step. */
  get top(): Step | undefined {
    return this.#atHand.steps.at(-1);
  }

  /** The newest inverse of a record, if it is at hand: those of the newest step are. */
  newest(rid: Rid): Inverse | undefined {
    return this.#atHand.newest.get(rid);
  }

  has(rid: Rid): boolean {
    return this.#atHand.newest.has(rid) || this.#packed.has(rid);
  }

  /** Notes in `step`, which is the newest or about to be pushed, how to take an edit back. */
  note(step: Step, rid: Rid, serial: number, how: How): void {
    this.#atHand.link(step, rid, serial, how);
  }

  /** Forgets the inverses of a step from `from` on. */
  forget(step: Step, from: number): void {
    for (const inverse of step.inverses.splice(from).toReversed()) this.#atHand.unlink(inverse);
  }

  push(step: Step): void {
    this.#atHand.steps.push(step);
    if (this.#atHand.steps.length >= 2 * this.#blockSteps) this.#pack();
  }

  /** Takes the newest step off. */
  take(): Step | undefined {
    const { steps } = this.#atHand;
    const step = steps.pop();
    for (const inverse of step?.inverses.toReversed() ?? []) this.#atHand.unlink(inverse);
    if (steps.length === 0) this.#unpack();
    return step;
  }

  /** Others did something to a record: the steps are fitted to it, those in blocks when they are needed. */
  meet(foreign: Foreign): void {
    const left = this.#atHand.meet(foreign);
    if (left) this.#miss(left, Number.POSITIVE_INFINITY);
    for (const block of this.#due) {
      this.#due.delete(block);
      this.#encode(block, this.#decode(block));
      return;
    }
  }

  #pack(): void {
    const { steps } = this.#atHand;
    const packed = steps.splice(0, this.#blockSteps);
    const block: Block = { number: this.#numbers++, text: '', large: [], missed: [] };
    for (const { inverses } of packed) {
      for (const inverse of inverses) {
        this.#atHand.unlink(inverse);
        const blocks = this.#packed.get(inverse.rid);
        if (blocks === undefined) this.#packed.set(inverse.rid, [block]);
        else if (blocks.at(-1) !== block) blocks.push(block);
      }
    }
    this.#blocks.push(block);
    this.#encode(block, packed);
  }

  #unpack(): void {
    const block = this.#blocks.pop();
    if (block === undefined) return;
    for (const step of this.#decode(block)) {
      const { gesture, inverses } = step;
      const loose: Step = { gesture, inverses: [] };
      for (const { rid, serial, how } of inverses) {
        this.#atHand.link(loose, rid, serial, how);
        const blocks = this.#packed.get(rid);
        if (blocks?.at(-1) === block && blocks.length > 1) blocks.pop();
        else if (blocks?.at(-1) === block) this.#packed.delete(rid);
      }
      this.#atHand.steps.push(loose);
    }
    this.#due.delete(block);
  }

  #encode(block: Block, steps: readonly Step[]): void {
    const large: How[] = [];
    const packed = steps.map(
      ({ gesture, inverses }): PackedStep => [
        gesture,
        ...inverses.map(({ rid, serial, how }) => {
          if (how.undo !== 'restore' || how.nodes.length <= MOST_NODES) return [rid, serial, how] as const;
          return [rid, serial, large.push(how) - 1] as const;
        }),
      ],
    );
    block.text = JSON.stringify(packed);
    block.large = large;
  }

  /** The steps of a block as they are by now. What others did is passed on to older blocks. */
  #decode(block: Block): readonly Step[] {
    const { text, large, missed, number } = block;
    const packed = new AtHand();
    for (const [gesture, ...inverses] of JSON.parse(text) as PackedStep[]) {
      const step: Step = { gesture, inverses: [] };
      for (const [rid, serial, how] of inverses)
        packed.link(step, rid, serial, typeof how === 'number' ? (large[how] as How) : how);
      packed.steps.push(step);
    }
    for (const foreign of missed.splice(0)) {
      const left = packed.meet(foreign);
      if (left) this.#miss(left, number);
    }
    return packed.steps;
  }

  /** Notes what others did at the newest block below `number` that it concerns. */
  #miss(foreign: Foreign, number: number): void {
    let nearest: Block | undefined;
    for (const rid of foreign.family) {
      const block = this.#packed.get(rid)?.findLast((one) => one.number < number);
      if (block && (nearest === undefined || block.number > nearest.number)) nearest = block;
    }
    if (nearest && nearest.missed.push(foreign) >= MOST_MISSED * this.#blockSteps) this.#due.add(nearest);
  }
}
