/**
 * What is drawn of a document: elements and texts that the allow-list lets through, in the shape that the api's
 * ViewNode has. Comments, processing instructions, other namespaces and white space between shapes aren't drawn.
 */
import type { NodeRecord, Rid, TreeView } from '#core/types.ts';
import { safeSheet } from './css.ts';
import { MAX_DEPTH } from '#xml/limits.ts';
import { cleanText, localName, SVG_NS, XLINK_NS, XML_NS } from '#xml/names.ts';
import { drawableAttribute, isDrawableElement } from './allow-list.ts';
import { TEXT_ELEMENTS } from './vocabulary.ts';

export interface DrawableAttribute {
  ns?: string;
  name: string;
  value: string;
}
export interface DrawableElement {
  rid: Rid;
  type: 'element';
  ns: string;
  /** The local name. */
  name: string;
  attrs: DrawableAttribute[];
  children: DrawableNode[];
}
export interface DrawableText {
  rid: Rid;
  type: 'text';
  data: string;
}
export type DrawableNode = DrawableElement | DrawableText;

/** The effective namespace of an element: its own, else its ancestors', else SVG for a root that states none. */
export function namespaceOf(view: TreeView, element: Rid): string {
  let at: Rid | undefined = element;
  for (let i = 0; at !== undefined && at !== '' && i <= MAX_DEPTH; i++) {
    const ns = view.get(at)?.ns;
    if (ns !== undefined) return ns;
    at = view.parentOf(at);
  }
  return SVG_NS;
}

/** What is drawn for a node and all it holds; undefined when it isn't drawn, or lies in something that isn't. */
export function drawableTree(view: TreeView, rid: Rid): DrawableNode | undefined {
  const record = view.get(rid);
  if (record === undefined) return undefined;
  const place = placeOf(view, rid);
  return place === undefined ? undefined : node(view, record, place.parent, place.ns, place.depth);
}

/** An attribute as it is drawn; `value` null when the allow-list doesn't let it through; undefined when it has no name to draw. */
export function drawableAttr(
  view: TreeView,
  element: Rid,
  attribute: Rid,
): { ns?: string; name: string; value: string | null } | undefined {
  const owner = view.get(element);
  const record = view.get(attribute);
  if (owner?.type !== 'element' || record?.type !== 'attr') return undefined;
  return drawAttribute(namespaceOf(view, element), owner.name ?? '', record.ns, record.name ?? '', record.chdata ?? '');
}

/** As `drawableAttr`, for a change that names the attribute (core's `Change`): `value` null stays null. */
export function drawableChange(
  view: TreeView,
  element: Rid,
  ns: string,
  name: string,
  value: string | null,
): { ns?: string; name: string; value: string | null } | undefined {
  const owner = view.get(element);
  if (owner?.type !== 'element') return undefined;
  const drawn = drawAttribute(namespaceOf(view, element), owner.name ?? '', ns, name, value ?? '');
  return drawn === undefined || value !== null ? drawn : { ...drawn, value: null };
}

/**
 * The element whose drawing depends on a node as a whole, and must be drawn anew when the node or its text changes: a style
 * sheet, which is judged as one text. Undefined for every other node.
 */
export function redrawWhole(view: TreeView, rid: Rid): Rid | undefined {
  for (const at of [rid, view.parentOf(rid)]) {
    const record = at === undefined ? undefined : view.get(at);
    if (record?.type === 'element' && localName(record.name ?? '') === 'style') return record.rid;
  }
  return undefined;
}

/** The namespace and depth in which a node is drawn; undefined when an ancestor isn't drawn. */
function placeOf(view: TreeView, rid: Rid): { parent: NodeRecord | undefined; ns: string; depth: number } | undefined {
  const path: NodeRecord[] = [];
  for (let at = view.parentOf(rid); at !== undefined && at !== ''; at = view.parentOf(at)) {
    const record = view.get(at);
    if (record === undefined || path.length > MAX_DEPTH) return undefined;
    path.push(record);
  }
  let ns = SVG_NS;
  for (const record of path.toReversed()) {
    ns = record.ns ?? ns;
    if (!isDrawableElement(ns, record.name ?? '') || localName(record.name ?? '') === 'style') {
      if (record !== path[0] || localName(record.name ?? '') !== 'style') return undefined;
    }
  }
  return { parent: path[0], ns, depth: path.length + 1 };
}

function node(
  view: TreeView,
  record: NodeRecord,
  parent: NodeRecord | undefined,
  parentNs: string,
  depth: number,
): DrawableNode | undefined {
  if (record.type === 'text') return text(view, record, parent);
  const name = record.name ?? '';
  const ns = record.ns ?? parentNs;
  if (record.type !== 'element' || depth > MAX_DEPTH || !isDrawableElement(ns, name)) return undefined;
  const children: DrawableNode[] = [];
  for (const child of view.children(record.rid)) {
    const childRecord = view.get(child);
    if (childRecord === undefined || (childRecord.type === 'text' && !TEXT_ELEMENTS.has(localName(name)))) continue;
    const drawn = node(view, childRecord, record, ns, depth + 1);
    if (drawn !== undefined && !(drawn.type === 'element' && localName(name) === 'style')) children.push(drawn);
  }
  return {
    rid: record.rid,
    type: 'element',
    ns,
    name: localName(name),
    attrs: attributes(view, record, ns, name),
    children,
  };
}

/** The first text of a style sheet carries the whole of it; what can't be shown there is left out. */
function text(view: TreeView, record: NodeRecord, parent: NodeRecord | undefined): DrawableText | undefined {
  const local = localName(parent?.name ?? '');
  if (parent === undefined || !TEXT_ELEMENTS.has(local)) return undefined;
  if (local !== 'style') return { rid: record.rid, type: 'text', data: cleanText(record.chdata ?? '') };
  const texts = view.children(parent.rid).flatMap((rid) => {
    const child = view.get(rid);
    return child?.type === 'text' ? [child] : [];
  });
  if (texts[0]?.rid !== record.rid) return undefined;
  const data = safeSheet(texts.map((child) => child.chdata ?? '').join(''), 'draw');
  return { rid: record.rid, type: 'text', data: cleanText(data) };
}

function attributes(view: TreeView, element: NodeRecord, ns: string, name: string): DrawableAttribute[] {
  const drawn: DrawableAttribute[] = [];
  for (const rid of view.attributes(element.rid)) {
    const record = view.get(rid);
    if (record?.name === undefined) continue;
    const attribute = drawAttribute(ns, name, record.ns, record.name, record.chdata ?? '');
    if (attribute === undefined || attribute.value === null) continue;
    drawn.push(attribute as DrawableAttribute);
  }
  return drawn;
}

/** Prefixes of drawn attributes are the usual ones, so that they are names that every DOM takes. */
function drawAttribute(
  elementNs: string,
  elementName: string,
  ns: string | undefined,
  name: string,
  value: string,
): { ns?: string; name: string; value: string | null } | undefined {
  const safe = drawableAttribute(elementNs, elementName, ns, name, value);
  const clean = safe === null ? null : cleanText(safe);
  if (ns === undefined || ns === '') return name.includes(':') ? undefined : { name, value: clean };
  const local = localName(name);
  if (ns === XLINK_NS) return { ns, name: `xlink:${local}`, value: clean };
  return ns === XML_NS ? { ns, name: `xml:${local}`, value: clean } : undefined;
}
