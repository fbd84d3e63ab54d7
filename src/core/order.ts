/** The order of siblings: weights, their ties, a weight between two others, and room made where doubles run out. */
import type { Rid } from './types.ts';

/** Compares rids by Unicode code points (XEP-0284, glossary "Weight"). UTF-16 units would put astral characters too early. */
export function compareRids(a: Rid, b: Rid): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? rank(x) - rank(y) : x - y;
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all of the plane that U+E000 to U+FFFF end. */
function rank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

interface Weighted {
  readonly rid: Rid;
  readonly primaryWeight: number;
}

/** Ascending weight, ties by rid. */
export function compareSiblings(a: Weighted, b: Weighted): number {
  return a.primaryWeight - b.primaryWeight || (a.rid === b.rid ? 0 : compareRids(a.rid, b.rid));
}

/**
 * A weight strictly between two (undefined: no neighbour on that side), with as few decimals as will do, since it is
 * printed on the wire. `lean`, 0 to 1: nearer to the lower or the higher one, so that of two people's who put something into one
 * gap at the same time the one with less stands first. Undefined when no double fits: the caller re-spaces the siblings (`respace`).
 */
export function between(low: number | undefined, high: number | undefined, lean?: number): number | undefined {
  if (lean !== undefined && low !== undefined) {
    const weight = leaning(low, high ?? Math.floor(low) + 2, lean);
    if (weight !== undefined) return weight;
  }
  if (low === undefined) {
    if (high === undefined) return 0;
    const weight = Math.ceil(high) - 1;
    return weight < high && Number.isFinite(weight) ? weight : undefined;
  }
  if (high === undefined) {
    const weight = Math.floor(low) + 1;
    return weight > low && Number.isFinite(weight) ? weight : undefined;
  }
  const gap = high - low;
  const middle = low + gap / 2;
  if (!(middle > low && middle < high)) return undefined;
  const digits = Math.max(0, Math.ceil(-Math.log10(gap)));
  for (let d = digits; d <= Math.min(digits + 1, 15); d++) {
    const scale = 10 ** d;
    const rounded = Math.round(middle * scale) / scale;
    if (rounded > low && rounded < high) return rounded;
  }
  return middle;
}

/** A weight in the middle half of a gap, told apart from others' by three digits. */
function leaning(low: number, high: number, lean: number): number | undefined {
  const gap = high - low;
  const scale = 10 ** Math.max(0, Math.ceil(-Math.log10(gap)) + 3);
  const weight = Math.round((low + gap * (0.25 + Math.min(1, Math.max(0, lean)) / 2)) * scale) / scale;
  return weight > low && weight < high ? weight : undefined;
}

/** How far apart re-spaced siblings must at least be, as a part of the larger bound: leaves 2^20 halvings' worth of room. */
const ROOMY = 2 ** -32;

/**
 * Weights for a window of siblings so that `count` fit strictly between the bounds with room for more; undefined when
 * the bounds are too close together (the caller widens the window).
 */
export function spread(low: number | undefined, high: number | undefined, count: number): number[] | undefined {
  if (low === undefined && high === undefined) return Array.from({ length: count }, (_, i) => i);
  if (high === undefined) return integersAfter(Math.floor(low as number), count);
  if (low === undefined) return integersAfter(Math.ceil(high) - count - 1, count);
  const step = high / (count + 1) - low / (count + 1);
  if (!(step > Math.max(Math.abs(low), Math.abs(high), 1) * ROOMY)) return undefined;
  return Array.from({ length: count }, (_, i) => {
    const part = (i + 1) / (count + 1);
    return low * (1 - part) + high * part;
  });
}

function integersAfter(start: number, count: number): number[] | undefined {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(start + count + 1)) return undefined;
  return Array.from({ length: count }, (_, i) => start + i + 1);
}
