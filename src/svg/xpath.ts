/**
 * XPath 1.0 over a document, for `limn select`, import clean-up and tests. It copies the tree into a DOM (xmldom) on each
 * call and so suits a person's question, not a hot path: a megabyte of SVG takes seconds (FACTS).
 */
import type { NodeRecord, Rid, TreeView } from '#core/types.ts';
import { DOMImplementation, type Document as XmlDocument, type Node as XmlNode } from '@xmldom/xmldom';
import xpath from 'xpath';
import { MAX_DEPTH } from '#xml/limits.ts';
import {
  cleanText,
  isNcName,
  isUsableNamespace,
  RID_NS,
  SVG_NS,
  splitName,
  XLINK_NS,
  XML_NS,
  XMLNS_NS,
} from '#xml/names.ts';

/** Prefixes that an expression may use besides those it is given. */
const PREFIXES: Readonly<Record<string, string>> = { svg: SVG_NS, xlink: XLINK_NS, xml: XML_NS, limn: RID_NS };

export type Selection =
  | { readonly ok: true; readonly rids: Rid[] }
  | { readonly ok: true; readonly value: string | number | boolean }
  | { readonly ok: false; readonly reason: string };

/** The rids of the nodes that an expression selects, in document order, or the value it yields. `//svg:rect[@fill='red']` */
export function select(view: TreeView, expression: string, prefixes: Readonly<Record<string, string>> = {}): Selection {
  if (expression.length > MAX_EXPRESSION)
    return { ok: false, reason: 'The expression is too long. Shorten it and try again.' };
  const { document, rids } = domOf(view);
  try {
    // xpath's types name the browser's Node; xmldom's has all of it that is used here.
    const found = xpath.useNamespaces({ ...PREFIXES, ...prefixes })(expression, document as unknown as Node);
    if (Array.isArray(found))
      return { ok: true, rids: found.flatMap((node) => rids.get(node as unknown as XmlNode) ?? []) };
    return { ok: true, value: typeof found === 'object' ? '' : found };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return {
      ok: false,
      reason: `The expression can't be used: ${error.message.replace(/\.$/, '')}. Check it and try again.`,
    };
  }
}

const MAX_EXPRESSION = 10_000;

function domOf(view: TreeView): { document: XmlDocument; rids: Map<XmlNode, Rid> } {
  const document = new DOMImplementation().createDocument(null, '');
  const rids = new Map<XmlNode, Rid>();
  const add = (parent: XmlNode, rid: Rid, parentNs: string, depth: number): void => {
    const record = view.get(rid);
    if (record === undefined || depth > MAX_DEPTH) return;
    const ns = record.ns ?? parentNs;
    const node = nodeOf(document, record, ns);
    if (node === undefined) return;
    rids.set(node, rid);
    parent.appendChild(node);
    for (const child of view.children(rid)) add(node, child, ns, depth + 1);
    for (const attribute of view.attributes(rid)) addAttribute(document, node, view.get(attribute), rids);
  };
  for (const rid of view.children('')) {
    // A document of the DOM holds one element; whatever else is at the top level isn't shown either.
    if (view.get(rid)?.type !== 'element' || rid === view.root()) add(document, rid, SVG_NS, 1);
  }
  return { document, rids };
}

function nodeOf(document: XmlDocument, record: NodeRecord, ns: string): XmlNode | undefined {
  switch (record.type) {
    case 'text':
      return document.createTextNode(cleanText(record.chdata ?? ''));
    case 'comment':
      return document.createComment(cleanText(record.chdata ?? ''));
    case 'processinginstruction':
      return isNcName(record.pitarget ?? '')
        ? document.createProcessingInstruction(record.pitarget ?? '', cleanText(record.pidata ?? ''))
        : undefined;
    case 'element': {
      const name = splitName(record.name ?? '');
      if (name === undefined || !isDomName(ns, name.prefix)) return undefined;
      return document.createElementNS(ns === '' ? null : ns, record.name ?? '');
    }
    case 'attr':
      return undefined;
  }
}

function addAttribute(
  document: XmlDocument,
  element: XmlNode,
  record: NodeRecord | undefined,
  rids: Map<XmlNode, Rid>,
): void {
  const ns = record?.ns ?? '';
  const name = splitName(record?.name ?? '');
  if (
    record === undefined ||
    name === undefined ||
    ns === XMLNS_NS ||
    name.local === 'xmlns' ||
    !isDomName(ns, name.prefix)
  )
    return;
  const attribute = document.createAttributeNS(ns === '' ? null : ns, record.name ?? '');
  attribute.value = cleanText(record.chdata ?? '');
  (element as ReturnType<XmlDocument['createElement']>).setAttributeNodeNS(attribute);
  rids.set(attribute, record.rid);
}

/** What the DOM takes as a namespace and prefix; it throws for anything else. */
function isDomName(ns: string, prefix: string): boolean {
  if (prefix === 'xmlns' || (prefix === 'xml') !== (ns === XML_NS)) return false;
  return ns === '' ? prefix === '' : isUsableNamespace(ns) && ns !== XMLNS_NS;
}
