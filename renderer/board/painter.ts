/**
 * Shapes on a canvas, for previews only: drawing there costs nothing per shape on the board, touching SVG does
 * (RENDERING). What a canvas can't show alike (gradients, filters, clips, nested drawings) gives null, and the caller
 * moves the node itself.
 */
import { length, parsePoints, type Shape } from './geometry.ts';
import { type Matrix, multiply, IDENTITY, parseTransform } from './matrix.ts';
import { isDrawn, shapeOf } from './measure.ts';

interface Brush {
  readonly fill: string;
  readonly stroke: string;
  readonly width: number;
  readonly dash: number[];
  readonly dashOffset: number;
  readonly cap: CanvasLineCap;
  readonly join: CanvasLineJoin;
  readonly opacity: number;
  readonly rule: CanvasFillRule;
}

/** One thing to draw; `matrix` maps it into the space of the shape it was made from. */
export type Paint = { readonly matrix: Matrix } & (
  | { readonly kind: 'path'; readonly path: Path2D; readonly brush: Brush }
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly x: number;
      readonly y: number;
      readonly font: string;
      /** It runs left: `x` is its right end. */
      readonly rtl: boolean;
      readonly brush: Brush;
    }
  | {
      readonly kind: 'image';
      readonly image: HTMLImageElement;
      readonly box: [number, number, number, number];
      readonly opacity: number;
    }
);

type StyleReader = (property: string) => string;

/** What to draw for a node on the screen, in its own geometry space, or null where a canvas can't. `changed` overrides
 *  attributes of the node itself (the preview of a resize). */
export function paintsOf(element: Element, changed?: ReadonlyMap<string, string | null>): Paint[] | null {
  const shape = shapeOf(element);
  const seen: Shape = changed
    ? {
        name: shape.name,
        children: shape.children,
        get: (a) => (changed.has(a) ? (changed.get(a) ?? null) : shape.get(a)),
      }
    : shape;
  const out: Paint[] = [];
  return collect(element, seen, IDENTITY, 1, out) ? out : null;
}

function collect(element: Element, shape: Shape, matrix: Matrix, opacity: number, out: Paint[]): boolean {
  if (!isDrawn(element)) return true;
  const css = getComputedStyle(element);
  if (css.display === 'none' && !element.closest('[data-off]')) return true;
  for (const hard of ['filter', 'mask', 'clip-path', 'marker-start', 'marker-mid', 'marker-end']) {
    const value = css.getPropertyValue(hard);
    const dimmed = hard === 'filter' && element.localName === 'image';
    if (value && value !== 'none' && !dimmed) return false;
  }
  const alpha = opacity * Number.parseFloat(css.opacity || '1');
  const name = element.localName;
  if (name === 'g' || name === 'a') {
    return [...element.children].every((child) => {
      const inner = multiply(matrix, parseTransform(child.getAttribute('transform')));
      return collect(child, shapeOf(child), inner, alpha, out);
    });
  }
  const brush = brushOf((p) => css.getPropertyValue(p), alpha);
  if (!brush) return false;
  if (name === 'text') return textRuns(element as SVGTextElement, matrix, alpha, out);
  if (name === 'image') return picture(shape, matrix, alpha, out);
  const path = pathOf(shape);
  if (path) out.push({ kind: 'path', path, brush, matrix });
  return path !== null;
}

/** What to draw for a shape about to be added: simple shapes only. `colour` gives the colour to show for one of the file. */
export function paintsOfInput(shape: Shape, colour: (fileColour: string) => string): Paint[] {
  const path = pathOf(shape);
  const brush = brushOf(
    (p) => {
      const value = shape.get(p);
      return value !== null && (p === 'fill' || p === 'stroke') ? colour(value) : (value ?? '');
    },
    Number.parseFloat(shape.get('opacity') ?? '1'),
  );
  if (!path || !brush) return [];
  return [{ kind: 'path', path, brush, matrix: parseTransform(shape.get('transform')) }];
}

function brushOf(css: StyleReader, opacity: number): Brush | null {
  const fill = css('fill') || '#000';
  const stroke = css('stroke') || 'none';
  if (fill.startsWith('url') || stroke.startsWith('url')) return null;
  const dashes = css('stroke-dasharray');
  return {
    fill: withAlpha(fill, css('fill-opacity')),
    stroke: withAlpha(stroke, css('stroke-opacity')),
    width: css('stroke-width') === '' ? 1 : Number.parseFloat(css('stroke-width')),
    dash: dashes && dashes !== 'none' ? dashes.split(/[\s,]+/).map(Number.parseFloat) : [],
    dashOffset: Number.parseFloat(css('stroke-dashoffset')) || 0,
    cap: (css('stroke-linecap') || 'butt') as CanvasLineCap,
    join: (css('stroke-linejoin') || 'miter') as CanvasLineJoin,
    opacity,
    rule: css('fill-rule') === 'evenodd' ? 'evenodd' : 'nonzero',
  };
}

function withAlpha(colour: string, alpha: string): string {
  const a = alpha === '' ? 1 : Number.parseFloat(alpha);
  if (colour === 'none' || a === 1) return colour;
  return `color-mix(in srgb, ${colour} ${a * 100}%, transparent)`;
}

/** A shape's outline in its own space, or null for what isn't a basic shape. */
export function pathOf(shape: Shape): Path2D | null {
  const at = (name: string): number => length(shape.get(name)) ?? 0;
  const path = new Path2D();
  switch (shape.name) {
    case 'rect': {
      const rx = shape.get('rx') === null ? at('ry') : at('rx');
      const ry = shape.get('ry') === null ? rx : at('ry');
      const [w, h] = [at('width'), at('height')];
      const corner = { x: Math.min(rx, w / 2), y: Math.min(ry, h / 2) };
      if (corner.x > 0) path.roundRect(at('x'), at('y'), w, h, corner);
      else path.rect(at('x'), at('y'), w, h);
      return path;
    }
    case 'circle':
      path.arc(at('cx'), at('cy'), at('r'), 0, 2 * Math.PI);
      return path;
    case 'ellipse':
      path.ellipse(at('cx'), at('cy'), at('rx'), at('ry'), 0, 0, 2 * Math.PI);
      return path;
    case 'line':
      path.moveTo(at('x1'), at('y1'));
      path.lineTo(at('x2'), at('y2'));
      return path;
    case 'polyline':
    case 'polygon':
      parsePoints(shape.get('points')).forEach((p, i) => (i ? path.lineTo(p.x, p.y) : path.moveTo(p.x, p.y)));
      if (shape.name === 'polygon') path.closePath();
      return path;
    case 'path':
      return new Path2D(shape.get('d') ?? '');
    default:
      return null;
  }
}

/** Text as runs that stand where layout put their first letters. */
function textRuns(text: SVGTextElement, matrix: Matrix, opacity: number, out: Paint[]): boolean {
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let index = 0;
  const total = text.getNumberOfChars();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const data = (node as Text).data;
    const holder = node.parentElement;
    if (!holder || !data || index >= total) continue;
    const css = getComputedStyle(holder);
    const brush = brushOf((p) => css.getPropertyValue(p), opacity);
    if (!brush || holder.closest('textPath')) return false;
    const { x, y } = text.getStartPositionOfChar(index);
    const font = `${css.fontStyle} ${css.fontWeight} ${css.fontSize} ${css.fontFamily}`;
    out.push({ kind: 'text', text: data, x, y, font, brush, matrix, rtl: css.direction === 'rtl' });
    index += data.length;
  }
  return true;
}

function picture(shape: Shape, matrix: Matrix, opacity: number, out: Paint[]): boolean {
  const href = shape.get('href') ?? shape.get('xlink:href');
  if (!href) return false;
  const image = new Image();
  image.src = href;
  const [x, y, w, h] = ['x', 'y', 'width', 'height'].map((n) => length(shape.get(n)) ?? 0) as [
    number,
    number,
    number,
    number,
  ];
  // As `xMidYMid meet` places it; a size of 0 is unknown until it is decoded.
  out.push({ kind: 'image', image, box: [x, y, w, h], opacity, matrix });
  return true;
}

/** Draws; `world` maps the shape's space to the plane, `view` the plane to canvas pixels. */
export function draw(g: CanvasRenderingContext2D, paints: readonly Paint[], view: Matrix, world: Matrix): void {
  for (const paint of paints) {
    const m = multiply(view, multiply(world, paint.matrix));
    g.setTransform(...m);
    if (paint.kind === 'image') {
      const { image } = paint;
      if (!image.complete || !image.naturalWidth) continue;
      const [x, y, w, h] = paint.box;
      const k = Math.min(w / image.naturalWidth, h / image.naturalHeight);
      const [dw, dh] = [image.naturalWidth * k, image.naturalHeight * k];
      g.globalAlpha = paint.opacity;
      g.drawImage(image, x + (w - dw) / 2, y + (h - dh) / 2, dw, dh);
      continue;
    }
    const { brush } = paint;
    g.globalAlpha = brush.opacity;
    g.fillStyle = brush.fill;
    g.strokeStyle = brush.stroke;
    g.lineWidth = brush.width;
    g.lineCap = brush.cap;
    g.lineJoin = brush.join;
    g.setLineDash(brush.dash);
    g.lineDashOffset = brush.dashOffset;
    if (paint.kind === 'text') {
      g.font = paint.font;
      g.textBaseline = 'alphabetic';
      g.direction = paint.rtl ? 'rtl' : 'ltr';
      g.textAlign = 'start';
      if (brush.fill !== 'none') g.fillText(paint.text, paint.x, paint.y);
      if (brush.stroke !== 'none' && brush.width > 0) g.strokeText(paint.text, paint.x, paint.y);
      continue;
    }
    if (brush.fill !== 'none') g.fill(paint.path, brush.rule);
    if (brush.stroke !== 'none' && brush.width > 0) g.stroke(paint.path);
  }
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.globalAlpha = 1;
}
