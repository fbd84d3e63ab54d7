/**
 * What a drawing may cost to show. A few hundred bytes of SVG can stand for a billion shapes (`use` in `use`, patterns in
 * patterns), for a blur of the whole plane or for a megabyte of text in one line; such parts are kept in the document and
 * shown as a dashed outline, or reduced, so that nobody can freeze somebody else's window.
 */

/** What one reference may stand for, in elements, and all of them together. */
const PER_REFERENCE = 10_000;
const ALL_REFERENCES = 200_000;
/** A filter primitive costs about as much as this many shapes. */
const FILTER_COST = 50;
/** Characters of path data in one path (about 40,000 segments), of points, and of text in one node. */
const PATH_LIMIT = 400_000;
export const TEXT_LIMIT = 20_000;
/** Elements inside patterns, masks and markers above which a style sheet may not refer to them. */
const SHEET_PAINT_LIMIT = 32;
const MAX_PIXELS = 64_000_000;

/** The id of what stands in for a `use` that is not drawn. */
export const STAND_IN = 'limn-refused';

/** A reference as the document has it. */
export interface Reference {
  readonly ns: string | undefined;
  readonly value: string;
}
export type References = Map<Element, Map<string, Reference>>;

const IDS = /url\(\s*['"]?#([^)'"\s]+)/g;

/** The ids that an attribute refers to. */
export function idsIn(name: string, value: string): string[] {
  if (name.endsWith('href')) return value.startsWith('#') ? [value.slice(1)] : [];
  return value.includes('url(') ? [...value.matchAll(IDS)].map((match) => match[1] ?? '') : [];
}

/** The references that may not be followed, as elements with the names of the attributes. */
export function tooHeavy(references: References, find: (id: string) => Element | null): Map<Element, Set<string>> {
  const cut = new Map<Element, Set<string>>();
  const known = new Map<Element, number>();
  const open = new Set<Element>();

  function refuse(element: Element): void {
    cut.set(element, new Set(references.get(element)?.keys()));
  }

  function referred(element: Element): number {
    let sum = 0;
    for (const [name, { value }] of references.get(element) ?? []) {
      for (const id of idsIn(name, value)) {
        const target = find(id);
        if (target) sum += weight(target) * times(element, name);
      }
    }
    return sum;
  }

  function weight(element: Element): number {
    const before = known.get(element);
    if (before !== undefined) return before;
    // What refers to itself is not drawn by any browser.
    if (open.has(element)) return 0;
    open.add(element);
    let sum = element.parentElement?.localName === 'filter' ? FILTER_COST : 1;
    for (const child of element.children) sum += weight(child);
    const more = referred(element);
    if (sum + more > PER_REFERENCE && more > 0) refuse(element);
    else sum += more;
    open.delete(element);
    known.set(element, sum);
    return sum;
  }

  let total = 0;
  for (const element of references.keys()) {
    weight(element);
    if (cut.has(element) || element.closest('defs,symbol,pattern,mask,marker,clipPath')) continue;
    total += referred(element);
    if (total > ALL_REFERENCES) refuse(element);
  }
  return cut;
}

/** A marker is drawn at every point of its path. */
function times(element: Element, name: string): number {
  if (!name.startsWith('marker')) return 1;
  const data = element.getAttribute('d') ?? element.getAttribute('points') ?? '';
  return Math.max(1, Math.round(data.length / 6));
}

/** True when what style sheets could paint with is too much for them to refer to. */
export const sheetsMayNotRefer = (root: ParentNode): boolean =>
  root.querySelectorAll('pattern *, mask *, marker *').length > SHEET_PAINT_LIMIT;

export const withoutReferences = (css: string): string => css.replace(/url\(\s*['"]?#[^)]*\)/g, 'none');

const CAPS: Readonly<Record<string, number>> = {
  stdDeviation: 80,
  radius: 40,
  numOctaves: 6,
  order: 7,
  scale: 2000,
};

/** The value to show for an attribute; another one than the document's where that would cost too much. `refused` says
 *  that the shape is no longer what was drawn, rather than a little less of it. */
export function affordable(element: string, name: string, value: string): { value: string; refused: boolean } {
  const as = (shown: string, refused = false): { value: string; refused: boolean } => ({ value: shown, refused });
  if ((name === 'd' || name === 'points') && value.length > PATH_LIMIT) {
    return as(name === 'd' ? boxPath(value) : '', true);
  }
  if (element === 'image' && name.endsWith('href') && pixels(value) > MAX_PIXELS) return as('data:,', true);
  if (element === 'filter' && /^(x|y|width|height)$/.test(name))
    return as(capped(value, /%\s*$/.test(value) ? 300 : 4000));
  const cap = element.startsWith('fe') ? CAPS[name] : undefined;
  return as(cap === undefined ? value : capped(value, cap));
}

function capped(value: string, cap: number): string {
  return value.replace(/-?\d*\.?\d+(?:e[+-]?\d+)?/gi, (n) =>
    Math.abs(Number(n)) > cap ? String(Math.sign(Number(n)) * cap) : n,
  );
}

/** The box round the start of a long path, as path data. */
function boxPath(d: string): string {
  const n = [...d.slice(0, 20_000).matchAll(/-?\d*\.?\d+/g)].map((match) => Number(match[0]));
  const [x = 0, y = 0] = n;
  const xs = n.filter((_, i) => i % 2 === 0);
  const ys = n.filter((_, i) => i % 2 === 1);
  const [right, bottom] = [Math.max(x + 160, ...xs), Math.max(y + 100, ...ys)];
  return `M${Math.min(x, ...xs)} ${Math.min(y, ...ys)}H${right}V${bottom}H${Math.min(x, ...xs)}Z`;
}

/** How many pixels a PNG or GIF claims to have; 0 where that isn't known. A few kilobytes can claim a billion. */
function pixels(uri: string): number {
  const start = uri.indexOf(',') + 1;
  if (!/^data:image\/(png|gif);/.test(uri)) return 0;
  try {
    const bytes = Uint8Array.from(atob(uri.slice(start, start + 64).replace(/\s/g, '')), (c) => c.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return uri.startsWith('data:image/png')
      ? view.getUint32(16) * view.getUint32(20)
      : view.getUint16(6, true) * view.getUint16(8, true);
  } catch {
    return 0; // Not what it says: the browser won't draw it either.
  }
}
