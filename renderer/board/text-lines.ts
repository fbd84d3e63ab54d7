/**
 * Text of several lines as native SVG: one `<tspan>` per line that isn't blank, 1.2 em apart; blank lines widen the step,
 * since an empty tspan has no height. A single line is plain text. Nothing here touches the screen.
 */
import type { IntentInput, NodeInput } from '#api/contract.ts';
import { num } from './matrix.ts';

/** The distance of lines in em. */
const LINE = 1.2;
const XML_NS = 'http://www.w3.org/XML/1998/namespace';

type Child = NodeInput['children'][number];

/** The children of a text element for lines that start at `x`. */
export function lineChildren(text: string, x: string): Child[] {
  const lines = text.split('\n');
  if (lines.length === 1) return [{ type: 'text', chdata: text }];
  const out: Child[] = [];
  let step = 0;
  for (const line of lines) {
    if (line.trim() !== '') {
      out.push({
        type: 'element',
        name: 'tspan',
        attrs: [
          { name: 'x', value: x },
          { name: 'dy', value: step === 0 ? '0' : `${num(step * LINE)}em` },
        ],
        children: [{ type: 'text', chdata: line }],
      });
      step = 0;
    }
    step++;
  }
  return out;
}

const FIRST_STRONG = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** True for text whose first letter is of a script that runs from right to left, as `dir=auto` judges. */
export const runsLeft = (text: string): boolean => FIRST_STRONG.test(text);

/** Runs of spaces would be folded otherwise. */
const needsPreserve = (text: string): boolean => / {2}|^ | $/m.test(text);

/** A new text element whose first baseline starts at a point: at its right end for text that runs left, which says so
 *  itself (`direction`), as the page or viewer round it may run the other way. */
export function textNode(text: string, x: number, y: number, attrs: NodeInput['attrs']): NodeInput {
  const direction = runsLeft(text) ? [{ name: 'direction', value: 'rtl' }] : [];
  const preserve = needsPreserve(text) ? [{ ns: XML_NS, name: 'xml:space', value: 'preserve' }] : [];
  const at = [
    { name: 'x', value: num(x) },
    { name: 'y', value: num(y) },
  ];
  return {
    type: 'element',
    name: 'text',
    attrs: [...at, ...attrs, ...direction, ...preserve],
    children: lineChildren(text, num(x)),
  };
}

/** One line as it stands: its text, and the text node that holds all of it, if just one does. */
export interface Line {
  readonly text: string;
  readonly rid: string | undefined;
  /** Blank lines before it. */
  readonly blank: number;
}

/** What is typed into the editor for lines. */
export function joinLines(lines: readonly Line[]): string {
  return lines.map((line, i) => (i === 0 ? '' : '\n'.repeat(line.blank + 1)) + line.text).join('');
}

/** The lines of a text element: a tspan that has an `x`, a `y` or a `dy` starts one. */
export function readLines(text: Element, ridOf: (node: Node) => string | undefined): Line[] {
  const lines: { text: string; rid: string | undefined; blank: number; nodes: number }[] = [];
  const walk = (node: Node): void => {
    if (node instanceof Text) {
      const line = lines.at(-1) ?? { text: '', rid: undefined, blank: 0, nodes: 0 };
      if (lines.length === 0) lines.push(line);
      line.text += node.data;
      line.nodes++;
      line.rid = line.nodes === 1 ? ridOf(node) : undefined;
      return;
    }
    if (!(node instanceof Element)) return;
    const starts = node.localName === 'tspan' && ['x', 'y', 'dy'].some((name) => node.hasAttribute(name));
    if (starts) {
      // Indentation between tspans is no line of its own.
      if (lines.length === 1 && lines[0]?.text.trim() === '') lines.pop();
      const step = /^\s*([\d.]+)em/.exec(node.getAttribute('dy') ?? '');
      const blank = step && lines.length > 0 ? Math.max(0, Math.round(Number(step[1]) / LINE) - 1) : 0;
      lines.push({ text: '', rid: undefined, blank, nodes: 0 });
    }
    for (const child of node.childNodes) walk(child);
  };
  for (const child of text.childNodes) walk(child);
  return lines.map(({ text: t, rid, blank }) => ({ text: t, rid, blank }));
}

/** The intents that turn lines into what was typed: splices inside lines where the lines stay, else the children anew. */
export function editIntents(
  text: { rid: string; x: string; children: readonly string[] },
  lines: readonly Line[],
  typed: string,
): IntentInput[] {
  if (joinLines(lines) === typed) return [];
  if (typed.trim() === '') return [{ do: 'remove', rid: text.rid }];
  const fresh = typed.split('\n');
  const sameShape =
    lines.every((line) => line.blank === 0 && line.rid) &&
    fresh.length === lines.length &&
    fresh.every((l) => l.trim() !== '');
  if (sameShape) return lines.flatMap((line, i) => splice(line.rid ?? '', line.text, fresh[i] ?? ''));
  return [
    ...text.children.map((rid): IntentInput => ({ do: 'remove', rid })),
    ...lineChildren(typed, text.x).map(
      (node): IntentInput => ({ do: 'add', parent: text.rid, before: null, node: asElement(node) }),
    ),
  ];
}

/** Intents add elements only, so a lone line becomes a tspan. */
function asElement(child: Child): NodeInput {
  return child.type === 'element' ? child : { type: 'element', name: 'tspan', attrs: [], children: [child] };
}

/** The shortest replacement that turns one text into another. */
export function splice(rid: string, before: string, after: string): IntentInput[] {
  if (before === after) return [];
  let from = 0;
  while (from < before.length && from < after.length && before[from] === after[from]) from++;
  let tail = 0;
  while (tail < before.length - from && tail < after.length - from && before.at(-1 - tail) === after.at(-1 - tail))
    tail++;
  // Never between the halves of a surrogate pair.
  const low = (text: string, i: number): boolean => /[\uDC00-\uDFFF]/.test(text[i] ?? '');
  if (low(before, from) || low(after, from)) from--;
  if (tail > 0 && low(before, before.length - tail)) tail--;
  return [
    { do: 'text', rid, from, count: before.length - from - tail, insert: after.slice(from, after.length - tail) },
  ];
}
