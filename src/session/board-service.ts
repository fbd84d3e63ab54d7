/** Who may ask this connection for which board's log (urn:x-limn:log:0) and state (urn:x-limn:state:0), and which sessions and documents
 *  they are told of (XEP-0030): those in a board's room, the one with whom it is shared, and this account's other devices. */
import type { LogAnswer, LogQuery } from './log-answer.ts';
import { createStatePages } from './state-pages.ts';
import type { Clock, Random } from './ports.ts';
import type { ReplicaState } from '#core/replica-port.ts';
import type { Entity } from '#xmpp/entity.ts';
import { StanzaError } from '#xmpp/errors.ts';
import { bareJid } from '#xmpp/jid.ts';
import { NS_LIMN_LOG, parseLogQuery, serializeLogPage } from '#xmpp/limn-log.ts';
import { NS_LIMN_STATE, parseStateQuery, serializeStatePage } from '#xmpp/limn-state-pages.ts';
import type { DiscoItem } from '#xmpp/xep-0030.ts';
import { attribute, type Element, toXmlText } from '#xmpp/xml-text.ts';

/** What a board tells those who may ask. */
export interface BoardAnswers {
  /** What people call it. */
  readonly name: () => string;
  readonly log: (query: LogQuery | undefined) => LogAnswer;
  /** The state as it is confirmed; undefined while it is being fetched. */
  readonly state: () => ReplicaState | undefined;
}

export interface ServedBoard {
  readonly session: string;
  readonly answers: BoardAnswers;
  /** Whether this full JID is in the session's room. */
  readonly isPresent: (jid: string) => boolean;
}

/** A document that is kept here, open or not. */
export interface KnownDocument {
  readonly id: string;
  readonly name: string;
  /** The session in which it is shared, and where: a room, or one other (`direct`), by bare JID. */
  readonly shared?: { readonly session: string; readonly jid: string; readonly direct: boolean };
}

/** The node whose items are documents. */
export const NS_LIMN_DOCUMENTS = 'urn:x-limn:documents:0';

export interface BoardService {
  /** Returns the end of it. */
  serve(board: ServedBoard): () => void;
  /** What this full JID may know of, for its question what is here (XEP-0030): sessions, each a node, which is the session's id, and the
   *  node of documents if it may know of any; or those, each by its session's id, else its own. Undefined for other nodes. */
  itemsFor(from: string, node?: string): readonly DiscoItem[] | undefined;
  stop(): void;
}

/** Answers requests on a connection. Strangers learn nothing of what there is. `documents`: all that are kept here, at the time. */
export function createBoardService(
  entity: Entity,
  clock: Clock,
  random: Random,
  documents: () => readonly KnownDocument[] = () => [],
): BoardService {
  const served: (ServedBoard & { readonly pages: ReturnType<typeof createStatePages> })[] = [];

  const isOwn = (from: string): boolean => bareJid(from) !== undefined && bareJid(from) === bareJid(entity.jid ?? '');

  function allowedTo(from: string): typeof served {
    const own = isOwn(from);
    return served.filter(({ isPresent }) => own || isPresent(from));
  }

  function documentsFor(from: string): readonly DiscoItem[] {
    const here = entity.jid ?? entity.domain;
    const sessions = new Set(allowedTo(from).map(({ session }) => session));
    const known = documents().filter(
      ({ shared }) =>
        isOwn(from) ||
        (shared !== undefined && (sessions.has(shared.session) || (shared.direct && shared.jid === bareJid(from)))),
    );
    return known.map(({ id, name, shared }) =>
      item(shared === undefined || shared.direct ? here : shared.jid, shared?.session ?? id, name),
    );
  }

  function asked(iq: Element, session: string | undefined): (typeof served)[number] {
    const allowed = allowedTo(attribute(iq, 'from') ?? '');
    if (allowed.length === 0) throw new StanzaError('forbidden', 'auth', 'Join the room of the board first.');
    const board = session === undefined ? allowed[0] : allowed.find((one) => one.session === session);
    if (board === undefined) throw new StanzaError('item-not-found', 'cancel', 'There is no such session here.');
    return board;
  }

  const stops = [
    entity.handle('get', 'log', NS_LIMN_LOG, (iq, child) => {
      const query = parseLogQuery(child);
      const answer = asked(iq, query?.session).answers.log(query);
      if (answer.ok) return serializeLogPage(answer.page);
      throw refused(answer);
    }),
    entity.handle('get', 'state', NS_LIMN_STATE, (iq, child) => {
      const query = parseStateQuery(child);
      const answer = asked(iq, query?.session).pages.answer(query);
      if (answer.ok) return serializeStatePage(answer.page);
      throw refused(answer);
    }),
  ];
  return {
    serve(board) {
      const one = { ...board, pages: createStatePages(clock, random, board.answers.state) };
      served.push(one);
      return () => {
        one.pages.stop();
        const at = served.indexOf(one);
        if (at >= 0) served.splice(at, 1);
      };
    },
    itemsFor(from, node) {
      const known = documentsFor(from);
      if (node !== undefined) return node === NS_LIMN_DOCUMENTS && known.length > 0 ? known : undefined;
      const here = entity.jid ?? entity.domain;
      const sessions = allowedTo(from).map(({ session, answers }) => item(here, session, answers.name()));
      return known.length === 0 ? sessions : [...sessions, item(here, NS_LIMN_DOCUMENTS, '')];
    },
    stop() {
      for (const stop of stops) stop();
      for (const { pages } of served) pages.stop();
    },
  };
}

function item(jid: string, node: string, name: string): DiscoItem {
  const text = toXmlText(name);
  return { jid, node, ...(text === '' ? {} : { name: text }) };
}

function refused({ condition, text }: Extract<LogAnswer, { ok: false }>): StanzaError {
  return new StanzaError(condition, condition === 'bad-request' ? 'modify' : 'cancel', text);
}
