/** Text edited in place: a text area over the drawing with the text's own font, place and zoom, so that input methods,
 *  spelling and selection are the system's. Escape and a press elsewhere commit. */
import { make } from './dom.ts';
import { type Matrix, multiply, type Point, translation } from './matrix.ts';

export interface EditorText {
  readonly value: string;
  /** The map from the text's space to the plane, and its anchor there. */
  readonly world: Matrix;
  readonly at: Point;
  readonly fontSize: number;
  readonly fontFamily: string;
  readonly fontWeight: string;
  readonly colour: string;
  readonly opacity: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

export interface TextEditor {
  readonly open: boolean;
  /** `done` gets what was typed and how wide it is (the text's units); it answers with nothing, or calls the given function when the text area may go. */
  start(text: EditorText, done: (value: string, close: () => void, width: number) => void): void;
  commit(): void;
  /** Follows the view, whose map from the plane to client pixels is given. */
  place(view: Matrix): void;
  destroy(): void;
}

/** `refocus` gives the focus back to the board, which ends the editing. */
export function createTextEditor(parent: HTMLElement, changed: () => void, refocus: () => void): TextEditor {
  let session: { text: EditorText; area: HTMLTextAreaElement; finish: () => void } | null = null;
  let view: Matrix = [1, 0, 0, 1, 0, 0];

  function place(area: HTMLTextAreaElement, text: EditorText): void {
    const m = multiply(view, multiply(text.world, translation(text.at.x, text.at.y - ascent(text))));
    const shift = text.anchor === 'middle' ? ' translateX(-50%)' : text.anchor === 'end' ? ' translateX(-100%)' : '';
    area.style.transform = `matrix(${m.join(',')})${shift}`;
  }

  return {
    get open() {
      return session !== null;
    },
    start(text, done) {
      session?.finish();
      const area = make(
        'textarea',
        {
          position: 'absolute',
          pointerEvents: 'auto',
          left: '0',
          top: '0',
          margin: '0',
          padding: '0',
          border: '0',
          outline: 'none',
          resize: 'none',
          background: 'transparent',
          overflow: 'hidden',
          transformOrigin: '0 0',
          lineHeight: '1.2',
          whiteSpace: 'pre',
          minWidth: '2px',
          fontSize: `${text.fontSize}px`,
          fontFamily: text.fontFamily,
          fontWeight: text.fontWeight,
          color: text.colour,
          caretColor: 'var(--accent-line, #2e54d8)',
          opacity: String(text.opacity),
          textAlign: text.anchor === 'middle' ? 'center' : text.anchor === 'end' ? 'right' : 'start',
        },
        parent,
      );
      area.style.setProperty('field-sizing', 'content');
      area.dir = 'auto';
      area.rows = 1;
      area.value = text.value;
      area.setAttribute('aria-label', 'Text');
      area.spellcheck = true;
      let finished = false;
      const finish = (): void => {
        if (finished) return;
        finished = true;
        session = null;
        area.readOnly = true;
        area.style.pointerEvents = 'none';
        done(area.value, () => area.remove(), area.offsetWidth);
        changed();
      };
      area.addEventListener('blur', finish);
      area.addEventListener('keydown', (event) => {
        event.stopPropagation();
        // While an input method composes, Escape and Enter are its own.
        if (event.isComposing) return;
        if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))) {
          event.preventDefault();
          refocus();
        }
      });
      session = { text, area, finish };
      place(area, text);
      area.focus();
      area.select();
      changed();
    },
    commit() {
      if (session) refocus();
    },
    place(next) {
      view = next;
      if (session) place(session.area, session.text);
    },
    destroy() {
      session?.area.remove();
      session = null;
    },
  };
}

/** From the top of the first line box to its baseline, in the text's units. */
function ascent(text: EditorText): number {
  const g = document.createElement('canvas').getContext('2d');
  if (!g) return text.fontSize;
  g.font = `${text.fontWeight} ${text.fontSize}px ${text.fontFamily}`;
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = g.measureText('x');
  return (1.2 * text.fontSize - (up + down)) / 2 + up;
}
