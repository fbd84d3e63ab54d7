/**
 * Whether my copy of the document equals the elected replica's, noticed within seconds (DESIGN section 2, History). The elected
 * one says its digest once things are quiet, and now and then while they aren't; every replica takes its own at the same places of
 * the order. Who differs asks the elected one about that place, and only when told so a second time takes a fresh state. When most of those
 * present ask about one place and agree among themselves, it is the elected one that takes a fresh state, from one of them.
 */
import type { Replica } from '#core/replica-port.ts';
import type { Place, StanzaId } from '#core/types.ts';
import type { SxePayload } from '#xmpp/xep-0284.ts';
import type { People } from './election.ts';
import type { Clock, Logger } from './ports.ts';
import { formatStanzaId } from './stanza-id.ts';
import type { Occupant } from './transport.ts';

/** The elected replica speaks when nothing has come for so long ... */
const QUIET_MS = 1000;
/** ... or so long after the first change since it spoke last. */
const BUSY_MS = 5000;
/** No two healings come closer together. */
const HEAL_APART_MS = 20_000;
/** How often one occupant may make us fetch its state within `HEALS_MS`. */
const MAX_HEALS = 3;
const HEALS_MS = 3_600_000;
/** How often one occupant may say what isn't so, without ever being right in between, until it is believed no more. */
const MAX_VAIN = 3;
/** The elected replica answers one occupant's questions no faster. */
const ANSWER_APART_MS = 2000;
/** It waits so long for others' questions: who is alone against most is the one that differs. */
const VOTE_MS = 1000;
const MAX_PLACES = 8;
const MAX_IDS = 256;

/** A digest at a place: what travels, and what is remembered. */
export type Statement = Omit<Extract<SxePayload, { kind: 'digest' }>, 'kind'>;

export interface Digests {
  /** A stanza of edits was applied. */
  changed(id: StanzaId): void;
  /** Somebody said a digest to all, at this place of the order. */
  heard(from: Occupant, said: Statement): void;
  /** Somebody said a digest to me alone: a question when I am elected, else an answer to mine. */
  told(from: Occupant, said: Statement): void;
  /** Speaks in time, if that has become this replica's duty. */
  tend(): void;
  /** The replica took over a whole state, from `healer` if that was to heal: it is compared once more. */
  adopted(healer?: Occupant): void;
  /** The state that should have healed contradicts itself. */
  lied(id: string): void;
  left(id: string): void;
  /** The connection is gone. */
  stop(): void;
}

export interface DigestsOptions {
  readonly replica: Replica;
  readonly people: People;
  readonly clock: Clock;
  readonly logger: Logger;
  /** My own stanza prefix, for whoever reads the log. */
  readonly prefix: string;
  /** Whether the replica holds the session's state and is up to date with its order. */
  ready(): boolean;
  toAll(statement: Statement): void;
  toOne(to: Occupant, statement: Statement): void;
  /** Takes a fresh state from this occupant, keeping what waits. */
  heal(from: Occupant): void;
}

/** Makes the comparison of digests over a replica. */
export function createDigests(options: DigestsOptions): Digests {
  const { replica, people, clock, logger } = options;
  /** My digests at the latest places where the elected replica spoke. */
  let places: Statement[] = [];
  /** Stanzas since the last place at which we were equal. */
  let since: string[] = [];
  /** Edits have come since I last spoke, or nobody could compare what I said. */
  let unsaid = false;
  /** Where my last word met the order when others' edits came in between: what I say next, unless all is quiet. */
  let crossed: Statement | undefined;
  let firstAt = 0;
  let lastAt = 0;
  let cancel: (() => void) | undefined;
  let dispute: { from: string; theirs: Statement; mine: Statement; placeless: boolean } | undefined;
  /** The healer whose answer is to show that it worked. */
  let proving: string | undefined;
  /** Comparisons in a row for which I had no place, though I must have. */
  let blind = 0;
  let blindTo = '';
  let healedAt = Number.NEGATIVE_INFINITY;
  /** By occupant: when we took their state, and how often they were wrong since they were last right. */
  const tries = new Map<string, { heals: number[]; vain: number }>();
  const answeredAt = new Map<string, number>();
  /** By occupant: the questions that wait for an answer. */
  let questions = new Map<string, { readonly from: Occupant; readonly said: Statement }>();
  let cancelVote: (() => void) | undefined;

  const here = (): Statement => ({ ...replica.place, digest: replica.digest() });
  const at = ({ epoch, seq }: Place): Statement | undefined =>
    seq === replica.place.seq && epoch === replica.place.epoch
      ? here()
      : places.find((one) => one.seq === seq && one.epoch === epoch);
  const remember = (one: Statement): void => {
    places = [...places, one].slice(-MAX_PLACES);
  };
  const trying = (id: string): { heals: number[]; vain: number } => {
    const found = tries.get(id) ?? { heals: [], vain: 0 };
    tries.set(id, found);
    return found;
  };
  const believed = (id: string): boolean => {
    const { heals, vain } = tries.get(id) ?? { heals: [], vain: 0 };
    return heals.filter((time) => time > clock.now() - HEALS_MS).length < MAX_HEALS && vain < MAX_VAIN;
  };
  const isElected = (from: Occupant): boolean => people.elected()?.id === from.id;
  /** What helps to find the cause: where, what, and which stanzas since we were last equal. */
  const report = (message: string, who: string, theirs: Statement, mine: Statement): void =>
    logger('warn', message, { who, theirs, mine, prefix: options.prefix, since: since.join(' ') });

  const maySpeak = (): boolean => options.ready() && people.elected()?.me === true && people.others().length > 0;

  function schedule(ms: number): void {
    cancel = clock.after(ms, () => {
      cancel = undefined;
      if (!unsaid || !maySpeak()) return;
      const now = clock.now();
      const due = Math.min(lastAt + QUIET_MS, firstAt + BUSY_MS);
      if (due > now) return schedule(due - now);
      const quiet = now >= lastAt + QUIET_MS;
      unsaid = false;
      options.toAll(quiet || !crossed ? here() : crossed);
    });
  }

  function tend(): void {
    if (!unsaid || cancel || !maySpeak()) return;
    firstAt = clock.now();
    lastAt = firstAt;
    schedule(QUIET_MS);
  }

  function equal(from: Occupant): void {
    blind = 0;
    since = [];
    trying(from.id).vain = 0;
    if (dispute?.from === from.id) dispute = undefined;
  }

  function differ(from: Occupant, theirs: Statement, mine: Statement, placeless = false): void {
    if (!believed(from.id) || proving !== undefined) return;
    const again = dispute?.from === from.id && dispute.theirs.seq === theirs.seq;
    if (!again) report('my document differs from the elected one', from.id, theirs, mine);
    dispute = { from: from.id, theirs, mine, placeless };
    options.toOne(from, { epoch: theirs.epoch, seq: theirs.seq, digest: mine.digest });
  }

  function heal(from: Occupant, theirs: Statement, mine: Statement): void {
    if (clock.now() < healedAt + HEAL_APART_MS) return;
    healedAt = clock.now();
    const tried = trying(from.id);
    tried.heals = [...tried.heals, healedAt].slice(-MAX_HEALS);
    report('taking a fresh state to heal', from.id, theirs, mine);
    options.heal(from);
  }

  function vain(id: string): void {
    trying(id).vain++;
    if (!believed(id))
      logger('warn', 'the elected replica says digests that are not so: not believed any more', { id });
  }

  /** Somebody asks me, the elected one, about a place. */
  function question(from: Occupant, said: Statement): void {
    const now = clock.now();
    if (now < (answeredAt.get(from.id) ?? Number.NEGATIVE_INFINITY) + ANSWER_APART_MS) return;
    answeredAt.set(from.id, now);
    questions.set(from.id, { from, said });
    cancelVote ??= clock.after(VOTE_MS, () => {
      cancelVote = undefined;
      settleQuestions();
    });
  }

  function settleQuestions(): void {
    const asked = [...questions.values()];
    questions = new Map();
    if (!maySpeak()) return;
    const differing = asked.flatMap(({ from, said }) => {
      const mine = at(said);
      return mine && mine.digest !== said.digest ? [{ from, said, mine }] : [];
    });
    for (const { from, said, mine } of differing) report('another document differs', from.id, said, mine);
    const healer = differing.find(({ said, from }) => {
      const alike = differing.filter((one) => one.said.seq === said.seq && one.said.digest === said.digest);
      return alike.length * 2 > people.others().length + 1 && believed(from.id);
    });
    if (healer) return heal(healer.from, healer.said, healer.mine);
    for (const { from, said } of asked) options.toOne(from, at(said) ?? here());
  }

  /** The first comparison with the one that healed me. */
  function prove(from: Occupant, said: Statement): void {
    const mine = at(said);
    if (!mine) return;
    proving = undefined;
    if (mine.digest === said.digest) return equal(from);
    report('a fresh state did not help', from.id, said, mine);
    lied(from.id);
  }

  function lied(id: string): void {
    trying(id).vain = MAX_VAIN - 1;
    vain(id);
  }

  function answer(from: Occupant, said: Statement): void {
    if (proving === from.id) return prove(from, said);
    const asked = dispute;
    if (asked?.from !== from.id) return;
    dispute = undefined;
    const { theirs, mine, placeless } = asked;
    if (said.epoch !== theirs.epoch || said.seq !== theirs.seq) return;
    const have = at(said);
    const same = !placeless && said.seq <= mine.seq && said.digest === mine.digest;
    if (have ? have.digest === said.digest : same) return vain(from.id);
    heal(from, said, have ?? mine);
  }

  return {
    tend,
    changed(id) {
      since.push(formatStanzaId(id));
      if (since.length > MAX_IDS * 2) since = since.slice(-MAX_IDS);
      lastAt = clock.now();
      unsaid = true;
      tend();
    },
    heard(from, said) {
      if (!isElected(from)) return;
      const mine = here();
      const known = places.length > 0;
      const compared = at(said);
      remember(mine);
      if (from.me) {
        crossed = compared && said.seq === mine.seq ? undefined : mine;
        if (!crossed) return void (since = []);
        unsaid = true;
        return tend();
      }
      if (said.epoch !== mine.epoch) return;
      if (proving === from.id) return prove(from, said);
      if (compared) return compared.digest === said.digest ? equal(from) : differ(from, said, compared);
      blind = blindTo === from.id && known ? blind + 1 : 1;
      blindTo = from.id;
      // All that the elected replica had when it spoke has come to me, too; and of two words in a row one is comparable. If none is,
      // my places are others, whatever the records.
      if (said.seq > mine.seq || blind > 2) differ(from, said, mine, blind > 2);
    },
    told(from, said) {
      if (said.epoch !== replica.place.epoch || !options.ready()) return;
      if (people.elected()?.me === true) question(from, said);
      else if (isElected(from)) answer(from, said);
    },
    adopted(healer) {
      places = [];
      since = [];
      blind = 0;
      dispute = undefined;
      crossed = undefined;
      proving = healer && isElected(healer) ? healer.id : undefined;
      if (proving !== undefined && healer) options.toOne(healer, here());
      // Whoever I, the elected one, was healed by: all compare again.
      else if (healer) unsaid = true;
    },
    lied,
    left(id) {
      tries.delete(id);
      answeredAt.delete(id);
      questions.delete(id);
      if (proving === id) proving = undefined;
      if (dispute?.from === id) dispute = undefined;
    },
    stop() {
      cancel?.();
      cancel = undefined;
      cancelVote?.();
      cancelVote = undefined;
      questions = new Map();
      dispute = undefined;
      proving = undefined;
      crossed = undefined;
      places = [];
      blind = 0;
      unsaid = false;
    },
  };
}
