/**
 * Strokes under way, kept on the disk while they are drawn (DESIGN section 3, Ephemeral): to others they are ephemeral, and a stroke
 * becomes part of the board on release; but if the program ends in the middle, what was drawn comes back as a path.
 */
import type { Live } from '#api/contract.ts';
import type { Board } from './board-port.ts';
import { documentType } from './document-types.ts';
import type { LooseIntent, LooseNode } from './intents.ts';
import type { Clock, Logger, SettingStore } from './ports.ts';

/** Written at most so often, milliseconds. */
const INTERVAL = 100;
/** A stroke of more points is kept up to there: it is minutes long. */
const MOST_POINTS = 20_000;

export interface Strokes {
  /** What a client of this board shows of itself: strokes grow by it, and end. */
  live(board: string, live: Live, client: string): void;
  /** A client has drawn: the stroke that it let go of is on the board, in the very transaction that forgets it here. */
  drawn(board: string, intents: readonly LooseIntent[]): void;
  /** Puts back what was being drawn on this board when the program ended; true if there was something. */
  recover(board: Board): boolean;
  forget(board: string): void;
}

interface Kept {
  readonly points: readonly (readonly [number, number])[];
  readonly colour: string;
  readonly width: number;
  readonly opacity: number;
}

interface Under {
  readonly kept: Kept;
  readonly points: [number, number][];
  readonly client: string;
  cancel: (() => void) | undefined;
}

const key = (board: string): string => `stroke/${board}`;
const round = (value: number): number => Math.round(value * 100) / 100;

/** Makes the keeper of all boards' strokes. */
export function createStrokes(settings: SettingStore, clock: Clock, logger: Logger): Strokes {
  const current = new Map<string, Under>();

  const write = (board: string): void => {
    const stroke = current.get(board);
    if (stroke) settings.set(key(board), JSON.stringify(stroke.kept));
  };
  const erase = (board: string): void => {
    if (settings.get(key(board)) !== null) settings.set(key(board), null);
  };
  const end = (board: string): void => {
    current.get(board)?.cancel?.();
    current.delete(board);
    erase(board);
  };

  return {
    live(board, { preview }, client) {
      if (preview === undefined) return;
      if (preview?.kind !== 'stroke') return end(board);
      // One who went away in the middle is not gone on with by another.
      if (current.get(board)?.client !== client) end(board);
      const { colour, width, opacity } = preview;
      const points = current.get(board)?.points ?? [];
      for (const [x, y] of preview.points) if (points.length < MOST_POINTS) points.push([round(x), round(y)]);
      const stroke = { kept: { points, colour, width, opacity }, points, client, cancel: current.get(board)?.cancel };
      current.set(board, stroke);
      stroke.cancel ??= clock.after(INTERVAL, () => {
        const now = current.get(board);
        if (now) now.cancel = undefined;
        write(board);
      });
    },
    drawn(board, intents) {
      const stroke = current.get(board);
      const isStroke = ({ node }: Extract<LooseIntent, { do: 'add' }>): boolean =>
        node.type === 'element' && node.name === 'path';
      if (!stroke || !intents.some((intent) => intent.do === 'add' && isStroke(intent))) return;
      stroke.cancel?.();
      stroke.cancel = undefined;
      erase(board);
    },
    recover(board) {
      const text = current.has(board.id) ? null : settings.get(key(board.id));
      if (text === null) return false;
      settings.set(key(board.id), null);
      try {
        const { points, colour, width, opacity } = JSON.parse(text) as Kept;
        if (points.length < 2) return false;
        const attrs = {
          d: `M${points.map((point) => point.join(' ')).join('L')}`,
          fill: 'none',
          stroke: colour,
          'stroke-width': String(round(width)),
          'stroke-linecap': 'round',
          'stroke-linejoin': 'round',
          ...(opacity < 1 ? { opacity: String(round(opacity)) } : {}),
        };
        const node: LooseNode = {
          type: 'element',
          ns: documentType(undefined).namespace,
          name: 'path',
          attrs: Object.entries(attrs).map(([name, value]) => ({ name, value })),
          children: [],
        };
        board.submit([{ do: 'add', parent: 'root', before: null, node }], 'recovered stroke');
        return true;
      } catch (error) {
        // A board that nobody may draw on any more, or a rule that the stroke breaks.
        logger.warn('a stroke could not be put back', { board: board.id, error });
        return false;
      }
    },
    forget: end,
  };
}
