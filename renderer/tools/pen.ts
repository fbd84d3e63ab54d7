/**
 * The pen: a plain stroked path, so that a stroke stays one short, editable line in every editor. Its width is that of
 * the style; pressure doesn't change it, as an outline of varying width would be a filled shape with twice the data that
 * no longer restyles as a line.
 */
import type { NodeInput } from '#api/contract.ts';
import type { Style } from '#renderer/board/controller.ts';
import type { Point } from '#renderer/board/matrix.ts';
import { simplify, smoothPath } from '#renderer/board/simplify.ts';
import { strokeAttributes } from '#renderer/board/style.ts';
import { toAngle } from './drag-shape.ts';
import type { Tool, ToolBoard } from './tool.ts';

/** Points closer than this (CSS pixels) to the smoothed line are left out. */
const TOLERANCE = 0.6;
/** How many points a message to the others may hold (contract). */
const PREVIEW_POINTS = 512;

/** The node of a stroke through points in user units. */
function strokeNode(points: readonly Point[], zoom: number, style: Style): NodeInput {
  const d = smoothPath(simplify(points, TOLERANCE / zoom));
  return {
    type: 'element',
    name: 'path',
    attrs: [{ name: 'd', value: d }, ...strokeAttributes(style, true)],
    children: [],
  };
}

/** A new pen tool. Shift draws straight from the start. */
export function createPen(): Tool {
  let points: Point[] | null = null;

  function stop(board: ToolBoard): boolean {
    const was = points !== null;
    points = null;
    if (was) {
      board.ink(null);
      board.live({ preview: null });
    }
    return was;
  }

  function send(board: ToolBoard, fresh: readonly Point[]): void {
    const { stroke, strokeWidth, opacity } = board.style;
    const samples = fresh.slice(-PREVIEW_POINTS).map((p): [number, number, number] => [p.x, p.y, 0.5]);
    board.live({ preview: { kind: 'stroke', points: samples, colour: stroke, width: strokeWidth, opacity } });
  }

  return {
    id: 'pen',
    cursor: 'crosshair',
    down(event, board) {
      if (!board.canEdit) return;
      points = [event.point];
      board.ink(points);
      send(board, points);
    },
    move(event, board) {
      const first = points?.[0];
      if (!points || !first) return;
      if (event.shift) {
        points = [first, toAngle(first, event.point)];
        board.ink(null);
        board.ink(points);
        return;
      }
      points.push(...event.samples);
      board.ink(event.samples);
      send(board, event.samples);
    },
    up(_event, board) {
      if (!points) return;
      const node = strokeNode(points, board.zoom, board.style);
      points = null;
      // The pen stays in the hand: no selection, no return to select, as the next stroke follows at once.
      board.add('pen', node, false);
      board.live({ preview: null });
    },
    cancel: stop,
  };
}
