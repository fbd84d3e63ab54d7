/** Who may ask this connection for which board's log (urn:x-limn:log:0): those in its room, and this account's other devices. */
import type { LogAnswer, LogQuery } from './log-answer.ts';
import type { Entity } from '#xmpp/entity.ts';
import { StanzaError } from '#xmpp/errors.ts';
import { bareJid } from '#xmpp/jid.ts';
import { NS_LIMN_LOG, parseLogQuery, serializeLogPage } from '#xmpp/limn-log.ts';
import { attribute } from '#xmpp/xml-text.ts';

export interface ServedLog {
  readonly session: string;
  readonly answer: (query: LogQuery | undefined) => LogAnswer;
  /** Whether this full JID is in the session's room. */
  readonly isPresent: (jid: string) => boolean;
}

export interface LogService {
  /** Returns the end of it. */
  serve(log: ServedLog): () => void;
  stop(): void;
}

/** Answers requests on a connection. Strangers learn nothing of what there is. */
export function createLogService(entity: Entity): LogService {
  const served: ServedLog[] = [];
  const stop = entity.handle('get', 'log', NS_LIMN_LOG, (iq, child) => {
    const from = attribute(iq, 'from') ?? '';
    const own = bareJid(from) !== undefined && bareJid(from) === bareJid(entity.jid ?? '');
    const allowed = served.filter(({ isPresent }) => own || isPresent(from));
    if (allowed.length === 0) throw new StanzaError('forbidden', 'auth', 'Join the room of the board first.');
    const query = parseLogQuery(child);
    const log = query?.session === undefined ? allowed[0] : allowed.find(({ session }) => session === query.session);
    if (log === undefined) throw new StanzaError('item-not-found', 'cancel', 'There is no such session here.');
    const answer = log.answer(query);
    if (answer.ok) return serializeLogPage(answer.page);
    throw new StanzaError(answer.condition, answer.condition === 'bad-request' ? 'modify' : 'cancel', answer.text);
  });
  return {
    serve(log) {
      served.push(log);
      return () => {
        const at = served.indexOf(log);
        if (at >= 0) served.splice(at, 1);
      };
    },
    stop,
  };
}
