/**
 * Keeps the editor and main in step. What the person does is shown at once and sent as a plan, one at a time; what others did is
 * merged in between, never while a word is being composed (IME). Main rebases texts that it has newer (`write`).
 */
import type { Node as Doc } from 'prosemirror-model';
import { EditorState, type Transaction } from 'prosemirror-state';
import { Mapping } from 'prosemirror-transform';
import type { EditorView } from 'prosemirror-view';
import type { IntentInput, ViewChange } from '#api/contract.ts';
import { bodyOf, linesOf } from './lines.ts';
import { merge } from './merge.ts';
import { planOf } from './plan.ts';
import { docOf, targetsOf } from './schema.ts';
import type { NotesTree } from './tree.ts';

/** What is typed within so much of a pause is one step of undo, milliseconds. */
const ONE_STEP = 1000;
/** So often a plan that main refuses is made anew on what it has by then; after that main's word stands. */
const MOST_REFUSALS = 3;
const FROM_MAIN = 'limn: from main';

export interface NotesSync {
  /** The document to begin with. */
  readonly doc: Doc;
  attach(view: EditorView): void;
  /** The editor's `dispatchTransaction`. */
  dispatch(transaction: Transaction): void;
  /** Main tells of changes. */
  follow(changes: readonly ViewChange[]): void;
  /** When main has all that was typed, does something there (undo). */
  afterwards(run: () => Promise<unknown>): void;
  /** Sends what isn't sent, if it can be. */
  flush(): void;
  destroy(): void;
}

export interface NotesSyncOptions {
  readonly tree: NotesTree;
  /** Resolves when main has done it and told of it; rejects when it refuses. */
  readonly submit: (intents: IntentInput[], gesture: string) => Promise<unknown>;
  /** Others' changes are about to be shown: the editor's selection must be what the person sees by then. */
  readonly beforeMerge?: () => void;
  /** Something typed could not be kept. */
  readonly fail: (error: unknown) => void;
  /** Milliseconds, by any beginning. */
  readonly now: () => number;
}

/** Makes the link between a tree that main feeds and an editor. */
export function createNotesSync({ tree, submit, beforeMerge, fail, now }: NotesSyncOptions): NotesSync {
  let view: EditorView | undefined;
  /** Main's document as the editor last had it, and how the person's changes since have moved its positions. */
  let base = docOf(linesOf(tree));
  let local = new Mapping();
  let typed = false;
  let stale = false;
  let busy = false;
  let refusals = 0;
  /** No other editor's gestures are called as this one's are: main would take them for one step. */
  const editor = crypto.randomUUID().slice(0, 8);
  let gesture = 0;
  let lastTyped = Number.NEGATIVE_INFINITY;
  let later: (() => Promise<unknown>)[] = [];

  function show(next: Doc): void {
    if (!view) return;
    beforeMerge?.();
    const transaction = merge(view.state, base, local, next);
    base = next;
    local = new Mapping();
    if (transaction.docChanged) view.dispatch(transaction.setMeta(FROM_MAIN, true).setMeta('addToHistory', false));
  }

  function sync(): void {
    if (!view || view.isDestroyed || busy || view.composing) return;
    if (stale) {
      stale = false;
      show(docOf(linesOf(tree)));
    }
    const body = bodyOf(tree);
    // Without a document there is nothing to put it in yet: it waits.
    if (typed && body !== null) {
      typed = false;
      const intents = planOf(linesOf(tree), body, targetsOf(view.state.doc));
      if (intents.length > 0) return send(intents, view.state.doc);
      base = view.state.doc;
      local = new Mapping();
    }
    const next = later.shift();
    if (next) void hold(next().catch(fail));
  }

  function send(intents: IntentInput[], sent: Doc): void {
    const was = base;
    base = sent;
    local = new Mapping();
    const done = submit(intents, `notes ${editor}.${gesture}`).then(
      () => {
        refusals = 0;
      },
      (error: unknown) => refused(error, was, sent),
    );
    void hold(done);
  }

  /** Main has something else by now: what was typed is put upon that and tried again, a few times. */
  function refused(error: unknown, was: Doc, sent: Doc): void {
    stale = true;
    refusals += 1;
    if (refusals > MOST_REFUSALS) {
      refusals = 0;
      return fail(error);
    }
    const since = local;
    local = new Mapping();
    local.appendMapping(merge(EditorState.create({ doc: was }), was, new Mapping(), sent).mapping);
    local.appendMapping(since);
    base = was;
    typed = true;
  }

  async function hold(work: Promise<unknown>): Promise<void> {
    busy = true;
    await work;
    busy = false;
    stale = true;
    sync();
  }

  return {
    doc: base,
    attach(editor) {
      view = editor;
    },
    dispatch(transaction) {
      if (!view) return;
      view.updateState(view.state.apply(transaction));
      if (!transaction.docChanged || transaction.getMeta(FROM_MAIN) === true) return;
      local.appendMapping(transaction.mapping);
      typed = true;
      const at = now();
      if (at - lastTyped > ONE_STEP) gesture += 1;
      lastTyped = at;
      queueMicrotask(sync);
    },
    follow(changes) {
      tree.follow(changes);
      stale = true;
      sync();
    },
    afterwards(run) {
      later.push(run);
      lastTyped = Number.NEGATIVE_INFINITY;
      sync();
    },
    flush: sync,
    destroy() {
      later = [];
      view = undefined;
    },
  };
}
