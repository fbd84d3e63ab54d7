/**
 * The syntax of attribute values, as far as a look at their characters tells: numbers, lengths, colours, transforms and words of a
 * list. As lenient as browsers are: CSS's functions and wide keywords pass everywhere, an empty value and one that is too long to
 * be looked at in passing do, too.
 */
import { VALUES } from './content-model-table.ts';

/** What kind of value an attribute has; part of the sentence that refuses one. */
export type ValueKind = 'length' | 'number' | 'paint' | 'transform' | 'path' | 'box' | 'word';

/** Longer values are looked at no further than where they begin. */
const MAX_LENGTH = 4096;

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const NUMBERS = new RegExp(String.raw`${NUMBER}%?\s*,?\s*`, 'iy');
const LENGTHS = new RegExp(String.raw`${NUMBER}(?:%|[a-z]+)?\s*,?\s*`, 'iy');
const WIDE = /^(?:inherit|initial|unset|revert|revert-layer)$/i;
const FUNCTION = /^[a-z-]+\(/i;
/** Words that stand where most values are lengths or numbers. */
const LENGTH_WORDS = /^(?:auto|auto-reverse|auto-start-reverse|none|normal|left|center|right|top|bottom)$/i;
const PAINT = /^(?:#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$|#[0-9a-f]+\s|[a-z-]+(?:$|[\s(]))/i;
const TRANSFORM = /^(?:none$|(?:matrix|translate|scale|rotate|skew|perspective|var|calc)[a-z0-9]*\s*\()/i;
const PATH = /^(?:[Mm]|none$|path\(|var\()/;

// Not fill-opacity and stroke-opacity: Psi writes colours there, and means the fill.
const words = (text: string): string[] => text.trim().split(/\s+/);
const KINDS = new Map<string, ValueKind>();
for (const [kind, names] of [
  ['length', 'x y width height cx cy r rx ry x1 y1 x2 y2 fx fy fr dx dy markerWidth markerHeight refX refY textLength'],
  ['length', 'startOffset stroke-width stroke-dasharray stroke-dashoffset letter-spacing word-spacing pitch'],
  ['number', 'opacity stop-opacity flood-opacity solid-opacity stroke-miterlimit pathLength'],
  ['number', 'points stdDeviation baseFrequency numOctaves seed scale kernelMatrix order divisor bias targetX targetY'],
  [
    'number',
    'tableValues slope intercept amplitude exponent k1 k2 k3 k4 surfaceScale diffuseConstant specularConstant',
  ],
  [
    'number',
    'specularExponent limitingConeAngle azimuth elevation pointsAtX pointsAtY pointsAtZ z radius rotate offset',
  ],
  ['number', 'kernelUnitLength filterRes tabindex'],
  ['paint', 'fill stroke color stop-color flood-color lighting-color solid-color'],
  ['transform', 'transform gradientTransform patternTransform hatchTransform'],
  ['path', 'd'],
  ['box', 'viewBox'],
] as const)
  for (const name of words(names)) KINDS.set(name, kind);

/** The words that an attribute is limited to, by `element attribute`, and by attribute for those of CSS. */
const CHOICES = new Map<string, ReadonlySet<string>>();
/** What CSS and the Filter Effects module add to SVG 1.1's lists. */
const MORE = new Map([
  [
    'feBlend mode',
    'overlay color-dodge color-burn hard-light soft-light difference exclusion hue saturation color luminosity',
  ],
  ['feComposite operator', 'lighter'],
  ['feConvolveMatrix edgeMode', 'mirror'],
]);
/** CSS reads these without regard to case; its lists of others grow too fast to hold anyone to them. */
const CSS_CHOICES = new Map([
  ['fill-rule', 'nonzero evenodd'],
  ['clip-rule', 'nonzero evenodd'],
  ['stroke-linecap', 'butt round square'],
  ['stroke-linejoin', 'miter miter-clip round bevel arcs'],
  ['text-anchor', 'start middle end'],
  ['visibility', 'visible hidden collapse'],
]);
for (const [attributes, elements] of VALUES) {
  for (const element of words(elements)) {
    for (const [, attribute = '', choices = ''] of attributes.matchAll(/(\S+)=(\S+)/g)) {
      if (choices.includes('inherit')) continue;
      const key = `${element} ${attribute}`;
      CHOICES.set(key, new Set([...choices.split('|'), ...words(MORE.get(key) ?? '')]));
    }
  }
}
for (const [attribute, choices] of CSS_CHOICES) CHOICES.set(attribute, new Set(words(choices)));

/** Why a value can't be one of this attribute (without a namespace, on an element of SVG): what kind it should be. */
export function valueFault(element: string, attribute: string, value: string): ValueKind | undefined {
  const choices = CHOICES.get(`${element} ${attribute}`);
  if (choices) return choices.has(value.trim()) || value.trim() === '' ? undefined : 'word';
  const css = CHOICES.get(attribute);
  const kind = css ? 'word' : KINDS.get(attribute);
  if (kind === undefined) return undefined;
  const text = value.length > MAX_LENGTH ? value.slice(0, MAX_LENGTH).trimStart() : value.trim();
  if (text === '' || WIDE.test(text) || FUNCTION.test(text))
    return kind === 'transform' ? transformFault(text) : undefined;
  switch (kind) {
    case 'word':
      return css?.has(text.toLowerCase()) ? undefined : kind;
    case 'paint':
      return PAINT.test(text) ? undefined : kind;
    case 'transform':
      return transformFault(text);
    case 'path':
      return PATH.test(text) ? undefined : kind;
    case 'box':
      return text === 'none' || countOf(NUMBERS, text) === 4 ? undefined : kind;
    case 'length':
    case 'number': {
      if (value.length > MAX_LENGTH || LENGTH_WORDS.test(text)) return undefined;
      return countOf(kind === 'length' ? LENGTHS : NUMBERS, text) > 0 ? undefined : kind;
    }
  }
}

function transformFault(text: string): ValueKind | undefined {
  return text === '' || WIDE.test(text) || TRANSFORM.test(text) ? undefined : 'transform';
}

/** How many items a list holds; 0 when anything else is in it. */
function countOf(item: RegExp, text: string): number {
  let count = 0;
  for (item.lastIndex = 0; item.lastIndex < text.length; count++) if (!item.test(text)) return 0;
  item.lastIndex = 0;
  return count;
}
