/**
 * Notes as the editor holds them: a flat list of lines and rules, each with the rid of its element. Lists and quotes are
 * kinds of lines here and become elements in the plan. A paste is read by this schema and holds nothing else afterwards.
 */
import { type Mark, type MarkSpec, type Node as Doc, type NodeSpec, Schema } from 'prosemirror-model';
import { BREAK, type Line, type LineKind, MARK_ORDER, type MarkName, type Marks, type Run } from './lines.ts';
import type { TargetLine } from './units.ts';

const kindFrom = (kind: LineKind) => ({ rid: null, kind, done: false });

const line: NodeSpec = {
  content: '(text | break)*',
  group: 'block',
  defining: true,
  attrs: { rid: { default: null }, kind: { default: 'p' }, done: { default: false } },
  toDOM({ attrs }) {
    const { kind, done } = attrs as { kind: LineKind; done: boolean };
    if (kind === 'p' || kind === 'h1' || kind === 'h2' || kind === 'h3') return [kind, { dir: 'auto' }, 0];
    if (kind !== 'check') return ['div', { class: `line ${kind}`, dir: 'auto' }, 0];
    const box = { class: 'box', role: 'checkbox', 'aria-checked': String(done), contenteditable: 'false' };
    return ['div', { class: `line check${done ? ' done' : ''}`, dir: 'auto' }, ['span', box], ['span', 0]];
  },
  parseDOM: [
    { tag: 'blockquote > p', attrs: kindFrom('quote') },
    { tag: 'li > p', skip: true },
    { tag: 'h1', attrs: kindFrom('h1') },
    { tag: 'h2', attrs: kindFrom('h2') },
    { tag: 'h3, h4, h5, h6', attrs: kindFrom('h3') },
    { tag: 'li', getAttrs: (item) => itemAttrs(item) },
    { tag: 'div.line', getAttrs: (item) => itemAttrs(item) },
    { tag: 'p, pre, div, td, th, dt, dd, figcaption', attrs: kindFrom('p') },
  ],
};

function itemAttrs(item: HTMLElement): { rid: null; kind: LineKind; done: boolean } {
  const done = item.dataset.done === 'true' || item.classList.contains('done');
  const check = item.dataset.done !== undefined || item.classList.contains('check');
  if (check) return { rid: null, kind: 'check', done };
  if (item.classList.contains('quote')) return kindFrom('quote');
  const numbered = item.parentElement?.localName === 'ol' || item.classList.contains('number');
  return kindFrom(numbered ? 'number' : 'bullet');
}

/** What a person may make a link to; what others send is checked in main (src/xml/link.ts). */
export function isAddress(text: string): boolean {
  return /^(?:https?:\/\/[^/\s]|mailto:\S|xmpp:\S)/i.test(text) && !/[\s\\<>"]/.test(text) && text.length <= 2000;
}

const simple = (tag: string, ...others: string[]): MarkSpec => ({
  toDOM: () => [tag, 0],
  parseDOM: [tag, ...others].map((name) => ({
    tag: name,
    // Some programs wrap everything in <b> that isn't bold.
    getAttrs: (element) => (element.style.fontWeight === 'normal' ? false : null),
  })),
});

const marks: Record<MarkName, MarkSpec> = {
  link: {
    attrs: { href: {} },
    inclusive: false,
    toDOM: ({ attrs }) => ['a', { href: String(attrs.href), title: String(attrs.href), rel: 'noopener noreferrer' }, 0],
    parseDOM: [
      {
        tag: 'a[href]',
        getAttrs: (link) => {
          const href = link.getAttribute('href') ?? '';
          return isAddress(href) ? { href } : false;
        },
      },
    ],
  },
  strong: simple('strong', 'b'),
  em: simple('em', 'i'),
  u: simple('u', 'ins'),
  s: simple('s', 'del', 'strike'),
  code: simple('code', 'kbd', 'samp', 'tt'),
};

export const schema = new Schema({
  nodes: {
    doc: { content: 'block+' },
    line,
    rule: { group: 'block', attrs: { rid: { default: null } }, toDOM: () => ['hr'], parseDOM: [{ tag: 'hr' }] },
    text: {},
    break: { inline: true, selectable: false, marks: '', toDOM: () => ['br'], parseDOM: [{ tag: 'br' }] },
  },
  marks,
});

/** The editor's document of lines; an empty paragraph where there are none. */
export function docOf(lines: readonly Line[]): Doc {
  const blocks = lines.map(({ rid, kind, done, pieces }) =>
    kind === 'rule' ? blockOf('rule', { rid }) : blockOf('line', { rid, kind, done }, pieces.flatMap(inlineOf)),
  );
  return schema.nodes.doc.create(
    null,
    blocks.length > 0 ? blocks : [blockOf('line', { rid: null, kind: 'p', done: false })],
  );
}

function blockOf(type: 'line' | 'rule', attrs: Record<string, unknown>, content: readonly Doc[] = []): Doc {
  return schema.nodes[type].create(attrs, content);
}

function inlineOf({ text, br, marks: of }: Line['pieces'][number]): Doc[] {
  if (br) return [schema.nodes.break.create()];
  if (text === '') return [];
  return [
    schema.text(
      text,
      [...of].map(([name, value]) => schema.marks[name].create(name === 'link' ? { href: value } : null)),
    ),
  ];
}

/** What the editor's document says the lines shall be. */
export function targetsOf(doc: Doc): TargetLine[] {
  return doc.children.map((block) => {
    const rid = block.attrs.rid as string | null;
    if (block.type === schema.nodes.rule) return { rid, kind: 'rule', done: false, runs: [] };
    const kind = block.attrs.kind as LineKind;
    return { rid, kind, done: kind === 'check' && block.attrs.done === true, runs: block.children.map(runOf) };
  });
}

function runOf(node: Doc): Run {
  return node.type === schema.nodes.break
    ? { text: BREAK, marks: new Map() }
    : { text: node.text ?? '', marks: marksOf(node.marks) };
}

export function marksOf(list: readonly Mark[]): Marks {
  return new Map(
    MARK_ORDER.flatMap((name) => {
      const mark = list.find(({ type }) => type.name === name);
      return mark ? [[name, name === 'link' ? String(mark.attrs.href) : ''] as const] : [];
    }),
  );
}

/** A line's text, unit for unit as positions in it count. */
export function textOfLine(block: Doc): string {
  return block.children.map((node) => (node.type === schema.nodes.break ? BREAK : (node.text ?? ''))).join('');
}
