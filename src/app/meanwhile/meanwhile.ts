/**
 * Tells a person who comes back to a board what happened there: looks on while the session catches up, keeps the report until
 * it is dismissed, restarts or not, and brings back what was lost when asked to. The comparing is report.ts.
 */
import type { Intent, LogEntry, Replica } from '#core/replica-port.ts';
import type { Edit, Rid, TreeView } from '#core/types.ts';
import type { Clash as ToldClash, Merged, MergedShape } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import type { SessionEvent } from '#session/events.ts';
import { formatStanzaId } from '#session/stanza-id.ts';
import { localName } from '#xml/names.ts';
import { authorName } from '../author-name.ts';
import type { Clock } from '../ports.ts';
import { createCapture } from './capture.ts';
import { ghostOf, type KeptShape, keptShape, placed, wordsOf } from './keep.ts';
import { voidClashes } from './void.ts';
import { allRids, type Clash, type Doer, type Report, reportOf, type Theirs, type Views, type Wish } from './report.ts';

/** Whoever was away for less, in milliseconds, and lost nothing, saw it happen as good as live. */
const BRIEF = 60_000;
/** So many shapes are listed; more are counted. */
const MAX_LISTED = 200;
const MAX_NAMES = 5;
/** Characters of JSON: of one ghost, and of what is kept in all. */
const MAX_GHOST = 20_000;
const MAX_KEPT = 1_000_000;
/** Nodes of a shape that is kept to be put back. */
const MAX_SHAPE = 2000;

/** Where the report is kept: one text for the board. */
export interface MeanwhileNote {
  get(): string | null;
  set(text: string | null): void;
}

export interface MeanwhileOptions {
  readonly replica: Replica;
  readonly clock: Clock;
  readonly note: MeanwhileNote;
  /** The report changed. */
  readonly told: (merged: Merged | null) => void;
}

export interface Meanwhile {
  readonly merged: Merged | null;
  /** A session begins; `returning`: on a board that was in it before. */
  begins(returning: boolean): void;
  /** What the session says, before anybody else hears it. */
  hears(event: SessionEvent): void;
  dismiss(): void;
  /** What brings a clash back to what lost in it. Throws ApiError 'refused' with a sentence. */
  wish(id: string): readonly Intent[];
  /** That was done. */
  done(id: string): void;
}

type Keepsake = { readonly shape: KeptShape } | { readonly wishes: readonly Wish[] };
interface Stored {
  readonly merged: Merged;
  readonly keepsakes: Readonly<Record<string, Keepsake>>;
}

/** One catching up. */
interface Watch {
  readonly mine: Set<Rid>;
  readonly myStanzas: Set<string>;
  readonly confirmed: ReturnType<typeof createCapture>;
  readonly shown: ReturnType<typeof createCapture>;
  readonly touched: Set<Rid>;
  readonly log: LogEntry[];
  /** The views before a whole state was taken over: nobody writes them any more. */
  whole: { readonly confirmed: TreeView; readonly shown: TreeView } | undefined;
  readonly brief: boolean;
}

export function createMeanwhile({ replica, clock, note, told }: MeanwhileOptions): Meanwhile {
  let stored = read(note.get());
  let watch: Watch | undefined;
  let returning = false;
  /** When the connection went; undefined: before this start of the program. */
  let leftAt: number | undefined;
  let online = false;
  let serial = 0;
  /** What of mine waited when I came back: what of it turns out to be void is told with the rest. */
  let waited = new Set<string>();

  function keep(next: Stored | undefined): void {
    stored = next;
    note.set(next === undefined ? null : JSON.stringify(next));
    told(next?.merged ?? null);
  }

  function pendingRids(): Rid[] {
    return replica.pending().flatMap(({ edits }) => edits.map(({ rid }) => rid));
  }

  function startWatch(): Watch {
    return {
      mine: new Set(pendingRids()),
      myStanzas: new Set(replica.pending().map(({ id }) => formatStanzaId(id))),
      confirmed: createCapture(),
      shown: createCapture(),
      touched: new Set(),
      log: [],
      whole: undefined,
      // Whoever never left (a gap, a digest that differs) is told of losses alone.
      brief: online || (leftAt !== undefined && clock.now() - leftAt < BRIEF),
    };
  }

  /** Keeps a node as both views have it now; `deep`: with all that it holds in either. */
  function about(on: Watch, rid: Rid, deep: boolean): void {
    const { confirmed, shown } = replica;
    on.confirmed.keep(confirmed, rid, deep);
    on.shown.keep(shown, rid, deep);
    if (!deep) return;
    for (const inside of on.shown.under(rid)) on.confirmed.keep(confirmed, inside, true);
    for (const inside of on.confirmed.under(rid)) on.shown.keep(shown, inside, true);
  }

  function catchesUp(on: Watch, log: readonly LogEntry[] | undefined): void {
    if (log === undefined) {
      on.whole ??= { confirmed: replica.confirmed, shown: replica.shown };
      return;
    }
    // What goes is to be seen as it was, and what came or was moved may go with where it went.
    const mayGo = (edit: Edit): boolean => edit.kind !== 'set' || edit.fields.parent !== undefined;
    for (const { edits } of replica.pending()) for (const edit of edits) about(on, edit.rid, mayGo(edit));
    for (const { edits } of log) {
      for (const edit of edits) {
        on.touched.add(edit.rid);
        about(on, edit.rid, mayGo(edit));
      }
    }
  }

  function finish(on: Watch): void {
    const after = { confirmed: replica.confirmed, shown: replica.shown };
    const rest = on.whole ?? after;
    const views: Views = {
      before: { confirmed: on.confirmed.over(rest.confirmed), shown: on.shown.over(rest.shown) },
      after,
    };
    if (!on.brief) waited = new Set(replica.pending().map(({ id }) => formatStanzaId(id)));
    if (!returning || views.before.confirmed.root() === undefined) return;
    if (on.whole)
      for (const view of [on.whole.confirmed, after.confirmed]) for (const rid of allRids(view)) on.touched.add(rid);
    const spliced = new Set<Rid>();
    for (const { edits } of replica.pending()) {
      for (const edit of edits) if (edit.kind === 'set' && edit.splice) spliced.add(edit.rid);
    }
    const report = reportOf({
      views,
      touched: on.touched,
      mine: [...on.mine, ...pendingRids()],
      log: on.log,
      spliced: (rid) => spliced.has(rid),
    });
    const { theirs, overruled } = report;
    if (overruled.length === 0 && (on.brief || theirs.length === 0)) return;
    keep(joined(stored, tell(on.brief ? { ...report, theirs: [] } : report, views)));
  }

  /** A stanza of mine from the time away has its place in the order now. */
  function cameBack(entry: LogEntry): void {
    if (!waited.delete(formatStanzaId(entry.id))) return;
    const { shown } = replica;
    const clashes = voidClashes(entry, shown);
    if (clashes.length === 0) return;
    const keepsakes: Record<string, Keepsake> = {};
    const overruled = clashes.map(({ rid, did, fault: { code, detail, reason }, wishes }): ToldClash => {
      const id = newId();
      const label = wordsOf(shown, rid);
      if (wishes.length > 0) keepsakes[id] = { wishes };
      return {
        ...{ id, rid, name: localName(shown.get(rid)?.name ?? ''), ...(label === '' ? {} : { label }), by: [] },
        ...{ did, why: 'void', parts: partsOf(wishes), reason, rule: { code, detail: { ...detail } } },
        ...{ mayAgain: wishes.length > 0, again: false },
      };
    });
    const counts = { theirs: 0, overruled: overruled.length, overwrote: 0 };
    keep(joined(stored, { keepsakes, merged: { counts, by: [], theirs: [], overruled, overwrote: [] } }));
  }

  const newId = (): string => `${clock.now().toString(36)}.${serial++}`;

  function tell(report: Report, { before, after }: Views): Stored {
    const keepsakes: Record<string, Keepsake> = {};
    let room = MAX_KEPT;
    const paid = <T extends object>(value: T | undefined): T | undefined => {
      if (value === undefined) return undefined;
      room -= JSON.stringify(value).length;
      return room < 0 ? undefined : value;
    };
    const shape = (rid: Rid, view: TreeView, by: readonly Doer[], gone: boolean) => {
      const label = wordsOf(view, rid);
      const time = Math.max(0, ...by.map((one) => one.time));
      return {
        id: newId(),
        rid,
        name: localName(view.get(rid)?.name ?? ''),
        by: namesOf(by),
        ...(label === '' ? {} : { label }),
        ...(time === 0 ? {} : { time }),
        ...(gone ? paid(ghostOf(view, rid, MAX_GHOST)) : {}),
      };
    };
    const theirs = ({ rid, what, by }: Theirs): MergedShape => {
      const gone = what === 'removed';
      return { ...shape(rid, gone ? before.confirmed : after.confirmed, by, gone), what };
    };
    const clash =
      (where: TreeView) =>
      (one: Clash): ToldClash => {
        const gone = one.how === 'lost';
        const made = shape(one.rid, gone ? where : after.shown, one.by, gone);
        const kept = gone ? keptShape(where, one.rid, MAX_SHAPE) : undefined;
        const keepsake = paid<Keepsake>(gone ? kept && { shape: kept } : { wishes: one.wishes });
        if (keepsake !== undefined) keepsakes[made.id] = keepsake;
        return {
          ...made,
          did: one.did,
          why: one.how,
          parts: partsOf(one.wishes),
          mayAgain: keepsake !== undefined,
          again: false,
        };
      };
    return {
      keepsakes,
      merged: {
        counts: {
          theirs: report.theirs.length,
          overruled: report.overruled.length,
          overwrote: report.overwrote.length,
        },
        by: namesOf(report.theirs.flatMap(({ by }) => by)),
        overruled: report.overruled.slice(0, MAX_LISTED).map(clash(before.shown)),
        overwrote: report.overwrote.slice(0, MAX_LISTED).map(clash(after.confirmed)),
        theirs: report.theirs.slice(0, MAX_LISTED).map(theirs),
      },
    };
  }

  return {
    get merged() {
      return stored?.merged ?? null;
    },
    begins(again) {
      returning = again;
    },
    hears(event) {
      if (event.type === 'log' && !watch) for (const entry of event.entries) cameBack(entry);
      if (event.type === 'catch-up') catchesUp((watch ??= startWatch()), event.log);
      else if (event.type === 'log' || event.type === 'adopted') {
        const entries = event.type === 'log' ? event.entries : event.history;
        for (const entry of entries) if (!watch?.myStanzas.has(formatStanzaId(entry.id))) watch?.log.push(entry);
      } else if (event.type === 'status' && event.phase === 'offline') {
        watch = undefined;
        if (online) leftAt = clock.now();
        online = false;
      } else if (event.type === 'status' && event.phase === 'online') {
        const ended = watch;
        watch = undefined;
        if (ended) finish(ended);
        online = true;
        returning = true;
      }
    },
    dismiss: () => keep(undefined),
    wish(id) {
      const keepsake = stored?.keepsakes[id];
      if (keepsake === undefined) throw new ApiError('refused', 'This was not kept. Draw it again.');
      const { shown } = replica;
      if ('shape' in keepsake) {
        const at = placed(keepsake.shape, shown);
        if (at === undefined)
          throw new ApiError(
            'refused',
            'There is no drawing left to put this on. Undo what removed it, then try again.',
          );
        return [{ do: 'add', parent: at.parent, before: null, node: at.node }];
      }
      return keepsake.wishes.map((wish) => intentOf(shown, wish));
    },
    done(id) {
      if (stored === undefined) return;
      const mark = (clashes: readonly ToldClash[]): ToldClash[] =>
        clashes.map((clash) => (clash.id === id ? { ...clash, again: true } : clash));
      const { merged } = stored;
      const { [id]: _, ...keepsakes } = stored.keepsakes;
      keep({
        keepsakes,
        merged: { ...merged, overruled: mark(merged.overruled), overwrote: mark(merged.overwrote) },
      });
    },
  };
}

/** Which parts of a shape are meant. */
function partsOf(wishes: readonly Wish[]): string[] {
  const part = (wish: Wish): string => (wish.do === 'attribute' ? wish.name : wish.do === 'text' ? '#text' : '#place');
  return [...new Set(wishes.map(part))].sort();
}

/** Who, each once. Two people of one name are one. */
function namesOf(doers: readonly Doer[]): string[] {
  return [...new Set(doers.map(({ author }) => authorName(author)))].filter((name) => name !== '').slice(0, MAX_NAMES);
}

function intentOf(shown: TreeView, wish: Wish): Intent {
  if (shown.parentOf(wish.rid) === undefined) {
    throw new ApiError('refused', 'This shape is not on the board any more. Draw it again.');
  }
  if (wish.do === 'move') return { do: 'move', rid: wish.rid, parent: wish.parent, before: null };
  if (wish.do === 'attribute') {
    return { do: 'set', rid: wish.rid, name: wish.name, value: wish.value, ...(wish.ns === '' ? {} : { ns: wish.ns }) };
  }
  const texts = shown.children(wish.rid).map((rid) => shown.get(rid));
  const length = texts.reduce((sum, record) => sum + (record?.type === 'text' ? (record.chdata ?? '').length : 0), 0);
  return { do: 'text', rid: wish.rid, from: 0, count: length, insert: wish.value };
}

/** A report that nobody has dismissed, and a later one. */
function joined(old: Stored | undefined, next: Stored): Stored {
  if (old === undefined) return next;
  const list = <T extends { rid: string }>(before: readonly T[], after: readonly T[]): { all: T[]; more: number } => {
    const rids = new Set(after.map(({ rid }) => rid));
    const all = [...after, ...before.filter(({ rid }) => !rids.has(rid))];
    return { all: all.slice(0, MAX_LISTED), more: Math.max(0, all.length - MAX_LISTED) };
  };
  const [a, b] = [old.merged, next.merged];
  const lists = {
    theirs: list(a.theirs, b.theirs),
    overruled: list(a.overruled, b.overruled),
    overwrote: list(a.overwrote, b.overwrote),
  };
  const count = (what: keyof Merged['counts']): number => {
    const unlisted = a.counts[what] - a[what].length + b.counts[what] - b[what].length;
    return lists[what].all.length + lists[what].more + unlisted;
  };
  const merged: Merged = {
    counts: { theirs: count('theirs'), overruled: count('overruled'), overwrote: count('overwrote') },
    by: [...new Set([...b.by, ...a.by])].slice(0, MAX_NAMES),
    theirs: lists.theirs.all,
    overruled: lists.overruled.all,
    overwrote: lists.overwrote.all,
  };
  const ids = new Set([...merged.overruled, ...merged.overwrote].map(({ id }) => id));
  const keepsakes = Object.fromEntries(
    Object.entries({ ...old.keepsakes, ...next.keepsakes }).filter(([id]) => ids.has(id)),
  );
  return { merged, keepsakes };
}

function read(text: string | null): Stored | undefined {
  if (text === null) return undefined;
  try {
    const stored = JSON.parse(text) as Partial<Stored>;
    return stored.merged && stored.keepsakes ? { merged: stored.merged, keepsakes: stored.keepsakes } : undefined;
  } catch {
    return undefined;
  }
}
