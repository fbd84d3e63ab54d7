/** From whatever failed inside to the one kind of error that crosses the API. */
import { ApiError, type ApiErrorCode, isApiErrorCode } from '#api/errors.ts';

/** What the network could not do by itself for now: trying again later may help. */
const TRANSIENT: ReadonlySet<string> = new Set(['disconnected', 'timeout', 'unknown-host', 'connection-refused']);

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Whether the network may do later what it could not do now. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.has(codeOf(error));
}

/** The error as the API's: one that has a code of it keeps code and sentence; any other is passed on as it is, for the log. */
export function toApiError(error: unknown): unknown {
  if (error instanceof ApiError) return error;
  const code = codeOf(error);
  if (error instanceof Error && isApiErrorCode(code)) return new ApiError(code, error.message);
  return error;
}

/** The sentence for a room that didn't let us in, by code, naming the room and what to do. */
export function roomError(
  error: unknown,
  { room, nick, create }: { room: string; nick: string; create: boolean },
): unknown {
  const say = (code: ApiErrorCode, message: string): ApiError => new ApiError(code, message);
  switch (codeOf(error)) {
    case 'room-full':
      return say('room-full', `The room ${room} is full. Try again later, or ask someone there to make room.`);
    case 'banned':
      return say('banned', `You are banned from ${room}. Ask one of its owners to let you in.`);
    case 'members-only':
      return say('members-only', `Only members may enter ${room}. Ask one of its owners to make you a member.`);
    case 'password-required':
      return say('password-required', `The room ${room} wants a password, or another one. Enter it and try again.`);
    case 'nick-taken':
      return say(
        'nick-taken',
        `Someone in ${room} is called ${nick} already. Choose another name, such as ${suggestNick(nick)}.`,
      );
    case 'room-missing':
      // Prosody keeps a room for some minutes, locked, whose maker it refused by their name.
      if (create) {
        return say(
          'room-locked',
          `The server keeps ${room} locked. Choose another address, or try again in some minutes.`,
        );
      }
      return say('room-missing', `There is no room ${room}. Check its address, or create it.`);
    case 'not-allowed':
      return say(
        'not-allowed',
        `You may not enter or create ${room}. Ask those who run the server, or choose another room.`,
      );
    case 'timeout':
      return say('timeout', `No answer came from ${room}. Check its address and the network, then try again.`);
    case 'disconnected':
      return say(
        'disconnected',
        `The connection was lost while entering ${room}. Limn connects again; then try once more.`,
      );
    default:
      return toApiError(error);
  }
}

/** `Ann` becomes `Ann 2`, `Ann 2` becomes `Ann 3`. */
export function suggestNick(nick: string): string {
  const match = /^(.*) (\d{1,4})$/s.exec(nick);
  return match === null ? `${nick} 2` : `${match[1]} ${Number(match[2]) + 1}`;
}
