/**
 * Which of the text nodes that were there hold which of the text that is there now. A text node keeps what it can, wherever
 * that went: so whoever types into it at the same time finds their letters where they wrote them.
 */
import { sourcesOf } from './diff.ts';
import { BREAK, type Line, type LineKind, type Marks, type Piece, type Run, sameMarks } from './lines.ts';

/** A line as it shall be. */
export interface TargetLine {
  /** The line that it was; null for a new one. */
  readonly rid: string | null;
  readonly kind: LineKind;
  readonly done: boolean;
  readonly runs: readonly Run[];
}

/** A text node or line break of a line as it shall be. */
export interface Unit {
  /** The one that it was, and the line it was in; undefined for a new one. */
  readonly piece: Piece | undefined;
  readonly from: Line | undefined;
  /** What it shall record. */
  text: string;
  readonly br: boolean;
  readonly marks: Marks;
  /** Letters of a new one that stood in others. */
  readonly taken: readonly Taken[];
}

/** Letters of a text node that stand in another one from now on, from `at` there; UTF-16 units. */
export interface Taken {
  readonly piece: Piece;
  readonly from: number;
  readonly count: number;
  readonly at: number;
}

interface Owned {
  readonly piece: Piece;
  readonly line: Line;
}

interface Segment {
  owner: number;
  text: string;
  /** How many of its letters come from the owner. */
  kept: number;
  /** Where in the owner's text they are, and where here. */
  readonly runs: { from: number; count: number; at: number }[];
  readonly br: boolean;
  readonly marks: Marks;
}

const SEPARATOR = '\u0000';
const textOf = (line: Line): string => line.pieces.map(({ text }) => text).join('');
const wantedOf = (line: TargetLine): string => line.runs.map(({ text }) => text).join('');

/** The units of each target line, and the line breaks that are gone. `targets` name lines of `lines` in order, each once. */
export function unitsOf(
  lines: readonly Line[],
  targets: readonly TargetLine[],
): { units: Unit[][]; gone: readonly Piece[] } {
  const pieces: Owned[] = lines.flatMap((line) => line.pieces.map((piece) => ({ piece, line })));
  const segments = segmentsOf(lines, targets, pieces);
  const copies = keepLongest(segments, pieces);
  const held = new Set(segments.flat().map(({ owner }) => owner));
  const units = segments.map((list) =>
    list.map(({ owner, text, br, marks, runs }): Unit => {
      const owned = pieces[owner];
      const was = copies.get(runs);
      const taken = was === undefined ? [] : runs.map((run) => ({ piece: was, ...run }));
      return { piece: owned?.piece, from: owned?.line, text, br, marks, taken };
    }),
  );
  const gone: Piece[] = [];
  for (const [index, { piece, line }] of pieces.entries()) {
    if (held.has(index)) continue;
    if (piece.br) gone.push(piece);
    else settleEmptied({ piece, line }, lines, targets, units);
  }
  for (const [i, list] of units.entries()) {
    if (targets[i]?.kind !== 'rule' && !list.some(({ br }) => !br))
      list.push({ piece: undefined, from: undefined, text: '', br: false, marks: new Map(), taken: [] });
  }
  return { units, gone };
}

/** Each target line cut where another text node, other marks, or something new begins. */
function segmentsOf(lines: readonly Line[], targets: readonly TargetLine[], pieces: readonly Owned[]): Segment[][] {
  const owners: number[] = [];
  const offsets: number[] = [];
  const starts: number[] = [];
  let piece = 0;
  for (const line of lines) {
    starts.push(owners.length);
    for (const { text } of line.pieces) {
      for (let i = 0; i < text.length; i++) {
        owners.push(piece);
        offsets.push(i);
      }
      piece++;
    }
    owners.push(-1);
    offsets.push(-1);
  }
  const raw = lines.map((line) => line.pieces.map(({ br, data }) => (br ? BREAK : data)).join('')).join(SEPARATOR);
  return alignLines(lines, targets).map(({ line, sources }, i) => {
    let at = 0;
    return (targets[i] as TargetLine).runs.flatMap(({ text, marks }) => {
      const run: Segment[] = [];
      for (const char of text) {
        const source = sources[at] ?? -1;
        const place = source < 0 ? -1 : (starts[line] ?? 0) + source;
        addChar(
          run,
          char,
          source < 0 ? -1 : (owners[place] ?? -1),
          offsets[place] ?? -1,
          raw.slice(place, place + char.length),
          marks,
          pieces,
        );
        at += char.length;
      }
      return run;
    });
  });
}

function addChar(
  run: Segment[],
  char: string,
  owner: number,
  offset: number,
  recorded: string,
  marks: Marks,
  pieces: readonly Owned[],
): void {
  const last = run.at(-1);
  if (char === BREAK) {
    run.push({
      owner: owner >= 0 && pieces[owner]?.piece.br ? owner : -1,
      text: '',
      kept: 0,
      runs: [],
      br: true,
      marks: new Map(),
    });
  } else if (last && !last.br && (owner === -1 || last.owner === owner || last.owner === -1)) {
    // What is new joins what stands before it, else what follows.
    if (owner >= 0) {
      last.owner = owner;
      last.kept += char.length;
      const run = last.runs.at(-1);
      const at = last.text.length;
      if (run && run.from + run.count === offset && run.at + run.count === at) run.count += char.length;
      else last.runs.push({ from: offset, count: char.length, at });
      last.text += recorded;
    } else last.text += char;
  } else {
    const kept = owner >= 0 ? char.length : 0;
    const runs = owner >= 0 ? [{ from: offset, count: char.length, at: 0 }] : [];
    run.push({ owner, text: owner >= 0 ? recorded : char, kept, runs, br: false, marks });
  }
}

/** For each target line, where its letters come from: places in the joined text from the line `line` on. */
function alignLines(lines: readonly Line[], targets: readonly TargetLine[]): { line: number; sources: number[] }[] {
  const aligned: { line: number; sources: number[] }[] = [];
  const index = new Map(lines.flatMap((line, i) => (line.rid === null ? [] : [[line.rid, i] as const])));
  const pairs = targets.map(({ rid }) => (rid === null ? undefined : index.get(rid)));
  /** Lines that are as they were stand fast; what lies between two of them is compared as one text. */
  const isFast = (j: number): boolean => {
    const i = pairs[j];
    return i !== undefined && textOf(lines[i] as Line) === wantedOf(targets[j] as TargetLine);
  };
  let line = 0;
  for (let j = 0; j < targets.length; ) {
    let end = j;
    while (end < targets.length && !isFast(end)) end++;
    const until = end < targets.length ? (pairs[end] as number) : lines.length;
    if (end > j) aligned.push(...alignGroup(lines, line, until, targets, pairs, j, end));
    if (end < targets.length) {
      const length = wantedOf(targets[end] as TargetLine).length;
      aligned.push({ line: until, sources: Array.from({ length }, (_, i) => i) });
      line = until + 1;
    }
    j = end + 1;
  }
  return aligned;
}

function alignGroup(
  lines: readonly Line[],
  from: number,
  to: number,
  targets: readonly TargetLine[],
  pairs: readonly (number | undefined)[],
  start: number,
  end: number,
): { line: number; sources: number[] }[] {
  const own = Array.from({ length: end - start }, (_, n) => n);
  // As many lines as before, each its own: nothing has wandered from one to another.
  if (to - from === end - start && own.every((n) => pairs[start + n] === from + n)) {
    return own.map((n) => {
      const wanted = wantedOf(targets[start + n] as TargetLine);
      return { line: from + n, sources: sourcesOf(textOf(lines[from + n] as Line), wanted) };
    });
  }
  const before = lines.slice(from, to).map(textOf).join(SEPARATOR);
  const texts = targets.slice(start, end).map(wantedOf);
  const sources = sourcesOf(before, texts.join(SEPARATOR));
  let at = 0;
  return texts.map((text) => {
    const mine = sources.slice(at, at + text.length);
    at += text.length + 1;
    return { line: from, sources: mine };
  });
}

/** A text node that several segments come from goes on as the longest; the others become new ones. Answers what these come from. */
function keepLongest(
  segments: readonly (readonly Segment[])[],
  pieces: readonly Owned[],
): ReadonlyMap<Segment['runs'], Piece> {
  const copies = new Map<Segment['runs'], Piece>();
  const best = new Map<number, Segment>();
  for (const segment of segments.flat()) {
    const rival = best.get(segment.owner);
    if (segment.owner >= 0 && (!rival || segment.kept > rival.kept)) best.set(segment.owner, segment);
  }
  for (const segment of segments.flat()) {
    const owned = pieces[segment.owner];
    if (owned === undefined || best.get(segment.owner) === segment) continue;
    segment.owner = -1;
    if (!segment.br) copies.set(segment.runs, owned.piece);
  }
  return copies;
}

/**
 * A text node of which nothing is left stays, empty: in its line, where new text may take it over, or, when that is gone, in
 * the line before. What somebody types into it at the same time then has a place.
 */
function settleEmptied(
  { piece, line }: Owned,
  lines: readonly Line[],
  targets: readonly TargetLine[],
  units: Unit[][],
): void {
  const holds = (j: number): boolean => j >= 0 && targets[j]?.kind !== 'rule';
  const own = line.rid === null ? -1 : targets.findIndex(({ rid }) => rid === line.rid);
  let home = own;
  for (let i = lines.indexOf(line) - 1; !holds(home) && i >= 0; i--) {
    const { rid } = lines[i] as Line;
    if (rid !== null) home = targets.findIndex((target) => target.rid === rid);
  }
  if (!holds(home)) home = targets.findIndex((_, j) => holds(j));
  const list = units[home];
  if (list === undefined) return;
  if (home !== own) {
    list.push({ piece, from: line, text: '', br: false, marks: new Map(), taken: [] });
    return;
  }
  const order = new Map(line.pieces.map(({ rid }, i) => [rid, i]));
  const mine = order.get(piece.rid) ?? 0;
  const after =
    1 + list.findLastIndex((unit) => unit.from === line && (order.get(unit.piece?.rid ?? '') ?? mine) < mine);
  // What is new at the very place becomes its text, unless its marks are others.
  const taken = list[after];
  if (
    taken &&
    taken.piece === undefined &&
    !taken.br &&
    taken.taken.length === 0 &&
    sameMarks(taken.marks, piece.marks)
  ) {
    list[after] = { ...taken, piece, from: line };
    return;
  }
  list.splice(after, 0, { piece, from: line, text: '', br: false, marks: piece.marks, taken: [] });
}
