/** Taking over a session's state without losing work: what it lacks of ours goes back into the outbox (DESIGN section 2, Epochs). */
import { isMark } from '#core/complete.ts';
import type { Jump, Known, LogEntry, ReceivedStanza, Replica, Unsaid } from '#core/replica-port.ts';
import type { Edit, NodeRecord } from '#core/types.ts';
import { isAloneEpoch, KnownIds } from '#core/known.ts';
import { intoRoot, rootsIn } from '#core/resend.ts';
import { nameAgain } from '#core/unsaid.ts';
import type { ReceivedState } from './limn-state.ts';
import type { Logger, LogPort } from './ports.ts';
import { covers, formatStanzaId, isKnown, unknownEntries } from './stanza-id.ts';
import type { StrictState } from './strict-state.ts';

export interface Adopted {
  /** Entries that made the state and that we didn't hold. */
  readonly history: readonly LogEntry[];
  /** How our document became the state's: for the board's history. */
  readonly jump: Jump;
  /** How many stanzas of ours it lacked. */
  readonly resent: number;
}

/** Adopts a whole state. Throws what the replica throws when the state makes no sense; nothing has changed then. A state
 *  whose digest is empty is taken as it is. */
export function adoptWhole(
  replica: Replica,
  { log, logger }: { readonly log: LogPort; readonly logger: Logger },
  received: ReceivedState,
  records: readonly NodeRecord[],
  strictPresent: boolean,
  me: string | undefined,
): Adopted {
  const { place, known, unsaid, digest, prolog } = received;
  const before = { known: replica.known(), records: covers(known, replica.known()) ? [] : replica.state().records };
  const waiting = new Set(replica.pending().map((stanza) => formatStanzaId(stanza.id)));
  const mine = unsaid?.filter(({ by }) => by !== undefined && by === me) ?? [];
  const isWhole = covers(known, before.known) && mine.length === 0;
  // What waits is said again from the outbox, whatever the log has of it.
  const logged = (): LogEntry[] => [...log.entries()].filter((entry) => !waiting.has(formatStanzaId(entry.id)));
  const missing = isWhole ? [] : lacking(logged(), known, mine);
  const state = { place, records, known, ...(unsaid ? { unsaid } : {}), digest, prolog };
  const { jump } = replica.adopt(state, missing, strictPresent, me);
  // From here on the replica has the state, whatever becomes of the rest.
  const rescued = guarded(logger, 'what nobody else has', () => rescue(replica, before, known, strictPresent));
  const history = (received.log ?? []).filter((entry) => isKnown(known, entry.id) && !isKnown(before.known, entry.id));
  return { history, jump, resent: missing.length + (rescued ?? 0) };
}

/** What of a log a state lacks, in the log's order, each stanza once and as it last came about: what was void there was said anew. Of a
 *  stanza of mine that came too late in the state's session, and about where I was, its splices go by another name. */
function lacking(log: Iterable<LogEntry>, known: Known, unsaid: readonly Unsaid[]): LogEntry[] {
  const late = new Map(unsaid.map((one) => [formatStanzaId(one.id), one.edits]));
  // A key that is set again keeps its place.
  const found = new Map<string, LogEntry>();
  for (const entry of log) {
    const name = formatStanzaId(entry.id);
    const left = late.get(name);
    if (!isKnown(known, entry.id)) found.set(name, entry);
    else if (left && !isKnown(known, nameAgain(entry.id))) found.set(name, lateSplices(entry, left));
  }
  return [...found.values()].filter(({ id, edits }) => edits.length > 0 || !late.has(formatStanzaId(id)));
}

function lateSplices(entry: LogEntry, left: readonly number[]): LogEntry {
  // Fitted to what others had done there, a splice may have become several.
  const same = left.every((at) => entry.edits[at]?.kind === 'new' || entry.edits[at]?.kind === 'set');
  const edits = entry.edits.filter((edit, at) => isSplice(edit) && (!same || left.includes(at)));
  return edits.length > 0 ? { ...entry, id: nameAgain(entry.id), edits } : { ...entry, edits };
}

const isSplice = (edit: Edit): boolean =>
  edit.kind === 'set' && !edit.void && edit.splice !== undefined && !edit.splice.void;

/** Adds again what we have by somebody whom the state never heard of, and whose stanzas our log doesn't hold (we came late to
 *  that session ourselves). Someone it did hear of may have been removed there: that is left alone. `oneRoot`: as for `Replica.adopt`. */
function rescue(
  replica: Replica,
  { records, known: mine }: { readonly records: readonly NodeRecord[]; readonly known: Known },
  theirs: Known,
  oneRoot: boolean,
): number {
  const edits: Edit[] = [];
  const added = new Set<string>();
  // What is shown no more because I have removed it, though nobody has heard of that yet, isn't missed.
  const removed = new Set<string>();
  for (const stanza of replica.pending())
    for (const { kind, rid } of stanza.edits) if (kind === 'remove') removed.add(rid);
  for (const record of records) {
    if (removed.has(record.rid)) continue;
    const prefix = record.rid.slice(0, record.rid.lastIndexOf('.'));
    if (record.inert || !Object.hasOwn(mine, prefix) || Object.hasOwn(theirs, prefix)) continue;
    if (replica.shown.get(record.rid)) continue;
    if (record.parent !== '' && !added.has(record.parent) && !replica.shown.get(record.parent)) continue;
    const { inert: _, version: __, ...fields } = record;
    edits.push({ kind: 'new', ...fields });
    added.add(record.rid);
  }
  const root = oneRoot ? replica.shown.root() : undefined;
  const fitting = root === undefined ? edits : intoRoot(edits, rootsIn([{ edits }]), root);
  // What is complete takes nothing more in: its mark comes last.
  const [rest, marks] = [fitting.filter((edit) => !isMarkEdit(edit)), fitting.filter(isMarkEdit)];
  if (fitting.length > 0) replica.submitEdits([...rest, ...marks], 'rescue');
  return fitting.length > 0 ? 1 : 0;
}

const isMarkEdit = (edit: Edit): boolean => edit.kind === 'new' && isMark(edit);

/** Applies what came since our place. False when it doesn't follow on it or leads elsewhere than the sender says: then only the
 *  whole state helps. */
export function adoptLog(
  replica: Replica,
  received: ReceivedState,
  me: string | undefined,
  receive: (stanza: ReceivedStanza) => void,
): boolean {
  if (replica.place.epoch !== received.place.epoch) return false;
  for (const entry of received.log ?? []) {
    const { place, unsaidBy } = entry;
    if (place.epoch !== replica.place.epoch || place.seq !== replica.place.seq + 1) return false;
    const sender = unsaidBy === undefined ? {} : { sender: unsaidBy, ...(unsaidBy === me ? {} : { byOther: true }) };
    // What was void there is marked: it is void here, too.
    receive({ ...entry, ...sender, judged: true });
  }
  return replica.place.seq === received.place.seq && replica.digest() === received.digest;
}

/** Adopts what a strict peer sent, as the beginning of `epoch`. Its state says nothing of which stanzas made it: if it has our
 *  root, it is our session gone on, and what waits is re-sent and what was drawn alone since; else all our work is. */
export function adoptStrictState(replica: Replica, log: LogPort, strict: StrictState, epoch: string): Adopted {
  const root = replica.confirmed.root();
  const same = root !== undefined && strict.records.some((record) => record.rid === root);
  const waiting = new Set(replica.pending().map((stanza) => formatStanzaId(stanza.id)));
  const own = same ? drawnAlone(replica, log) : [...unknownEntries(log.entries(), {})];
  const missing = own.filter((entry) => !waiting.has(formatStanzaId(entry.id)));
  const unsaid = new KnownIds();
  for (const { id } of missing) unsaid.add(id);
  const known = same ? new KnownIds(replica.known()).without(unsaid).toJSON() : {};
  const { jump } = replica.adopt(
    { place: { epoch, seq: 0 }, records: strict.records, known, digest: '', prolog: strict.prolog },
    missing,
    true,
  );
  return { history: [], jump, resent: missing.length };
}

/** What we have done since we were last in a session. */
function drawnAlone({ place }: Replica, log: LogPort): LogEntry[] {
  const since: LogEntry[] = [];
  if (!isAloneEpoch(place.epoch)) return since;
  for (const entry of log.entries()) {
    if (isAloneEpoch(entry.place.epoch)) since.push(entry);
    else since.length = 0;
  }
  return since;
}

/** Does what a peer's state asks for; undefined, and a line in the log, when that state makes no sense. */
export function guarded<T>(logger: Logger, what: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    logger('warn', `${what} was refused`, { error: String(error) });
    return undefined;
  }
}
