/**
 * CSS in drawings, judged on css-tree's syntax tree: a list of properties, functions and rules that draw, references only
 * into the same document or to data in it. What css-tree can't read is not let through, and neither is what it can
 * read but others might read differently.
 */
import * as csstree from 'css-tree';
import { isFontData, isRasterData, type Use } from './url.ts';
import { isFragment } from '#xml/link.ts';
import { isProperty } from './vocabulary.ts';

/** The class of the element in the page that holds the drawing: drawn style sheets reach no farther. */
const DRAWING_CLASS = 'limn-drawing';

const MAX_CSS = 1024 * 1024;
/** Deeper brackets are nobody's, and a recursive reader's stack ends somewhere. */
const MAX_BRACKETS = 64;
const FUNCTIONS = new Set(
  `abs acos asin atan atan2 blur brightness calc circle clamp cmyk color color-mix contrast cos cubic-bezier device-cmyk
   drop-shadow ellipse exp format grayscale hsl hsla hue-rotate hwb hypot icc-color inset invert lab lch light-dark linear
   local log matrix matrix3d max min mod oklab oklch opacity path perspective polygon pow rect rem rgb rgba rotate rotate3d
   rotatex rotatey rotatez round saturate scale scale3d scalex scaley scalez sepia sign sin skew skewx skewy sqrt steps tan
   tech translate translate3d translatex translatey translatez xywh`.split(/\s+/),
);
/** Pseudo-classes that take selectors or numbers; any other function in a selector makes its rule go. */
const PSEUDO = new Set('is where not has nth-child nth-last-child nth-of-type nth-last-of-type lang dir'.split(' '));

/** A presentation attribute's value, or null. */
export function safeValue(property: string, value: string): string | null {
  if (isPlainValue(value)) return value;
  if (property === 'd' || value.length > MAX_CSS) return null;
  const tree = parse(value, 'value');
  return tree !== undefined && !escapes(value) && isSafe(tree) ? value : null;
}

/** Words, numbers, colours, lists, local paints, quoted names and transforms: nearly all values, judged without a parser. */
function isPlainValue(value: string): boolean {
  if (!SUSPECT.test(value)) return true;
  return LOCAL_PAINT.test(value) || (value.length < 1000 && !SUSPECT.test(value.replace(PLAIN_PART, ' ')));
}

const SUSPECT = /[(\\@<{}:;"'/*]|[^\t\n\r -~\u00a1-\uffff]/;
const LOCAL_PAINT = /^\s*url\(\s*#[\w.:-]+\s*\)(?:\s+[\w#-]+)?\s*$/;
const PLAIN_PART =
  /\b(?:matrix|translate|rotate|scale|skew[XY]|rgba?|hsla?)\([-+.,%\s\deE]*\)|'[\w ,.-]*'|"[\w ,.-]*"/g;

/** A `style` attribute without what it may not do: the same text if nothing had to go, null if nothing is left. */
export function safeStyle(style: string): string | null {
  if (style.length > MAX_CSS) return null;
  if (isPlainStyle(style)) return style;
  const tree = parse(style, 'declarationList');
  if (tree === undefined || tree.type !== 'DeclarationList') return null;
  const kept: string[] = [];
  let whole = !escapes(style);
  for (const node of tree.children) {
    if (node.type === 'Declaration' && isSafeDeclaration(node)) kept.push(csstree.generate(node));
    else whole = false;
  }
  if (whole) return style;
  return kept.length === 0 ? null : kept.join(';');
}

/** The text of a `<style>` element without what it may not do. To draw, every selector is confined to the drawing. */
export function safeSheet(sheet: string, use: Use): string {
  if (sheet.length > MAX_CSS || sheet.trim() === '') return '';
  const tree = parse(sheet, 'stylesheet');
  if (tree === undefined || tree.type !== 'StyleSheet') return '';
  const cleaner = new SheetCleaner(use);
  const whole = cleaner.rules(tree.children);
  if (whole && use !== 'draw' && !escapes(sheet) && !/<|@/.test(sheet)) return sheet;
  return csstree.generate(tree);
}

/** `name: value; …` of the commonest kind, judged without a parser. */
function isPlainStyle(style: string): boolean {
  for (const part of style.split(';')) {
    if (part.trim() === '') continue;
    const colon = part.indexOf(':');
    const value = part.slice(colon + 1);
    if (colon < 0 || !isProperty(part.slice(0, colon).trim())) return false;
    if (!isPlainValue(value)) return false;
  }
  return true;
}

/** Escapes and comments are where readers of CSS disagree; `url(` in other spellings too. */
function escapes(css: string): boolean {
  return css.includes('\\') || css.includes('/*') || css.includes('<!--') || css.includes('-->');
}

function parse(css: string, context: 'value' | 'declarationList' | 'stylesheet'): csstree.CssNode | undefined {
  if (bracketDepth(css) > MAX_BRACKETS) return undefined;
  let broken = false;
  try {
    const tree = csstree.parse(css, {
      context,
      parseCustomProperty: true,
      onParseError: () => {
        broken = true;
      },
    });
    return broken && context === 'value' ? undefined : tree;
  } catch (error) {
    // css-tree throws where it has no way to go on; what it can't read is not let through.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function bracketDepth(css: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < css.length; i++) {
    const c = css.charCodeAt(i);
    if (c === 0x28 || c === 0x5b || c === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (c === 0x29 || c === 0x5d || c === 0x7d) depth = Math.max(0, depth - 1);
  }
  return deepest;
}

function isSafeDeclaration(declaration: csstree.Declaration): boolean {
  return (
    isProperty(declaration.property.toLowerCase()) &&
    isSafe(declaration.value, declaration.property.toLowerCase() === 'src')
  );
}

/** True when nothing in the tree refers outside, runs or is unreadable. */
function isSafe(tree: csstree.CssNode, font = false): boolean {
  return (
    csstree.find(tree, (node) => {
      if (node.type === 'Url') {
        const url = node.value.trim();
        return !(isFragment(url) || isRasterData(url) || (font && isFontData(url)));
      }
      if (node.type === 'String') return !isPlainString(node.value);
      if (node.type === 'Function') return !FUNCTIONS.has(node.name.toLowerCase());
      if (node.type === 'Hash' || node.type === 'Identifier' || node.type === 'Dimension') return false;
      return !HARMLESS.has(node.type);
    }) === null
  );
}

/** A name, not something that a reader who loses count of quotes would take for rules. */
function isPlainString(value: string): boolean {
  return !/[{}<>@;()\\\n\f]/.test(value);
}

const HARMLESS = new Set([
  'Value',
  'Number',
  'Percentage',
  'Operator',
  'Parentheses',
  'UnicodeRange',
  'Ratio',
  'Brackets',
]);

class SheetCleaner {
  readonly #use: Use;

  constructor(use: Use) {
    this.#use = use;
  }

  /** Takes unsafe rules out of the list; true when all could stay as they were. */
  rules(list: csstree.List<csstree.CssNode>): boolean {
    let whole = true;
    list.forEach((node, item) => {
      const verdict = this.#rule(node);
      if (verdict !== 'whole') whole = false;
      if (verdict === 'unsafe') list.remove(item);
    });
    return whole;
  }

  #rule(node: csstree.CssNode): 'whole' | 'changed' | 'unsafe' {
    if (node.type === 'Comment' || node.type === 'WhiteSpace') return 'whole';
    if (node.type === 'Rule') return this.#styleRule(node);
    if (node.type !== 'Atrule' || node.block === null) return 'unsafe';
    const name = node.name.toLowerCase();
    if (name === 'font-face' && node.prelude === null)
      return this.#use === 'draw' ? 'unsafe' : this.#declarations(node.block);
    if ((name !== 'media' && name !== 'supports') || node.prelude === null) return 'unsafe';
    if (
      csstree.find(node.prelude, (part) => part.type === 'Url' || part.type === 'String' || part.type === 'Raw') !==
      null
    )
      return 'unsafe';
    return this.rules(node.block.children) ? 'whole' : 'changed';
  }

  #styleRule(rule: csstree.Rule): 'whole' | 'changed' | 'unsafe' {
    const { prelude } = rule;
    if (prelude.type !== 'SelectorList' || !isSafeSelector(prelude)) return 'unsafe';
    const verdict = this.#declarations(rule.block);
    if (this.#use === 'draw') confine(prelude);
    return verdict;
  }

  #declarations(block: csstree.Block): 'whole' | 'changed' | 'unsafe' {
    let whole = true;
    block.children.forEach((node, item) => {
      if (node.type === 'Declaration' && isSafeDeclaration(node)) return;
      whole = false;
      block.children.remove(item);
    });
    if (block.children.isEmpty) return whole ? 'whole' : 'unsafe';
    return whole ? 'whole' : 'changed';
  }
}

function isSafeSelector(list: csstree.SelectorList): boolean {
  return (
    csstree.find(list, (node) => {
      if (node.type === 'Raw' || node.type === 'NestingSelector') return true;
      if (node.type === 'PseudoElementSelector') return true;
      if (node.type === 'String') return !isPlainString(node.value);
      if (node.type !== 'PseudoClassSelector') return false;
      const name = node.name.toLowerCase();
      return node.children === null ? name.startsWith('host') : !PSEUDO.has(name);
    }) === null
  );
}

/** Puts `:where(.limn-drawing) ` before each selector: the same weight, and nothing outside the drawing can match. */
function confine(list: csstree.SelectorList): void {
  for (const selector of list.children) {
    if (selector.type !== 'Selector') continue;
    for (const part of SCOPE.toReversed()) selector.children.prependData(csstree.clone(part));
  }
}

const SCOPE = scopeParts();

/** The parts of `:where(.limn-drawing) x` without the `x`: a pseudo-class and the descendant combinator. */
function scopeParts(): csstree.CssNode[] {
  const scope = csstree.parse(`:where(.${DRAWING_CLASS}) x`, { context: 'selector' });
  return scope.type === 'Selector' ? scope.children.toArray().slice(0, -1) : [];
}
