/**
 * A board's log as a file. XML: a `<log/>` of `urn:x-limn:log:0` with an `<entry/>` per stanza, whose edits are those of
 * XEP-0284, `<aside/>` where entries begin that came along with a state, and `<jump/>` where that state was taken over; first of
 * all a `<base/>` where what was before is folded. JSON Lines: the same, an object a line. Replayed from the first, either leads to the same document (core/history.ts).
 */
import { recordsIn } from '#core/columns.ts';
import type { Base, HistoryItem } from '#core/history-port.ts';
import { NS_LIMN_LOG, type PlainBase, serializeBase, serializeEntry, serializeJump } from '#xmpp/limn-log.ts';
import { toXmlText, xml } from '#xmpp/xml-text.ts';

export type LogFormat = 'jsonl' | 'xml';

/** The file, line by line, without their ends. */
export function* logFile(items: Iterable<HistoryItem>, name: string, format: LogFormat): Generator<string> {
  if (format === 'xml') {
    yield '<?xml version="1.0" encoding="UTF-8"?>';
    // Opened by hand, since the file may be longer than memory is large.
    yield xml('log', { xmlns: NS_LIMN_LOG, name: toXmlText(name) })
      .toString()
      .replace(/\/>$/, '>');
  }
  for (const item of items) {
    const line = format === 'xml' ? xmlLine(item) : jsonLine(item);
    if (line !== undefined) yield line;
  }
  if (format === 'xml') yield '</log>';
}

function xmlLine(item: HistoryItem): string | undefined {
  if (item.kind === 'entry') return serializeEntry(item).toString();
  if (item.kind === 'aside') return xml('aside', { index: String(item.index) }).toString();
  const base = item.kind === 'base' ? plain(item.base()) : undefined;
  if (base) return serializeBase(item.index, base).toString();
  const jump = item.kind === 'jump' ? item.jump() : undefined;
  return jump && serializeJump(item.index, jump).toString();
}

function jsonLine(item: HistoryItem): string | undefined {
  const { index } = item;
  if (item.kind === 'entry') {
    const { place, author, id, time, role, edits } = item.entry;
    const { epoch, seq } = place;
    return JSON.stringify({ index, epoch, seq, author, sxe: `${id.prefix}.${id.n}`, time, role, edits });
  }
  if (item.kind === 'aside') return JSON.stringify({ index, aside: true });
  const base = item.kind === 'base' ? plain(item.base()) : undefined;
  if (base) return JSON.stringify({ index, base });
  const jump = item.kind === 'jump' ? item.jump() : undefined;
  return jump && JSON.stringify({ index, jump });
}

function plain(base: Base | undefined): PlainBase | undefined {
  if (base === undefined) return undefined;
  const { columns: _, ...about } = base.state;
  return { ...base, state: { ...about, records: recordsIn(base.state) } };
}
