/** Ephemeral messages: cursors, selections, previews. Never part of the document, droppable at any time (DESIGN section 3, Ephemeral). */
import type { Clock } from './ports.ts';
import { type Follow, type Look, parseFollow, parseLook, parseView, type View } from './view.ts';

export type LivePoint = readonly [number, number];
export type LivePreview =
  | {
      readonly kind: 'stroke';
      /** x, y in user units of the root, pressure 0 to 1; appended to those of earlier messages. */
      readonly points: readonly (readonly [number, number, number])[];
      readonly colour: string;
      readonly width: number;
      readonly opacity: number;
    }
  | {
      readonly kind: 'drag';
      readonly rids: readonly string[];
      readonly matrix: readonly [number, number, number, number, number, number];
    };

/** What a person does right now. A field that is absent stays as it was; null ends it. */
export interface Live {
  readonly cursor?: LivePoint | null;
  readonly selection?: readonly string[];
  readonly preview?: LivePreview | null;
  /** Where the laser has been since the last message: x, y in user units of the root. */
  readonly laser?: readonly LivePoint[];
  /** What a presenter shows; null: no more. */
  readonly view?: View | null;
  readonly look?: Look;
  /** To the presenter alone. */
  readonly follow?: Follow;
}

const MAX_JSON = 48 * 1024;
const MAX_POINTS = 512;
const MAX_LASER = 64;
const MAX_SELECTION = 500;
const MAX_DRAGGED = 200;
const INTERVAL_MS = 100;
/** A live message whose echo is not back by then is given up; only the pace hangs on it. */
const GIVE_UP_MS = 5000;

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 1024;
const isTuple = (value: unknown, length: number): value is number[] =>
  Array.isArray(value) && value.length === length && value.every(isNumber);
const isList = <T>(value: unknown, most: number, item: (one: unknown) => one is T): value is T[] =>
  Array.isArray(value) && value.length <= most && value.every(item);

function parsePreview(value: unknown): LivePreview | null | undefined {
  if (value === null) return null;
  if (typeof value !== 'object') return undefined;
  const json = value as Readonly<Record<string, unknown>>;
  if (json.kind === 'stroke') {
    const { points, colour, width, opacity } = json;
    const isPoint = (one: unknown): one is [number, number, number] => isTuple(one, 3);
    if (!isList(points, MAX_POINTS, isPoint) || !isName(colour) || !isNumber(width) || !isNumber(opacity))
      return undefined;
    return { kind: 'stroke', points, colour, width, opacity };
  }
  if (json.kind !== 'drag' || !isList(json.rids, MAX_DRAGGED, isName) || !isTuple(json.matrix, 6)) return undefined;
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = json.matrix;
  return { kind: 'drag', rids: json.rids, matrix: [a, b, c, d, e, f] };
}

/** The parts that presenting adds; undefined when one is not as it should be. */
function parseShown(
  json: Readonly<Record<string, unknown>>,
): Pick<Live, 'laser' | 'view' | 'look' | 'follow'> | undefined {
  const isPoint = (one: unknown): one is [number, number] => isTuple(one, 2);
  const { laser } = json;
  if (laser !== undefined && !isList(laser, MAX_LASER, isPoint)) return undefined;
  const view = json.view === null ? null : parseView(json.view);
  const [look, follow] = [parseLook(json.look), parseFollow(json.follow)];
  if (json.view !== undefined && view === undefined) return undefined;
  if ((json.look !== undefined && !look) || (json.follow !== undefined && !follow)) return undefined;
  return {
    ...(laser && { laser }),
    ...(view !== undefined && { view }),
    ...(look && { look }),
    ...(follow && { follow }),
  };
}

/** Reads a live message from a peer; undefined when it is too large or anything in it is not as it should be. */
export function parseLive(json: string): Live | undefined {
  if (json.length > MAX_JSON) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  const { cursor, selection, preview } = fields;
  const live: { -readonly [K in keyof Live]: Live[K] } = {};
  if (cursor === null) live.cursor = null;
  else if (isTuple(cursor, 2)) live.cursor = [cursor[0] ?? 0, cursor[1] ?? 0];
  else if (cursor !== undefined) return undefined;
  if (selection !== undefined) {
    if (!isList(selection, MAX_SELECTION, isName)) return undefined;
    live.selection = selection;
  }
  if (preview !== undefined) {
    const parsed = parsePreview(preview);
    if (parsed === undefined) return undefined;
    live.preview = parsed;
  }
  const shown = parseShown(fields);
  return shown && { ...live, ...shown };
}

/** What waits, replaced by what is newer; the points of one stroke and of the laser add up. */
export function mergeLive(waiting: Live, newer: Live): Live {
  const before = waiting.preview;
  const after = newer.preview;
  const merged = { ...waiting, ...newer };
  if (waiting.laser && newer.laser) merged.laser = [...waiting.laser, ...newer.laser].slice(-MAX_LASER);
  if (before?.kind !== 'stroke' || after?.kind !== 'stroke') return merged;
  const points = [...before.points, ...after.points].slice(-MAX_POINTS);
  return { ...merged, preview: { ...after, points } };
}

export interface LiveSender {
  /** False when it is dropped, since nothing can be sent now. */
  submit(live: Live): boolean;
  /** The echo of a live message is back: as it slows, so do we. */
  echoed(): void;
  /** Offline: what waits is forgotten. */
  stop(): void;
}

/** Sends live messages at most ten times a second, one un-echoed at a time; what waits is merged. */
export function createLiveSender(clock: Clock, mayRun: () => boolean, send: (json: string) => void): LiveSender {
  let waiting: Live | undefined;
  let sentAt = Number.NEGATIVE_INFINITY;
  let unechoed = false;
  let cancel: (() => void) | undefined;

  const flush = (): void => {
    if (!waiting || !mayRun()) return;
    const now = clock.now();
    const due = sentAt + (unechoed ? GIVE_UP_MS : INTERVAL_MS);
    if (now < due) {
      cancel?.();
      cancel = clock.after(due - now, () => {
        cancel = undefined;
        flush();
      });
      return;
    }
    const json = JSON.stringify(waiting);
    waiting = undefined;
    sentAt = now;
    unechoed = true;
    send(json);
  };

  return {
    submit(live) {
      if (!mayRun()) return false;
      waiting = waiting ? mergeLive(waiting, live) : live;
      flush();
      return true;
    },
    echoed() {
      unechoed = false;
      flush();
    },
    stop() {
      waiting = undefined;
      unechoed = false;
      cancel?.();
      cancel = undefined;
    },
  };
}
