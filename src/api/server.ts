/** The server end of the API for one client, whatever the transport: checks, calls, answers, events. */
import type { ApiServer, EventData, EventName } from './contract.ts';
import { calls } from './contract.ts';
import { ApiError } from './errors.ts';
import type { OutgoingLimits } from './outgoing.ts';
import { Outgoing } from './outgoing.ts';
import type { ClientFrame, ServerFrame } from './wire.ts';
import { check, isCallName, LIMITS, parseClientFrame, serializeFrame } from './wire.ts';

/** What a transport gives for one client: an ordered, reliable way to send texts, and to cut the client off. */
export interface ServerPort {
  send(text: string): void;
  /** Ends the connection; the transport need not call `gone` after it. */
  close(reason: string): void;
}

/** One connected client. The transport calls `receive` for each message and `gone` at the end, once or more. */
export interface ServedClient {
  readonly id: string;
  receive(text: string): void;
  gone(): void;
  /** For what the host itself has to say to this client (a link that was opened). */
  emit<N extends EventName>(name: N, data: EventData<N>): void;
}

export interface ServeOptions {
  /** Unique among all clients of the server. */
  readonly id: string;
  /** Is told what went wrong inside (never shown to the client as it is). */
  readonly report?: ((fault: unknown) => void) | undefined;
  readonly limits?: { readonly [K in keyof OutgoingLimits | 'callsInFlight']: number } | undefined;
}

const INTERNAL = 'Something went wrong inside Limn. Try again; if it keeps happening, restart Limn.';

/** Connects a client to `server` and serves it until it is gone. A message that no client of ours sends ends it. */
export function serveClient(server: ApiServer, port: ServerPort, options: ServeOptions): ServedClient {
  const limits = options.limits ?? LIMITS;
  const inFlight = new Set<number>();
  let live = true;

  const gone = (): void => {
    if (!live) return;
    live = false;
    server.disconnected(options.id);
  };
  const cutOff = (reason: string): void => {
    if (!live) return;
    gone();
    port.close(reason);
  };
  const outgoing = new Outgoing(
    (text) => port.send(text),
    () => cutOff('too slow'),
    limits,
  );

  const answer = (frame: Extract<ServerFrame, { id: number }>): void => {
    if (!live) return;
    const text = serializeFrame(frame);
    if (text.length > LIMITS.messageChars) {
      const message = 'The answer is too large to show. Export the board from the command line instead.';
      answer({ t: 'error', id: frame.id, code: 'too-large', message });
      return;
    }
    outgoing.answer(text, () => inFlight.delete(frame.id));
  };
  const fail = (id: number, error: unknown): void => {
    if (error instanceof ApiError) {
      const { code, message, rule } = error;
      answer({ t: 'error', id, code, message, ...(rule === undefined ? {} : { rule }) });
      return;
    }
    options.report?.(error);
    answer({ t: 'error', id, code: 'internal', message: INTERNAL });
  };

  const call = async (frame: Extract<ClientFrame, { t: 'call' }>): Promise<void> => {
    try {
      if (!isCallName(frame.name)) {
        throw new ApiError('bad-request', 'This window and Limn are of different versions. Reload the window.');
      }
      const params = check(calls[frame.name].params, frame.params);
      if ('reason' in params) {
        options.report?.(new Error(`Bad parameters for ${frame.name}: ${params.reason}`));
        throw new ApiError('bad-request', `Limn could not do that: the request was not in order (${params.reason}).`);
      }
      answer({ t: 'ok', id: frame.id, result: await server.call(options.id, frame.name, params.value) });
    } catch (error) {
      fail(frame.id, error);
    }
  };

  const emit = <N extends EventName>(name: N, data: EventData<N>): void => {
    if (!live) return;
    const board = 'board' in data ? data.board : undefined;
    const text = serializeFrame({ t: 'event', name, data });
    outgoing.event(name, board, text);
  };

  server.connected(options.id, emit);

  return {
    id: options.id,
    gone,
    emit,
    receive(text) {
      if (!live) return;
      const frame = parseClientFrame(text);
      if (frame === undefined) {
        cutOff('malformed message');
      } else if (frame.t === 'ack') {
        if (!outgoing.acknowledge(frame.n)) cutOff('impossible acknowledgement');
      } else if (inFlight.has(frame.id)) {
        cutOff('call id used twice');
      } else if (inFlight.size >= limits.callsInFlight) {
        cutOff('too many calls');
      } else {
        inFlight.add(frame.id);
        void call(frame);
      }
    },
  };
}
