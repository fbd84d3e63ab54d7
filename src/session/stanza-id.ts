/** Names of stanzas (`prefix.n`, DESIGN section 2, Loss and repetition) and sets of them. */
import type { Known, LogEntry } from '#core/replica-port.ts';
import type { StanzaId } from '#core/types.ts';

/** Limn's own form: a random replica prefix in base 36, a dot, a decimal number from 1. */
const OWN = /^([0-9a-z]{8,64})\.([1-9]\d{0,14})$/;
const TRAILING_NUMBER = /^(.*?)([1-9]\d{0,14})$/s;

/** Writes a stanza id as the `id` attribute of an `<sxe/>`. */
export function formatStanzaId(id: StanzaId): string {
  return `${id.prefix}.${id.n}`;
}

/** Reads Limn's own form of an id; undefined for any other. */
export function parseStanzaId(text: string): StanzaId | undefined {
  const match = OWN.exec(text);
  return match?.[1] === undefined ? undefined : { prefix: match[1], n: Number(match[2]) };
}

/** The name of a stanza by the `id` it carries. Ids of strict peers are unique per sender only (XEP-0284, "SXE Element"),
 *  so theirs are kept apart by sender, with a trailing number as `n` so that a run of them stays one range. It depends on
 *  nothing but the stanza, so that all replicas agree. */
export function stanzaIdOf(sender: string, messageId: string): StanzaId {
  const own = parseStanzaId(messageId);
  if (own) return own;
  const match = TRAILING_NUMBER.exec(messageId);
  if (match?.[1] === undefined) return { prefix: `~${sender}/${messageId}!`, n: 1 };
  return { prefix: `~${sender}/${match[1]}`, n: Number(match[2]) };
}

/** Whether a set of stanza ids holds this one. */
export function isKnown(known: Known, id: StanzaId): boolean {
  if (!Object.hasOwn(known, id.prefix)) return false;
  return (known[id.prefix] ?? []).some(([from, to]) => from <= id.n && id.n <= to);
}

/** What a request may say of what it has, in characters: servers end the stream for a stanza of 64 KiB. */
const MAX_SAID = 32 * 1024;

/** As much of a set as fits into a stanza, the latest prefixes first. A board that thousands of starts, or one who floods, have made
 *  knows more; who answers then sends some history twice, which does nothing. */
export function sayable(known: Known): Known {
  const said: [string, Known[string]][] = [];
  let size = 0;
  for (const [prefix, ranges] of Object.entries(known).toReversed()) {
    size += 40 + prefix.length * 2 + ranges.reduce((sum, [from, to]) => sum + `${from}-${to} `.length, 0);
    if (size > MAX_SAID) continue;
    said.push([prefix, ranges as Known[string]]);
  }
  return said.length === Object.keys(known).length ? known : Object.fromEntries(said.toReversed());
}

/** Whether every stanza of `part` is in `whole`. */
export function covers(whole: Known, part: Known): boolean {
  return Object.entries(part).every(([prefix, ranges]) => {
    const mine = Object.hasOwn(whole, prefix) ? (whole[prefix] ?? []) : [];
    return ranges.every(([from, to]) => mine.some(([a, b]) => a <= from && to <= b));
  });
}

/** The log's entries that `known` lacks, each once, in log order. */
export function* unknownEntries(log: Iterable<LogEntry>, known: Known): Generator<LogEntry> {
  const seen = new Set<string>();
  for (const entry of log) {
    const name = formatStanzaId(entry.id);
    if (seen.has(name) || isKnown(known, entry.id)) continue;
    seen.add(name);
    yield entry;
  }
}
