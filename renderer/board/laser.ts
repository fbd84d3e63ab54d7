/** Laser trails, mine and the others': they fade over 900 ms and are never part of the document. */
import type { Matrix, Point } from './matrix.ts';

const FADE_MS = 900;
/** Others' points come in parcels of this length (ms) and are drawn as they were made. */
const PARCEL_MS = 100;
const MOST = 600;
/** CSS pixels, whatever the zoom. */
const WIDTH = 4;

interface Spot extends Point {
  readonly at: number;
}

export interface Laser {
  /** Adds to a trail; `parcel` where the points are a tenth of a second's. */
  add(who: string, points: readonly Point[], now: number, parcel: boolean): void;
  /** Whether there is anything to draw. Forgets what has faded. */
  active(now: number): boolean;
  /** `view` maps the plane to the canvas's pixels, `ratio` of which are a CSS pixel. */
  draw(g: CanvasRenderingContext2D, view: Matrix, ratio: number, colour: string, now: number): void;
}

/** No trails. `still`: motion is reduced, so they go at once instead of fading. */
export function createLaser(still: () => boolean): Laser {
  const trails = new Map<string, Spot[]>();
  return {
    add(who, points, now, parcel) {
      const trail = trails.get(who) ?? [];
      const step = parcel && !still() ? PARCEL_MS / points.length : 0;
      for (const [i, { x, y }] of points.entries()) trail.push({ x, y, at: now + i * step });
      trails.set(who, trail.slice(-MOST));
    },
    active(now) {
      for (const [who, trail] of trails) {
        const kept = trail.filter(({ at }) => now - at < FADE_MS);
        if (kept.length > 0) trails.set(who, kept);
        else trails.delete(who);
      }
      return trails.size > 0;
    },
    draw(g, view, ratio, colour, now) {
      const [a, , , d, e, f] = view;
      g.setTransform(1, 0, 0, 1, 0, 0);
      g.setLineDash([]);
      g.lineCap = 'round';
      g.strokeStyle = colour;
      for (const trail of trails.values()) {
        for (const [i, spot] of trail.entries()) {
          const before = trail[i - 1] ?? spot;
          // A pause of the pointer lifts it.
          if (spot.at > now || spot.at - before.at > 2 * PARCEL_MS) continue;
          const left = still() ? 1 : 1 - (now - spot.at) / FADE_MS;
          for (const [width, alpha] of [
            [3 * WIDTH, 0.18],
            [WIDTH, 1],
          ] as const) {
            g.globalAlpha = alpha * left;
            g.lineWidth = width * ratio * (0.4 + 0.6 * left);
            g.beginPath();
            g.moveTo(before.x * a + e, before.y * d + f);
            g.lineTo(spot.x * a + e + 0.01, spot.y * d + f);
            g.stroke();
          }
        }
      }
      g.globalAlpha = 1;
    },
  };
}
