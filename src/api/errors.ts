/** Codes that a client may branch on. Sentences are for people and may change. */
const CODES = [
  'bad-request',
  'not-found',
  'refused',
  'disconnected',
  'cancelled',
  'internal',
  'storage',
  'wrong-password',
  'own-address',
  'bad-service',
  'unknown-host',
  'connection-refused',
  'certificate',
  'no-encryption',
  'not-signed-in',
  'room-full',
  'banned',
  'members-only',
  'password-required',
  'nick-taken',
  'not-allowed',
  'no-voice',
  'not-admin',
  'room-missing',
  'room-locked',
  'not-a-room',
  'bad-room',
  'bad-name',
  'bad-svg',
  'bad-xhtml',
  'too-large',
  'timeout',
] as const;
export type ApiErrorCode = (typeof CODES)[number];

/** Whether this is a code that this side of the API knows. */
export function isApiErrorCode(code: string): code is ApiErrorCode {
  return (CODES as readonly string[]).includes(code);
}

/** The rule that what was refused breaks: what a translated sentence is made of (core's `Fault` without its English one). */
export interface BrokenRule {
  readonly code: string;
  readonly detail: Readonly<Record<string, string>>;
}

/** A failure that crosses the API: a code, and one sentence that says what happened and what to do. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly rule: BrokenRule | undefined;
  constructor(code: ApiErrorCode, message: string, rule?: BrokenRule) {
    super(message);
    this.rule = rule;
    this.name = 'ApiError';
    this.code = code;
  }
}
