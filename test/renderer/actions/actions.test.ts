import { afterEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from '#api/errors.ts';
import type { ActionContext } from '#renderer/actions/action.ts';
import { actionFor } from '#renderer/actions/dispatcher.ts';
import { actionOf, actions, perform } from '#renderer/actions/registry.ts';
import type { KeyPress } from '#renderer/actions/shortcuts.ts';
import { createI18n } from '#renderer/i18n/i18n.ts';
import { createAppStore } from '#renderer/ui/store.ts';
import { createFakeApi, type FakeApi } from '#test/renderer/ui/fake-api.ts';
import { createFakeBoard, type FakeBoard } from '#test/renderer/ui/fake-board.ts';

vi.stubGlobal('navigator', { platform: 'Linux x86_64', languages: ['en'] });
afterEach(() => vi.clearAllMocks());

interface Scene {
  readonly api: FakeApi;
  readonly board: FakeBoard;
  readonly context: ActionContext;
  readonly saved: string[][];
}

async function scene(picked: File | null = null): Promise<Scene> {
  const api = createFakeApi([{ id: 'board-1', name: 'Plan', created: 0, modified: 0 }]);
  const i18n = createI18n();
  const opened = await api.call('boards.open', { board: 'board-1' });
  const board = createFakeBoard(null, { api, board: 'board-1', opened });
  const saved: string[][] = [];
  const files = { pick: async () => picked, save: (...file: string[]) => void saved.push(file) };
  const context: ActionContext = { api, store: createAppStore(api, i18n), files, t: i18n.t, board };
  return { api, board, context, saved };
}

const press = (key: string, part: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  altGraph: false,
  ...part,
});

describe('the registry', () => {
  test('has one action per id, and no shortcut twice', () => {
    const ids = actions.map((action) => action.id);
    expect(new Set(ids).size).toBe(ids.length);
    const shortcuts = actions.flatMap((action) => action.shortcuts);
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
    expect(() => actionOf('no.such')).toThrow(RangeError);
  });
});

describe('keys', () => {
  test.each([
    ['v', {}, ['setTool', 'select', false]],
    ['p', {}, ['setTool', 'pen', false]],
    ['o', {}, ['setTool', 'ellipse', false]],
    ['q', {}, ['setTool', 'select', true]],
    ['z', { ctrlKey: true }, ['undo']],
    ['0', { ctrlKey: true, code: 'Digit0' }, ['zoomTo', 1]],
    ['!', { shiftKey: true, code: 'Digit1' }, ['fit', 'board']],
    ['Delete', {}, ['deleteSelection']],
    ['d', { ctrlKey: true }, ['duplicateSelection']],
    [']', { ctrlKey: true }, ['reorder', 'front']],
    ['[', {}, ['reorder', 'backward']],
    ['ArrowLeft', {}, ['nudge', -1, 0]],
    ['ArrowDown', { shiftKey: true }, ['nudge', 0, 10]],
    ['Escape', {}, ['clearSelection']],
  ] as const)('%s %o does %j', async (key, part, expected) => {
    const { board, context } = await scene();
    board.change({ selection: ['a'], selectionKinds: ['rect'] });
    const found = actionFor(press(key, part), context, false);
    expect(found).not.toBeNull();
    if (found) perform(found.action, context, found.shortcut);
    expect(board.done.at(-1)).toEqual(expected);
  });

  test('single keys are off while typing, F6 and export are not', async () => {
    const { context } = await scene();
    expect(actionFor(press('p'), context, true)).toBeNull();
    expect(actionFor(press('z', { ctrlKey: true }), context, true)).toBeNull();
    expect(actionFor(press('F6'), context, true)?.action.id).toBe('view.nextRegion');
    expect(actionFor(press('e', { ctrlKey: true }), context, true)?.action.id).toBe('file.export');
  });

  test('leave the browser its own when there is nothing to do', async () => {
    const { board, context } = await scene();
    expect(actionFor(press('Delete'), context, false)).toBeNull();
    board.change({ status: { ...board.state.status, canEdit: false }, selection: ['a'] });
    expect(actionFor(press('Delete'), context, false)).toBeNull();
    expect(actionFor(press('p'), context, false)).toBeNull();
    expect(actionFor(press('h'), context, false)?.action.id).toBe('tool.hand');
  });

  test('undo and redo ask main by key, whatever the last status said; their buttons believe it', async () => {
    const { board, context } = await scene();
    board.change({ status: { ...board.state.status, canUndo: false, canRedo: false } });
    for (const [key, id] of [
      ['z', 'undo'],
      ['y', 'redo'],
    ] as const) {
      const found = actionFor(press(key, { ctrlKey: true }), context, false);
      if (found) perform(found.action, context, found.shortcut);
      expect(board.done.at(-1)).toEqual([id]);
      expect(perform(actionOf(`edit.${id}`), context)).toBe(false);
    }
    context.board = null;
    expect(actionFor(press('z', { ctrlKey: true }), context, false)).toBeNull();
  });

  test('Escape ends a tool before it ends the selection, and leaves a drag to the canvas', async () => {
    const { board, context } = await scene();
    board.change({ tool: 'pen', selection: ['a'] });
    const first = actionFor(press('Escape'), context, false);
    if (first) perform(first.action, context);
    expect(board.state).toMatchObject({ tool: 'select', selection: ['a'] });
    board.change({ dragging: true });
    expect(actionFor(press('Escape'), context, false)).toBeNull();
  });
});

describe('files', () => {
  test('a drawing is opened as a board of its own, and what was taken out is said', async () => {
    const { api, context } = await scene(new File(['<svg/>'], 'Harbour.svg'));
    await actionOf('file.open').run(context);
    expect(api.calls.findLast(({ name }) => name === 'boards.import')).toEqual({
      name: 'boards.import',
      params: { name: 'Harbour', svg: '<svg/>' },
    });
    expect(context.store.state.getState().route).toEqual({ screen: 'board', board: 'board-2' });
    expect(context.store.state.getState().toasts[0]?.message).toContain('A script was taken out.');
  });

  test('nothing happens when no file is picked', async () => {
    const { api, context } = await scene(null);
    const before = api.calls.length;
    await actionOf('file.open').run(context);
    expect(api.calls.length).toBe(before);
  });

  test('export hands over the file of main', async () => {
    const { context, saved } = await scene();
    await actionOf('file.export').run(context);
    expect(saved).toEqual([['Plan.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml']]);
  });

  test('a failure is said in its own sentence', async () => {
    const { api, context } = await scene();
    api.refuse('boards.create', 'storage', 'The disk is full. Make room and try again.');
    perform(actionOf('file.new'), context);
    await vi.waitFor(() =>
      expect(context.store.state.getState().toasts[0]).toMatchObject({
        level: 'error',
        message: new ApiError('storage', 'The disk is full. Make room and try again.').message,
      }),
    );
  });
});
