/** An editor on a board's notes: opened in main, shown in an element, kept in step until it is closed. */
import { focusBoard } from '../focus-board.ts';
import { EditorState, TextSelection } from 'prosemirror-state';
import { EditorView } from 'prosemirror-view';
import type { Api, BoardStatus } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import { notesPlugins } from './commands.ts';
import { lineView } from './line-view.ts';
import { createNotesSync } from './sync.ts';
import { createNotesTree } from './tree.ts';

/** What the panel shows of the editor. */
export interface Notes {
  /** The notes' own id, as main knows them. */
  readonly id: string;
  readonly view: EditorView;
  readonly state: EditorState;
  readonly status: BoardStatus;
}

export interface NotesEditorOptions {
  readonly api: Api;
  readonly board: string;
  readonly place: HTMLElement;
  /** The person has asked for the notes: the next key is theirs. */
  readonly focused: boolean;
  /** Something has changed; null when there is no editor (any more). */
  readonly onChange: (notes: Notes | null) => void;
  /** Somebody wants to make a link. */
  readonly onLink: () => void;
  /** A link was followed. */
  readonly onFollow: (href: string) => void;
  readonly fail: (error: unknown) => void;
}

export interface NotesEditor {
  /** In the person's language, and whether main can be reached. */
  dress(label: string, placeholder: string, connected: boolean): void;
  close(): void;
}

/** Opens the notes and, when main has answered, an editor in `place`. */
export function openNotesEditor(options: NotesEditorOptions): NotesEditor {
  const { api, board, place, onChange, fail } = options;
  const stops: (() => void)[] = [];
  let closed = false;
  let id = '';
  let dress = { label: '', placeholder: '', connected: true };
  let notes: Notes | undefined;

  const show = (next: Notes): void => {
    notes = next;
    onChange(next);
  };
  const mayEdit = (): boolean => dress.connected && notes?.status.canEdit === true;

  async function open(): Promise<void> {
    ({ notes: id } = await api.call('notes.open', { board }));
    if (closed) return;
    const { root, status } = await api.call('boards.open', { board: id });
    if (closed) return release();
    const sync = createNotesSync({
      tree: createNotesTree(root),
      submit: (intents, gesture) => api.call('document.submit', { board: id, gesture, intents }),
      beforeMerge: () => readSelection(view),
      fail,
      now: () => performance.now(),
    });
    // Main is asked whatever its last word was: that may be older than the key. That there is nothing to take back is no failure.
    const ask = (name: 'document.undo' | 'document.redo') => (): void =>
      sync.afterwards(() =>
        api.call(name, { board: id }).catch((error: unknown) => {
          if (!(error instanceof ApiError && error.code === 'refused')) throw error;
        }),
      );
    const view: EditorView = new EditorView(
      { mount: place },
      {
        state: EditorState.create({
          doc: sync.doc,
          plugins: notesPlugins({
            undo: ask('document.undo'),
            redo: ask('document.redo'),
            link: options.onLink,
            leave: focusBoard,
          }),
        }),
        dispatchTransaction(transaction) {
          sync.dispatch(transaction);
          if (notes) show({ ...notes, state: view.state });
        },
        editable: mayEdit,
        attributes: attributesOf,
        nodeViews: { line: lineView },
        handleDOMEvents: {
          // The composed word is there only after the event.
          compositionend: () => {
            requestAnimationFrame(() => sync.flush());
            return false;
          },
        },
        // They would not run (the schema knows none), but the browser would complain of each while the paste is read.
        transformPastedHTML: (html) => html.replace(/\son\w+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, ''),
        handleKeyDown: (of) => {
          readSelection(of);
          return false;
        },
        handleClick: (_, __, event) => follow(event),
      },
    );
    sync.attach(view);
    stops.push(
      api.on('changes', (event) => event.board === id && sync.follow(event.changes)),
      api.on('status', (next) => {
        if (next.board !== id || !notes) return;
        show({ ...notes, status: next });
        view.setProps({});
      }),
      () => sync.destroy(),
      () => view.destroy(),
    );
    show({ id, view, state: view.state, status });
    view.setProps({});
    if (options.focused) view.focus();
  }

  function attributesOf({ doc }: EditorState): Record<string, string> {
    const empty = doc.childCount === 1 && doc.firstChild?.content.size === 0 && doc.firstChild.attrs.kind === 'p';
    return {
      ...{ class: 'prose', role: 'textbox', 'aria-multiline': 'true', 'aria-label': dress.label, spellcheck: 'true' },
      'aria-readonly': String(!mayEdit()),
      ...(empty ? { 'data-placeholder': '', style: `--placeholder: ${JSON.stringify(dress.placeholder)}` } : {}),
    };
  }

  /** A link is followed with Ctrl or Command. */
  function follow(event: MouseEvent): boolean {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || !(event.ctrlKey || event.metaKey)) return false;
    options.onFollow(link.getAttribute('href') ?? '');
    return true;
  }

  function release(): void {
    for (const stop of stops.splice(0)) stop();
    // When main is gone it has closed them by itself.
    if (id !== '') api.call('boards.close', { board: id }).catch(() => undefined);
    onChange(null);
  }

  open().catch((error: unknown) => {
    if (!closed) fail(error);
  });
  return {
    dress(label, placeholder, connected) {
      dress = { label, placeholder, connected };
      notes?.view.setProps({});
    },
    close() {
      closed = true;
      release();
    },
  };
}

/** The browser tells of a selection made by key a moment later; until then, an update of the page would undo
 *  it, and the next key would act where it was before. */
function readSelection(view: EditorView): void {
  const shown = view.dom.ownerDocument.getSelection();
  const { anchorNode, focusNode } = shown ?? {};
  if (!shown || !anchorNode || !focusNode || !view.hasFocus() || view.composing) return;
  if (!view.dom.contains(anchorNode) || !view.dom.contains(focusNode)) return;
  const { doc, selection } = view.state;
  const anchor = doc.resolve(view.posAtDOM(anchorNode, shown.anchorOffset));
  const head = doc.resolve(view.posAtDOM(focusNode, shown.focusOffset));
  if (!anchor.parent.inlineContent || !head.parent.inlineContent) return;
  if (anchor.pos === selection.anchor && head.pos === selection.head) return;
  view.dispatch(view.state.tr.setSelection(TextSelection.between(anchor, head)));
}
