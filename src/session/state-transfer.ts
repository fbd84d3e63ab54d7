/** Carries a Limn state in pieces: cut and sent by one side, gathered within bounds by the other (DESIGN section 3, State). */
import type { SxePayload } from '#xmpp/xep-0284.ts';
import { parseLimnState, type ReceivedState } from './limn-state.ts';
import type { Compression } from './ports.ts';
import type { Occupant } from './transport.ts';

/** Bytes of a piece: 24 kB once it is base64. */
export const PART_BYTES = 18_000;
const MAX_PARTS = 4096;
const MAX_EXPANDED = 256 * 1024 * 1024;

type StatePiece = Extract<SxePayload, { kind: 'limn-state' }>;

/** A state's compressed bytes under a name of their own. */
export interface Snapshot {
  readonly name: string;
  readonly data: Uint8Array;
}

/** Cuts a snapshot into the pieces that answer a request, but for those that the asker has; at least one. */
export function cutSnapshot({ name, data }: Snapshot, request: string, has: (part: number) => boolean): StatePiece[] {
  const parts = Math.max(1, Math.ceil(data.length / PART_BYTES));
  const all = Array.from({ length: parts }, (_, part) => part);
  const missing = all.filter((part) => !has(part));
  return (missing.length > 0 ? missing : all.slice(-1)).map((part) => ({
    kind: 'limn-state',
    request,
    part,
    parts,
    data: data.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
    snapshot: name,
  }));
}

/** The pieces of a snapshot that have come; they stay of use when the connection is cut. */
export interface Gathered {
  readonly snapshot: string | undefined;
  readonly parts: number;
  readonly pieces: Map<number, Uint8Array>;
}

/** Which parts have come, as ranges. */
export function partsOf({ pieces }: Gathered): [number, number][] {
  const ranges: [number, number][] = [];
  for (const part of [...pieces.keys()].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] + 1 === part) last[1] = part;
    else ranges.push([part, part]);
  }
  return ranges;
}

export interface StateCollector {
  readonly request: string;
  readonly provider: string;
  /** What has come so far, of this answer and of an earlier one that it goes on with. */
  readonly gathered: Gathered | undefined;
  /** Whether it goes on with an earlier one: then it is as old as that. */
  readonly resumed: boolean;
  /** Takes a piece. What doesn't belong here is ignored; a complete state that can't be read is `broken`. */
  take(piece: StatePiece): 'ignored' | 'more' | 'broken' | ReceivedState;
  /** Reads all of it, which came by another way. */
  whole(data: Uint8Array): 'broken' | ReceivedState;
  /** 0 to 1. */
  progress(): number;
}

/** Gathers the answer of one provider to one request. `before`: what was left of an earlier one. */
export function createStateCollector(
  request: string,
  provider: string,
  compression: Compression,
  before?: Gathered,
): StateCollector {
  let gathered: Gathered | undefined;

  const whole = (data: Uint8Array): ReceivedState | 'broken' => {
    let state: Uint8Array;
    try {
      state = compression.inflate(data, MAX_EXPANDED);
    } catch {
      return 'broken';
    }
    return parseLimnState(state) ?? 'broken';
  };
  const assemble = ({ parts, pieces }: Gathered): ReceivedState | 'broken' => {
    const all = Array.from({ length: parts }, (_, part) => pieces.get(part) ?? new Uint8Array());
    const data = new Uint8Array(all.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of all) {
      data.set(piece, at);
      at += piece.length;
    }
    return whole(data);
  };
  const goesOn = ({ snapshot, parts }: StatePiece): boolean =>
    before !== undefined && snapshot !== undefined && before.snapshot === snapshot && before.parts === parts;

  return {
    request,
    provider,
    whole,
    get gathered() {
      return gathered;
    },
    get resumed() {
      return gathered !== undefined && gathered === before;
    },
    progress: () => (gathered === undefined ? 0 : gathered.pieces.size / gathered.parts),
    take(piece) {
      if (piece.request !== request) return 'ignored';
      const sane =
        Number.isSafeInteger(piece.parts) &&
        piece.parts >= 1 &&
        piece.parts <= MAX_PARTS &&
        Number.isSafeInteger(piece.part) &&
        piece.part >= 0 &&
        piece.part < piece.parts &&
        piece.data.length <= PART_BYTES &&
        (gathered === undefined || (gathered.parts === piece.parts && gathered.snapshot === piece.snapshot));
      if (!sane) return 'broken';
      gathered ??= goesOn(piece) ? before : { snapshot: piece.snapshot, parts: piece.parts, pieces: new Map() };
      const { parts, pieces } = gathered as Gathered;
      if (pieces.has(piece.part) && pieces.size < parts) return 'ignored';
      pieces.set(piece.part, piece.data);
      return pieces.size < parts ? 'more' : assemble(gathered as Gathered);
    },
  };
}

/** One job of sending: what to send to whom, made when its turn comes, so that the snapshot is fresh. */
export interface StateJob {
  readonly to: Occupant;
  /** Runs at most once; the messages leave in order. Empty when there is nothing to say any more. */
  prepare(): readonly SxePayload[] | Promise<readonly SxePayload[]>;
  /** It is given up while `prepare` may be at work. */
  cancel?(): void;
  /** After the last was handed over, or the job was given up. */
  done?(): void;
}

export interface StateSender {
  /** Queues a job; an earlier one for the same person that hasn't begun is replaced: floods cost one state at a time. */
  add(job: StateJob): void;
  /** The person is gone: what is left for them is dropped. */
  drop(id: string): void;
  /** The connection is gone. */
  clear(): void;
}

/** Sends states one after the other, piece by piece, each when the transport has taken the last. */
export function createStateSender(send: (to: Occupant, payload: SxePayload) => Promise<void>): StateSender {
  let queue: StateJob[] = [];
  let current: StateJob | undefined;

  const run = async (job: StateJob): Promise<void> => {
    try {
      const prepared = job.prepare();
      // What is ready leaves in this very turn: the order of other messages counts on it.
      for (const payload of prepared instanceof Promise ? await prepared : prepared) {
        if (current !== job) break;
        await send(job.to, payload);
      }
    } catch {
      // Not taken: the connection is going down, and the asker asks again when it is back.
    } finally {
      job.done?.();
      if (current === job) {
        current = undefined;
        next();
      }
    }
  };
  const next = (): void => {
    if (current) return;
    current = queue.shift();
    if (current) void run(current);
  };

  return {
    add(job) {
      queue = [...queue.filter((other) => other.to.id !== job.to.id), job];
      next();
    },
    drop(id) {
      queue = queue.filter((job) => job.to.id !== id);
      if (current?.to.id === id) {
        current.cancel?.();
        current = undefined;
        next();
      }
    },
    clear() {
      queue = [];
      current?.cancel?.();
      current = undefined;
    },
  };
}
