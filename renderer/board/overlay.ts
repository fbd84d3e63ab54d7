/** What lies over the drawing and belongs to nobody's file: my frame and handles, the marquee, the others' selections,
 *  cursors and flags. A canvas, as moving SVG or DOM above the drawing costs a pass over all of it (RENDERING, Why). */
import type { SelectionFrame } from '#renderer/tools/tool.ts';
import type { Canvas } from './dom.ts';
import { lookOf, type PlacedMark } from './highlight.ts';
import { type Box, type Matrix, type Point, width } from './matrix.ts';
import { localBox, worldMatrix } from './measure.ts';
import type { Peer } from './peers.ts';
import type { Projection } from './projection.ts';
import { corners, gripPoints, OUTLINE_LIMIT } from './selection.ts';
import type { SharedView } from './showing.ts';
import type { Theme } from './theme.ts';

export interface OverlayScene {
  readonly theme: Theme;
  readonly toClient: (p: Point) => Point;
  readonly frame: SelectionFrame | null;
  /** Handles and size are shown (not while dragging or for those who may only look). */
  readonly handles: boolean;
  /** The selection stays as it is: a plain frame with a check mark. */
  readonly complete: boolean;
  readonly selected: readonly SVGElement[];
  readonly marquee: Box | null;
  readonly marked: readonly string[];
  readonly highlights: readonly PlacedMark[];
  readonly peers: readonly Peer[];
  /** What a presenter shows; `colour` is theirs, `label` is written beside it. */
  readonly shared: { readonly view: SharedView; readonly colour: string; readonly label: string } | null;
  readonly projection: Projection;
}

const HANDLE = 9;

/** Draws the overlay anew. */
export function drawOverlay(canvas: Canvas, scene: OverlayScene): void {
  const { g } = canvas;
  canvas.clear();
  g.setTransform(canvas.ratio, 0, 0, canvas.ratio, 0, 0);
  g.lineJoin = 'round';
  if (scene.shared) drawShared(g, canvas, scene, scene.shared);
  for (const mark of scene.highlights) drawHighlight(g, scene, mark);
  for (const peer of scene.peers) drawPeerSelection(g, scene, peer);
  drawSelection(g, scene);
  drawMarked(g, scene);
  if (scene.marquee) {
    const { x, y } = scene.toClient({ x: scene.marquee.minX, y: scene.marquee.minY });
    const to = scene.toClient({ x: scene.marquee.maxX, y: scene.marquee.maxY });
    g.globalAlpha = 0.1;
    g.fillStyle = scene.theme.accent;
    g.fillRect(x, y, to.x - x, to.y - y);
    g.globalAlpha = 1;
    g.strokeStyle = scene.theme.accent;
    g.lineWidth = 1;
    g.strokeRect(Math.round(x) + 0.5, Math.round(y) + 0.5, Math.round(to.x - x), Math.round(to.y - y));
  }
  for (const peer of scene.peers) if (peer.cursor) drawCursor(g, scene, peer, scene.toClient(peer.cursor));
}

/** Outside of what is shown lies a veil; whoever looks around sees a frame with the presenter's name instead. */
function drawShared(
  g: CanvasRenderingContext2D,
  canvas: Canvas,
  { theme, toClient }: OverlayScene,
  { view: { box, look }, colour, label }: NonNullable<OverlayScene['shared']>,
): void {
  const from = toClient({ x: box.minX, y: box.minY });
  const to = toClient({ x: box.maxX, y: box.maxY });
  const [w, h] = [to.x - from.x, to.y - from.y];
  if (look === 'following') {
    g.fillStyle = theme.veil;
    g.beginPath();
    g.rect(0, 0, canvas.g.canvas.width / canvas.ratio, canvas.g.canvas.height / canvas.ratio);
    g.rect(from.x, from.y, w, h);
    g.fill('evenodd');
  }
  g.strokeStyle = colour;
  g.lineWidth = look === 'following' ? 1.5 : 2;
  if (look === 'region') g.setLineDash([6, 4]);
  g.beginPath();
  g.roundRect(from.x, from.y, w, h, look === 'following' ? 4 : 8);
  g.stroke();
  g.setLineDash([]);
  if (look === 'away') flag(g, label, { x: from.x, y: from.y - 24 }, colour, theme.onPeople, theme.font, 'start');
}

function trace(g: CanvasRenderingContext2D, quad: readonly Point[], out = 0): void {
  const middle = { x: 0, y: 0 };
  for (const p of quad) {
    middle.x += p.x / 4;
    middle.y += p.y / 4;
  }
  g.beginPath();
  quad.forEach((p, i) => {
    const [x, y] = [p.x + Math.sign(p.x - middle.x) * out, p.y + Math.sign(p.y - middle.y) * out];
    if (i === 0) g.moveTo(x, y);
    else g.lineTo(x, y);
  });
  g.closePath();
}

function quadOf(scene: OverlayScene, element: SVGElement): Point[] | null {
  const box = localBox(element);
  return box.minX <= box.maxX ? corners(box, worldMatrix(element), scene.toClient) : null;
}

function drawSelection(g: CanvasRenderingContext2D, scene: OverlayScene): void {
  const { frame, theme, toClient } = scene;
  if (!frame) return;
  g.strokeStyle = scene.complete ? theme.text2 : theme.accent;
  if (scene.selected.length > 1 && scene.selected.length <= OUTLINE_LIMIT) {
    g.lineWidth = 1;
    for (const element of scene.selected) {
      const quad = quadOf(scene, element);
      if (!quad) continue;
      trace(g, quad, 1);
      g.stroke();
    }
  }
  const quad = corners(frame.box, frame.matrix, toClient);
  g.lineWidth = 1.5;
  trace(g, quad);
  g.stroke();
  if (scene.complete) drawCheck(g, quad, theme);
  if (!scene.handles) return;
  for (const { grip, at } of gripPoints(frame, toClient)) {
    g.fillStyle = theme.surface;
    g.beginPath();
    if (grip.kind === 'rotate') g.arc(at.x, at.y, HANDLE / 2, 0, 2 * Math.PI);
    else g.roundRect(at.x - HANDLE / 2, at.y - HANDLE / 2, HANDLE, HANDLE, 2);
    g.fill();
    g.stroke();
  }
  const [a, b, , d] = quad;
  const scale = Math.hypot(b.x - a.x, b.y - a.y) / (width(frame.box) || 1);
  const zoom = Math.hypot(...difference(toClient({ x: 1, y: 0 }), toClient({ x: 0, y: 0 })));
  const tall = Math.hypot(d.x - a.x, d.y - a.y) / zoom;
  const text = `${Math.round((width(frame.box) * scale) / zoom)} × ${Math.round(tall)}`;
  const bottom = Math.max(...quad.map((p) => p.y)) + 12;
  const middle = quad.reduce((sum, p) => sum + p.x / 4, 0);
  flag(g, text, { x: middle, y: bottom }, theme.accent, theme.onAccent, theme.font, 'centre');
}

/** On the frame's top right corner. */
function drawCheck(g: CanvasRenderingContext2D, quad: readonly Point[], theme: Theme): void {
  const x = Math.max(...quad.map((p) => p.x));
  const y = Math.min(...quad.map((p) => p.y));
  g.fillStyle = theme.ok;
  g.strokeStyle = theme.surface;
  g.lineWidth = 2;
  g.beginPath();
  g.arc(x, y, 9, 0, 2 * Math.PI);
  g.fill();
  g.stroke();
  g.beginPath();
  g.moveTo(x - 4, y);
  g.lineTo(x - 1, y + 3);
  g.lineTo(x + 4, y - 3);
  g.stroke();
}

const difference = (a: Point, b: Point): [number, number] => [a.x - b.x, a.y - b.y];

function drawMarked(g: CanvasRenderingContext2D, scene: OverlayScene): void {
  for (const rid of scene.marked) {
    const element = scene.projection.node(rid);
    const quad = element && quadOf(scene, element);
    if (!quad) continue;
    trace(g, quad, 3);
    g.globalAlpha = 0.12;
    g.fillStyle = scene.theme.danger;
    g.fill();
    g.globalAlpha = 1;
    g.strokeStyle = scene.theme.danger;
    g.lineWidth = 1.5;
    g.stroke();
  }
}

function drawHighlight(g: CanvasRenderingContext2D, scene: OverlayScene, mark: PlacedMark): void {
  const { colour, dash, fill, width: line } = lookOf(mark, scene.theme);
  trace(g, corners(mark.box, mark.matrix, scene.toClient), 3);
  g.globalAlpha = fill;
  g.fillStyle = colour;
  if (fill > 0) g.fill();
  g.globalAlpha = 1;
  g.strokeStyle = colour;
  g.lineWidth = line;
  g.setLineDash(dash);
  g.stroke();
  g.setLineDash([]);
}

/** 2 px in the person's hue; the flag stands here only when they show no cursor: one flag per person. */
function drawPeerSelection(g: CanvasRenderingContext2D, scene: OverlayScene, peer: Peer): void {
  const colour = scene.theme.people[peer.colour] ?? scene.theme.accent;
  let flagged = peer.cursor !== null;
  for (const rid of peer.selection.slice(0, OUTLINE_LIMIT)) {
    const element = scene.projection.node(rid);
    if (!element || element.hasAttribute('data-lifted')) continue;
    const quad = quadOf(scene, element);
    if (!quad) continue;
    g.strokeStyle = colour;
    g.lineWidth = 2;
    trace(g, quad, 3);
    g.stroke();
    if (flagged) continue;
    flagged = true;
    const [at] = [...quad].sort((a, b) => a.y - b.y || a.x - b.x);
    if (at)
      flag(
        g,
        peer.name,
        { x: Math.min(...quad.map((p) => p.x)) - 4, y: at.y - 24 },
        colour,
        scene.theme.onPeople,
        scene.theme.font,
        'start',
      );
  }
}

function drawCursor(g: CanvasRenderingContext2D, scene: OverlayScene, peer: Peer, at: Point): void {
  const colour = scene.theme.people[peer.colour] ?? scene.theme.accent;
  g.globalAlpha = peer.away ? 0.4 : 1;
  g.beginPath();
  g.moveTo(at.x, at.y);
  g.lineTo(at.x + 4.5, at.y + 15);
  g.lineTo(at.x + 7.6, at.y + 8.4);
  g.lineTo(at.x + 14, at.y + 5);
  g.closePath();
  g.fillStyle = colour;
  g.strokeStyle = scene.theme.surface;
  g.lineWidth = 1.5;
  g.stroke();
  g.fill();
  flag(g, peer.name, { x: at.x + 14, y: at.y + 14 }, colour, scene.theme.onPeople, scene.theme.font, 'start');
  g.globalAlpha = 1;
}

function flag(
  g: CanvasRenderingContext2D,
  text: string,
  at: Point,
  back: string,
  fore: string,
  font: string,
  align: 'start' | 'centre',
): void {
  g.font = font;
  const short = text.length > 32 ? `${text.slice(0, 31)}…` : text;
  const w = g.measureText(short).width + 16;
  const x = align === 'centre' ? at.x - w / 2 : at.x;
  g.fillStyle = back;
  g.beginPath();
  g.roundRect(x, at.y, w, 18, 4);
  g.fill();
  g.fillStyle = fore;
  g.textBaseline = 'middle';
  g.fillText(short, x + 8, at.y + 9.5);
}

/** The map from the plane to a canvas's pixels. */
export function canvasMatrix(view: { x: number; y: number; zoom: number }, ratio: number): Matrix {
  const k = view.zoom * ratio;
  return [k, 0, 0, k, -view.x * k, -view.y * k];
}
