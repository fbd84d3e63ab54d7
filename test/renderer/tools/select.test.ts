import { expect, test } from 'vitest';
import { apply, IDENTITY, type Matrix, rotation } from '#renderer/board/matrix.ts';
import { moveBy, resizeBy, rotateBy } from '#renderer/tools/select.ts';
import type { SelectionFrame } from '#renderer/tools/tool.ts';

const frame: SelectionFrame = { box: { minX: 0, minY: 0, maxX: 100, maxY: 50 }, matrix: IDENTITY, keepRatio: false };
const plain = { keepRatio: false, fromCentre: false };
const corner = (m: Matrix, x: number, y: number): { x: number; y: number } => apply(m, { x, y });

test('a handle moves with the pointer and the opposite one stays', () => {
  const m = resizeBy(frame, { x: 1, y: 1 }, { x: 101, y: 52 }, { x: 151, y: 62 }, plain);
  expect(corner(m, 100, 50)).toEqual({ x: 150, y: 60 });
  expect(corner(m, 0, 0)).toEqual({ x: 0, y: 0 });
  const side = resizeBy(frame, { x: -1, y: 0 }, { x: 0, y: 25 }, { x: 20, y: 99 }, plain);
  expect(corner(side, 0, 0)).toEqual({ x: 20, y: 0 });
  expect(corner(side, 100, 50)).toEqual({ x: 100, y: 50 });
});

test('beyond the opposite side a shape is mirrored, never squashed to nothing', () => {
  const m = resizeBy(frame, { x: 1, y: 0 }, { x: 100, y: 0 }, { x: -100, y: 0 }, plain);
  expect(corner(m, 100, 0).x).toBe(-100);
  const flat = resizeBy(frame, { x: 1, y: 0 }, { x: 100, y: 0 }, { x: 0, y: 0 }, plain);
  expect(Math.abs(flat[0])).toBeCloseTo(0.01);
});

test('ratio follows the larger change; the centre stays with Alt', () => {
  const m = resizeBy(
    frame,
    { x: 1, y: 1 },
    { x: 100, y: 50 },
    { x: 200, y: 60 },
    { keepRatio: true, fromCentre: false },
  );
  expect([m[0], m[3]]).toEqual([2, 2]);
  const c = resizeBy(
    frame,
    { x: 1, y: 1 },
    { x: 100, y: 50 },
    { x: 110, y: 60 },
    { keepRatio: false, fromCentre: true },
  );
  expect(corner(c, 50, 25)).toEqual({ x: 50, y: 25 });
  expect(corner(c, 100, 50)).toEqual({ x: 110, y: 60 });
});

test('a line without height can be resized along itself', () => {
  const line: SelectionFrame = { ...frame, box: { minX: 0, minY: 0, maxX: 100, maxY: 0 } };
  const m = resizeBy(line, { x: 1, y: 1 }, { x: 100, y: 0 }, { x: 150, y: 40 }, plain);
  expect(corner(m, 100, 0)).toEqual({ x: 150, y: 0 });
});

test('Shift keeps a move on its longer axis and a turn on steps of 15 degrees', () => {
  expect(moveBy({ x: 0, y: 0 }, { x: 10, y: 4 }, true)).toEqual([1, 0, 0, 1, 10, 0]);
  expect(moveBy({ x: 0, y: 0 }, { x: 3, y: -4 }, true)).toEqual([1, 0, 0, 1, 0, -4]);
  const turn = rotateBy({ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 9 }, true);
  rotation(45, { x: 0, y: 0 }).forEach((v, i) => expect(turn[i]).toBeCloseTo(v));
});
