/**
 * The messages of the API, the same over every transport: one JSON text each. A client sends calls and
 * acknowledgements; the server sends answers, events and, when a client couldn't keep up, a reset.
 */
import * as v from 'valibot';
import type { CallName } from './contract.ts';
import { calls } from './contract.ts';
import { ApiError, type BrokenRule, isApiErrorCode } from './errors.ts';

/** What a client may ask for and how much is kept for one that is slow. Lengths are UTF-16 units of the JSON text. */
export const LIMITS = {
  /** A message of either side: the contract's largest text (32 Mi), escaped, with room to spare. */
  messageChars: 64 * 1024 * 1024,
  /** Calls of one client that have not been answered. */
  callsInFlight: 128,
  /** Messages sent that the client has not acknowledged; beyond, they wait in the queue. */
  windowMessages: 256,
  windowChars: 1024 * 1024,
  /** Events that wait for a slow client; beyond, they are dropped and the client opens its boards anew. */
  queueMessages: 4096,
  queueChars: 32 * 1024 * 1024,
  /** Answers that wait for a client which asks and doesn't read; beyond, it is cut off. */
  answerChars: 256 * 1024 * 1024,
} as const;

/** The server's first message, before any frame: the client is admitted and its calls will be heard. */
export const WELCOME = 'ready';

/** A client acknowledges at the latest after this much: well inside the window, so that the server never stalls. */
export const ACK_AFTER = { messages: 64, chars: 256 * 1024 } as const;

const messageId = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const clientFrameSchema = v.variant('t', [
  v.strictObject({
    t: v.literal('call'),
    id: messageId,
    name: v.pipe(v.string(), v.maxLength(64)),
    params: v.optional(v.unknown()),
  }),
  /** `n`: how many messages the client has taken since the connection began. */
  v.strictObject({ t: v.literal('ack'), n: messageId }),
]);
/** What a client sends. */
export type ClientFrame = v.InferOutput<typeof clientFrameSchema>;

const serverFrameSchema = v.variant('t', [
  v.strictObject({ t: v.literal('ok'), id: messageId, result: v.optional(v.unknown()) }),
  v.strictObject({
    t: v.literal('error'),
    id: messageId,
    code: v.string(),
    message: v.string(),
    rule: v.optional(v.strictObject({ code: v.string(), detail: v.record(v.string(), v.string()) })),
  }),
  v.strictObject({ t: v.literal('event'), name: v.string(), data: v.optional(v.unknown()) }),
  v.strictObject({ t: v.literal('reset') }),
]);
/** What the server sends. `reset`: events were dropped, what is open must be opened anew. */
export type ServerFrame = v.InferOutput<typeof serverFrameSchema>;

function parseFrame<S extends v.GenericSchema>(schema: S, text: string): v.InferOutput<S> | undefined {
  if (text.length > LIMITS.messageChars) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : undefined;
}

/** A client's message, or undefined when it isn't one: our own client never sends that, so the sender is cut off. */
export function parseClientFrame(text: string): ClientFrame | undefined {
  return parseFrame(clientFrameSchema, text);
}

/** The server's message, or undefined when it isn't one. Its result or data is still unchecked. */
export function parseServerFrame(text: string): ServerFrame | undefined {
  return parseFrame(serverFrameSchema, text);
}

/** The message as it travels. */
export function serializeFrame(frame: ClientFrame | ServerFrame): string {
  return JSON.stringify(frame);
}

/** Whether `name` is a call of the contract (and not something every object inherits). */
export function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}

/** The value as `schema` has it, or the reason why not. A value nested too deep for the checker is refused as well. */
export function check(schema: v.GenericSchema, value: unknown): { value: unknown } | { reason: string } {
  try {
    const parsed = v.safeParse(schema, value, { abortEarly: true });
    if (parsed.success) return { value: parsed.output };
    const issue = parsed.issues[0];
    const path = v.getDotPath(issue);
    return { reason: path === null ? issue.message : `${path}: ${issue.message}` };
  } catch (error) {
    if (error instanceof RangeError) return { reason: 'nested too deep' };
    throw error;
  }
}

/** The failure that an error message names; a code that this side doesn't know becomes `internal`. */
export function toApiError(code: string, message: string, rule?: BrokenRule): ApiError {
  return new ApiError(isApiErrorCode(code) ? code : 'internal', message, rule);
}
