/** What live messages say of presenting: the presenter's view, what somebody points out, and how the others follow (DESIGN section 3). */

/** x, y, width, height in user units of the root; finite and bounded, never empty. */
export type Rect = readonly [x: number, y: number, width: number, height: number];

/** "I present, and this is to be seen." Each says all there is to say, so that one may replace another. */
export interface View {
  /** One presentation from begin to stop; a later one of the same person, or one that takes over, has a higher number. */
  readonly turn: number;
  readonly rect: Rect;
  /** The rectangle was chosen; it is not what the presenter sees. */
  readonly region?: true;
  /** Nobody is to look elsewhere; counts from moderators alone. */
  readonly hold?: true;
  /** Rises when those who don't follow are to be asked again. */
  readonly ask: number;
}

/** "Look here": a place, or a shape where it still is. */
export interface Look {
  readonly rect: Rect;
  readonly rid?: string;
}

export type Following = 'following' | 'away' | 'declined';
/** `asked` has not answered yet, or is asked again. */
export type Answer = 'asked' | Following;

/** To the presenter alone: whether I follow; or, from the presenter to one who came later and didn't know, that there is one (`taken`). */
export interface Follow {
  readonly turn: number;
  readonly how: Answer | 'taken';
}

/** How far from the origin anything is shown, and how much at once, in user units: beyond it no renderer is exact (single precision). */
const MOST = 1e7;
const MAX_ASK = 1e9;
const LEAST_SIZE = 1e-3;
/** Turns begin at the time in seconds, so that one who starts again is not behind. */
export const MAX_TURN = 2 ** 40;
const MAX_RID = 1024;

const within = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && value >= least && value <= most;
const isCount = (value: unknown, most: number): value is number => within(value, 0, most) && Number.isInteger(value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Whether this is a rectangle that can be shown. */
export function isRect(value: unknown): value is Rect {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [x, y, width, height] = value as unknown[];
  return (
    within(x, -MOST, MOST) &&
    within(y, -MOST, MOST) &&
    within(width, LEAST_SIZE, MOST) &&
    within(height, LEAST_SIZE, MOST)
  );
}

/** Reads a view from a peer; undefined when anything in it is not as it should be. */
export function parseView(value: unknown): View | undefined {
  if (!isObject(value)) return undefined;
  const { turn, rect, region, hold, ask = 0 } = value;
  if (!isCount(turn, MAX_TURN) || !isRect(rect) || !isCount(ask, MAX_ASK)) return undefined;
  if ((region !== undefined && region !== true) || (hold !== undefined && hold !== true)) return undefined;
  return { turn, rect, ...(region && { region }), ...(hold && { hold }), ask };
}

/** Reads what somebody points out; undefined when it is nothing of the kind. */
export function parseLook(value: unknown): Look | undefined {
  if (!isObject(value) || !isRect(value.rect)) return undefined;
  const { rect, rid } = value;
  if (rid === undefined) return { rect };
  return typeof rid === 'string' && rid !== '' && rid.length <= MAX_RID ? { rect, rid } : undefined;
}

/** Reads how somebody follows; undefined when it is nothing of the kind. */
export function parseFollow(value: unknown): Follow | undefined {
  if (!isObject(value) || !isCount(value.turn, MAX_TURN)) return undefined;
  const { turn, how } = value;
  return how === 'taken' || how === 'asked' || how === 'following' || how === 'away' || how === 'declined'
    ? { turn, how }
    : undefined;
}
