/** Starting and ending the editing of a text: what the text area shows, and the gesture it becomes. */
import type { IntentInput } from '#api/contract.ts';
import type { ToolBoard } from '#renderer/tools/tool.ts';
import type { Commits } from './commits.ts';
import { inherited } from './edits.ts';
import { length } from './geometry.ts';
import { IDENTITY, num } from './matrix.ts';
import { worldMatrix } from './measure.ts';
import { shown } from './pigments.ts';
import type { Projection } from './projection.ts';
import type { StateStore } from './store.ts';
import { FONT_FAMILY, textAttributes } from './style.ts';
import type { TextEditor } from './text-editor.ts';
import { editIntents, joinLines, readLines, runsLeft, textNode } from './text-lines.ts';

export interface TextSessionParts {
  readonly editor: TextEditor;
  readonly projection: Projection;
  readonly store: StateStore;
  readonly commits: Commits;
  readonly dark: () => boolean;
  readonly select: (rids: readonly string[]) => void;
  readonly done: () => void;
}

/** What tools call to edit a text or start one. */
export function createTextSession(parts: TextSessionParts): ToolBoard['editText'] {
  const { editor, projection, store, commits } = parts;

  function begin(at: { x: number; y: number }): void {
    const style = store.state.nextStyle;
    // The press is in the middle of the first line's letters.
    const x = at.x;
    const y = at.y + style.fontSize * 0.35;
    editor.start(
      {
        value: '',
        world: IDENTITY,
        at: { x, y },
        fontSize: style.fontSize,
        fontFamily: FONT_FAMILY,
        fontWeight: '400',
        colour: shown(style.stroke, parts.dark()),
        opacity: style.opacity,
        anchor: 'start',
      },
      (value, close, width) => {
        const text = value.replace(/\s+$/, '');
        parts.done();
        if (text.trim() === '') {
          close();
          return;
        }
        const node = textNode(text, runsLeft(text) ? x + width : x, y, textAttributes(style));
        const adding: IntentInput = { do: 'add', parent: projection.root() ?? 'root', before: null, node };
        commits.submit('text', [adding], (made) => {
          close();
          const rid = made?.[0]?.[0];
          if (rid && store.state.tool === 'select') parts.select([rid]);
        });
      },
    );
  }

  function edit(rid: string): void {
    const element = projection.node(rid);
    // What is not shown as it is can't be edited as it is.
    if (!element || element.hasAttribute('data-refused')) return;
    const lines = readLines(element, (node) => projection.ridOf(node));
    const first = element.querySelector('tspan[x]');
    const x = length(element.getAttribute('x') ?? first?.getAttribute('x') ?? '0') ?? 0;
    const y = length(element.getAttribute('y') ?? first?.getAttribute('y') ?? '0') ?? 0;
    const css = getComputedStyle(element);
    const ends = css.direction === 'rtl' ? 'start' : 'end';
    const starts = ends === 'end' ? 'start' : 'end';
    const anchor = css.textAnchor === 'middle' ? 'middle' : css.textAnchor === 'end' ? ends : starts;
    element.setAttribute('data-lifted', '');
    editor.start(
      {
        value: joinLines(lines),
        world: worldMatrix(element),
        at: { x, y },
        fontSize: length(inherited(element, 'font-size') ?? '16') ?? 16,
        fontFamily: css.fontFamily,
        fontWeight: css.fontWeight,
        colour: css.fill === 'none' ? css.stroke : css.fill,
        opacity: Number.parseFloat(css.opacity),
        anchor,
      },
      (value, close) => {
        const children = [...element.childNodes].flatMap((child) => projection.ridOf(child) ?? []);
        const intents = projection.node(rid)
          ? editIntents({ rid, x: num(x), children }, lines, value.replace(/\s+$/, ''))
          : [];
        parts.done();
        commits.submit('text', intents, () => {
          element.removeAttribute('data-lifted');
          close();
        });
      },
    );
  }

  return (at) => {
    if ('rid' in at) commits.whenSettled(() => edit(at.rid));
    else begin(at.point);
  };
}
