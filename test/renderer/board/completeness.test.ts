import { expect, test } from 'vitest';
import type { BoardStatus } from '#api/contract.ts';
import { completenessOf } from '#renderer/board/completeness.ts';

/** Elements as far as they are looked at: a rid and a parent. */
const element = (rid: string, parentElement: Element | null = null): Element =>
  ({ rid, parentElement }) as unknown as Element;
const projection = { ridOf: (node: Node) => (node as unknown as { rid: string }).rid };
const status = (complete?: BoardStatus['complete']): BoardStatus => ({
  ...{
    board: 'b',
    name: '',
    connection: 'alone',
    saved: true,
    waiting: 0,
    canUndo: false,
    canRedo: false,
    canEdit: true,
  },
  ...(complete && { complete }),
});

test('a shape is complete by itself, by what it lies in, or not at all', () => {
  const group = element('g');
  const inner = element('i', group);
  const other = element('o');
  const of = (complete: BoardStatus['complete'], ...elements: Element[]) =>
    completenessOf(status(complete), elements, projection);
  expect(of(undefined, inner)).toBe('no');
  expect(of({ whole: false, parts: ['g'] })).toBe('no');
  expect(of({ whole: false, parts: ['g'] }, group)).toBe('itself');
  expect(of({ whole: false, parts: ['g'] }, inner)).toBe('around');
  expect(of({ whole: false, parts: ['g'] }, other)).toBe('no');
  expect(of({ whole: false, parts: ['g', 'o'] }, group, other)).toBe('itself');
  expect(of({ whole: false, parts: ['g'] }, group, other)).toBe('around');
  expect(of({ whole: true, parts: ['root'] }, other)).toBe('around');
});
