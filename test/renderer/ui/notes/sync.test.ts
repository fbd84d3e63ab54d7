/** The editor and main, kept in step by a link that main answers late, refuses, or has no document for yet. */
import { EditorState } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import { expect, test } from 'vitest';
import type { IntentInput, ViewChange } from '#api/contract.ts';
import { documentType } from '#app/document-types.ts';
import { prepareIntents } from '#app/intents.ts';
import { createViewFeed } from '#app/view-feed.ts';
import { createNotesSync } from '#renderer/ui/notes/sync.ts';
import { createNotesTree } from '#renderer/ui/notes/tree.ts';
import { emptyNotes } from '#xhtml/document.ts';
import { replica } from '#test/support/document.ts';

const TYPE = documentType('xhtml');

/** A view without a page: what the link needs of one. */
class FakeView {
  state: EditorState;
  composing = false;
  isDestroyed = false;
  dispatch: EditorView['dispatch'] = () => {};
  constructor(state: EditorState) {
    this.state = state;
  }
  updateState(state: EditorState): void {
    this.state = state;
  }
}

function setUp(begun = true) {
  const main = replica('main');
  const begin = (): void => {
    main.submit([{ do: 'add', parent: '', before: null, node: emptyNotes('Plan', 'en') }], 'begin');
    feed.push([{ kind: 'inserted', rid: main.shown.root() ?? '', parent: '', before: null }], undefined);
  };
  const told: ViewChange[][] = [];
  const feed = createViewFeed(
    () => main.shown,
    TYPE.shown,
    { now: () => 0, after: () => () => {} },
    (changes) => told.push(changes),
  );
  const errors: unknown[] = [];
  const waiting: (() => void)[] = [];
  let refuse = 0;
  let clock = 0;
  const root = feed.open();
  if (begun) begin();
  feed.flush();
  const sync = createNotesSync({
    tree: createNotesTree(root),
    submit: (intents, gesture) =>
      new Promise<void>((resolve, reject) => {
        waiting.push(() => {
          if (refuse > 0) {
            refuse--;
            return reject(new Error('refused'));
          }
          const result = main.submit(prepareIntents(TYPE, main.shown, intents).intents, gesture);
          if (!result.ok) return reject(new Error(result.reason));
          feed.push(result.changes, undefined);
          feed.flush();
          tell();
          resolve();
        });
      }),
    fail: (error) => errors.push(error),
    now: () => (clock += 5000),
  });
  const view = new FakeView(EditorState.create({ doc: sync.doc }));
  view.dispatch = (transaction) => sync.dispatch(transaction);
  sync.attach(view as unknown as EditorView);
  function tell(): void {
    for (const changes of told.splice(0)) sync.follow(changes);
  }
  tell();
  const answer = async (): Promise<void> => {
    await Promise.resolve();
    waiting.shift()?.();
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await answer();
  };
  const type = (text: string, at = view.state.doc.content.size - 1): void =>
    view.dispatch(view.state.tr.insertText(text, at));
  /** Somebody else does something in main. */
  const other = (...intents: IntentInput[]): void => {
    const result = main.submit(prepareIntents(TYPE, main.shown, intents).intents, 'other');
    if (!result.ok) throw new Error(result.reason);
    feed.push(result.changes, 'other');
    feed.flush();
  };
  const text = (): string =>
    TYPE.file({ shown: main.shown, prolog: '' }, '').replace(/[\s\S]*<body>\n|<\/body>[\s\S]*/g, '');
  const firstText = (): string => {
    const { shown } = main;
    const body = shown.children(shown.root() ?? '')[1] ?? '';
    return shown.children(shown.children(body)[0] ?? '')[0] ?? '';
  };
  return {
    ...{ main, view, sync, errors, begin, tell, feed, answer, settle, type, other, text, firstText, told },
    refuse: (times: number) => void (refuse = times),
  };
}

test('what is typed before there is a document waits for it', async () => {
  const { view, type, begin, feed, tell, settle, text } = setUp(false);
  type('Hi');
  await settle();
  begin();
  feed.flush();
  tell();
  expect(view.state.doc.textContent).toBe('Hi');
  await settle();
  expect(text()).toBe('<p>Hi</p>\n');
});

test('what is typed while main is busy goes next, and what others wrote meanwhile comes in around it', async () => {
  const { view, type, other, answer, settle, text, firstText, tell } = setUp();
  type('bc');
  await Promise.resolve();
  type('d');
  other({ do: 'write', rid: firstText(), was: '', value: 'Z' });
  tell();
  expect(view.state.doc.textContent).toBe('bcd');
  await answer();
  expect([...view.state.doc.textContent].sort().join('')).toBe('Zbcd');
  await settle();
  expect([...text()].sort().join('')).toContain('Zbcd');
  expect(text()).toBe(`<p>${view.state.doc.textContent}</p>\n`);
});

test('a refusal is tried again on what main has by then, and given up with a sentence after some times', async () => {
  const { view, type, refuse, settle, text, errors } = setUp();
  refuse(2);
  type('kept');
  await settle();
  expect(text()).toBe('<p>kept</p>\n');
  expect(errors).toEqual([]);
  refuse(10);
  type('!');
  await settle();
  expect(errors).toHaveLength(1);
  expect(view.state.doc.textContent).toBe('kept');
  refuse(0);
  type('?');
  await settle();
  expect(text()).toBe('<p>kept?</p>\n');
});

test('nothing moves while a word is being composed', async () => {
  const { view, sync, type, other, settle, text, firstText, tell } = setUp();
  view.composing = true;
  type('に');
  other({ do: 'write', rid: firstText(), was: '', value: 'A' });
  tell();
  await settle();
  expect(view.state.doc.textContent).toBe('に');
  view.composing = false;
  sync.flush();
  await settle();
  expect([...view.state.doc.textContent].sort().join('')).toBe('Aに');
  expect(text()).toBe(`<p>${view.state.doc.textContent}</p>\n`);
});

test('undo waits until main has what was typed', async () => {
  const { main, view, sync, type, feed, settle, text, tell } = setUp();
  type('a');
  await settle();
  type('b');
  sync.afterwards(async () => {
    const result = main.undo();
    if (result.ok) feed.push(result.changes, undefined);
    feed.flush();
    tell();
  });
  await settle();
  expect(text()).toBe('<p>a</p>\n');
  expect(view.state.doc.textContent).toBe('a');
});
