/** What a failed call means to a form: its sentence, and the field it belongs to. */
import { ApiError, type ApiErrorCode } from '#api/errors.ts';

/** The sentence of an ApiError; undefined for anything else, which is a bug and has no sentence for people. */
export function sentenceOf(error: unknown): string | undefined {
  return error instanceof ApiError ? error.message : undefined;
}

export function codeOf(error: unknown): ApiErrorCode | undefined {
  return error instanceof ApiError ? error.code : undefined;
}

export type SignInField = 'jid' | 'password' | 'service';

/** The sign-in field that a failure is shown at. With a service given, it is what could not be reached. */
export function signInField(code: ApiErrorCode | undefined, hasService: boolean): SignInField {
  if (code === 'wrong-password') return 'password';
  const unreachable = code === 'unknown-host' || code === 'connection-refused' || code === 'timeout';
  return unreachable && hasService ? 'service' : 'jid';
}

export type RoomField = 'room' | 'nick' | 'password';

/** The room field that a failure is shown at. */
export function roomField(code: ApiErrorCode | undefined): RoomField {
  if (code === 'password-required' || code === 'wrong-password') return 'password';
  return code === 'nick-taken' ? 'nick' : 'room';
}
