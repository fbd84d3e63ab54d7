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

/** Cuts a state's bytes into the pieces that answer a request. */
export function cutState(state: Uint8Array, request: string, compression: Compression): StatePiece[] {
  const data = compression.deflate(state);
  const parts = Math.max(1, Math.ceil(data.length / PART_BYTES));
  return Array.from({ length: parts }, (_, part) => ({
    kind: 'limn-state',
    request,
    part,
    parts,
    data: data.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
  }));
}

export interface StateCollector {
  readonly request: string;
  readonly provider: string;
  /** Takes a piece. What doesn't belong here is ignored; a complete state that can't be read is `broken`. */
  take(piece: StatePiece): 'ignored' | 'more' | 'broken' | ReceivedState;
  /** 0 to 1. */
  progress(): number;
}

/** Gathers the answer of one provider to one request. */
export function createStateCollector(request: string, provider: string, compression: Compression): StateCollector {
  const pieces = new Map<number, Uint8Array>();
  let parts: number | undefined;

  const assemble = (total: number): ReceivedState | 'broken' => {
    const all = Array.from({ length: total }, (_, part) => pieces.get(part) ?? new Uint8Array());
    const data = new Uint8Array(all.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of all) {
      data.set(piece, at);
      at += piece.length;
    }
    let state: Uint8Array;
    try {
      state = compression.inflate(data, MAX_EXPANDED);
    } catch {
      return 'broken';
    }
    return parseLimnState(state) ?? 'broken';
  };

  return {
    request,
    provider,
    progress: () => (parts === undefined ? 0 : pieces.size / parts),
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
        (parts === undefined || parts === piece.parts);
      if (!sane) return 'broken';
      if (pieces.has(piece.part)) return 'ignored';
      parts = piece.parts;
      pieces.set(piece.part, piece.data);
      return pieces.size < parts ? 'more' : assemble(parts);
    },
  };
}

/** One job of sending: what to send to whom, made when its turn comes, so that the snapshot is fresh. */
export interface StateJob {
  readonly to: Occupant;
  /** Runs at most once; the messages leave in order. Empty when there is nothing to say any more. */
  prepare(): readonly SxePayload[];
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
      for (const payload of job.prepare()) {
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
        current = undefined;
        next();
      }
    },
    clear() {
      queue = [];
      current = undefined;
    },
  };
}
