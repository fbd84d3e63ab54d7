/**
 * Where a drawing leads (FEATURES G4.9): documents that belong with it, as data in the root's `metadata`, and a shape's own
 * link, as SVG's `a` around it. Both are records like all else: they travel, are undone, logged and exported with the drawing.
 * XEP-0284 says nothing of associations, so their name is our own. What a peer wrote is judged here, whenever it is read.
 */
import type { Intent } from '#core/replica-port.ts';
import type { Rid, TreeView } from '#core/types.ts';
import { isFragment, isLink } from '#xml/link.ts';
import { cleanText, localName, SVG_NS, XLINK_NS } from '#xml/names.ts';
import { namespaceOf } from './view.ts';

const RELATED_NS = 'urn:x-limn:related:0';
const RELATED = 'related';
const METADATA = 'metadata';
/** So many are told of; a list that nobody reads to its end serves nobody. */
const MOST = 100;
const LONGEST_TITLE = 200;

/** A document that belongs with a drawing. */
export interface Related {
  readonly address: string;
  readonly title: string;
}

/** An address that a person may be led to: of a board, of the web, or of somebody. */
export function isAddress(address: string): boolean {
  return isLink(address) && !isFragment(address);
}

/** The documents that belong with a drawing, each once, at most 100; what isn't an address is left out. */
export function relatedTo(view: TreeView): readonly Related[] {
  const found = new Map<string, Related>();
  for (const rid of relations(view)) {
    const address = valueOf(view, rid, 'href').trim();
    if (!isAddress(address) || found.has(address)) continue;
    const title = cleanText(valueOf(view, rid, 'title'))
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, LONGEST_TITLE);
    if (found.size < MOST) found.set(address, { address, title });
  }
  return [...found.values()];
}

/** Whether a record is one that `relatedTo` reads, or could hold such. */
export function isRelation(view: TreeView, rid: Rid): boolean {
  const record = view.get(rid);
  const name = localName(record?.name ?? '');
  return record?.type === 'element' && (name === METADATA || name === RELATED);
}

/** What puts a document on the list, at its end; one that is there gets the title. Nothing without a root. */
export function relate(view: TreeView, { address, title }: Related): Intent[] {
  const root = view.root();
  if (root === undefined) return [];
  const there = relations(view).filter((rid) => valueOf(view, rid, 'href').trim() === address);
  if (there.length > 0) return there.map((rid) => ({ do: 'set', rid, name: 'title', value: title }));
  const attrs = [
    { name: 'href', value: address },
    { name: 'title', value: title },
  ];
  const node = { type: 'element', ns: RELATED_NS, name: RELATED, attrs, children: [] } as const;
  const [metadata] = metadatas(view);
  if (metadata !== undefined) return [{ do: 'add', parent: metadata, before: null, node }];
  const around = { type: 'element', ns: SVG_NS, name: METADATA, attrs: [], children: [node] } as const;
  return [{ do: 'add', parent: root, before: view.children(root)[0] ?? null, node: around }];
}

/** What takes a document off the list, however often it stands there. */
export function unrelate(view: TreeView, address: string): Intent[] {
  return relations(view)
    .filter((rid) => valueOf(view, rid, 'href').trim() === address)
    .map((rid) => ({ do: 'remove', rid }));
}

/** Where a shape leads: the address of the nearest `a` that it is or lies in; undefined for none, and for what may not be followed. */
export function linkOf(view: TreeView, shape: Rid): string | undefined {
  const link = linkAround(view, shape);
  if (link === undefined) return undefined;
  const address = (hrefOf(view, link) ?? '').trim();
  return isAddress(address) ? address : undefined;
}

/** What makes a shape lead to an address, or, with null, nowhere. A link that holds more than it is a link of all that it holds. */
export function link(view: TreeView, shape: Rid, address: string | null): Intent[] {
  const around = linkAround(view, shape);
  const root = view.root();
  if (around !== undefined && address !== null)
    return [{ do: 'set', rid: around, name: 'href', value: address }, ...unxlinked(view, around)];
  if (around !== undefined) {
    const parent = view.parentOf(around) ?? root ?? '';
    const moves = view.children(around).map((rid): Intent => ({ do: 'move', rid, parent, before: around }));
    return [...moves, { do: 'remove', rid: around }];
  }
  const parent = view.parentOf(shape);
  if (address === null || parent === undefined || shape === root) return [];
  const node = {
    type: 'element',
    ns: SVG_NS,
    name: 'a',
    attrs: [{ name: 'href', value: address }],
    children: [],
  } as const;
  return [
    { do: 'add', parent, before: shape, node },
    { do: 'move', rid: shape, parent: '@0', before: null },
  ];
}

function metadatas(view: TreeView): Rid[] {
  const root = view.root();
  return root === undefined ? [] : view.children(root).filter((rid) => isElement(view, rid, SVG_NS, METADATA));
}

function relations(view: TreeView): Rid[] {
  return metadatas(view).flatMap((rid) =>
    view.children(rid).filter((child) => isElement(view, child, RELATED_NS, RELATED)),
  );
}

function isElement(view: TreeView, rid: Rid, ns: string, name: string): boolean {
  const record = view.get(rid);
  return record?.type === 'element' && localName(record.name ?? '') === name && namespaceOf(view, rid) === ns;
}

function linkAround(view: TreeView, shape: Rid): Rid | undefined {
  for (let rid: Rid | undefined = shape; rid !== undefined && rid !== ''; rid = view.parentOf(rid))
    if (isElement(view, rid, SVG_NS, 'a')) return rid;
  return undefined;
}

function valueOf(view: TreeView, element: Rid, name: string): string {
  const attr = view.attribute(element, '', name);
  return (attr === undefined ? undefined : view.get(attr)?.chdata) ?? '';
}

/** SVG 2's `href`, which goes before SVG 1.1's. */
function hrefOf(view: TreeView, link: Rid): string | undefined {
  const attr = view.attribute(link, '', 'href') ?? view.attribute(link, XLINK_NS, 'href');
  return attr === undefined ? undefined : view.get(attr)?.chdata;
}

/** A link's old attribute goes when it gets the new one, or programs would follow different ones. */
function unxlinked(view: TreeView, rid: Rid): Intent[] {
  const has = view.attribute(rid, XLINK_NS, 'href') !== undefined;
  return has ? [{ do: 'set', rid, ns: XLINK_NS, name: 'xlink:href', value: null }] : [];
}
