/** A BoardController without a canvas: keeps state and writes down what it was told to do. */
import type { Api, Result } from '#api/contract.ts';
import type { BoardController, BoardState } from '#renderer/board/controller.ts';

export interface FakeBoard extends BoardController {
  /** Verbs with their arguments, in order. */
  readonly done: [string, ...unknown[]][];
  change(part: Partial<BoardState>): void;
}

const STYLE = { stroke: '#1d1f24', fill: 'none', strokeWidth: 2, opacity: 1, dash: 'solid', fontSize: 20 } as const;

export function createFakeBoard(
  container: HTMLElement | null,
  { api, board, opened }: { api: Api; board: string; opened: Result<'boards.open'> },
): FakeBoard {
  const listeners = new Set<() => void>();
  const done: FakeBoard['done'] = [];
  let state: BoardState = {
    status: opened.status,
    people: opened.people,
    tool: 'select',
    toolLocked: false,
    nextStyle: STYLE,
    selection: [],
    selectionKinds: [],
    selectionStyle: STYLE,
    zoom: 1,
    editingText: false,
    dragging: false,
    past: false,
    presenting: { part: 'none', presenter: null, mayPresent: false, mayHold: false, audience: [] },
    pointedOut: null,
    othersShown: true,
    opening: null,
  };
  const change = (part: Partial<BoardState>): void => {
    state = { ...state, ...part };
    for (const listener of listeners) listener();
  };
  const note = (...entry: [string, ...unknown[]]): void => void done.push(entry);
  const stops = [
    api.on('status', (status) => status.board === board && change({ status })),
    api.on('presenting', (event) => event.board === board && change({ presenting: event.presenting })),
    api.on('people', (event) => event.board === board && change({ people: event.people })),
  ];
  const canvas = container?.ownerDocument.createElement('div');
  if (canvas && container) {
    canvas.tabIndex = 0;
    canvas.setAttribute('role', 'application');
    canvas.setAttribute('aria-label', opened.status.name);
    container.append(canvas);
  }
  return {
    done,
    change,
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setTool(tool, lock = false) {
      note('setTool', tool, lock);
      change({ tool, toolLocked: lock });
    },
    setStyle(style) {
      note('setStyle', style);
      change({ nextStyle: { ...state.nextStyle, ...style }, selectionStyle: { ...state.selectionStyle, ...style } });
    },
    undo: () => note('undo'),
    redo: () => note('redo'),
    selectAll: () => {
      note('selectAll');
      change({ selection: ['a', 'b'], selectionKinds: ['rect', 'text'] });
    },
    clearSelection: () => {
      note('clearSelection');
      change({ selection: [], selectionKinds: [] });
    },
    deleteSelection: () => note('deleteSelection'),
    duplicateSelection: () => note('duplicateSelection'),
    reorder: (where) => note('reorder', where),
    nudge: (dx, dy) => note('nudge', dx, dy),
    copy: async (cut) => note('copy', cut),
    paste: async () => note('paste'),
    insertImage: async (file) => note('insertImage', file.name),
    insertSvg: async (text) => note('insertSvg', text),
    zoomBy: (factor) => {
      note('zoomBy', factor);
      change({ zoom: state.zoom * factor });
    },
    zoomTo: (zoom) => {
      note('zoomTo', zoom);
      change({ zoom });
    },
    fit: (what) => note('fit', what),
    pan: (dx, dy) => note('pan', dx, dy),
    mark: (marks, strong) => note('mark', marks, strong),
    reveal: (id) => note('reveal', id),
    lookAt(target) {
      note('lookAt', target);
      return true;
    },
    inSight: () => [0, 0, 800, 600],
    showPast: (root) => {
      note('showPast', root);
      change({ past: root !== undefined });
    },
    select: (rids) => note('select', rids),
    showOthers(on) {
      note('showOthers', on);
      change({ othersShown: on });
    },
    present: (verb) => note('present', verb),
    selectionComplete: () => {
      const { complete } = state.status;
      if (!complete || state.selection.length === 0) return 'no';
      if (complete.whole) return 'around';
      return state.selection.every((rid) => complete.parts.includes(rid)) ? 'itself' : 'no';
    },
    destroy() {
      for (const stop of stops) stop();
      canvas?.remove();
    },
  };
}
