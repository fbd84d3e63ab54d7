/**
 * `urn:x-limn:state:0`: a board's present state by IQ, for programs that take no part in the session (FEATURES G6.1), page by page
 * (XEP-0059: Result Set Management, version 1.0.1). A page holds records as a jump of `urn:x-limn:log:0` does; all pages of one
 * `snapshot` are one state, and what came since is asked for there by its place.
 */
import type { Jump } from '#core/replica-port.ts';
import { NS_LIMN_LOG, NS_RSM, parseJump, serializeJump } from './limn-log.ts';
import { attribute, childOf, type Element, isXmlText, parseCount, toXmlText, xml } from './xml-text.ts';

export const NS_LIMN_STATE = 'urn:x-limn:state:0';

/** What is asked for: the first page of a new snapshot, or the page of one that follows an index. */
export interface StateQuery {
  /** The session; absent: the one that the room's presence advertises. */
  readonly session?: string;
  readonly snapshot?: string;
  /** The `last` of the page before. */
  readonly after?: number;
  /** How many records at most; whoever answers may give fewer. */
  readonly max?: number;
}

export interface StatePage {
  readonly snapshot: string;
  /** The index of its first record. */
  readonly first: number;
  /** How many records the snapshot has. */
  readonly count: number;
  /** Records from `first` on, the root before all others, as they became from nothing. */
  readonly part: Jump;
}

const MAX_NAME = 1024;

function readText(element: Element, name: string): string | undefined {
  const value = attribute(element, name);
  return value !== undefined && value !== '' && value.length <= MAX_NAME && isXmlText(value) ? value : undefined;
}

/** The `<state/>` of a request. */
export function serializeStateQuery({ session, snapshot, after, max }: StateQuery): Element {
  const rsm = [
    ...(max === undefined ? [] : [xml('max', {}, String(max))]),
    ...(after === undefined ? [] : [xml('after', {}, String(after))]),
  ];
  return xml(
    'state',
    {
      xmlns: NS_LIMN_STATE,
      ...(session === undefined ? {} : { session: toXmlText(session) }),
      ...(snapshot === undefined ? {} : { snapshot: toXmlText(snapshot) }),
    },
    ...(rsm.length > 0 ? [xml('set', { xmlns: NS_RSM }, ...rsm)] : []),
  );
}

/** What a `<state/>` asks for, or undefined when that is no question: a page that follows one names the snapshot. */
export function parseStateQuery(state: Element): StateQuery | undefined {
  const [session, snapshot] = [readText(state, 'session'), readText(state, 'snapshot')];
  if (attribute(state, 'session') !== session || attribute(state, 'snapshot') !== snapshot) return undefined;
  const set = childOf(state, 'set', NS_RSM);
  const said = (name: string): string | undefined => set && childOf(set, name, NS_RSM)?.getText();
  const [max, after] = [said('max'), said('after')];
  const [most, index] = [parseCount(max), parseCount(after)];
  if ((max !== undefined && most === undefined) || (after !== undefined && index === undefined)) return undefined;
  if ((index === undefined) !== (snapshot === undefined)) return undefined;
  return {
    ...(session === undefined ? {} : { session }),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(index === undefined ? {} : { after: index }),
    ...(most === undefined ? {} : { max: most }),
  };
}

/** The `<state/>` of an answer. */
export function serializeStatePage({ snapshot, first, count, part }: StatePage): Element {
  const last = first + part.records.length - 1;
  const bounds = part.records.length === 0 ? [] : [xml('first', {}, String(first)), xml('last', {}, String(last))];
  return xml(
    'state',
    { xmlns: NS_LIMN_STATE, snapshot: toXmlText(snapshot) },
    serializeJump(first, part),
    xml('set', { xmlns: NS_RSM }, ...bounds, xml('count', {}, String(count))),
  );
}

/** Reads an answer; undefined when it isn't one. */
export function parseStatePage(state: Element): StatePage | undefined {
  const set = childOf(state, 'set', NS_RSM);
  const count = parseCount(set && childOf(set, 'count', NS_RSM)?.getText());
  const said = childOf(state, 'jump', NS_LIMN_LOG);
  const found = said && parseJump(said);
  const snapshot = readText(state, 'snapshot');
  if (!state.is('state', NS_LIMN_STATE) || count === undefined || !found || snapshot === undefined) return undefined;
  return { snapshot, first: found.index, count, part: found.jump };
}
