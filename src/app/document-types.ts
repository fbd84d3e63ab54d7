/**
 * The application types (FEATURES G1.3): what is particular to drawings and to notes, beside the core, session and store
 * that they share. A further type is one more entry.
 */
import type { Judge } from '#core/judge.ts';
import type { ElementTree, NodeTree, Rid, TreeView } from '#core/types.ts';
import type { ViewNode } from '#api/contract.ts';
import { localName, SVG_NS, splitName } from '#xml/names.ts';
import { isExportableElement } from '#svg/allow-list.ts';
import { svgJudge } from '#svg/content-model.ts';
import { cleanTrees, safeAttribute } from '#svg/safe.ts';
import { drawableChange, drawableTree, namespaceOf, redrawWhole } from '#svg/view.ts';
import { passageOf, safeAttribute as safeNotesAttribute } from '#xhtml/allow-list.ts';
import { notesJudge } from '#xhtml/content-model.ts';
import { emptyNotes } from '#xhtml/document.ts';
import { serializeXhtml } from '#xhtml/serialise.ts';
import { shownAttribute, shownTree } from '#xhtml/view.ts';
import { XHTML_NS } from '#xhtml/vocabulary.ts';
import type { DocumentKind } from './ports.ts';
import { exportSvg } from './svg-files.ts';

/** What of a document renderers are told (view-feed.ts). */
export interface DocumentView {
  /** A node and all it holds, as it is shown; undefined when it isn't. */
  tree(view: TreeView, rid: Rid): ViewNode | undefined;
  /** An attribute that changed; `value` null when it is gone or not let through; undefined when it is never shown. */
  attribute(
    view: TreeView,
    element: Rid,
    ns: string,
    name: string,
    value: string | null,
  ): { ns?: string; name: string; value: string | null } | undefined;
  /** The element that is to be shown anew when this node changes, if it is judged as a whole. */
  whole(view: TreeView, rid: Rid): Rid | undefined;
}

export interface DocumentType {
  readonly kind: DocumentKind;
  /** What state offers name (XEP-0284, "description"). */
  readonly namespace: string;
  readonly shown: DocumentView;
  /** The root that a document without any gets. `language`: a BCP 47 tag. */
  root(name: string, language: string | undefined): ElementTree;
  /** The document as a file that is valid on its own, with nothing unsafe in it. */
  file(document: { readonly shown: TreeView; readonly prolog: string }, name: string): string;
  /** What its files' names end in. */
  readonly extension: string;
  /** What edits are judged by; absent: by nothing but what is complete. */
  readonly judge?: Judge;
  /** What of a tree of ours can't be kept under `parent`, as a phrase; undefined when all can. */
  fault(view: TreeView, parent: Rid, node: NodeTree): string | undefined;
  /** Whether an attribute of ours may have this value. */
  mayHave(view: TreeView, element: Rid, ns: string | undefined, name: string, value: string): boolean;
  /** Whether an element of ours may get this name. */
  mayBeCalled(view: TreeView, element: Rid, name: string): boolean;
}

/** The root of a new drawing: empty, its unit a CSS pixel. */
const EMPTY_DRAWING: ElementTree = {
  type: 'element',
  ns: SVG_NS,
  name: 'svg',
  attrs: [{ name: 'viewBox', value: '0 0 1600 1000' }],
  children: [],
};

const DRAWING: DocumentType = {
  kind: 'svg',
  namespace: SVG_NS,
  shown: { tree: drawableTree, attribute: drawableChange, whole: redrawWhole },
  root: () => EMPTY_DRAWING,
  file: (document) => exportSvg(document),
  extension: 'svg',
  judge: svgJudge,
  fault(view, parent, node) {
    const [removed] = cleanTrees([node], namespaceOf(view, parent)).removed;
    return removed?.replace(/ (?:was|were) taken out\.$/, '');
  },
  mayHave: (view, element, ns, name, value) =>
    safeAttribute('record', namespaceOf(view, element), view.get(element)?.name ?? '', ns, name, value) === value,
  mayBeCalled: (view, element, name) => isExportableElement(namespaceOf(view, element), name),
};

const NOTES: DocumentType = {
  kind: 'xhtml',
  namespace: XHTML_NS,
  shown: { tree: shownTree, attribute: shownAttribute, whole: () => undefined },
  root: emptyNotes,
  file: ({ shown }, title) => serializeXhtml(shown, { title }),
  extension: 'xhtml',
  judge: notesJudge,
  fault: (_, __, node) => notesFault(node),
  mayHave: (view, element, ns, name, value) =>
    safeNotesAttribute(view.get(element)?.name ?? '', ns, name, value) === value,
  mayBeCalled: (_, __, name) => splitName(name)?.prefix === '' && passageOf(XHTML_NS, name) === 'through',
};

function notesFault(node: NodeTree): string | undefined {
  if (node.type !== 'element') return node.type === 'text' ? undefined : `a ${node.type}`;
  if (passageOf(node.ns ?? XHTML_NS, node.name) !== 'through') return `an element called ${localName(node.name)}`;
  for (const { ns, name, value } of node.attrs) {
    if (safeNotesAttribute(node.name, ns, name, value) !== value) return `an attribute called ${name} with this value`;
  }
  for (const child of node.children) {
    const fault = notesFault(child);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The type of a stored document; one without a kind is a drawing. */
export function documentType(kind: DocumentKind | undefined): DocumentType {
  return kind === 'xhtml' ? NOTES : DRAWING;
}
