/** Codes that a client may branch on. Sentences are for people and may change. */
export type ApiErrorCode =
  | 'bad-request'
  | 'not-found'
  | 'refused'
  | 'disconnected'
  | 'cancelled'
  | 'internal'
  | 'storage'
  | 'wrong-password'
  | 'unknown-host'
  | 'connection-refused'
  | 'certificate'
  | 'no-encryption'
  | 'not-signed-in'
  | 'room-full'
  | 'banned'
  | 'members-only'
  | 'password-required'
  | 'nick-taken'
  | 'not-allowed'
  | 'room-missing'
  | 'bad-svg'
  | 'too-large'
  | 'timeout';

/** A failure that crosses the API: a code, and one sentence that says what happened and what to do. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  constructor(code: ApiErrorCode, message: string) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
  }
}
