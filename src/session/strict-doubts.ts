/**
 * What strict peers may hold otherwise than we do, as far as a correction can't mend it: records that they deleted and we keep, and
 * the other way round (DESIGN section 2, The tree). It follows from the order of stanzas alone, so every replica keeps it, and the
 * one that is elected next goes on. Where readings of XEP-0284 differ, both are reckoned with.
 */
import type { ReceiveResult, Replica } from '#core/replica-port.ts';
import { compareRids } from '#core/order.ts';
import type { Edit, MutableFields, NewEdit, NodeRecord, Rid, SetEdit } from '#core/types.ts';
import type { Debts } from '#xmpp/xep-0284.ts';
import { isWithin } from './within.ts';

/** Beyond that the oldest are forgotten: a flood must cost the one who makes it no more than us. */
const MAX = 10_000;
const MAX_VERSIONS = 4096;
/** Two sessions in one room that never come together may not answer each other without end. */
const MAX_MISSED = 1000;

/** Where a record is, as far as its fields say: what makes parents, and twins of attributes. */
type Position = readonly [parent: string, ns: string, name: string];

/** A record that was moved or renamed while strict peers were there: where it may be for them, by version. */
interface Track {
  /** The version of the first of `at`. */
  readonly from: number;
  readonly at: Set<string>[];
  /** Where it is for us. */
  ours: Position;
  /** Former parents that were there when we last looked. */
  parents: Set<Rid>;
}

export type Owed = Pick<Debts, 'lost' | 'ghosts' | 'voids' | 'remade'>;

export interface StrictDoubts {
  /** Call with a stanza's edits before the replica receives them ... */
  before(edits: readonly Edit[]): void;
  /** ... and after. `byStrict`: its author may not have seen yet what came before it. */
  after(edits: readonly Edit[], result: ReceiveResult, byStrict: boolean): void;
  /** Call instead with a stanza that strict peers take and the session doesn't: it is another one's, or came twice. */
  missed(edits: readonly Edit[]): void;
  owed(): Owed;
  /** What somebody else, whose state we took, says is owed. */
  take(owed: Owed): void;
  clear(): void;
}

const encode = (position: Position): string => JSON.stringify(position);
const decode = (text: string): Position => JSON.parse(text) as Position;
const positionOf = ({ type, parent, ns, name }: NodeRecord): Position =>
  type === 'attr' ? [parent, ns ?? '', name ?? ''] : [parent, '', ''];
const merged = (type: string, [parent, ns, name]: Position, fields: Partial<MutableFields>): Position =>
  type === 'attr' ? [fields.parent ?? parent, fields.ns ?? ns, fields.name ?? name] : [fields.parent ?? parent, '', ''];
/** What two records are told apart by. */
type Placed = Pick<MutableFields, 'parent' | 'name'> & { readonly type: string };
const placeOf = ({ parent, ns, name }: Pick<NewEdit, 'parent' | 'ns' | 'name'>): Position => [
  parent,
  ns ?? '',
  name ?? '',
];
const isRoot = ({ type, parent }: { type: string; parent: Rid }): boolean => type === 'element' && parent === '';
/** Whether a strict peer lets only one of them stand (XEP-0284, "Mapping the Records to the DOM Document"). */
const rivals = (one: Placed, other: Placed): boolean =>
  (isRoot(one) && isRoot(other)) ||
  (one.type === 'attr' && other.type === 'attr' && one.parent === other.parent && one.name === other.name);
const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Makes the list of doubts over a replica. */
export function createStrictDoubts(replica: Replica): StrictDoubts {
  /** The replica has another one after it took over a state. */
  let view = replica.confirmed;
  const tracks = new Map<Rid, Track>();
  const lost = new Set<Rid>();
  const ghosts = new Set<Rid>();
  /** By position, the highest attribute among these, as far as we know where they are. */
  const haunted = new Map<string, Rid>();
  const voids = new Set<Rid>();
  /** Made again for strict peers, or said twice: what they say of these may be said of those before, which that takes away together with what they did. */
  const remade = new Set<Rid>();
  /** Written so many times for strict peers alone: what they say next may carry the version that we expect, and yet be said of the record
   *  as it was before it was made again. */
  const ahead = new Map<Rid, number>();
  /** By position, the highest attribute that was there and is removed: a strict peer that made one at once with it lost its own. */
  const former = new Map<string, Rid>();
  /** Of the stanza that is being received: its records as they were, and attributes that stood where it puts others. */
  let were = new Map<Rid, { type: string; version: number; position: Position; inLost: boolean }>();
  let stood = new Map<Rid, Rid>();
  let missed = 0;

  const add = (set: Set<Rid>, rid: Rid): void => {
    if (set.size >= MAX) for (const oldest of set) if (set.delete(oldest)) break;
    set.add(rid);
  };

  /** They may have an attribute there that we haven't: of two, the lower goes. */
  const haunt = (rid: Rid, [parent, ns, name]: Position): void => {
    add(ghosts, rid);
    const place = encode([parent, ns, name]);
    const highest = haunted.get(place);
    if (haunted.size >= MAX) for (const oldest of haunted.keys()) if (haunted.delete(oldest)) break;
    if (highest === undefined || !ghosts.has(highest) || compareRids(highest, rid) < 0) haunted.set(place, rid);
    const other = standing(parent, ns, name);
    if (other !== undefined && compareRids(other, rid) < 0) add(lost, other);
  };

  const underLost = (rid: Rid): boolean => isWithin(view, rid, lost);

  const standing = (parent: Rid, ns: string, name: string): Rid | undefined =>
    view.attribute(parent, ns, ns ? localName(name) : name);

  function follow(edit: SetEdit, version: number, late: boolean): void {
    const was = were.get(edit.rid);
    if (!was) return;
    let track = tracks.get(edit.rid);
    const moves =
      edit.fields.parent !== undefined ||
      (was.type === 'attr' && (edit.fields.ns !== undefined || edit.fields.name !== undefined));
    if (!track) {
      if (!moves) return;
      if (tracks.size >= MAX) for (const oldest of tracks.keys()) if (tracks.delete(oldest)) break;
      const first = new Set([encode(was.position)]);
      track = { from: version - 1, at: [first], ours: was.position, parents: new Set([was.position[0]]) };
      tracks.set(edit.rid, track);
    }
    if (!edit.fix && !edit.malformed) track.ours = merged(was.type, track.ours, edit.fields);
    const { at, from } = track;
    const now = at.at(-1) ?? new Set<string>();
    const written = (): Set<string> =>
      new Set([...now].map((one) => encode(merged(was.type, decode(one), edit.fields))));
    let next: Set<string>;
    if (edit.version === version && !edit.malformed)
      next = late && !edit.fix ? new Set([...now, ...written()]) : written();
    else if (edit.version - 1 > version || edit.malformed) next = new Set(at.flatMap((one) => [...one]));
    else {
      next = new Set(at[Math.max(0, edit.version - 1 - from)] ?? now);
      // Who counts what is undone as undone for good has forgotten the versions between.
      for (let i = Math.max(0, edit.version - from); i < at.length; i++) for (const one of next) at[i]?.add(one);
    }
    at.push(next);
    if (edit.fields.parent !== undefined) track.parents.add(edit.fields.parent);
    if (at.length > MAX_VERSIONS) tracks.set(edit.rid, { ...track, from: version, at: [next] });
  }

  /** Whether what we haven't, or have void, stands where this record was made just now: of two, strict peers keep the higher. */
  function isRivalled(made: NodeRecord | NewEdit): boolean {
    const ghost = made.type === 'attr' ? haunted.get(encode(placeOf(made))) : undefined;
    if (ghost !== undefined && ghosts.has(ghost) && compareRids(made.rid, ghost) < 0) return true;
    for (const rid of voids) {
      // Further on in the stanza it may be removed.
      const was = were.get(rid);
      const [parent = '', , name = ''] = was?.position ?? [];
      const other = view.get(rid) ?? (was && { type: was.type, parent, name });
      if (other && rivals(made, other) && compareRids(made.rid, rid) < 0) return true;
    }
    return false;
  }

  /** Whether all readings have a record where we have it. */
  const agrees = ({ at, ours }: Track): boolean => {
    const here = encode(ours);
    return [...(at.at(-1) ?? [])].every((one) => one === here);
  };

  function afterNew(edit: NewEdit, removed: ReadonlySet<Rid>, byStrict: boolean): void {
    if (were.has(edit.rid)) return;
    const node = view.get(edit.rid);
    const twin = stood.get(edit.rid);
    // What stands although a strict peer has deleted it for this one's sake comes back: this one is void.
    const victim = twin ?? (isRoot(edit) ? view.root() : undefined);
    if (victim !== undefined && view.get(victim) && compareRids(victim, edit.rid) < 0) add(lost, victim);
    if (!node) {
      if (edit.type === 'attr' && view.get(edit.parent) && !removed.has(edit.rid)) haunt(edit.rid, placeOf(edit));
      return;
    }
    if (node.inert) return add(voids, edit.rid);
    if (twin !== undefined && !view.get(twin) && !removed.has(twin)) haunt(twin, placeOf(edit));
    // Who has it already takes no second one.
    if (ghosts.delete(edit.rid)) add(lost, edit.rid);
    const before = byStrict && edit.type === 'attr' ? former.get(encode(positionOf(node))) : undefined;
    if (before !== undefined && compareRids(edit.rid, before) < 0) add(lost, edit.rid);
    if (isRivalled(edit)) add(lost, edit.rid);
  }

  function afterRemove(
    edit: Extract<Edit, { kind: 'remove' }>,
    made: ReadonlyMap<Rid, Position | undefined>,
    byStrict: boolean,
  ): void {
    ghosts.delete(edit.rid);
    voids.delete(edit.rid);
    const was = were.get(edit.rid);
    const stays = was !== undefined && view.get(edit.rid) !== undefined;
    const at = was?.type === 'attr' ? was.position : made.get(edit.rid);
    if (!stays && remade.delete(edit.rid) && byStrict) {
      if (at) haunt(edit.rid, at);
      else add(ghosts, edit.rid);
    }
    if (!stays) ahead.delete(edit.rid);
    if (stays) add(lost, edit.rid);
    else if (at !== undefined) {
      const position = encode(at);
      const highest = former.get(position);
      if (former.size >= MAX) for (const oldest of former.keys()) if (former.delete(oldest)) break;
      if (highest === undefined || compareRids(highest, edit.rid) < 0) former.set(position, edit.rid);
    }
  }

  /** A strict peer may have had this record in what was taken away, with all that it knew to be in it, though that has left it since. */
  function loseWhole(top: Rid): void {
    if (!view.get(top)) return;
    add(lost, top);
    const whole = new Set([top]);
    for (const [rid, { parents }] of tracks)
      if (view.get(rid) && [...parents].some((parent) => isWithin(view, parent, whole))) add(lost, rid);
  }

  /** A record was made again, unless it was of another version by then, or isn't any more what that says. */
  function afterMaking(rid: Rid, fits: boolean, toMake: ReadonlySet<Rid>): void {
    const record = view.get(rid);
    if (!record) return;
    add(remade, rid);
    if (!fits || isRivalled(record)) return add(lost, rid);
    lost.delete(rid);
    tracks.delete(rid);
    // What came into it meanwhile was taken away with the one before.
    for (const under of [...view.attributes(rid), ...view.children(rid)])
      if (!toMake.has(under) && view.get(under)?.parent === rid) add(lost, under);
  }

  /** Whether some have a record just now where it can't be: they delete it at once, wherever the stanza puts it later. `gone`: what the stanza
   *  has removed so far; `toMake`: what it has yet to make. */
  function isDoomed(rid: Rid, gone: ReadonlySet<Rid>, toMake: ReadonlySet<Rid>): boolean {
    const possible = [...(tracks.get(rid)?.at.at(-1) ?? [])].map(decode);
    return possible.some(([parent]) => {
      if (parent === '') return were.get(rid)?.type === 'element' && view.root() !== rid;
      if (gone.has(parent)) return true;
      return !were.has(parent) && (toMake.has(parent) || !view.get(parent));
    });
  }

  /** Whether it was in one of these before the stanza: they went with what they held. */
  function wasIn(rid: Rid, tops: ReadonlySet<Rid>): boolean {
    if (tops.size === 0) return false;
    const seen = new Set<Rid>();
    const above = (at: Rid): Rid | undefined => were.get(at)?.position[0] ?? view.get(at)?.parent;
    for (let at = above(rid); at !== undefined && !seen.has(at); at = above(at)) {
      if (tops.has(at)) return true;
      seen.add(at);
    }
    return false;
  }

  /** They have done this, and we haven't. */
  function miss(edit: Edit): void {
    const node = view.get(edit.rid);
    if (edit.kind === 'remove') return node && add(lost, edit.rid);
    if (node) {
      // Who has taken it away before it came to them again has it again.
      if (edit.kind === 'new') return add(remade, edit.rid);
      add(lost, edit.rid);
      ahead.set(edit.rid, (ahead.get(edit.rid) ?? 0) + 1);
      const twin = node.type === 'attr' ? standing(...merged('attr', positionOf(node), edit.fields)) : undefined;
      return twin === undefined ? undefined : add(lost, twin);
    }
    const type = edit.kind === 'new' ? edit.type : edit.anew;
    const fields = { parent: '', ...(edit.kind === 'new' ? edit : edit.fields) };
    if (type === 'attr') return haunt(edit.rid, placeOf(fields));
    add(ghosts, edit.rid);
    const root = type === 'element' && fields.parent === '' ? view.root() : undefined;
    if (root !== undefined) add(lost, root);
  }

  /** Whether what a strict peer writes to a record may have been meant for the one before it was made again. */
  function isCrossed({ rid, fields }: SetEdit, isLate: boolean): boolean {
    const more = remade.has(rid) ? (ahead.get(rid) ?? 0) : 0;
    if (more > 1) ahead.set(rid, more - 1);
    else if (more === 1) ahead.delete(rid);
    return (remade.has(rid) && (isLate || more > 0)) || remade.has(fields.parent ?? '');
  }

  /** Looks where records that strict peers may have elsewhere make a difference. */
  function sweep(written: Iterable<Rid>, removed: ReadonlySet<Rid>, byStrict: boolean): void {
    for (const rid of [...written]) {
      const track = tracks.get(rid);
      if (!track) continue;
      const node = view.get(rid);
      if (!node) {
        tracks.delete(rid);
        if (!removed.has(rid) && !agrees(track)) add(ghosts, rid);
        continue;
      }
      const possible = [...(track.at.at(-1) ?? [])].map(decode);
      track.ours = positionOf(node);
      for (const parent of track.parents) {
        if (parent === '' || (view.get(parent) && !removed.has(parent) && !lost.has(parent))) continue;
        // Who took it away may not have heard yet that this one was in it for a while.
        if (byStrict) add(lost, rid);
        if (!view.get(parent)) track.parents.delete(parent);
      }
      if (possible.some(([parent]) => parent !== '' && (!view.get(parent) || underLost(parent)))) add(lost, rid);
      if (agrees(track)) continue;
      if (node.type === 'attr') {
        add(lost, rid);
        for (const [parent, ns, name] of possible) {
          const other = standing(parent, ns, name);
          if (other !== undefined && other !== rid) add(lost, other);
        }
      } else if (possible.some(([parent]) => parent === '')) add(lost, rid);
    }
  }

  return {
    before(edits) {
      view = replica.confirmed;
      were = new Map();
      stood = new Map();
      for (const edit of edits) {
        const node = view.get(edit.rid);
        if (node && !were.has(edit.rid)) {
          const { type, version } = node;
          were.set(edit.rid, { type, version, position: positionOf(node), inLost: underLost(edit.rid) });
        }
        if (edit.kind !== 'new' || edit.type !== 'attr' || edit.name === undefined) continue;
        const twin = standing(edit.parent, edit.ns ?? '', edit.name);
        if (twin !== undefined && twin !== edit.rid) stood.set(edit.rid, twin);
      }
    },
    after(edits, { needCorrection, strays }, byStrict) {
      const late = new Set(needCorrection);
      /** What it made, and where that is an attribute. */
      const made = new Map<Rid, Position | undefined>();
      const removed = new Set<Rid>();
      const sets = new Map<Rid, number>();
      const toMake = new Set<Rid>();
      for (const edit of edits) {
        if (edit.kind === 'remove') removed.add(edit.rid);
        else if (edit.kind === 'new' || edit.anew) toMake.add(edit.rid);
      }
      const doomed = new Set<Rid>();
      let moved = true;
      const before = lost.size;
      const gone = new Set<Rid>();
      for (const edit of edits) {
        if (edit.kind === 'remove') {
          gone.add(edit.rid);
          afterRemove(edit, made, byStrict);
          // What was under it for some when it went counts, not where later edits of the stanza put it.
          if (moved) for (const rid of removed) if (were.has(rid) && view.get(rid)) add(lost, rid);
          if (moved) sweep(tracks.keys(), removed, byStrict);
          moved = false;
        } else if (edit.kind === 'new') {
          made.set(edit.rid, edit.type === 'attr' ? placeOf(edit) : undefined);
          gone.delete(edit.rid);
          toMake.delete(edit.rid);
          afterNew(edit, removed, byStrict);
          if (byStrict && remade.has(edit.parent) && view.get(edit.rid)?.inert === undefined) add(lost, edit.rid);
        } else {
          const was = were.get(edit.rid);
          // A strict peer writes to what we have removed: it has yet to hear of that, or never will.
          if (!was && !made.has(edit.rid)) {
            if (edit.fix && edit.anew === 'attr') haunt(edit.rid, placeOf({ parent: '', ...edit.fields }));
            else add(ghosts, edit.rid);
          }
          if (!was) continue;
          const version = (sets.get(edit.rid) ?? was.version) + 1;
          sets.set(edit.rid, version);
          if (edit.fix && edit.anew) {
            gone.delete(edit.rid);
            toMake.delete(edit.rid);
            afterMaking(edit.rid, !late.has(edit.rid) && edit.version === version, toMake);
            continue;
          }
          moved = true;
          if (byStrict && isCrossed(edit, late.has(edit.rid))) loseWhole(edit.rid);
          follow(edit, version, late.has(edit.rid));
          if (!view.get(edit.rid)) continue;
          if (isDoomed(edit.rid, gone, toMake)) {
            doomed.add(edit.rid);
            add(lost, edit.rid);
          }
          if (edit.fields.parent !== undefined && (was.inLost || wasIn(edit.rid, doomed))) add(lost, edit.rid);
        }
      }
      for (const rid of strays) {
        const parent = view.get(rid)?.parent;
        const holder = parent === undefined ? undefined : view.get(parent);
        if (parent !== undefined && (!holder || holder.inert || underLost(parent))) add(lost, rid);
      }
      sweep(sets.keys(), removed, byStrict);
      // What is lost takes with it what they have in it, though we don't.
      for (let size = before; lost.size > size; sweep(tracks.keys(), removed, byStrict)) size = lost.size;
      for (const rid of lost) {
        if (view.get(rid)) continue;
        lost.delete(rid);
        if (!removed.has(rid)) add(ghosts, rid);
      }
      for (const rid of voids) if (!view.get(rid)) voids.delete(rid);
    },
    missed(edits) {
      view = replica.confirmed;
      if (missed++ < MAX_MISSED) for (const edit of edits) miss(edit);
    },
    owed: () => ({ lost: [...lost], ghosts: [...ghosts], voids: [...voids], remade: [...remade] }),
    take(owed) {
      for (const rid of owed.lost) add(lost, rid);
      for (const rid of owed.ghosts) add(ghosts, rid);
      for (const rid of owed.voids) add(voids, rid);
      for (const rid of owed.remade) add(remade, rid);
    },
    clear() {
      for (const set of [lost, ghosts, voids, remade]) set.clear();
      missed = 0;
      tracks.clear();
      former.clear();
      haunted.clear();
      ahead.clear();
    },
  };
}
