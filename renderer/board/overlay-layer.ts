/** The overlay's canvas: drawn anew when what it shows changed, left alone while it is bare. */
import type { Canvas } from './dom.ts';
import { drawOverlay, type OverlayScene } from './overlay.ts';

export interface OverlayLayer {
  paint(scene: OverlayScene): void;
}

export function createOverlayLayer(canvas: Canvas): OverlayLayer {
  let wasBare = false;
  return {
    paint(scene) {
      const bare =
        scene.peers.length + scene.marked.length + scene.highlights.length === 0 &&
        !scene.marquee &&
        !scene.frame &&
        !scene.shared;
      // A canvas that was bare and stays so costs nothing while panning.
      if (bare && wasBare) return;
      wasBare = bare;
      drawOverlay(canvas, scene);
    },
  };
}
