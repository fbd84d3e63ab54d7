/**
 * From what a person has made of the lines to intents on the tree. Nodes keep their identity: lines stay, are renamed or moved,
 * texts are written by parts and moved, and nothing that holds text is removed, so that nobody's concurrent work goes
 * with it (src/xhtml/README.md, Husks).
 */
import type { IntentInput, NodeInput } from '#api/contract.ts';
import { type Line, type LineKind, MARK_ORDER, type MarkName, type Marks, type Piece, sameMarks } from './lines.ts';
import { type TargetLine, type Unit, unitsOf } from './units.ts';

const NAMES: Readonly<Record<LineKind, string>> = {
  ...{ p: 'p', h1: 'h1', h2: 'h2', h3: 'h3', quote: 'p', bullet: 'li', number: 'li', check: 'li', rule: 'hr' },
};
const CONTAINER: Readonly<Partial<Record<LineKind, string>>> = {
  ...{ quote: 'blockquote', bullet: 'ul', check: 'ul', number: 'ol' },
};

/** A list or quote that lines are put into: one that is there, or, with a number, one to come. */
interface Container {
  readonly key: string;
  readonly name: string;
  readonly exists: boolean;
}

/**
 * The intents that make `wanted` of `lines`; none when they are the same. `body`: where lines go when there are none. Where nothing
 * but rules is wanted, an empty paragraph follows.
 */
export function planOf(lines: readonly Line[], body: string | null, wanted: readonly TargetLine[]): IntentInput[] {
  const target = wanted.some(({ kind }) => kind !== 'rule')
    ? wanted
    : [...wanted, { rid: null, kind: 'p', done: false, runs: [] } as const];
  let start = 0;
  while (start < lines.length && start < target.length && isSame(lines[start], target[start])) start++;
  let tail = 0;
  const most = Math.min(lines.length, target.length) - start;
  while (tail < most && isSame(lines[lines.length - 1 - tail], target[target.length - 1 - tail])) tail++;
  if (start + tail === lines.length && lines.length === target.length) return [];
  if (lines.length === 0 && (body === null || (target.length === 1 && isNothing(target[0])))) return [];
  // Texts of lines that are gone need a line to go to.
  const hasHome = (): boolean => target.slice(start, target.length - tail).some(({ kind }) => kind !== 'rule');
  const leaves = (): boolean => lines.slice(start, lines.length - tail).some(({ pieces }) => pieces.length > 0);
  while (leaves() && !hasHome() && start + tail > 0) {
    if (start > 0) start--;
    else tail--;
  }
  const inside = lines[lines.length - tail - 1]?.container;
  const cut = target.slice(start, target.length - tail).some(({ kind }) => CONTAINER[kind] !== inside?.name);
  // A line that leaves the middle of a list takes the list's other half apart.
  while (inside && cut && tail > 0 && lines[lines.length - tail]?.container?.rid === inside.rid) tail--;
  return new Planner(lines, body, start, tail).plan(target.slice(start, target.length - tail));
}

type Move = NonNullable<Extract<IntentInput, { do: 'write' }>['moved']>[number];

class Planner {
  readonly #intents: IntentInput[] = [];
  readonly #writes: Extract<IntentInput, { do: 'write' }>[] = [];
  /** Letters of texts that others take over, by the text they stood in. */
  readonly #moved = new Map<string, Move[]>();
  readonly #lines: readonly Line[];
  readonly #before: Line | undefined;
  readonly #next: Line | undefined;
  readonly #body: string | null;

  constructor(lines: readonly Line[], body: string | null, start: number, tail: number) {
    this.#lines = lines.slice(start, lines.length - tail);
    this.#before = lines[start - 1];
    this.#next = lines[lines.length - tail];
    this.#body = body;
  }

  plan(given: readonly TargetLine[]): IntentInput[] {
    const targets = this.#named(given);
    const { units, gone } = unitsOf(this.#lines, targets);
    const was = new Map(this.#lines.flatMap((line) => (line.rid === null ? [] : [[line.rid, line] as const])));
    this.#place(targets, units, was);
    for (const { rid } of gone) this.#intents.push({ do: 'remove', rid });
    const kept = new Set(targets.map(({ rid }) => rid));
    for (const { kind, rid } of this.#lines)
      if (kind === 'rule' && rid !== null && !kept.has(rid)) this.#intents.push({ do: 'remove', rid });
    return [...this.#intents, ...this.#writes.map((write) => this.#withMoved(write))];
  }

  /** Each line goes on as one at most, and in their order: the rest of what claims to be one is new. */
  #named(given: readonly TargetLine[]): TargetLine[] {
    const order = new Map(this.#lines.map(({ rid }, i) => [rid, i]));
    let last = -1;
    return given.map((line) => {
      const at = line.rid === null ? undefined : order.get(line.rid);
      const rule = at !== undefined && (this.#lines[at]?.kind === 'rule') !== (line.kind === 'rule');
      if (at === undefined || at <= last || rule) return { ...line, rid: null };
      last = at;
      return line;
    });
  }

  /** Which list or quote each line is in: its own, else that of the line before or, at the end, after it; else a new one. */
  #containers(targets: readonly TargetLine[], was: ReadonlyMap<string, Line>): (Container | null)[] {
    const existing = (line: Line | undefined, name: string): Container | undefined =>
      line?.container?.name === name ? { key: line.container.rid, name, exists: true } : undefined;
    const left = new Set<string>();
    let current: Container | null = this.#before?.container
      ? { key: this.#before.container.rid, name: this.#before.container.name, exists: true }
      : null;
    return targets.map(({ kind, rid }, j) => {
      const name = CONTAINER[kind];
      let chosen: Container | null = null;
      if (name !== undefined) {
        const own = existing(rid === null ? undefined : was.get(rid), name);
        const next = targets.slice(j).every((other) => CONTAINER[other.kind] === name)
          ? existing(this.#next, name)
          : undefined;
        chosen = [own, current?.name === name ? current : undefined, next].find((one) => one && !left.has(one.key)) ?? {
          ...{ key: `new ${j}`, name, exists: false },
        };
      }
      if (current && current.key !== chosen?.key) left.add(current.key);
      current = chosen;
      return chosen;
    });
  }

  /** Puts every line in its place, the last one first, since a place is named by what follows. */
  #place(targets: readonly TargetLine[], units: readonly (readonly Unit[])[], was: ReadonlyMap<string, Line>): void {
    const containers = this.#containers(targets, was);
    const next = this.#next;
    let at = next
      ? { parent: next.parent, before: next.container?.rid ?? next.first }
      : { parent: this.#before?.parent ?? this.#body ?? '', before: null as string | null };
    const entered = new Map<string, { handle: string; before: string | null }>();
    if (next?.container) entered.set(next.container.rid, { handle: next.container.rid, before: next.first });
    for (let j = targets.length - 1; j >= 0; j--) {
      const target = targets[j] as TargetLine;
      const line = target.rid === null ? undefined : was.get(target.rid);
      const container = containers[j];
      if (!container) {
        const handle = this.#line(target, line, units[j] ?? [], at, line !== undefined && line.container === null);
        at = { parent: line?.container === null ? line.parent : at.parent, before: handle };
        continue;
      }
      let place = entered.get(container.key);
      if (place === undefined) {
        const handle = container.exists ? container.key : this.#add(at.parent, at.before, element(container.name));
        place = { handle, before: null };
        entered.set(container.key, place);
        const parent = container.exists
          ? line?.container?.rid === handle
            ? line.parent
            : (this.#before?.parent ?? at.parent)
          : at.parent;
        at = { parent, before: handle };
      }
      const stays = line?.container?.rid === place.handle;
      place.before = this.#line(target, line, units[j] ?? [], { parent: place.handle, before: place.before }, stays);
    }
  }

  /** One line with what is in it; answers its name in intents. */
  #line(
    target: TargetLine,
    line: Line | undefined,
    units: readonly Unit[],
    at: { readonly parent: string; readonly before: string | null },
    stays: boolean,
  ): string {
    const done = target.kind === 'check' ? String(target.done) : null;
    if (line === undefined || line.rid === null) {
      const attrs = done === null ? {} : { 'data-done': done };
      const fresh = units.every(({ piece }) => piece === undefined);
      const children = fresh && target.kind !== 'rule' ? units.map(nodeOf) : [];
      const handle = this.#add(at.parent, at.before, element(NAMES[target.kind], attrs, children), units);
      if (children.length > 0) this.#take(handle, units);
      if (!fresh) this.#fill(handle, undefined, units);
      return handle;
    }
    const { rid } = line;
    if (target.kind !== line.kind) {
      const name = NAMES[target.kind];
      if (name !== line.name) this.#intents.push({ do: 'rename', rid, name });
    }
    if (!stays) this.#intents.push({ do: 'move', rid, parent: at.parent, before: at.before });
    const said = line.kind === 'check' ? String(line.done) : null;
    if (said !== done) this.#intents.push({ do: 'set', rid, name: 'data-done', value: done });
    this.#fill(rid, line, units);
    return rid;
  }

  /** Puts units into their line, the last one first. */
  #fill(handle: string, line: Line | undefined, units: readonly Unit[]): void {
    const intact = line === undefined ? new Set<string>() : intactTops(line, units);
    let before = line?.after ?? null;
    for (let i = units.length - 1; i >= 0; i--) {
      const unit = units[i] as Unit;
      const { piece } = unit;
      if (piece === undefined) {
        before = this.#add(handle, before, nodeOf(unit), [unit]);
        this.#take(before, [unit]);
        continue;
      }
      this.#write(piece, unit.text);
      const home = unit.from === line && line !== undefined;
      if (home && intact.has(piece.top)) before = piece.top;
      else if (unit.marks.size === 0) {
        if (!home || piece.top !== piece.rid)
          this.#intents.push({ do: 'move', rid: piece.rid, parent: handle, before });
        before = piece.rid;
      } else before = this.#wrap(handle, before, unit.marks, piece);
    }
  }

  /** New elements for the marks of a text that stays. */
  #wrap(parent: string, before: string | null, marks: Marks, piece: Piece): string {
    let inner = parent;
    let outer = '';
    for (const [name, value] of marks) {
      inner = this.#add(inner, outer === '' ? before : null, markElement(name, value, []));
      outer ||= inner;
    }
    this.#intents.push({ do: 'move', rid: piece.rid, parent: inner, before: null });
    return outer;
  }

  #write(piece: Piece, value: string): void {
    if (!piece.br && piece.data !== value) this.#writes.push({ do: 'write', rid: piece.rid, was: piece.data, value });
  }

  /** How far back in its line stood what is put there: of two people who split it, the one who split it further back has theirs after. */
  #lean(units: readonly Unit[]): number | undefined {
    const unit = units.find(({ piece, taken }) => piece !== undefined || taken.length > 0);
    const rid = unit?.piece?.rid ?? unit?.taken[0]?.piece.rid;
    const line = this.#lines.find(({ pieces }) => pieces.some((piece) => piece.rid === rid));
    if (unit === undefined || line === undefined) return undefined;
    const length = line.pieces.reduce((sum, { text }) => sum + text.length, 0);
    let start = unit.piece === undefined ? (unit.taken[0]?.from ?? 0) : 0;
    for (const piece of line.pieces) {
      if (piece.rid === rid) break;
      start += piece.text.length;
    }
    return length === 0 ? undefined : start / length;
  }

  /** Notes which letters of other texts stand in the texts that `handle` adds. */
  #take(handle: string, units: readonly Unit[]): void {
    units
      .filter(({ br }) => !br)
      .forEach(({ taken }, nth) => {
        for (const { piece, from, count, at } of taken) {
          const moves = this.#moved.get(piece.rid) ?? [];
          this.#moved.set(piece.rid, [...moves, { from, count, to: handle, nth, at }]);
        }
      });
  }

  #withMoved(write: Extract<IntentInput, { do: 'write' }>): IntentInput {
    const moved = this.#moved.get(write.rid)?.sort((a, b) => a.from - b.from);
    return moved === undefined ? write : { ...write, moved };
  }

  /** `units`: what stands in it. */
  #add(
    parent: string,
    before: string | null,
    node: Extract<IntentInput, { do: 'add' }>['node'],
    units: readonly Unit[] = [],
  ): string {
    const lean = this.#lean(units);
    this.#intents.push({ do: 'add', parent, before, node, ...(lean === undefined ? {} : { lean }) });
    return `@${this.#intents.length - 1}`;
  }
}

/** The elements around texts in which nothing has changed but letters: they stay as they are. */
function intactTops(line: Line, units: readonly Unit[]): Set<string> {
  const intact = new Set<string>();
  for (const top of new Set(line.pieces.map((piece) => piece.top))) {
    const pieces = line.pieces.filter((piece) => piece.top === top);
    const at = units.findIndex(({ piece }) => piece === pieces[0]);
    const whole = pieces.every((piece, i) => {
      const unit = units[at + i];
      return at >= 0 && unit?.piece === piece && sameMarks(unit.marks, piece.marks);
    });
    if (whole) intact.add(top);
  }
  return intact;
}

function isSame(line: Line | undefined, target: TargetLine | undefined): boolean {
  if (!line || !target || line.rid !== target.rid || line.kind !== target.kind || line.done !== target.done)
    return false;
  const marked = (list: readonly { text: string; marks: Marks }[]): { text: string; marks: Marks }[] => {
    const runs: { text: string; marks: Marks }[] = [];
    for (const { text, marks } of list) {
      const last = runs.at(-1);
      if (last && sameMarks(last.marks, marks)) last.text += text;
      else if (text !== '') runs.push({ text, marks });
    }
    return runs;
  };
  const [one, other] = [marked(line.pieces), marked(target.runs)];
  return (
    one.length === other.length &&
    one.every(({ text, marks }, i) => text === other[i]?.text && sameMarks(marks, other[i].marks))
  );
}

const isNothing = (line: TargetLine | undefined): boolean =>
  line?.kind === 'p' && line.runs.every(({ text }) => text === '');

function nodeOf({ br, text, marks }: Unit): NodeInput | { type: 'text'; chdata: string } {
  if (br) return element('br');
  let node: NodeInput | { type: 'text'; chdata: string } = { type: 'text', chdata: text };
  for (const name of MARK_ORDER.toReversed()) {
    const value = marks.get(name);
    if (value !== undefined) node = markElement(name, value, [node]);
  }
  return node;
}

function markElement(name: MarkName, value: string, children: NodeInput['children']): NodeInput {
  return name === 'link' ? element('a', { href: value }, children) : element(name, {}, children);
}

function element(name: string, attrs: Record<string, string> = {}, children: NodeInput['children'] = []): NodeInput {
  return {
    ...{ type: 'element', name, children },
    attrs: Object.entries(attrs).map(([key, value]) => ({ name: key, value })),
  };
}
