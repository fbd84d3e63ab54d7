/**
 * The client end of the API, whatever the transport: calls with their answers, events, and a connection that mends
 * itself. What was open when the connection broke (or when the server had to drop events) is opened anew, and its
 * listeners get a `changes` event that replaces all they had: they need no code of their own for it.
 */
import type { Api, CallName, EventData, EventName, Params, Result } from './contract.ts';
import { calls, events } from './contract.ts';
import { ApiError } from './errors.ts';
import type { ServerFrame } from './wire.ts';
import { ACK_AFTER, check, LIMITS, parseServerFrame, serializeFrame, toApiError } from './wire.ts';

/** A connection as the client sees it. */
export interface ClientPort {
  send(text: string): void;
  close(): void;
}

/** What a transport tells the client, in this order: `up` once, messages, `down` once (perhaps without `up`). */
export interface ClientPortEvents {
  up(): void;
  message(text: string): void;
  /** `final`: a sentence that says why trying again is of no use. */
  down(final?: string): void;
}

/** Begins a connection. */
export type Dial = (on: ClientPortEvents) => ClientPort;

export interface ApiClientOptions {
  /** Calls back once after so many milliseconds; returns the canceller. */
  readonly after?: (ms: number, run: () => void) => () => void;
  /** From 0 to below 1; spreads attempts to reconnect. */
  readonly random?: () => number;
  /** Is told of messages that break the contract. */
  readonly report?: (fault: unknown) => void;
}

/** An Api that can be waited for and closed. */
export interface ApiClient extends Api {
  /** Resolves when the first connection is up; rejects with an ApiError when that can't be. */
  readonly ready: Promise<void>;
  /** Ends the connection for good; calls under way reject with code 'disconnected'. */
  close(): void;
}

interface Pending {
  readonly name: CallName;
  settle(result: unknown): void;
  reject(error: ApiError): void;
}

const LOST = 'The connection to Limn was lost. It is tried again by itself; if it stays away, start Limn again.';
const BACK_OFF = { first: 250, most: 10_000 } as const;

function defaultAfter(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** An Api over whatever `dial` connects. Reconnects with growing, spread delays until it is closed. */
export function createApiClient(dial: Dial, options: ApiClientOptions = {}): ApiClient {
  const after = options.after ?? defaultAfter;
  const random = options.random ?? Math.random;
  const report = options.report ?? (() => {});

  const listeners = new Map<EventName, Set<(data: never) => void>>();
  const connectionListeners = new Set<(up: boolean) => void>();
  const pending = new Map<number, Pending>();
  /** Calls that wait until fewer are in flight, so that a burst of gestures is never refused. */
  let waiting: { id: number; text: string }[] = [];
  const sent = new Set<number>();
  const opened = new Set<string>();
  /** Boards whose state here isn't to be relied on until they have been opened anew. */
  const stale = new Set<string>();
  let nextId = 0;
  let port: ClientPort | undefined;
  let up = false;
  let ended: string | undefined;
  let attempts = 0;
  let cancelRetry = (): void => {};
  let taken = 0;
  let untold = { messages: 0, chars: 0 };
  let becomeReady = (): void => {};
  let neverReady = (_error: ApiError): void => {};
  const ready = new Promise<void>((resolve, reject) => {
    becomeReady = resolve;
    neverReady = reject;
  });
  ready.catch(() => {});

  const deliver = <N extends EventName>(name: N, data: EventData<N>): void => {
    for (const listener of [...(listeners.get(name) ?? [])]) {
      try {
        (listener as (data: EventData<N>) => void)(data);
      } catch (fault) {
        report(fault);
      }
    }
  };

  const pump = (): void => {
    while (sent.size < LIMITS.callsInFlight / 2) {
      const next = waiting.shift();
      if (next === undefined) return;
      if (!pending.has(next.id)) continue;
      sent.add(next.id);
      port?.send(next.text);
    }
  };

  const request = (name: CallName, params: unknown): Promise<unknown> => {
    if (!up) return Promise.reject(new ApiError('disconnected', ended ?? LOST));
    const id = nextId;
    nextId += 1;
    const text = serializeFrame({ t: 'call', id, name, params });
    if (text.length > LIMITS.messageChars) {
      return Promise.reject(new ApiError('too-large', 'That is too large for one step. Divide it and try again.'));
    }
    return new Promise((settle, reject) => {
      pending.set(id, { name, settle, reject });
      waiting.push({ id, text });
      pump();
    });
  };

  const call = async <N extends CallName>(name: N, ...rest: unknown[]): Promise<Result<N>> => {
    const params = rest[0];
    if (name === 'boards.close' || name === 'boards.remove') forget((params as Params<'boards.close'>).board);
    return (await request(name, params)) as Result<N>;
  };

  const forget = (board: string): void => {
    opened.delete(board);
    stale.delete(board);
  };

  const reopen = async (board: string): Promise<void> => {
    try {
      const state = (await request('boards.open', { board })) as Result<'boards.open'>;
      if (!opened.has(board)) return;
      deliver('status', state.status);
      deliver('people', { board, people: state.people });
      deliver('changes', { board, changes: [{ op: 'reset', root: state.root }] });
    } catch (error) {
      if (error instanceof ApiError && error.code === 'disconnected') return;
      forget(board);
      const message = error instanceof ApiError ? error.message : 'The board could not be opened again. Open it anew.';
      deliver('notice', { board, level: 'error', message });
    }
  };

  /** Fetches anew all that events should have told. */
  const renew = (): void => {
    for (const board of opened) {
      stale.add(board);
      void reopen(board);
    }
    void request('account.status', undefined).then(
      (status) => deliver('account', status as EventData<'account'>),
      () => {},
    );
  };

  const answered = (id: number): Pending | undefined => {
    const call = pending.get(id);
    pending.delete(id);
    sent.delete(id);
    pump();
    return call;
  };

  const onEvent = (frame: Extract<ServerFrame, { t: 'event' }>): void => {
    if (!Object.hasOwn(events, frame.name)) {
      report(new Error(`Unknown event ${frame.name}`));
      return;
    }
    const name = frame.name as EventName;
    const data = check(events[name], frame.data);
    if ('reason' in data) {
      // A change that can't be read would leave a picture that differs in silence: take all of it again.
      report(new Error(`Bad event ${name}: ${data.reason}`));
      renew();
      return;
    }
    const value = data.value as EventData<EventName>;
    const board = 'board' in value ? value.board : undefined;
    if (name !== 'notice' && name !== 'past' && board !== undefined && stale.has(board)) return;
    deliver(name, value);
  };

  const onOk = (frame: Extract<ServerFrame, { t: 'ok' }>): void => {
    const call = answered(frame.id);
    if (call === undefined) return;
    const result = check(calls[call.name].result, frame.result);
    if ('reason' in result) {
      report(new Error(`Bad answer to ${call.name}: ${result.reason}`));
      call.reject(new ApiError('internal', 'Limn answered in a way this window cannot read. Reload the window.'));
      return;
    }
    if (call.name === 'boards.open') {
      const board = (result.value as Result<'boards.open'>).status.board;
      opened.add(board);
      stale.delete(board);
    }
    call.settle(result.value);
  };

  const onMessage = (text: string): void => {
    taken += 1;
    untold = { messages: untold.messages + 1, chars: untold.chars + text.length };
    const frame = parseServerFrame(text);
    if (frame === undefined) {
      report(new Error('Malformed message from the server'));
      port?.close();
      return;
    }
    if (frame.t === 'ok') onOk(frame);
    else if (frame.t === 'error') answered(frame.id)?.reject(toApiError(frame.code, frame.message, frame.rule));
    else if (frame.t === 'event') onEvent(frame);
    else renew();
    // Only now: a window that is busy drawing must not be sent more than it can take.
    if (untold.messages >= ACK_AFTER.messages || untold.chars >= ACK_AFTER.chars) {
      untold = { messages: 0, chars: 0 };
      port?.send(serializeFrame({ t: 'ack', n: taken }));
    }
  };

  const setUp = (value: boolean): void => {
    if (up === value) return;
    up = value;
    for (const listener of [...connectionListeners]) listener(value);
  };

  const rejectAll = (message: string): void => {
    const calls = [...pending.values()];
    pending.clear();
    sent.clear();
    waiting = [];
    for (const call of calls) call.reject(new ApiError('disconnected', message));
  };

  const connect = (): void => {
    let current = true;
    taken = 0;
    untold = { messages: 0, chars: 0 };
    port = dial({
      up() {
        if (!current || ended !== undefined) return;
        const again = attempts > 0 || opened.size > 0;
        attempts = 0;
        setUp(true);
        becomeReady();
        if (again) renew();
      },
      message(text) {
        if (current) onMessage(text);
      },
      down(final) {
        if (!current) return;
        current = false;
        port = undefined;
        if (final !== undefined) ended = final;
        setUp(false);
        rejectAll(ended ?? LOST);
        if (ended !== undefined) {
          neverReady(new ApiError('disconnected', ended));
          return;
        }
        const delay = Math.min(BACK_OFF.most, BACK_OFF.first * 2 ** Math.min(attempts, 10)) * (0.5 + random() / 2);
        attempts += 1;
        cancelRetry = after(delay, connect);
      },
    });
  };

  connect();

  return {
    ready,
    call: (name, ...params) => call(name, ...params),
    on(name, listener) {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all);
      all.add(listener);
      return () => all.delete(listener);
    },
    onConnection(listener) {
      connectionListeners.add(listener);
      return () => connectionListeners.delete(listener);
    },
    close() {
      ended ??= 'This window has ended its connection to Limn. Reload it to go on.';
      cancelRetry();
      const last = port;
      port = undefined;
      setUp(false);
      rejectAll(ended);
      neverReady(new ApiError('disconnected', ended));
      last?.close();
    },
  };
}
