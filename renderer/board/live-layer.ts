/** The live canvas: my ink and drafts, shapes being dragged, and the others' strokes and drags (RENDERING, recipe 7). */
import type { NodeInput } from '#api/contract.ts';
import type { Style } from './controller.ts';
import { type Canvas } from './dom.ts';
import type { Lift } from './lift.ts';
import { IDENTITY, type Matrix, type Point } from './matrix.ts';
import { inputShape } from './node-input.ts';
import { draw, type Paint, paintsOfInput } from './painter.ts';
import type { Peers } from './peers.ts';
import { shown } from './pigments.ts';
import { dashArray } from './style.ts';

interface Ink {
  readonly points: Point[];
  readonly style: Style;
}

export interface LiveLayer {
  draft(node: NodeInput | null): void;
  ink(points: readonly Point[] | null, style: Style): void;
  /** Takes what draft and ink show into keeping until the function returned is called. */
  hold(): () => void;
  addLift(lift: Lift): () => void;
  /** True if there is anything to draw (or to wipe away). */
  busy(): boolean;
  draw(view: Matrix, peers: Peers, dark: boolean, laser: (g: CanvasRenderingContext2D) => void, lasers: boolean): void;
}

export function createLiveLayer(canvas: Canvas): LiveLayer {
  let draft: NodeInput | null = null;
  let ink: Ink | null = null;
  const held = new Set<{ draft: NodeInput | null; ink: Ink | null }>();
  const lifts = new Set<Lift>();
  let wasBusy = false;

  const paintsFor = (node: NodeInput, dark: boolean): Paint[] => paintsOfInput(inputShape(node), (c) => shown(c, dark));

  const busy = (): boolean => draft !== null || ink !== null || held.size > 0 || lifts.size > 0;

  return {
    draft(node) {
      draft = node;
    },
    ink(points, style) {
      if (points === null) ink = null;
      else if (ink) ink.points.push(...points);
      else ink = { points: [...points], style };
    },
    hold() {
      const entry = { draft, ink };
      draft = null;
      ink = null;
      held.add(entry);
      return () => held.delete(entry);
    },
    addLift(lift) {
      lifts.add(lift);
      return () => {
        lifts.delete(lift);
        lift.drop();
      };
    },
    busy,
    draw(view, peers, dark, laser, lasers) {
      const { g } = canvas;
      const others = lasers || [...peers.all()].some((peer) => peer.stroke || peer.lift);
      if (!busy() && !others && !wasBusy) return;
      wasBusy = busy() || others;
      canvas.clear();
      for (const peer of peers.all()) {
        peer.lift?.draw(g, view);
        if (peer.stroke)
          drawInk(
            g,
            peer.stroke.points,
            view,
            shown(peer.stroke.colour, dark),
            peer.stroke.width,
            peer.stroke.opacity,
            [],
          );
      }
      for (const lift of lifts) lift.draw(g, view);
      for (const entry of [...held, { draft, ink }]) {
        if (entry.draft) draw(g, paintsFor(entry.draft, dark), view, IDENTITY);
        if (!entry.ink) continue;
        const { points, style } = entry.ink;
        const dashes = dashArray(style.dash, style.strokeWidth)?.split(' ').map(Number) ?? [];
        drawInk(g, points, view, shown(style.stroke, dark), style.strokeWidth, style.opacity, dashes);
      }
      g.setTransform(1, 0, 0, 1, 0, 0);
      g.globalAlpha = 1;
      laser(g);
    },
  };
}

/** A stroke through its points with rounded bends: near enough to the path it will become. */
function drawInk(
  g: CanvasRenderingContext2D,
  points: readonly Point[],
  view: Matrix,
  colour: string,
  width: number,
  opacity: number,
  dash: number[],
): void {
  const [first] = points;
  if (!first || colour === 'none') return;
  g.setTransform(...view);
  g.globalAlpha = opacity;
  g.strokeStyle = colour;
  g.lineWidth = width;
  g.lineCap = 'round';
  g.lineJoin = 'round';
  g.setLineDash(dash);
  g.beginPath();
  g.moveTo(first.x, first.y);
  for (let i = 1; i + 1 < points.length; i++) {
    const [p, q] = [points[i] as Point, points[i + 1] as Point];
    g.quadraticCurveTo(p.x, p.y, (p.x + q.x) / 2, (p.y + q.y) / 2);
  }
  const last = points.at(-1) as Point;
  g.lineTo(last.x + (points.length === 1 ? 0.01 : 0), last.y);
  g.stroke();
}
