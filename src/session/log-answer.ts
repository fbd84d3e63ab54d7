/** Answers those who ask for a board's log over the wire: in pages of bounded size, from whatever place they name. */
import type { HistoryItem } from '#core/history-port.ts';
import type { Place } from '#core/types.ts';
import { type IndexedEntry, type LogPage, type LogQuery, serializeEntry } from '#xmpp/limn-log.ts';

export type { LogQuery } from '#xmpp/limn-log.ts';

/** A page holds no more entries than this, whatever is asked for. */
const MAX_ENTRIES = 200;
/** Nor more characters, unless its first entry alone does: servers drop stanzas of 64 KiB and more. */
const MAX_CHARACTERS = 40 * 1024;

/** The log that is asked for. */
export interface LogSource {
  /** How many entries there are. */
  length(): number;
  /** The index of the entry with this place; undefined when there is none. */
  indexOf(place: Place): number | undefined;
  read(from: number, to: number): Iterable<HistoryItem>;
  /** Where the session is now. */
  place(): Place;
}

/** `item-not-found`: no such place. `bad-request`: no question. */
export type LogAnswer =
  | { readonly ok: true; readonly page: LogPage }
  | { readonly ok: false; readonly condition: 'item-not-found' | 'bad-request'; readonly text: string };

/** The page that a question asks for. */
export function answerLog(source: LogSource, query: LogQuery | undefined): LogAnswer {
  if (query === undefined) {
    return {
      ok: false,
      condition: 'bad-request',
      text: 'Name an epoch and a seq from 0, or neither; max and after are numbers from 0.',
    };
  }
  const count = source.length();
  const from = startOf(source, query);
  if (from === undefined) {
    return { ok: false, condition: 'item-not-found', text: 'No edit here has this place. Ask for the whole log.' };
  }
  const most = Math.min(query.max ?? MAX_ENTRIES, MAX_ENTRIES);
  const entries: IndexedEntry[] = [];
  let size = 0;
  let complete = true;
  for (const item of source.read(from, count)) {
    if (item.kind !== 'entry') continue;
    const indexed = { index: item.index, entry: item.entry };
    size += entries.length < most ? serializeEntry(indexed).toString().length : 0;
    if (entries.length >= most || (size > MAX_CHARACTERS && entries.length > 0)) {
      complete = false;
      break;
    }
    entries.push(indexed);
  }
  return { ok: true, page: { entries, count, complete } };
}

function startOf(source: LogSource, { after, since }: LogQuery): number | undefined {
  if (after !== undefined) return after + 1;
  if (since === undefined) return 0;
  const now = source.place();
  if (now.epoch === since.epoch && now.seq === since.seq) return source.length();
  if (since.seq === 0) return source.indexOf({ epoch: since.epoch, seq: 1 });
  const index = source.indexOf(since);
  return index === undefined ? undefined : index + 1;
}
