/** Why a connection or a request failed: a code to branch on and a sentence for a person. */

/** Codes of connections and rooms, spelt as in the API (src/api/errors.ts). */
export type XmppErrorCode =
  | 'wrong-password'
  | 'unknown-host'
  | 'connection-refused'
  | 'certificate'
  | 'no-encryption'
  | 'disconnected'
  | 'cancelled'
  | 'refused'
  | 'timeout'
  | 'internal'
  | 'room-full'
  | 'banned'
  | 'members-only'
  | 'password-required'
  | 'nick-taken'
  | 'not-allowed'
  | 'not-admin'
  | 'room-missing'
  | 'not-a-room'
  | 'bad-room'
  | 'bad-name';

/** A failure with a code and one sentence that says what happened and what to do. */
export class XmppError extends Error {
  readonly code: XmppErrorCode;
  /** The stanza, stream or SASL condition that the server gave, where it gave one. */
  readonly condition: string | undefined;
  constructor(code: XmppErrorCode, message: string, condition?: string) {
    super(message);
    this.name = 'XmppError';
    this.code = code;
    this.condition = condition;
  }
}

/** An error reply to a request (RFC 6120, section 8.3). */
export class StanzaError extends XmppError {
  /** cancel, modify, auth, wait or continue. */
  readonly type: string;
  /** The application-specific condition (section 8.3.4): its name and namespace. */
  readonly detail: { readonly name: string; readonly ns: string } | undefined;
  constructor(condition: string, type: string, text?: string, detail?: { readonly name: string; readonly ns: string }) {
    const said = text === undefined || text === '' ? '' : ` ("${text}")`;
    super('refused', `The server refused the request: ${condition}${said}.`, condition);
    this.name = 'StanzaError';
    this.type = type;
    this.detail = detail;
  }
}

/** Whether trying again by itself may help: not for wrong passwords, untrusted certificates and the like. */
export function isTransient(error: XmppError): boolean {
  return (
    error.code === 'disconnected' ||
    error.code === 'timeout' ||
    error.code === 'unknown-host' ||
    error.code === 'connection-refused'
  );
}

/** The sentence for a dial that failed with the system's error code. */
export function dialError(domain: string, endpoint: string, code: string | undefined): XmppError {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA') {
    return new XmppError('unknown-host', `No server was found for ${domain}. Check the address and the network.`, code);
  }
  if (code === 'ECONNREFUSED') {
    const advice = 'Check the port, or ask whether the server is running.';
    return new XmppError('connection-refused', `Nothing answers at ${endpoint}. ${advice}`, code);
  }
  return new XmppError('disconnected', `The connection to ${endpoint} failed. Check the network and try again.`, code);
}

/** The sentence for a stream error (RFC 6120, section 4.9.3). */
export function streamError(domain: string, condition: string, text: string): XmppError {
  switch (condition) {
    case 'conflict':
      return new XmppError(
        'refused',
        'The same account signed in elsewhere under this name. Sign in again to go on here.',
        condition,
      );
    case 'host-unknown':
      return new XmppError(
        'unknown-host',
        `The server does not serve ${domain}. Check the address after the @.`,
        condition,
      );
    case 'host-gone':
      return new XmppError(
        'refused',
        `The server no longer serves ${domain}. Ask those who run it where the account is now.`,
        condition,
      );
    case 'not-authorized':
      return new XmppError('refused', 'The server ended the session. Sign in again.', condition);
    case 'policy-violation':
      return new XmppError(
        'disconnected',
        `${domain} ended the connection because of its rules, often for too much at once. Limn connects again by itself.`,
        condition,
      );
    case 'system-shutdown':
    case 'reset':
      return new XmppError(
        'disconnected',
        `${domain} is shutting down or restarting. Limn connects again by itself.`,
        condition,
      );
    default: {
      const said = text === '' ? '' : ` ("${text}")`;
      return new XmppError(
        'disconnected',
        `The server closed the connection: ${condition}${said}. Limn connects again by itself.`,
        condition,
      );
    }
  }
}

/** The sentence for a SASL failure (RFC 6120, section 6.5). */
export function saslError(domain: string, condition: string, text: string): XmppError {
  switch (condition) {
    case 'not-authorized':
      return new XmppError(
        'wrong-password',
        `${domain} did not accept the name or the password. Check both and try again.`,
        condition,
      );
    case 'account-disabled':
      return new XmppError('refused', `This account is disabled. Ask those who run ${domain}.`, condition);
    case 'credentials-expired':
      return new XmppError(
        'wrong-password',
        `This password has expired. Change it at ${domain}, then sign in.`,
        condition,
      );
    case 'temporary-auth-failure':
      return new XmppError(
        'disconnected',
        `${domain} can't check passwords at the moment. Limn tries again by itself.`,
        condition,
      );
    default: {
      const said = text === '' ? '' : ` ("${text}")`;
      return new XmppError(
        'refused',
        `${domain} refused the sign-in: ${condition}${said}. Try again, or ask those who run it.`,
        condition,
      );
    }
  }
}
