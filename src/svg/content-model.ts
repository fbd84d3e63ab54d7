/**
 * SVG's content model, against which every edit of a session is judged (FEATURES G4.4): which elements hold which, which
 * attributes they have, and where text may stand. SVG 1.1 from its DTD, what SVG 2 adds to it, and where SVG 2 is content with
 * more than either, so is this. Nothing is required, order among children is free, and what is of another namespace is data that
 * may stand anywhere. It says nothing of safety (allow-list.ts): what is valid may still never be drawn.
 */
import type { Judge } from '#core/judge.ts';
import type { Fault, NodeTree, Rid, TreeView } from '#core/types.ts';
import { MAX_DEPTH } from '#xml/limits.ts';
import { localName, SVG_NS } from '#xml/names.ts';
import { ATTRIBUTES, CHILDREN, TEXTS } from './content-model-table.ts';
import { valueFault, type ValueKind } from './content-values.ts';
import { namespaceOf } from './view.ts';
import { ELEMENTS, PRESENTATION, TEXT_ELEMENTS } from './vocabulary.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

// What SVG 2 adds, with the groups of its chapter 5 ("Document structure"); nothing of it is Limn's own.
const SHAPES = words('circle ellipse line mesh path polygon polyline rect');
const SERVERS = words(
  'clipPath cursor filter hatch linearGradient marker mask meshgradient pattern radialGradient solidcolor',
);
const ANIMATIONS = words('animate animateColor animateMotion animateTransform discard set');
const CONTAINERS = words('a defs g glyph marker mask missing-glyph pattern svg symbol');
/** In any element of SVG. */
const ANYWHERE = new Set([...ANIMATIONS, ...words('desc metadata script style title')]);
const MORE_CHILDREN: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    [
      ...SERVERS,
      ...SHAPES,
      'color-profile',
      'font',
      'font-face',
      'foreignObject',
      'image',
      'switch',
      'text',
      'use',
      'view',
    ],
    CONTAINERS,
  ],
  [[...SERVERS], [...SHAPES, ...words('image text textPath tspan use switch')]],
  [words('altGlyph textPath tref tspan'), ['a']],
  [['mesh'], words('clipPath switch')],
  [['feDropShadow'], ['filter']],
  [['a'], words('a clipPath')],
  [['stop'], words('meshpatch')],
  [['meshrow'], words('mesh meshgradient')],
  [['meshpatch'], ['meshrow']],
  [['hatchpath'], ['hatch']],
];
const MORE_ATTRIBUTES: readonly (readonly [string, string])[] = [
  [
    'href',
    'a animate animateColor animateMotion animateTransform color-profile cursor discard feImage filter font-face-uri glyphRef altGlyph',
  ],
  ['href', 'hatch image linearGradient mesh meshgradient mpath pattern radialGradient script set textPath tref use'],
  ['download hreflang ping referrerpolicy rel target type', 'a'],
  ['pathLength', 'circle ellipse line path polygon polyline rect'],
  ['crossorigin decoding fetchpriority', 'feImage image script'],
  ['fr', 'radialGradient'],
  ['path side', 'textPath'],
  ['path', 'stop'],
  ['playbackorder timelinebegin', 'svg'],
  ['height refX refY width x y', 'symbol'],
  ['edgeMode', 'feGaussianBlur'],
  ['dx dy in stdDeviation', 'feDropShadow'],
  ['height result width x y', 'feDropShadow'],
  ['begin', 'discard'],
  ['hatchContentUnits hatchUnits pitch rotate hatchTransform x y', 'hatch'],
  ['d offset', 'hatchpath'],
  ['gradientTransform gradientUnits type x y', 'mesh meshgradient'],
  ['viewBox preserveAspectRatio', 'hatch'],
  ['title media type', 'style'],
];
/** On any element of SVG: what SVG 2 and WAI-ARIA say of all, and presentation attributes but those that are an element's geometry. */
const ON_ANY = new Set([
  ...[...PRESENTATION].filter((name) => !/^(?:c[xy]|d|height|r|r[xy]|width|[xy])$/.test(name)),
  ...words(
    'autofocus class externalResourcesRequired focusable id lang requiredExtensions requiredFeatures requiredFonts',
  ),
  ...words('requiredFormats role style systemLanguage tabindex'),
]);
const FREE = /^(?:(?:aria|data)-[^\s]*|on[a-z]+)$/;

const known = new Set([...ELEMENTS, 'discard', 'foreignObject', 'script', 'color-profile', 'font-face-uri']);
const children = new Map<string, Set<string>>();
const attributes = new Map<string, Set<string>>();

function allow(table: Map<string, Set<string>>, members: readonly string[], owners: readonly string[]): void {
  for (const owner of owners) {
    const set = table.get(owner) ?? new Set();
    table.set(owner, set);
    for (const member of members) set.add(member);
  }
}

for (const [members, owners] of CHILDREN) allow(children, words(members), words(owners));
for (const [members, owners] of MORE_CHILDREN) allow(children, members, owners);
for (const [members, owners] of [...ATTRIBUTES, ...MORE_ATTRIBUTES]) allow(attributes, words(members), words(owners));
for (const name of [...children.keys(), ...attributes.keys()]) known.add(name);

const texts = new Set([...words(TEXTS), ...TEXT_ELEMENTS]);
/** Whatever stands in these is for people or programs, not for SVG's viewers. */
const OPEN = new Set(words('desc foreignObject metadata title'));

/** What is wrong with an element where it is; `parentNs` undefined at the top. Names are qualified, namespaces effective. */
export function elementFault(
  parentNs: string | undefined,
  parentName: string,
  ns: string,
  name: string,
): Fault | undefined {
  const element = localName(name);
  if (parentNs === undefined) return ns === SVG_NS && element === 'svg' ? undefined : fault('root', { element });
  if (ns !== SVG_NS) return undefined;
  if (!known.has(element)) return fault('element', { element });
  const parent = localName(parentName);
  if (parentNs !== SVG_NS || OPEN.has(parent) || ANYWHERE.has(element)) return undefined;
  // What SVG doesn't know was let in by a file: nothing is known of what it may hold.
  if (children.get(parent)?.has(element) || !known.has(parent)) return undefined;
  return fault('child', { parent, element });
}

/** What is wrong with an attribute of an element. */
export function attributeFault(
  elementNs: string,
  elementName: string,
  ns: string | undefined,
  name: string,
  value: string,
): Fault | undefined {
  if (elementNs !== SVG_NS || (ns !== undefined && ns !== '') || name.includes(':')) return undefined;
  const element = localName(elementName);
  if (!known.has(element)) return undefined;
  if (!ON_ANY.has(name) && !attributes.get(element)?.has(name)) {
    return FREE.test(name) ? undefined : fault('attribute', { element, attribute: name });
  }
  const kind = valueFault(element, name, value);
  return kind === undefined ? undefined : fault('value', { attribute: name, value: value.slice(0, 60), kind });
}

/** What is wrong with text in an element. White space may stand anywhere. */
export function textFault(elementNs: string, elementName: string, text: string): Fault | undefined {
  const element = localName(elementName);
  if (elementNs !== SVG_NS || texts.has(element) || !known.has(element) || !/\S/.test(text)) return undefined;
  return fault('text', { element });
}

/** The judge of drawings. */
export const svgJudge: Judge = {
  fault(view, rid) {
    const record = view.get(rid);
    const parent = view.parentOf(rid);
    if (record === undefined || parent === undefined) return undefined;
    if (record.type === 'element') {
      const here = place(view, parent);
      if (here.depth >= MAX_DEPTH) return fault('depth', {});
      return elementFault(here.ns, here.name, record.ns ?? here.ns ?? SVG_NS, record.name ?? '');
    }
    const element = parent === '' ? undefined : view.get(parent);
    if (element === undefined) return undefined;
    if (record.type === 'attr')
      return attributeFault(
        namespaceOf(view, parent),
        element.name ?? '',
        record.ns,
        record.name ?? '',
        record.chdata ?? '',
      );
    if (record.type === 'text') return textFault(namespaceOf(view, parent), element.name ?? '', record.chdata ?? '');
    return undefined;
  },
};

/** An element's effective namespace (undefined: the document itself), its name, and how deep it is, as far as that matters. */
function place(view: TreeView, element: Rid): { ns: string | undefined; name: string; depth: number } {
  let depth = 0;
  for (let at: Rid | undefined = element; at !== undefined && at !== '' && depth < MAX_DEPTH; at = view.parentOf(at))
    depth++;
  if (element === '') return { ns: undefined, name: '', depth };
  return { ns: namespaceOf(view, element), name: view.get(element)?.name ?? '', depth };
}

/** A fault of a file, and where: a path as in `/svg/g[2]/@x`. */
export interface FaultInFile {
  readonly path: string;
  readonly fault: Fault;
}

/** All faults of a parsed file, in document order. */
export function faultsInTrees(nodes: readonly NodeTree[]): FaultInFile[] {
  const found: FaultInFile[] = [];
  const visit = (
    list: readonly NodeTree[],
    path: string,
    ns: string | undefined,
    name: string,
    depth: number,
  ): void => {
    const counts = new Map<string, number>();
    for (const node of list) {
      if (node.type === 'text') {
        const wrong = ns === undefined ? undefined : textFault(ns, name, node.chdata);
        if (wrong) found.push({ path: `${path}/text()`, fault: wrong });
      }
      if (node.type !== 'element') continue;
      const nth = (counts.get(node.name) ?? 0) + 1;
      counts.set(node.name, nth);
      const here = `${path}/${node.name}${nth > 1 ? `[${nth}]` : ''}`;
      const own = node.ns ?? ns ?? SVG_NS;
      const wrong = depth >= MAX_DEPTH ? fault('depth', {}) : elementFault(ns, name, own, node.name);
      if (wrong) found.push({ path: here, fault: wrong });
      for (const attr of node.attrs) {
        const off = attributeFault(own, node.name, attr.ns, attr.name, attr.value);
        if (off) found.push({ path: `${here}/@${attr.name}`, fault: off });
      }
      if (depth < MAX_DEPTH) visit(node.children, here, own, node.name, depth + 1);
    }
  };
  visit(nodes, '', undefined, '', 0);
  return found;
}

/** A fragment without what would be at fault in a group, and sentences about what was taken out. */
export function withoutFaults(nodes: readonly NodeTree[]): { readonly nodes: NodeTree[]; readonly removed: string[] } {
  const found = new Map<string, number>();
  const drop = (wrong: Fault): NodeTree[] => {
    found.set(wrong.reason, (found.get(wrong.reason) ?? 0) + 1);
    return [];
  };
  const keep = (list: readonly NodeTree[], ns: string, name: string): NodeTree[] =>
    list.flatMap((node): NodeTree[] => {
      if (node.type === 'text') {
        const wrong = textFault(ns, name, node.chdata);
        return wrong ? drop(wrong) : [node];
      }
      if (node.type !== 'element') return [node];
      const own = node.ns ?? ns;
      const wrong = elementFault(ns, name, own, node.name);
      if (wrong) return drop(wrong);
      const attrs = node.attrs.filter((attr) => {
        const off = attributeFault(own, node.name, attr.ns, attr.name, attr.value);
        if (off) drop(off);
        return off === undefined;
      });
      return [{ ...node, attrs, children: keep(node.children, own, node.name) }];
    });
  const kept = keep(nodes, SVG_NS, 'g');
  return {
    nodes: kept,
    removed: [...found].map(([reason, count]) => `${count > 1 ? `${count} times: ` : ''}${reason}`),
  };
}

const ADVICE: Readonly<Record<ValueKind, string>> = {
  length: 'Write a number, with a unit if need be.',
  number: 'Write a number.',
  paint: 'Write a colour, or none.',
  transform: 'Write a transformation such as translate(10 20).',
  path: 'Begin it with a move, such as M 10 20.',
  box: 'Write four numbers.',
  word: 'Write one of the words that SVG has for it.',
};

type Code = 'root' | 'element' | 'child' | 'attribute' | 'value' | 'text' | 'depth';

function fault(code: Code, detail: Readonly<Record<string, string>>): Fault {
  return { code, detail, reason: sentence(code, detail) };
}

function sentence(code: Code, { element, parent, attribute, value, kind }: Readonly<Record<string, string>>): string {
  switch (code) {
    case 'root':
      return `A drawing begins with svg, not with “${element}”. Put it into an svg element.`;
    case 'element':
      return `SVG has no element “${element}”. Choose one that it has.`;
    case 'child':
      return `“${element}” can’t stand inside “${parent}”. Put it beside it, or into a group.`;
    case 'attribute':
      return `“${element}” has no attribute “${attribute}”. Leave it out, or choose another.`;
    case 'value':
      return `“${value}” is no value for “${attribute}”. ${ADVICE[kind as ValueKind]}`;
    case 'text':
      return `“${element}” can’t hold words. Put them into a text element.`;
    case 'depth':
      return `That would be nested more than ${MAX_DEPTH} levels deep. Put it further up.`;
  }
}
