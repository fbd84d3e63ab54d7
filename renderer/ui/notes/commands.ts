/** What keys and the panel's buttons do to notes. */
import { baseKeymap, chainCommands, toggleMark } from 'prosemirror-commands';
import { keymap } from 'prosemirror-keymap';
import type { ResolvedPos } from 'prosemirror-model';
import { type Command, type EditorState, Plugin, TextSelection } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import type { LineKind, MarkName } from './lines.ts';
import { marksOf, schema } from './schema.ts';

const HEADINGS: ReadonlySet<LineKind> = new Set(['h1', 'h2', 'h3']);

/** Signs that, with a space after them, make the line they begin something else. */
const SIGNS: Readonly<Record<string, LineKind>> = {
  ...{
    '#': 'h1',
    '##': 'h2',
    '###': 'h3',
    '-': 'bullet',
    '*': 'bullet',
    '1.': 'number',
    '[]': 'check',
    '[ ]': 'check',
  },
  '>': 'quote',
};

const kindAt = (pos: ResolvedPos): LineKind | undefined =>
  pos.parent.type === schema.nodes.line ? (pos.parent.attrs.kind as LineKind) : undefined;

/** The kind of all selected lines; undefined when they differ. */
export function kindOf(state: EditorState): LineKind | undefined {
  const kinds = new Set<LineKind>();
  state.doc.nodesBetween(state.selection.from, state.selection.to, (node) => {
    if (node.type === schema.nodes.line) kinds.add(node.attrs.kind as LineKind);
    return false;
  });
  const [kind] = kinds;
  return kinds.size === 1 ? kind : undefined;
}

/** Makes the selected lines something else; what they are already, paragraphs. */
export function setKind(kind: LineKind): Command {
  return (state, dispatch) => {
    const to = kindOf(state) === kind ? 'p' : kind;
    const { tr } = state;
    state.doc.nodesBetween(state.selection.from, state.selection.to, (node, pos) => {
      if (node.type === schema.nodes.line) tr.setNodeMarkup(pos, undefined, { ...node.attrs, kind: to, done: false });
      return false;
    });
    if (!tr.docChanged) return false;
    dispatch?.(tr);
    return true;
  };
}

export function toggle(name: Exclude<MarkName, 'link'>): Command {
  return toggleMark(schema.marks[name]);
}

/** Whether the selection, or what is typed next, has the mark. */
export function hasMark(state: EditorState, name: MarkName): boolean {
  const { from, to, empty, $from } = state.selection;
  if (empty) return marksOf(state.storedMarks ?? $from.marks()).has(name);
  return state.doc.rangeHasMark(from, to, schema.marks[name]);
}

/** The address of the link at the selection's beginning. */
export function linkAt(state: EditorState): string {
  const { $from, from, to } = state.selection;
  const here = $from.marks().find(({ type }) => type === schema.marks.link);
  let found = here ? String(here.attrs.href) : '';
  if (found === '')
    state.doc.nodesBetween(from, to, (node) => {
      const mark = schema.marks.link.isInSet(node.marks);
      if (mark && found === '') found = String(mark.attrs.href);
    });
  return found;
}

/** Makes the selected text, or the link in which the caret stands, lead to an address; to none when that is empty. */
export function setLink(href: string): Command {
  return (state, dispatch) => {
    const { link } = schema.marks;
    const [from, to] = state.selection.empty ? linkRange(state) : [state.selection.from, state.selection.to];
    const { tr } = state;
    if (from === to) {
      if (href === '') return false;
      tr.replaceSelectionWith(schema.text(href, [link.create({ href })]), false);
    } else {
      tr.removeMark(from, to, link);
      if (href !== '') tr.addMark(from, to, link.create({ href }));
    }
    dispatch?.(tr.removeStoredMark(link));
    return true;
  };
}

function linkRange({ selection: { $from } }: EditorState): [number, number] {
  const { link } = schema.marks;
  const mark = link.isInSet($from.marks());
  if (!mark) return [$from.pos, $from.pos];
  let start = $from.index();
  let end = start;
  if (start > 0 && !mark.isInSet($from.parent.maybeChild(start)?.marks ?? [])) start = end = start - 1;
  while (start > 0 && mark.isInSet($from.parent.child(start - 1).marks)) start--;
  while (end + 1 < $from.parent.childCount && mark.isInSet($from.parent.child(end + 1).marks)) end++;
  const offset = (index: number): number =>
    $from.parent.children.slice(0, index).reduce((sum, node) => sum + node.nodeSize, $from.start());
  return [offset(start), offset(end + 1)];
}

/** A rule after the line, and a line to go on in. */
export const insertRule: Command = (state, dispatch) => {
  const { $to } = state.selection;
  if ($to.depth === 0) return false;
  const { tr } = state;
  const at = $to.after(1);
  const blocks = [schema.nodes.rule.create(), schema.nodes.line.create()];
  tr.insert(at, at < state.doc.content.size ? blocks.slice(0, 1) : blocks);
  dispatch?.(tr.setSelection(TextSelection.near(tr.doc.resolve(at + 1))).scrollIntoView());
  return true;
};

/** Checks or unchecks the selected items of checklists, or the line at a position. */
function toggleDone(at?: number): Command {
  return (state, dispatch) => {
    const { tr, selection } = state;
    const [from, to] = at === undefined ? [selection.from, selection.to] : [at, at + 1];
    state.doc.nodesBetween(from, to, (node, pos) => {
      if (node.attrs.kind === 'check') tr.setNodeAttribute(pos, 'done', node.attrs.done !== true);
      return false;
    });
    if (!tr.docChanged) return false;
    dispatch?.(tr);
    return true;
  };
}

/** Enter. An empty item or quote ends its list; after a heading comes a paragraph. */
const split: Command = (state, dispatch) => {
  const { $from, $to } = state.selection;
  const kind = kindAt($from);
  if (kind === undefined) return false;
  if (kind !== 'p' && $from.parent.content.size === 0 && $from.pos === $to.pos) return setKind('p')(state, dispatch);
  const { tr } = state;
  tr.deleteSelection();
  const pos = tr.doc.resolve(tr.mapping.map($from.pos));
  const atEnd = pos.parentOffset === pos.parent.content.size;
  const attrs = { rid: null, kind: HEADINGS.has(kind) && atEnd ? 'p' : kind, done: false };
  dispatch?.(tr.split(pos.pos, 1, [{ type: schema.nodes.line, attrs }]).scrollIntoView());
  return true;
};

const insertBreak: Command = (state, dispatch) => {
  if (kindAt(state.selection.$from) === undefined) return false;
  dispatch?.(state.tr.replaceSelectionWith(schema.nodes.break.create()).scrollIntoView());
  return true;
};

/** Backspace at the beginning of an item, quote or heading makes it a paragraph. */
const unmake: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  const kind = kindAt($from);
  if (!empty || kind === undefined || kind === 'p' || $from.parentOffset > 0) return false;
  return setKind('p')(state, dispatch);
};

/** What the keys are told beside: undo is main's, and Escape goes back to the board. */
export interface NotesKeys {
  readonly undo: () => void;
  readonly redo: () => void;
  readonly link: () => void;
  readonly leave: () => void;
}

export function notesPlugins(keys: NotesKeys): Plugin[] {
  const call =
    (run: () => void): Command =>
    () => {
      run();
      return true;
    };
  return [
    keymap({
      ...{ 'Mod-z': call(keys.undo), 'Mod-y': call(keys.redo), 'Mod-Shift-z': call(keys.redo) },
      ...{ 'Mod-k': call(keys.link), Escape: call(keys.leave) },
      ...{
        Enter: split,
        'Shift-Enter': insertBreak,
        Backspace: chainCommands(unmake, baseKeymap.Backspace as Command),
      },
      ...{ 'Mod-b': toggle('strong'), 'Mod-i': toggle('em'), 'Mod-u': toggle('u'), 'Mod-Shift-x': toggle('s') },
      ...{ 'Mod-Shift-m': toggle('code'), 'Mod-Enter': toggleDone() },
      ...{
        'Mod-Alt-0': setKind('p'),
        'Mod-Alt-1': setKind('h1'),
        'Mod-Alt-2': setKind('h2'),
        'Mod-Alt-3': setKind('h3'),
      },
      ...{ 'Mod-Shift-7': setKind('number'), 'Mod-Shift-8': setKind('bullet'), 'Mod-Shift-9': setKind('check') },
    }),
    keymap(baseKeymap),
    new Plugin({ props: { handleTextInput: handleSign, handleClickOn } }),
  ];
}

function handleSign(view: EditorView, from: number, to: number, text: string): boolean {
  const pos = view.state.doc.resolve(from);
  if (text !== ' ' || from !== to || kindAt(pos) !== 'p') return false;
  const kind = SIGNS[pos.parent.textBetween(0, pos.parentOffset)];
  if (kind === undefined) return false;
  const { tr } = view.state;
  tr.delete(pos.start(), from).setNodeMarkup(pos.before(), undefined, { ...pos.parent.attrs, kind });
  view.dispatch(tr);
  return true;
}

function handleClickOn(view: EditorView, _: number, __: unknown, nodePos: number, event: MouseEvent): boolean {
  if (!(event.target instanceof Element) || event.target.closest('.box') === null || !view.editable) return false;
  return toggleDone(nodePos)(view.state, view.dispatch);
}
