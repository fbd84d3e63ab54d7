/**
 * What happened to a document while somebody was away from it, in terms of shapes: what others changed, what of one's own work
 * did not come through, and what of theirs one's own overwrote. A function of four views of the document and the log between.
 */
import type { LogEntry } from '#core/replica-port.ts';
import type { NodeRecord, Rid, TreeView } from '#core/types.ts';
import { localName } from '#xml/names.ts';

/** The document before and after catching up; `shown` is confirmed + one's own pending edits. */
export interface Views {
  readonly before: { readonly confirmed: TreeView; readonly shown: TreeView };
  readonly after: { readonly confirmed: TreeView; readonly shown: TreeView };
}

export interface Happened {
  readonly views: Views;
  /** Records that others may have touched. */
  readonly touched: Iterable<Rid>;
  /** Records that one's own pending edits touch, before and after. */
  readonly mine: Iterable<Rid>;
  /** Others' stanzas, as far as they are known. */
  readonly log: readonly LogEntry[];
  /** Whether a splice of one's own in this text still waits: it is in the text, rebased. */
  readonly spliced: (rid: Rid) => boolean;
}

/** Who did something; `time` in ms since 1970, 0 when nobody said. */
export interface Doer {
  readonly author: string;
  readonly time: number;
}

interface About {
  readonly rid: Rid;
  readonly by: readonly Doer[];
}
export interface Theirs extends About {
  readonly what: 'added' | 'changed' | 'removed';
}
/** How a part of a shape is brought back to what somebody wanted it to be. */
export type Wish =
  | {
      readonly do: 'attribute';
      readonly rid: Rid;
      readonly ns: string;
      readonly name: string;
      readonly value: string | null;
    }
  | { readonly do: 'text'; readonly rid: Rid; readonly value: string }
  | { readonly do: 'move'; readonly rid: Rid; readonly parent: Rid };
export interface Clash extends About {
  /** `lost`: the shape isn't there any more; `overwritten`: these parts of it say something else now. */
  readonly how: 'lost' | 'overwritten';
  /** What the one who lost had done to it. */
  readonly did: 'added' | 'changed' | 'removed';
  readonly wishes: readonly Wish[];
}
export interface Report {
  readonly theirs: readonly Theirs[];
  /** My changes that could not be kept. A `lost` shape is as I saw it in `before.shown`. */
  readonly overruled: readonly Clash[];
  /** Changes of others that mine came after. A `lost` shape is as they left it in `after.confirmed`. */
  readonly overwrote: readonly Clash[];
}

const MAX_DOERS = 5;
/** What happens to these happens to the shape around them. */
const PART = /^(tspan|textPath|title|desc|metadata|stop|animate.*|fe[A-Z].*)$/;

/** The element that people would point at: the nearest one around a node that isn't a mere part of another. */
export function shapeOf(view: TreeView, rid: Rid): Rid {
  let shape: Rid | undefined;
  for (let at: Rid | undefined = rid; at !== undefined && at !== ''; at = view.parentOf(at)) {
    const record = view.get(at);
    if (record?.type !== 'element') continue;
    shape = at;
    if (!PART.test(localName(record.name ?? ''))) break;
  }
  return shape ?? rid;
}

/** The record, if the tree shows it. */
function there(view: TreeView, rid: Rid): NodeRecord | undefined {
  return view.parentOf(rid) === undefined ? undefined : view.get(rid);
}

function same(a: NodeRecord | undefined, b: NodeRecord | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.chdata === b.chdata &&
    a.parent === b.parent &&
    a.primaryWeight === b.primaryWeight &&
    a.name === b.name &&
    a.ns === b.ns &&
    a.pitarget === b.pitarget &&
    a.pidata === b.pidata
  );
}

/** The outermost node around `rid` in one view that another view lacks. */
function topmost(view: TreeView, rid: Rid, lacking: TreeView): Rid {
  let top = rid;
  for (let at = view.parentOf(rid); at !== undefined && at !== ''; at = view.parentOf(at)) {
    if (there(lacking, at) !== undefined) break;
    top = at;
  }
  return top;
}

/** Compares what was with what is. Order: as the touched records come. */
export function reportOf({ views, touched, mine, log, spliced }: Happened): Report {
  const { before, after } = views;
  const doers = doersOf(log);
  const theirs = new Map<Rid, Theirs>();
  const overruled = new Map<string, Clash>();
  const overwrote = new Map<string, Clash>();

  function told(what: Theirs['what'], view: TreeView, top: Rid, about: readonly Doer[]): void {
    const shape = shapeOf(view, top);
    const kind = shape === top ? what : 'changed';
    const known = theirs.get(shape);
    const by = joined(known?.by ?? [], about);
    const strongest = known === undefined || known.what === 'changed' ? kind : known.what;
    theirs.set(shape, { rid: shape, what: strongest, by });
  }

  function clash(into: Map<string, Clash>, one: Clash): void {
    const key = `${one.how} ${one.rid}`;
    const known = into.get(key);
    if (known === undefined) into.set(key, one);
    else into.set(key, { ...known, by: joined(known.by, one.by), wishes: [...known.wishes, ...one.wishes] });
  }

  function byOthers(rid: Rid): void {
    const was = there(before.confirmed, rid);
    const is = there(after.confirmed, rid);
    // What I saw already is my own work, arrived.
    if (same(was, is) || same(there(before.shown, rid), is)) return;
    const known = doers.get(rid);
    if (is !== undefined) {
      const by = known ?? claims(is, was === undefined);
      if (was === undefined) {
        const top = topmost(after.confirmed, rid, before.confirmed);
        const element = after.confirmed.get(top)?.type === 'element';
        told(element ? 'added' : 'changed', after.confirmed, top, by);
      } else told('changed', after.confirmed, rid, by);
      overwritten(rid, is, by);
    } else if (there(after.shown, rid) === undefined) {
      const top = topmost(before.confirmed, rid, after.confirmed);
      const by = known ?? removers(before.confirmed, rid, doers);
      if (before.confirmed.get(top)?.type === 'element') told('removed', before.confirmed, top, by);
      else told('changed', before.confirmed, before.confirmed.parentOf(top) ?? top, by);
    }
  }

  /** What another wrote and mine came after. */
  function overwritten(rid: Rid, is: NodeRecord, by: readonly Doer[]): void {
    const now = there(after.shown, rid);
    if (now === undefined) {
      const top = topmost(after.confirmed, rid, after.shown);
      if (after.confirmed.get(top)?.type === 'element') {
        clash(overwrote, { rid: shapeOf(after.confirmed, top), how: 'lost', did: 'changed', by, wishes: [] });
      } else if (is.type === 'attr') {
        const wish = attributeWish(after.confirmed, rid, is);
        clash(overwrote, {
          rid: shapeOf(after.shown, wish.rid),
          how: 'overwritten',
          did: 'changed',
          by,
          wishes: [wish],
        });
      }
      return;
    }
    if (is.chdata === now.chdata || spliced(rid)) return;
    const wish = contentWish(after.confirmed, rid, is);
    if (wish)
      clash(overwrote, { rid: shapeOf(after.shown, rid), how: 'overwritten', did: 'changed', by, wishes: [wish] });
  }

  function ofMine(rid: Rid): void {
    const saw = there(before.shown, rid);
    const was = there(before.confirmed, rid);
    if (saw === undefined || same(saw, was)) return;
    const is = there(after.shown, rid);
    if (is === undefined) lost(rid, saw);
    else changed(rid, saw, was, is);
  }

  function lost(rid: Rid, saw: NodeRecord): void {
    const top = topmost(before.shown, rid, after.shown);
    const by = removers(before.shown, rid, doers);
    if (before.shown.get(top)?.type === 'element' && shapeOf(before.shown, top) === top) {
      const did = there(before.confirmed, top) === undefined ? 'added' : 'changed';
      clash(overruled, { rid: top, how: 'lost', did, by, wishes: [] });
      return;
    }
    const owner = before.shown.parentOf(top);
    if (owner === undefined || there(after.shown, owner) === undefined) return;
    const wish = contentWish(before.shown, rid, saw);
    if (wish === undefined) return;
    if (wish.do === 'attribute') {
      // Of two attributes with one name another's stands, and mine has gone to it.
      const twin = after.shown.attribute(owner, wish.ns, localName(wish.name));
      if (twin !== undefined && after.shown.get(twin)?.chdata === saw.chdata) return;
    }
    clash(overruled, { rid: shapeOf(after.shown, owner), how: 'overwritten', did: 'changed', by, wishes: [wish] });
  }

  function changed(rid: Rid, saw: NodeRecord, was: NodeRecord | undefined, is: NodeRecord): void {
    const by = doers.get(rid) ?? claims(is, false);
    const shape = shapeOf(after.shown, rid);
    if (saw.chdata !== was?.chdata && is.chdata !== saw.chdata && !spliced(rid) && !onlySpliced(rid, log)) {
      const wish = contentWish(before.shown, rid, saw);
      if (wish) clash(overruled, { rid: shape, how: 'overwritten', did: 'changed', by, wishes: [wish] });
    }
    if (was !== undefined && saw.type === 'element' && saw.parent !== was.parent && is.parent !== saw.parent) {
      const wish: Wish = { do: 'move', rid, parent: saw.parent };
      clash(overruled, { rid: shape, how: 'overwritten', did: 'changed', by, wishes: [wish] });
    }
  }

  for (const rid of new Set(touched)) byOthers(rid);
  for (const rid of new Set(mine)) ofMine(rid);
  return { theirs: [...theirs.values()], overruled: [...overruled.values()], overwrote: [...overwrote.values()] };
}

/** Every record that a tree shows. */
export function* allRids(view: TreeView): Generator<Rid> {
  const stack = [...view.children('')];
  for (let rid = stack.pop(); rid !== undefined; rid = stack.pop()) {
    yield rid;
    if (view.get(rid)?.type !== 'element') continue;
    yield* view.attributes(rid);
    stack.push(...view.children(rid));
  }
}

function doersOf(log: readonly LogEntry[]): Map<Rid, readonly Doer[]> {
  const doers = new Map<Rid, readonly Doer[]>();
  for (const { author, time, edits } of log) {
    for (const { rid } of edits) doers.set(rid, joined(doers.get(rid) ?? [], [{ author, time }]));
  }
  return doers;
}

/** Each author once, with the latest time. */
function joined(some: readonly Doer[], more: readonly Doer[]): readonly Doer[] {
  let all = some;
  for (const one of more) {
    const known = all.find(({ author }) => author === one.author);
    if (known === undefined) all = [...all, one].slice(0, MAX_DOERS);
    else if (known.time < one.time) all = all.map((other) => (other === known ? one : other));
  }
  return all;
}

/** Who a record says wrote it, where no log tells. */
function claims(record: NodeRecord, made: boolean): readonly Doer[] {
  const author = made ? record.creator : (record.lastModifiedBy ?? record.creator);
  const time = made ? record.created : (record.modified ?? record.created);
  return author === undefined ? [] : [{ author, time: time ?? 0 }];
}

/** Who touched a node that went, or what it lay in. */
function removers(view: TreeView, rid: Rid, doers: ReadonlyMap<Rid, readonly Doer[]>): readonly Doer[] {
  for (let at: Rid | undefined = rid; at !== undefined && at !== ''; at = view.parentOf(at)) {
    const by = doers.get(at);
    if (by !== undefined) return by;
  }
  return [];
}

function attributeWish(view: TreeView, rid: Rid, record: NodeRecord): Wish & { do: 'attribute' } {
  const { ns = '', name = '', chdata = '' } = record;
  return { do: 'attribute', rid: view.parentOf(rid) ?? '', ns, name, value: chdata };
}

function contentWish(view: TreeView, rid: Rid, record: NodeRecord): Wish | undefined {
  if (record.type === 'attr') return attributeWish(view, rid, record);
  const owner = view.parentOf(rid);
  return record.type === 'text' && owner !== undefined
    ? { do: 'text', rid: owner, value: record.chdata ?? '' }
    : undefined;
}

/** Whether others' writes to a text were splices alone, beside which one's own words stand. */
function onlySpliced(rid: Rid, log: readonly LogEntry[]): boolean {
  const writes = log.flatMap(({ edits }) => edits).filter((edit) => edit.rid === rid && edit.kind === 'set');
  return writes.length > 0 && writes.every((edit) => edit.kind === 'set' && edit.splice !== undefined);
}
