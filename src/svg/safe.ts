/** The allow-list applied to files and pastes before they become records, with sentences about what it took out. */
import type { AttributeTree, ElementTree, NodeTree } from '#core/types.ts';
import { safeSheet } from './css.ts';
import { MAX_DEPTH } from '#xml/limits.ts';
import { localName, SVG_NS, XLINK_NS, XML_NS, XMLNS_NS } from '#xml/names.ts';
import { isDrawableElement, isExportableElement, isExportablePi, safeAttribute } from './allow-list.ts';

export { safeAttribute } from './allow-list.ts';

export interface CleanTrees {
  readonly nodes: NodeTree[];
  /** Sentences, one per kind: "2 scripts were taken out." */
  readonly removed: string[];
}

/** One word and its plural for each kind of thing that is taken out, in the order in which they are told. */
const KINDS = {
  script: ['script', 'scripts'],
  handler: ['event handler', 'event handlers'],
  html: ['piece of a web page', 'pieces of web pages'],
  reference: ['reference outside the drawing', 'references outside the drawing'],
  style: ['style that is not safe', 'styles that are not safe'],
  animation: ['animation that is not safe', 'animations that are not safe'],
  instruction: ['processing instruction', 'processing instructions'],
  element: ['element that Limn does not know', 'elements that Limn does not know'],
  attribute: ['attribute that Limn does not know', 'attributes that Limn does not know'],
  depth: ['group that is nested too deeply', 'groups that are nested too deeply'],
} as const;
type Kind = keyof typeof KINDS;

/** Takes out what no use may have (see allow-list.ts). Elements without `ns` take their parent's; at the top, `ns` or SVG. */
export function cleanTrees(nodes: readonly NodeTree[], ns: string = SVG_NS): CleanTrees {
  const cleaner = new Cleaner();
  return { nodes: cleaner.list(nodes, ns, 1), removed: cleaner.sentences() };
}

class Cleaner {
  readonly #counts = new Map<Kind, number>();

  list(nodes: readonly NodeTree[], ns: string, depth: number): NodeTree[] {
    const kept: NodeTree[] = [];
    for (const node of nodes) {
      const clean = this.#node(node, ns, depth);
      if (clean !== undefined) kept.push(clean);
    }
    return kept;
  }

  sentences(): string[] {
    return (Object.keys(KINDS) as Kind[]).flatMap((kind) => {
      const count = this.#counts.get(kind) ?? 0;
      const [one, many] = KINDS[kind];
      return count === 0 ? [] : [count === 1 ? `1 ${one} was taken out.` : `${count} ${many} were taken out.`];
    });
  }

  #node(node: NodeTree, parentNs: string, depth: number): NodeTree | undefined {
    if (node.type === 'processinginstruction') return isExportablePi(node.pitarget) ? node : this.#drop('instruction');
    if (node.type !== 'element') return node;
    if (depth > MAX_DEPTH) return this.#drop('depth');
    const ns = node.ns ?? parentNs;
    if (!isExportableElement(ns, node.name)) return this.#drop(elementKind(ns, node.name));
    const attrs = node.attrs.flatMap((attr) => this.#attribute(ns, node.name, attr) ?? []);
    const style = isDrawableElement(ns, node.name) && localName(node.name) === 'style';
    const children = style ? this.#sheet(node) : this.list(node.children, ns, depth + 1);
    return { ...node, attrs, children };
  }

  #attribute(elementNs: string, elementName: string, attr: AttributeTree): AttributeTree | undefined {
    const value = safeAttribute('record', elementNs, elementName, attr.ns, attr.name, attr.value);
    // A declaration of which nothing is left to use is no loss to tell of.
    if (value === null) return attr.ns === XMLNS_NS ? undefined : this.#drop(attributeKind(attr));
    if (attr.ns === undefined && attr.name === 'style' && value !== attr.value) this.#drop('style');
    return value === attr.value ? attr : { ...attr, value };
  }

  /** A style sheet is judged as one text: rules could be spread over several nodes. */
  #sheet(style: ElementTree): NodeTree[] {
    const text = sheetText(style.children);
    const safe = safeSheet(text, 'record');
    const texts = style.children.filter((child) => child.type === 'text');
    if (safe === text && texts.length === style.children.length) return texts;
    this.#drop('style');
    return safe === '' ? [] : [{ type: 'text', chdata: safe }];
  }

  #drop(kind: Kind): undefined {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    return undefined;
  }
}

function sheetText(nodes: readonly NodeTree[]): string {
  return nodes.map((node) => (node.type === 'text' ? node.chdata : '')).join('');
}

function elementKind(ns: string, name: string): Kind {
  const local = localName(name).toLowerCase();
  if (local === 'script' || local === 'handler' || local === 'listener') return 'script';
  return local === 'foreignobject' || /xhtml|MathML/i.test(ns) ? 'html' : 'element';
}

function attributeKind({ ns, name }: AttributeTree): Kind {
  const local = localName(name).toLowerCase();
  if (local.startsWith('on')) return 'handler';
  if (local === 'href' && (ns === undefined || ns === XLINK_NS)) return 'reference';
  if (ns === XML_NS && local === 'base') return 'reference';
  if (local === 'src' || local === 'ping') return 'reference';
  if (/^(?:attributename|from|to|by|values)$/.test(local)) return 'animation';
  return ns === undefined && /^(?:style|fill|stroke|filter|mask|marker.*|clip-path|cursor|font.*|shape-.*)$/.test(local)
    ? 'style'
    : 'attribute';
}
