/**
 * The one account of a profile: signing in and out, the question about a certificate, and signing in again by itself at
 * the start. A password is kept only when the person asked for it and the system has a place for it.
 */
import type { AccountStatus } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import type { KnownDocument } from '#session/board-service.ts';
import { isTransient, toApiError } from './failures.ts';
import type { CertificateTrouble, Connect, Connection, ConnectionEvent } from './network.ts';
import type { Clock, Logger, SecretStore, SettingStore } from './ports.ts';

/** Waiting times between attempts to sign in at the start, milliseconds. */
const RETRY_FIRST = 5_000;
const RETRY_MOST = 60_000;

export interface SignIn {
  readonly jid: string;
  readonly password: string;
  readonly service?: string | undefined;
  readonly remember: boolean;
}

export interface AccountOptions {
  readonly settings: SettingStore;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly connect: Connect;
  /** What is kept here, as those see it who know this account. */
  readonly documents: (account: string) => readonly KnownDocument[];
  readonly onStatus: (status: AccountStatus) => void;
  /** The connection is usable: a new one, or the same again. */
  readonly onConnected: (connection: Connection) => void;
  /** The connection is about to be closed, or has ended: what depends on it is to be let go. */
  readonly onGone: () => Promise<void>;
}

export interface Account {
  status(): AccountStatus;
  /** Bare JID of the account that signed in last, online or not. */
  readonly jid: string | undefined;
  /** The connection, which may be down for the moment. */
  readonly connection: Connection | undefined;
  /** Resolves when online. Rejects with ApiError. */
  signIn(params: SignIn): Promise<AccountStatus>;
  signOut(): Promise<void>;
  decideCertificate(fingerprint: string, accept: boolean): void;
  /** Signs in with what is remembered, if anything is; tries again while the network is away. */
  resume(): Promise<void>;
  /** Tries at once to be online again, where that is to be tried at all: the network may be there again, or another one. */
  hurry(): void;
  /** Closes the connection and keeps what is remembered. */
  close(): Promise<void>;
}

interface Remembered {
  readonly jid: string;
  readonly service?: string;
  readonly remember: boolean;
}

const SETTING = 'account';
const secretName = (jid: string): string => `password/${jid}`;

export function createAccount(options: AccountOptions): Account {
  const { settings, secrets, clock, logger } = options;
  let status: AccountStatus = { state: 'none' };
  let connection: Connection | undefined;
  let remembered = readRemembered(settings);
  let question: { fingerprint: string; decide: (accept: boolean) => void } | undefined;
  /** Signs in again before its time has come, or gives that up. */
  let retry: { readonly now: () => void; readonly cancel: () => void } | undefined;
  /** Counts attempts: an attempt that is no longer the newest is dropped. */
  let attempt = 0;

  const tell = (next: AccountStatus): AccountStatus => {
    status = next;
    options.onStatus(next);
    return next;
  };
  const withJid = (jid: string | undefined): { jid?: string } => (jid === undefined ? {} : { jid });

  async function drop(): Promise<void> {
    attempt++;
    retry?.cancel();
    retry = undefined;
    question?.decide(false);
    const old = connection;
    connection = undefined;
    await options.onGone();
    try {
      await old?.close();
    } catch (error) {
      logger.warn('the connection could not be closed in order', { error });
    }
  }

  /** Shows the certificate and waits for the person. */
  function ask(jid: string, mine: number, trouble: CertificateTrouble): Promise<boolean> {
    const { certificate, domain, reasons, changed } = trouble;
    if (mine !== attempt) return Promise.resolve(false);
    const fingerprint = (certificate.publicKey.match(/../g) ?? []).join(':').toUpperCase();
    const changedSentence = changed ? ['It is not the certificate that you accepted before.'] : [];
    return new Promise((resolve) => {
      question = {
        fingerprint,
        decide(accept) {
          question = undefined;
          if (mine === attempt) tell({ state: 'connecting', jid });
          resolve(accept);
        },
      };
      tell({
        state: 'certificate',
        jid,
        certificate: {
          host: domain,
          subject: certificate.subject,
          issuer: certificate.issuer,
          validFrom: day(certificate.validFrom),
          validTo: day(certificate.validTo),
          fingerprint,
          reason: [...reasons, ...changedSentence].join(' '),
          mayAccept: true,
        },
      });
    });
  }

  function onEvent(mine: number, jid: string, event: ConnectionEvent): void {
    if (mine !== attempt || connection === undefined) return;
    switch (event.type) {
      case 'online':
        tell({ state: 'online', jid });
        options.onConnected(connection);
        return;
      case 'offline':
        tell({ state: 'offline', jid, ...(event.message === undefined ? {} : { message: event.message }) });
        return;
      case 'ended': {
        connection = undefined;
        const error = failure(event.error);
        tell({ state: 'failed', jid, message: error.message, code: error.code });
        options.onGone().catch((problem: unknown) => logger.error('boards could not be let go', { error: problem }));
      }
    }
  }

  function failure(error: unknown): ApiError {
    const known = toApiError(error);
    if (known instanceof ApiError) return known;
    logger.error('the connection failed in an unexpected way', { error });
    return new ApiError('internal', 'Signing in failed inside Limn. Try again; if it keeps happening, restart Limn.');
  }

  async function connect(jid: string, password: string, service: string | undefined): Promise<Connection> {
    const mine = ++attempt;
    const domain = jid.slice(jid.indexOf('@') + 1);
    const pinned = settings.get(`pin/${jid}`);
    tell({ state: 'connecting', jid });
    const made = await options.connect({
      jid,
      password,
      ...(service === undefined ? {} : { service }),
      ...(pinned === null ? {} : { pinned }),
      validatedBefore: settings.get(`validated/${domain}`) !== null,
      decideCertificate: (trouble) => ask(jid, mine, trouble),
      onPinned: (publicKey) => settings.set(`pin/${jid}`, publicKey),
      onValidated: () => settings.set(`validated/${domain}`, '1'),
      onEvent: (event) => onEvent(mine, jid, event),
      documents: () => options.documents(jid),
    });
    if (mine !== attempt) {
      await made.close();
      throw new ApiError('cancelled', 'Signing in was stopped. Sign in again when you want to.');
    }
    connection = made;
    return made;
  }

  async function signIn(params: SignIn): Promise<AccountStatus> {
    const jid = bareJid(params.jid);
    const service = params.service === undefined || params.service.trim() === '' ? undefined : params.service.trim();
    await drop();
    const before = attempt;
    let made: Connection;
    try {
      made = await connect(jid, params.password, service);
    } catch (error) {
      const problem = failure(error);
      if (attempt === before + 1) tell({ state: 'failed', jid, message: problem.message, code: problem.code });
      throw problem;
    }
    remembered = { jid, remember: params.remember, ...(service === undefined ? {} : { service }) };
    settings.set(SETTING, JSON.stringify(remembered));
    await secrets.set(secretName(jid), params.remember && secrets.durable ? params.password : null);
    const online = tell({ state: 'online', jid });
    options.onConnected(made);
    return online;
  }

  async function tryAgain(jid: string, password: string, service: string | undefined, wait: number): Promise<void> {
    const before = attempt;
    try {
      const made = await connect(jid, password, service);
      tell({ state: 'online', jid });
      options.onConnected(made);
    } catch (error) {
      if (attempt !== before + 1) return;
      const problem = failure(error);
      if (!isTransient(error)) {
        tell({ state: 'failed', jid, message: problem.message, code: problem.code });
        return;
      }
      tell({ state: 'offline', jid, message: problem.message, code: problem.code });
      const again = (next: number): void => {
        retry = undefined;
        void tryAgain(jid, password, service, next);
      };
      const cancel = clock.after(wait, () => again(Math.min(wait * 2, RETRY_MOST)));
      retry = {
        cancel,
        now() {
          cancel();
          again(RETRY_FIRST);
        },
      };
    }
  }

  return {
    status: () => status,
    get jid() {
      return remembered?.jid;
    },
    get connection() {
      return connection;
    },
    signIn,
    async signOut() {
      await drop();
      if (remembered !== undefined) await secrets.set(secretName(remembered.jid), null);
      remembered = undefined;
      settings.set(SETTING, null);
      tell({ state: 'none' });
    },
    decideCertificate(fingerprint, accept) {
      if (question === undefined || question.fingerprint !== fingerprint) {
        throw new ApiError('not-found', 'That question is no longer open. Sign in again.');
      }
      question.decide(accept);
    },
    async resume() {
      if (remembered === undefined) return;
      const { jid, service } = remembered;
      const password = await secrets.get(secretName(jid));
      if (password === null) {
        tell({ state: 'offline', ...withJid(jid), message: 'Sign in to reach the people you share boards with.' });
        return;
      }
      await tryAgain(jid, password, service, RETRY_FIRST);
    },
    hurry() {
      retry?.now();
      connection?.hurry?.();
    },
    close: drop,
  };
}

/** The bare JID of what a person typed. Throws ApiError 'bad-request'. The XMPP library prepares it further. */
export function bareJid(text: string): string {
  const jid = text
    .trim()
    .replace(/^xmpp:/i, '')
    .replace(/[/?].*$/s, '');
  const match = /^([^@\s"&'<>]+)@([^@\s/]+)$/.exec(jid);
  if (match === null) {
    throw new ApiError('bad-request', 'An address looks like name@example.org. Check it and try again.');
  }
  return `${match[1]?.toLowerCase()}@${match[2]?.toLowerCase()}`;
}

const day = (time: number): string => (Number.isFinite(time) ? new Date(time).toISOString().slice(0, 10) : 'unknown');

function readRemembered(settings: SettingStore): Remembered | undefined {
  const text = settings.get(SETTING);
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('jid' in value) || typeof value.jid !== 'string')
      return undefined;
    const service = 'service' in value && typeof value.service === 'string' ? { service: value.service } : {};
    return { jid: value.jid, remember: 'remember' in value && value.remember === true, ...service };
  } catch {
    return undefined; // A setting that can't be read: the person signs in anew.
  }
}
