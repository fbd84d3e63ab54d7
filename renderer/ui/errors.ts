/** What a failure means to people: its sentence in their language, and the field of a form it belongs to. */
import type { i18n } from 'i18next';
import type { AccountStatus, EventData } from '#api/contract.ts';
import { ApiError, type ApiErrorCode, type BrokenRule } from '#api/errors.ts';
import { BoardProblem, type ProblemCode } from '#renderer/board/problem.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';

/** Codes that say all there is to say. The others' sentences carry details that only main knows. */
const BY_CODE: Readonly<Record<string, TextKey | undefined>> & { readonly [C in ApiErrorCode]?: TextKey } = {
  'wrong-password': 'error.wrongPassword',
  'own-address': 'error.ownAddress',
  'bad-service': 'error.badService',
  'unknown-host': 'error.unknownHost',
  'connection-refused': 'error.connectionRefused',
  certificate: 'error.certificate',
  'no-encryption': 'error.noEncryption',
  'not-signed-in': 'error.notSignedIn',
  'room-full': 'error.roomFull',
  banned: 'error.banned',
  'members-only': 'error.membersOnly',
  'password-required': 'error.passwordRequired',
  'nick-taken': 'error.nickTaken',
  'not-allowed': 'error.notAllowed',
  'no-voice': 'error.noVoice',
  'not-admin': 'error.notAdmin',
  'room-missing': 'error.roomMissing',
  'room-locked': 'error.roomLocked',
  'not-a-room': 'error.notARoom',
  'bad-room': 'error.badRoom',
  'bad-name': 'error.badName',
  'too-large': 'error.tooLarge',
  timeout: 'error.timeout',
  disconnected: 'error.disconnected',
  'not-found': 'error.notFound',
  internal: 'error.internal',
};

const PROBLEMS: { readonly [C in ProblemCode]: TextKey } = {
  'too-heavy': 'problem.tooHeavy',
  'not-a-picture': 'problem.notAPicture',
  'unreadable-picture': 'problem.unreadablePicture',
  'large-picture': 'problem.largePicture',
};

/** The sentence of a failure; undefined for what is a bug and has no sentence for people. Main speaks English, with the
 *  names of servers and rooms, so in English its own sentence is kept. */
export function sentenceOf(error: unknown, { t, language }: Pick<i18n, 't' | 'language'>): string | undefined {
  if (error instanceof BoardProblem) return t(PROBLEMS[error.code], { file: error.file });
  if (!(error instanceof ApiError)) return undefined;
  if (language === 'en') return error.message;
  const key = BY_CODE[error.code];
  if (key !== undefined) return t(key);
  return (error.rule && ruleSentence(error.rule, { t, language })) ?? error.message;
}

const RULES: Readonly<Record<string, TextKey | undefined>> = {
  complete: 'rule.complete',
  'not-owner': 'rule.notOwner',
};

/** Why a rule forbids something; undefined where main's own sentence, which is English and names the parts, says it better. */
export function ruleSentence({ code }: BrokenRule, { t, language }: Pick<i18n, 't' | 'language'>): string | undefined {
  return language === 'en' ? undefined : t(RULES[code] ?? 'rule.other');
}

const NOTICES: Readonly<Record<string, TextKey | undefined>> = {
  healed: 'notice.healed',
  partial: 'notice.partial',
  flood: 'notice.flood',
  resent: 'notice.resent',
  stroke: 'notice.stroke',
  'no-voice': 'notice.noVoice',
  'no-state': 'notice.noState',
  refused: 'notice.refused',
};

/** Whether main tells that a room lets one in no more: its board says so by itself. */
export const isBarred = (code: string | undefined): boolean =>
  code === 'password-required' || code === 'members-only' || code === 'banned';

/** What main tells of, in the person's language where there is a sentence for it. */
export function noticeSentence(
  { code, who, message }: Pick<EventData<'notice'>, 'code' | 'who' | 'message'>,
  { t, language }: Pick<i18n, 't' | 'language'>,
): string {
  const key = language === 'en' || code === undefined ? undefined : NOTICES[code];
  return key === undefined ? message : t(key, { name: who });
}

/** Why an account is not connected, or just that it isn't: without a code it waits for its person to sign in. */
export function accountSentence(account: AccountStatus, { t, language }: Pick<i18n, 't' | 'language'>): string {
  const { jid = '', code, message } = account;
  if (code === undefined || message === undefined) return t('welcome.accountOffline', { jid });
  const key = language === 'en' ? undefined : BY_CODE[code];
  return key === undefined ? message : t(key);
}

export function codeOf(error: unknown): ApiErrorCode | undefined {
  return error instanceof ApiError ? error.code : undefined;
}

export type SignInField = 'jid' | 'password' | 'service';

/** The sign-in field that a failure is shown at. With a service given, it is what could not be reached. */
export function signInField(code: ApiErrorCode | undefined, hasService: boolean): SignInField {
  if (code === 'wrong-password') return 'password';
  if (code === 'bad-service') return 'service';
  const unreachable = code === 'unknown-host' || code === 'connection-refused' || code === 'timeout';
  return unreachable && hasService ? 'service' : 'jid';
}

export type RoomField = 'room' | 'nick' | 'password';

/** The room field that a failure is shown at. */
export function roomField(code: ApiErrorCode | undefined): RoomField {
  if (code === 'password-required' || code === 'wrong-password') return 'password';
  return code === 'nick-taken' || code === 'bad-name' ? 'nick' : 'room';
}
