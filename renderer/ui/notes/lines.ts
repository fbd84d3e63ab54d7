/**
 * Notes as lines: what a person edits. A line is a paragraph, heading, list item or rule; it consists of pieces, one for
 * each text node or line break, with the marks that the elements around it give. Lines know where they stand in the tree,
 * so that a plan (plan.ts) can be made from what has become of them.
 */
import type { NotesElement, NotesNode, NotesTree } from './tree.ts';

export type LineKind = 'p' | 'h1' | 'h2' | 'h3' | 'quote' | 'bullet' | 'number' | 'check' | 'rule';
export type MarkName = 'strong' | 'em' | 'u' | 's' | 'code' | 'link';

/** In the order in which the elements stand around each other; a link's value is its address, the others' is empty. */
export type Marks = ReadonlyMap<MarkName, string>;

export const MARK_ORDER: readonly MarkName[] = ['link', 'strong', 'em', 'u', 's', 'code'];

/** What a line break is in a run's text. */
export const BREAK = '\n';

/** Text with the same marks all over. */
export interface Run {
  readonly text: string;
  readonly marks: Marks;
}

export interface Piece {
  /** The text node's or the `br`'s. */
  readonly rid: string;
  /** As it is recorded. */
  readonly data: string;
  /** As it is shown, of the same length: without characters that would break a line. */
  readonly text: string;
  readonly br: boolean;
  readonly marks: Marks;
  /** The child of the line's element in which it stands: itself, or an element around it. */
  readonly top: string;
}

export interface Line {
  /** The element's; null for text that stands in none of its own. */
  readonly rid: string | null;
  /** The element's name; empty without one. */
  readonly name: string;
  readonly kind: LineKind;
  /** Of an item of a checklist. */
  readonly done: boolean;
  readonly pieces: readonly Piece[];
  /** What in the element isn't part of the line, as a list in an item: the first such node. */
  readonly after: string | null;
  /** The list or quote that the element stands directly in. */
  readonly container: { readonly rid: string; readonly name: string } | null;
  /** Where the container, or the element without one, stands. */
  readonly parent: string;
  /** The first node of the line there: before it, lines are put. */
  readonly first: string;
}

const KINDS: Readonly<Record<string, LineKind>> = {
  ...{ p: 'p', pre: 'p', h1: 'h1', h2: 'h2', h3: 'h3', h4: 'h3', h5: 'h3', h6: 'h3' },
};
const MARKS: Readonly<Record<string, MarkName>> = {
  ...{ strong: 'strong', b: 'strong', em: 'em', i: 'em', u: 'u', ins: 'u', s: 's', del: 's', code: 'code' },
};
const PHRASES = new Set([...Object.keys(MARKS), ...'a mark sub sup small q cite kbd samp var abbr span'.split(' ')]);
const CONTAINERS = new Set(['ul', 'ol', 'blockquote']);
const NONE: Marks = new Map();

/** All lines that are shown. Elements without any text in them are husks, and none. */
export function linesOf(tree: NotesTree): Line[] {
  const lines: Line[] = [];
  if (tree.root) flatten(tree.root, lines);
  return lines;
}

/** The element into which the first line goes: the body, or what stands in for it. */
export function bodyOf(tree: NotesTree): string | null {
  return (
    (tree.root?.children.find((child) => child.type === 'element' && child.name === 'body') ?? tree.root)?.rid ?? null
  );
}

/** The lines in an element that is none itself. */
function flatten(element: NotesElement, lines: Line[]): void {
  let loose: NotesNode[] = [];
  const flush = (): void => {
    if (loose.length > 0) addLoose(element, loose, lines);
    loose = [];
  };
  for (const child of element.children) {
    if (isPhrase(child)) loose.push(child);
    else if (child.type === 'element') {
      flush();
      if (child.name === 'hr' || child.name === 'li' || KINDS[child.name]) addLine(child, lines);
      else flatten(child, lines);
    }
  }
  flush();
}

function isPhrase(node: NotesNode): boolean {
  return node.type === 'text' || node.name === 'br' || PHRASES.has(node.name);
}

function addLine(element: NotesElement, lines: Line[]): void {
  const phrases = element.children.filter(isPhrase);
  const pieces = phrases.flatMap((child) => piecesOf(child, child.rid, NONE));
  if (pieces.length > 0 || element.name === 'hr') {
    const after = element.children.find((child) => !isPhrase(child))?.rid ?? null;
    lines.push({
      ...{ rid: element.rid, name: element.name, pieces, after },
      ...{ kind: kindOf(element), done: element.attrs.get('data-done') === 'true' },
      ...placeOf(element, element.rid),
    });
  }
  // What holds lines of its own, as an item may hold a list: they follow.
  for (const child of element.children) {
    if (child.type !== 'element' || isPhrase(child)) continue;
    if (child.name === 'hr' || child.name === 'li' || KINDS[child.name]) addLine(child, lines);
    else flatten(child, lines);
  }
}

/** Text that stands where lines do. White space between elements is none. */
function addLoose(element: NotesElement, nodes: readonly NotesNode[], lines: Line[]): void {
  const pieces = nodes.flatMap((node) => piecesOf(node, node.rid, NONE));
  if (pieces.every(({ text, br }) => !br && text.trim() === '')) return;
  lines.push({
    ...{ rid: null, name: '', pieces, after: null, kind: 'p', done: false, container: null },
    ...{ parent: element.rid, first: nodes[0]?.rid ?? '' },
  });
}

function kindOf(element: NotesElement): LineKind {
  if (element.name === 'hr') return 'rule';
  if (element.name === 'li') {
    if (element.attrs.has('data-done')) return 'check';
    return element.parent?.name === 'ol' ? 'number' : 'bullet';
  }
  const kind = KINDS[element.name] ?? 'p';
  return kind === 'p' && element.parent?.name === 'blockquote' ? 'quote' : kind;
}

function placeOf(element: NotesElement, first: string): Pick<Line, 'container' | 'parent' | 'first'> {
  const { parent } = element;
  if (parent?.parent && CONTAINERS.has(parent.name)) {
    return { container: { rid: parent.rid, name: parent.name }, parent: parent.parent.rid, first };
  }
  return { container: null, parent: parent?.rid ?? '', first };
}

function piecesOf(node: NotesNode, top: string, marks: Marks): Piece[] {
  if (node.type === 'text') {
    return [
      { ...{ rid: node.rid, data: node.data, text: node.data.replace(/[\n\r\t]/g, ' ') }, br: false, marks, top },
    ];
  }
  if (node.name === 'br') return [{ rid: node.rid, data: '', text: BREAK, br: true, marks: NONE, top }];
  const name = node.name === 'a' ? 'link' : MARKS[node.name];
  const value = name === 'link' ? (node.attrs.get('href') ?? '') : '';
  const inside = name === undefined || (name === 'link' && value === '') ? marks : withMark(marks, name, value);
  return node.children.flatMap((child) => piecesOf(child, top, inside));
}

/** The marks with one more, in their order. */
function withMark(marks: Marks, name: MarkName, value: string): Marks {
  const all = new Map(marks).set(name, value);
  return new Map(MARK_ORDER.flatMap((mark) => (all.has(mark) ? [[mark, all.get(mark) ?? ''] as const] : [])));
}

export function sameMarks(one: Marks, other: Marks): boolean {
  return one.size === other.size && [...one].every(([name, value]) => other.get(name) === value);
}
