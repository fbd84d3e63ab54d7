/** The Style of the panels and the attributes it stands for. */
import type { NodeInput } from '#api/contract.ts';
import type { Style } from './controller.ts';
import { length } from './geometry.ts';
import { num } from './matrix.ts';

export const DEFAULT_STYLE: Style = {
  stroke: '#1d1f24',
  fill: 'none',
  strokeWidth: 2,
  opacity: 1,
  dash: 'solid',
  fontSize: 20,
};
export const FONT_FAMILY = "Inter, 'Inter Variable', sans-serif";

type Attributes = NodeInput['attrs'];

/** Dashes in multiples of the width; dots are round caps on dashes of no length. */
export function dashArray(dash: Style['dash'], strokeWidth: number): string | null {
  if (dash === 'dashed') return `${num(strokeWidth * 4)} ${num(strokeWidth * 3)}`;
  if (dash === 'dotted') return `0 ${num(strokeWidth * 2.5)}`;
  return null;
}

/** The attributes of a stroked shape. `open` shapes (lines, ink) are never filled. */
export function strokeAttributes(style: Style, open: boolean): Attributes {
  const dashes = dashArray(style.dash, style.strokeWidth);
  return [
    { name: 'fill', value: open ? 'none' : style.fill },
    { name: 'stroke', value: style.stroke },
    { name: 'stroke-width', value: num(style.strokeWidth) },
    ...(open || style.dash === 'dotted' ? [{ name: 'stroke-linecap', value: 'round' }] : []),
    ...(open ? [{ name: 'stroke-linejoin', value: 'round' }] : []),
    ...(dashes ? [{ name: 'stroke-dasharray', value: dashes }] : []),
    ...(style.opacity < 1 ? [{ name: 'opacity', value: num(style.opacity) }] : []),
  ];
}

/** The attributes of text: the stroke colour is its ink. */
export function textAttributes(style: Style): Attributes {
  return [
    { name: 'fill', value: style.stroke },
    { name: 'font-family', value: FONT_FAMILY },
    { name: 'font-size', value: num(style.fontSize) },
    ...(style.opacity < 1 ? [{ name: 'opacity', value: num(style.opacity) }] : []),
  ];
}

/** What a shape's attributes say in terms of a Style; `get` gives an attribute or what it inherits. */
export function styleOf(name: string, get: (attribute: string) => string | null): Style {
  const isText = name === 'text';
  const strokeWidth = length(get('stroke-width') ?? '1') ?? 1;
  const dashes = get('stroke-dasharray');
  const opacity = Number.parseFloat(get('opacity') ?? '1');
  return {
    stroke: (isText ? (get('fill') ?? '#000000') : (get('stroke') ?? 'none')).toLowerCase(),
    fill: (isText ? 'none' : (get('fill') ?? '#000000')).toLowerCase(),
    strokeWidth,
    opacity: Number.isFinite(opacity) ? opacity : 1,
    dash: !dashes || dashes === 'none' ? 'solid' : /^0[\s,]/.test(dashes) ? 'dotted' : 'dashed',
    fontSize: length(get('font-size') ?? '16') ?? 16,
  };
}

/** The attribute writes that give a shape parts of a style: name to value, null to remove. */
export function styleSets(
  name: string,
  get: (attribute: string) => string | null,
  style: Partial<Style>,
): [string, string | null][] {
  const sets: [string, string | null][] = [];
  const picture = name === 'image' || name === 'use' || name === 'svg';
  if (style.opacity !== undefined) sets.push(['opacity', style.opacity < 1 ? num(style.opacity) : null]);
  if (picture) return sets;
  if (name === 'text') {
    if (style.stroke !== undefined && style.stroke !== 'none') sets.push(['fill', style.stroke]);
    if (style.fontSize !== undefined) sets.push(['font-size', num(style.fontSize)]);
    return sets;
  }
  const open = name === 'line' || (name === 'path' && get('fill') === 'none' && get('stroke-linejoin') === 'round');
  if (style.stroke !== undefined) sets.push(['stroke', style.stroke]);
  if (style.fill !== undefined && !open) sets.push(['fill', style.fill]);
  if (style.strokeWidth !== undefined) sets.push(['stroke-width', num(style.strokeWidth)]);
  if (style.dash !== undefined || style.strokeWidth !== undefined) {
    const now = styleOf(name, get);
    const dash = style.dash ?? now.dash;
    const value = dashArray(dash, style.strokeWidth ?? now.strokeWidth);
    if (value !== get('stroke-dasharray')) sets.push(['stroke-dasharray', value]);
    if (dash === 'dotted' && get('stroke-linecap') !== 'round') sets.push(['stroke-linecap', 'round']);
  }
  return sets.filter(([attribute, value]) => get(attribute) !== value);
}
