/**
 * The drawing on the screen: main's tree as SVG nodes, in z-order chunks of about 500 top-level shapes, each an absolutely
 * positioned `<svg>` (RENDERING, recipe 5). It lives in a shadow tree, so that a drawing's ids and style rules can't meet
 * the app's. Attributes stand as the document has them: tools read shapes from here. No second model is kept.
 */
import type { ViewChange, ViewNode } from '#api/contract.ts';
import {
  affordable,
  idsIn,
  type References,
  STAND_IN,
  sheetsMayNotRefer,
  TEXT_LIMIT,
  tooHeavy,
  withoutReferences,
} from './budget.ts';
import { type Box, num } from './matrix.ts';
import { darkSheet, pairedCss } from './pigments.ts';
import { dropAttribute, mayDraw, SVG_NS, safeCss, writeAttribute } from './safety.ts';

const CHUNK = 500;
/** The root's own placement means nothing on an endless board; its other attributes are inherited by every chunk. */
const ROOT_ONLY =
  /^(width|height|viewBox|x|y|preserveAspectRatio|id|transform|version|baseProfile|overflow|class|display|filter|mask|clip-path)$/;
const BASE_SHEET =
  ':host{position:absolute;inset:0;display:block}svg.chunk{position:absolute!important;left:0!important;top:0!important;display:block!important;background:none!important;' +
  'margin:0!important;border:0!important;padding:0!important;max-width:none!important;text-rendering:geometricPrecision}' +
  'svg.stand-in{position:absolute;width:0;height:0}' +
  '[data-refused]:not(g),.stand-in rect{fill:none!important;stroke:#8a8f99!important;stroke-width:1.5px!important;' +
  'stroke-dasharray:6 4!important;opacity:1!important}text[data-refused]{fill:#8a8f99!important;stroke:none!important}' +
  '[data-off]{display:none!important}[data-lifted]{visibility:hidden!important}';

/** What the root's `style` may say to every chunk: inherited properties only, not those that paint or place it. */
const INHERITED =
  /^(fill|stroke|font|color|text-anchor|letter-spacing|word-spacing|paint-order|dominant-baseline|visibility)/;
const rootStyle = (css: string): string =>
  css
    .split(';')
    .filter((declaration) => INHERITED.test(declaration.trim()))
    .join(';');

/** What a batch of changes did, in terms of top-level nodes. */
export interface Touched {
  /** Top-level elements that came or whose inside changed. */
  readonly changed: Set<SVGGraphicsElement>;
  readonly gone: Set<Element>;
  /** Every rid that a change named, and each element that was inserted. */
  readonly rids: Set<string>;
  readonly reset: boolean;
}

export interface Projection {
  /** Applies changes in order and adds what they did to `into`. One that names an unknown rid does nothing. */
  apply(changes: readonly ViewChange[], into?: Touched): Touched;
  reset(root: ViewNode | null): void;
  /** The rid of the root element, or null before there is one. */
  root(): string | null;
  node(rid: string): SVGElement | undefined;
  ridOf(node: Node): string | undefined;
  /** The top-level element that holds a node, or undefined outside the drawing. */
  topOf(node: Node): SVGGraphicsElement | undefined;
  /** Top-level elements in z-order. */
  tops(): Iterable<SVGGraphicsElement>;
  /** An attribute as the document has it, which what is shown may differ from (`style`, and what would cost too much). */
  raw(element: Element, name: string): string | null;
  /** Attributes as the document has them. */
  attributes(element: Element): { ns: string | null; name: string; value: string }[];
  /** A text as the document has it. */
  data(text: Text): string;
  /** Gives the chunks their place: the part of the plane they show, and pixels per user unit. */
  place(world: Box, zoom: number): void;
  setDark(dark: boolean): void;
  /** True when some `use` or path refers to the element or something in it: it may then not be hidden. */
  referred(element: Element): boolean;
}

/** `refused` is told when a part of the drawing is found too costly to be shown. */
export function createProjection(host: HTMLElement, refused: () => void): Projection {
  const shadow = host.attachShadow({ mode: 'open' });
  const base = sheet(BASE_SHEET);
  const standIn = makeStandIn();
  const dark = sheet(darkSheet());
  const styles = new Map<string, CSSStyleSheet>();
  const nodes = new Map<string, SVGElement | Text>();
  const rids = new WeakMap<Node, string>();
  /** The document's values where others are shown. */
  const raws = new WeakMap<Element, Map<string, { ns: string | undefined; value: string }>>();
  const rawTexts = new WeakMap<Text, string>();
  const references: References = new Map();
  const sheets = new Map<string, string>();
  let cut = new Map<Element, Set<string>>();
  let referredIds: Set<string> | null = null;
  let plainSheets = false;
  let structureChanged = false;
  let rootRid: string | null = null;
  let rootAttrs = new Map<string, { ns: string | undefined; value: string }>();
  let isDark = false;
  let frame: { world: Box; zoom: number } | null = null;

  const adopt = (): void => {
    shadow.adoptedStyleSheets = [base, ...(isDark ? [dark] : []), ...styles.values()];
  };

  const chunks = (): SVGSVGElement[] => [...shadow.children].filter((e) => e !== standIn) as SVGSVGElement[];

  function newChunk(after: SVGSVGElement | null): SVGSVGElement {
    const svg = document.createElementNS(SVG_NS, 'svg');
    for (const [name, { ns, value }] of rootAttrs) writeAttribute(svg, ns, name, value);
    svg.classList.add('chunk');
    if (frame) placeChunk(svg, frame.world, frame.zoom);
    shadow.insertBefore(svg, after ? after.nextSibling : null);
    return svg;
  }

  function placeChunk(svg: SVGSVGElement, world: Box, zoom: number): void {
    const w = world.maxX - world.minX;
    const h = world.maxY - world.minY;
    svg.setAttribute('viewBox', `${num(world.minX)} ${num(world.minY)} ${num(w)} ${num(h)}`);
    svg.setAttribute('width', String(w * zoom));
    svg.setAttribute('height', String(h * zoom));
  }

  function build(view: ViewNode): SVGElement | Text {
    if (view.type === 'text') {
      const text = document.createTextNode('');
      register(view.rid, text);
      writeText(text, view.data);
      return text;
    }
    const draw = mayDraw(view.ns, view.name);
    const element = document.createElementNS(SVG_NS, draw ? view.name : 'desc') as SVGElement;
    register(view.rid, element);
    if (draw) for (const a of view.attrs) write(element, a.ns, a.name, a.value);
    for (const child of view.children) element.appendChild(build(child));
    if (element.lastChild instanceof Text && rawTexts.has(element.lastChild)) refuse(element);
    if (element.localName === 'style') restyle(element);
    return element;
  }

  function register(rid: string, node: SVGElement | Text): void {
    nodes.set(rid, node);
    rids.set(node, rid);
  }

  function write(element: SVGElement, ns: string | undefined, name: string, value: string): void {
    raws.get(element)?.delete(name);
    refer(element, name, idsIn(name, value).length > 0 ? { ns, value } : null);
    if (name === 'style' && !ns) {
      keepRaw(element, ns, name, value);
      writeAttribute(element, ns, name, pairedCss(value));
      return;
    }
    const shown = affordable(element.localName, name, value);
    if (shown.value !== value) keepRaw(element, ns, name, value);
    if (shown.refused) refuse(element);
    writeAttribute(element, ns, name, shown.value);
  }

  function keepRaw(element: Element, ns: string | undefined, name: string, value: string): void {
    const kept = raws.get(element) ?? new Map<string, { ns: string | undefined; value: string }>();
    raws.set(element, kept.set(name, { ns, value }));
  }

  function refer(element: Element, name: string, reference: { ns: string | undefined; value: string } | null): void {
    const mine = references.get(element);
    if (!reference && !mine?.has(name)) return;
    structureChanged = true;
    referredIds = null;
    if (reference) references.set(element, (mine ?? new Map()).set(name, reference));
    else if (mine?.delete(name) && mine.size === 0) references.delete(element);
  }

  function refuse(element: Element): void {
    element.setAttribute('data-refused', '');
    refused();
  }

  function writeText(text: Text, data: string): void {
    if (data.length > TEXT_LIMIT && text.parentElement?.localName !== 'style') {
      rawTexts.set(text, data);
      text.data = `${data.slice(0, 200)}…`;
    } else {
      rawTexts.delete(text);
      text.data = data;
    }
  }

  /** Before anything is laid out: takes references away that stand for too much, and gives back those that no longer do. */
  function judge(): void {
    if (!structureChanged) return;
    structureChanged = false;
    const plain = sheets.size > 0 && sheetsMayNotRefer(shadow);
    if (plain !== plainSheets) {
      plainSheets = plain;
      for (const [rid, text] of sheets) styles.set(rid, sheetOf(text));
      adopt();
    }
    if (references.size === 0 && cut.size === 0) return;
    const before = cut;
    cut = tooHeavy(references, (id) => shadow.getElementById(id));
    for (const [element, names] of before) {
      if (cut.has(element)) continue;
      element.removeAttribute('data-refused');
      for (const name of names) {
        const was = references.get(element)?.get(name);
        if (was) write(element as SVGElement, was.ns, name, was.value);
      }
    }
    for (const [element, names] of cut)
      if (!before.has(element)) for (const name of names) cutOff(element as SVGElement, name);
    structureChanged = false;
  }

  function cutOff(element: SVGElement, name: string): void {
    const reference = references.get(element)?.get(name);
    if (!reference) return;
    keepRaw(element, reference.ns, name, reference.value);
    if (!standIn.isConnected) shadow.appendChild(standIn);
    if (name === 'style') writeAttribute(element, undefined, name, withoutReferences(pairedCss(reference.value)));
    else if (name.endsWith('href')) writeAttribute(element, reference.ns, name, `#${STAND_IN}`);
    else writeAttribute(element, reference.ns, name, 'none');
    refuse(element);
  }

  const sheetOf = (text: string): CSSStyleSheet => sheet(pairedCss(plainSheets ? withoutReferences(text) : text));

  /** A drawing's style sheet is adopted, never a `<style>` with text: no policy blocks that, and imports are ignored. */
  function restyle(element: SVGElement): void {
    const rid = rids.get(element);
    const text = element.textContent ?? '';
    element.setAttribute('media', 'not all');
    if (!rid) return;
    structureChanged = true;
    if (safeCss(text)) {
      sheets.set(rid, text);
      styles.set(rid, sheetOf(text));
    } else {
      sheets.delete(rid);
      styles.delete(rid);
    }
    adopt();
  }

  function forget(node: Node): void {
    const rid = rids.get(node);
    if (rid !== undefined && nodes.get(rid) === node) nodes.delete(rid);
    if (rid !== undefined && styles.delete(rid)) {
      sheets.delete(rid);
      adopt();
    }
    if (node instanceof Element && references.delete(node)) referredIds = null;
    for (const child of node.childNodes) forget(child);
  }

  /** Puts a node into a parent, choosing the chunk where the parent is the root. False when the parent is unknown. */
  function insert(node: Node, parent: string | null, before: string | null): boolean {
    const anchor = before === null ? null : (nodes.get(before) ?? null);
    if (parent === rootRid && parent !== null) {
      if (anchor?.parentNode && isChunk(anchor.parentNode)) {
        anchor.parentNode.insertBefore(node, anchor);
        split(node.parentNode as SVGSVGElement);
      } else {
        let last = chunks().at(-1) ?? newChunk(null);
        if (last.childNodes.length >= CHUNK) last = newChunk(last);
        last.appendChild(node);
      }
      return true;
    }
    const into = parent === null ? undefined : nodes.get(parent);
    if (!(into instanceof SVGElement) || node.contains(into)) return false;
    into.insertBefore(node, anchor?.parentNode === into ? anchor : null);
    return true;
  }

  function split(chunk: SVGSVGElement): void {
    if (chunk.childNodes.length <= 2 * CHUNK) return;
    const rest = newChunk(chunk);
    rest.append(...[...chunk.childNodes].slice(CHUNK));
  }

  const isChunk = (node: Node | null): boolean => node !== null && node !== standIn && node.parentNode === shadow;

  function topOf(node: Node): SVGGraphicsElement | undefined {
    let at: Node | null = node;
    while (at && !isChunk(at.parentNode)) at = at.parentNode;
    return at instanceof SVGElement ? (at as SVGGraphicsElement) : undefined;
  }

  function reset(root: ViewNode | null): void {
    shadow.replaceChildren();
    nodes.clear();
    styles.clear();
    sheets.clear();
    references.clear();
    cut.clear();
    referredIds = null;
    rootRid = null;
    rootAttrs = new Map();
    if (root?.type === 'element') {
      rootRid = root.rid;
      for (const a of root.attrs) keepRootAttr(a.ns, a.name, a.value);
      let chunk = newChunk(null);
      for (const child of root.children) {
        if (chunk.childNodes.length >= CHUNK) chunk = newChunk(chunk);
        chunk.appendChild(build(child));
      }
    }
    adopt();
  }

  function keepRootAttr(ns: string | undefined, name: string, value: string | null): void {
    if (ROOT_ONLY.test(name)) return;
    if (value === null) rootAttrs.delete(name);
    else rootAttrs.set(name, { ns, value: name === 'style' ? pairedCss(rootStyle(value)) : value });
  }

  function one(change: ViewChange, touched: Mutable<Touched>): void {
    if (change.op === 'reset') {
      reset(change.root);
      touched.reset = true;
      return;
    }
    if (change.op === 'insert') {
      if (change.parent === null) {
        reset(change.node);
        touched.reset = true;
        return;
      }
      const old = nodes.get(change.node.rid);
      if (old) take(old, touched);
      const node = build(change.node);
      noteAll(node, touched);
      if (!insert(node, change.parent, change.before)) forget(node);
      else noteTop(node, touched);
      return;
    }
    touched.rids.add(change.rid);
    if (change.rid === rootRid) {
      if (change.op === 'remove') {
        reset(null);
        touched.reset = true;
      } else if (change.op === 'attr') {
        keepRootAttr(change.ns, change.name, change.value);
        if (ROOT_ONLY.test(change.name)) return;
        for (const chunk of chunks()) {
          if (change.value === null) dropAttribute(chunk, change.ns, change.name);
          else writeAttribute(chunk, change.ns, change.name, rootAttrs.get(change.name)?.value ?? '');
        }
      }
      return;
    }
    const node = nodes.get(change.rid);
    if (!node) return;
    if (change.op === 'remove') take(node, touched);
    else if (change.op === 'move') {
      const top = topOf(node);
      if (top === node) touched.gone.add(top);
      else if (top) touched.changed.add(top);
      const from = node.parentNode;
      if (insert(node, change.parent, change.before)) noteTop(node, touched);
      prune(from);
    } else if (change.op === 'attr' && node instanceof SVGElement) {
      if (change.value === null) {
        raws.get(node)?.delete(change.name);
        refer(node, change.name, null);
        dropAttribute(node, change.ns, change.name);
      } else if (mayDraw(SVG_NS, node.localName)) write(node, change.ns, change.name, change.value);
      noteTop(node, touched);
    } else if (change.op === 'text' && node instanceof Text) {
      writeText(node, change.data);
      if (rawTexts.has(node)) refuse(node.parentElement as Element);
      noteTop(node, touched);
    }
  }

  function take(node: SVGElement | Text, touched: Mutable<Touched>): void {
    const top = topOf(node);
    const from = node.parentNode;
    if (top === node) {
      touched.gone.add(top);
      touched.changed.delete(top);
    } else if (top) touched.changed.add(top);
    node.remove();
    forget(node);
    if (from instanceof SVGElement && from.localName === 'style') restyle(from);
    prune(from);
  }

  function prune(chunk: Node | null): void {
    if (isChunk(chunk) && !chunk?.firstChild && shadow.childElementCount > 1) (chunk as SVGSVGElement).remove();
  }

  function noteTop(node: Node, touched: Mutable<Touched>): void {
    const parent = node.parentNode;
    if (parent instanceof SVGElement && parent.localName === 'style') restyle(parent);
    const top = topOf(node);
    if (!top) return;
    touched.gone.delete(top);
    touched.changed.add(top);
  }

  function noteAll(node: Node, touched: Mutable<Touched>): void {
    const rid = rids.get(node);
    if (rid !== undefined) touched.rids.add(rid);
    for (const child of node.childNodes) noteAll(child, touched);
  }

  adopt();
  return {
    apply(changes, into) {
      const touched: Mutable<Touched> = into ?? { changed: new Set(), gone: new Set(), rids: new Set(), reset: false };
      for (const change of changes) {
        one(change, touched);
        structureChanged ||=
          references.size > 0 && change.op !== 'text' && (change.op !== 'attr' || change.name === 'id');
      }
      judge();
      return touched;
    },
    reset,
    root: () => rootRid,
    node(rid) {
      const node = nodes.get(rid);
      return node instanceof SVGElement ? node : undefined;
    },
    ridOf: (node) => rids.get(node),
    topOf,
    *tops() {
      for (const chunk of chunks()) for (const child of chunk.children) yield child as SVGGraphicsElement;
    },
    raw: (element, name) =>
      raws.get(element)?.get(name)?.value ?? (name === 'style' ? null : element.getAttribute(name)),
    attributes(element) {
      const kept = raws.get(element);
      const shown = [...element.attributes].filter(
        (a) => a.name !== 'style' && !/^data-(off|lifted|refused)$/.test(a.name),
      );
      const out = shown.map((a) => ({ ns: a.namespaceURI, name: a.name, value: kept?.get(a.name)?.value ?? a.value }));
      const style = kept?.get('style')?.value;
      if (style !== undefined) out.push({ ns: null, name: 'style', value: style });
      return out;
    },
    data: (text) => rawTexts.get(text) ?? text.data,
    place(world, zoom) {
      frame = { world, zoom };
      for (const chunk of chunks()) placeChunk(chunk, world, zoom);
    },
    setDark(value) {
      if (isDark === value) return;
      isDark = value;
      adopt();
    },
    referred(element) {
      if (references.size === 0) return false;
      referredIds ??= new Set(
        [...references.values()].flatMap((mine) => [...mine].flatMap(([name, { value }]) => idsIn(name, value))),
      );
      if (element.id && referredIds.has(element.id)) return true;
      for (const inner of element.querySelectorAll('[id]')) if (referredIds.has(inner.id)) return true;
      return false;
    },
  };
}

/** What is drawn for a `use` that stands for too much. */
function makeStandIn(): SVGSVGElement {
  const svg = document.createElementNS(SVG_NS, 'svg');
  svg.classList.add('stand-in');
  const box = document.createElementNS(SVG_NS, 'rect');
  box.id = STAND_IN;
  box.setAttribute('width', '160');
  box.setAttribute('height', '100');
  svg.appendChild(box);
  return svg;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function sheet(text: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}
