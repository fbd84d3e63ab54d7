/** A folded log: the past from the point on is as it was, and those who were parted keep what they would have kept. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fold } from '#core/fold.ts';
import { History } from '#core/history.ts';
import type { HistoryItem } from '#core/history-port.ts';
import { KnownIds } from '#core/known.ts';
import type { LogEntry, Replica, SubmitResult } from '#core/replica-port.ts';
import type { Rid, StanzaId, TreeView } from '#core/types.ts';
import { concrete, outline, type Recipe, recipe } from '#test/support/document.ts';
import { forged, whim } from '#test/support/forged-edits.ts';
import { joined, Room } from '#test/support/order.ts';
import { check } from '#test/support/property.ts';

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const FOLDED = { entries: 0, edits: 0, begin: 0, end: 0 };

function draw(member: Replica, recipes: readonly Recipe[], after: (result: SubmitResult) => void): void {
  recipes.forEach((how, n) => {
    const intent = concrete(member.shown, how);
    after(intent ? member.submit([intent], `${n}`) : member.undo());
  });
}

const following = (room: Room, who: number) => (result: SubmitResult) => {
  if (result.ok) room.mirrors[who]?.follow(result.changes);
};

/** Two who drew together and then apart; what each has logged since the root. */
function parted(together: readonly Recipe[], ours: readonly Recipe[], theirs: readonly Recipe[]) {
  const members = joined(2) as [Replica, Replica];
  const begin = members[0].state().records;
  const room = new Room(members);
  together.forEach((how, n) => {
    const member = members[n % 2] as Replica;
    draw(member, [how], following(room, n % 2));
    if (n % 3 === 0) room.settle();
  });
  room.settle();
  const logs = room.entries.map((entries) => [...entries]);
  [ours, theirs].forEach((recipes, i) => {
    const member = members[i] as Replica;
    draw(member, recipes, () => logs[i]?.push(...member.confirmAlone()));
  });
  return { members, log: copy(logs[0] ?? []), begin };
}

/** What is left of a log whose entries before a point are folded: those, and the rest. */
function folded(log: readonly LogEntry[], point: number, then: History): LogEntry[] {
  const fold = new Fold(then.layer);
  const left = log
    .slice(0, point)
    .toReversed()
    .flatMap((entry) => fold.take(entry) ?? []);
  return [...left.toReversed(), ...log.slice(point)];
}

function walked(items: readonly HistoryItem[], to: number): History {
  const history = new History((from, end) => items.filter(({ index }) => index >= from && index < end), { block: 4 });
  for (const item of items) history.add(item);
  goTo(history, to);
  return history;
}

function goTo(history: History, to: number): void {
  const steps = history.seek(to);
  while (!steps.next().done);
}

const ridsOf = (view: TreeView, parent: Rid = ''): Rid[] =>
  view.children(parent).flatMap((rid) => [rid, ...ridsOf(view, rid)]);

/** Elements and texts of these, without attributes; the values of those in `told` only. */
function treeOf(view: TreeView, of: ReadonlySet<Rid>, told: ReadonlySet<Rid>, parent: Rid = ''): string {
  const kids = view.children(parent).filter((rid) => of.has(rid));
  return kids
    .map((rid) => {
      const { name, chdata } = view.get(rid) ?? {};
      return `${rid} ${name} ${told.has(rid) ? chdata : ''}[${treeOf(view, of, told, rid)}]`;
    })
    .join('|');
}

/** What the texts among these say. */
const textsOf = (view: TreeView, of: Iterable<Rid>): Map<Rid, string | undefined> =>
  new Map([...of].flatMap((rid) => (view.get(rid)?.type === 'text' ? [[rid, view.get(rid)?.chdata] as const] : [])));

/** What their attributes say: by element and name, the record and its value. */
function attributesOf(view: TreeView, of: ReadonlySet<Rid>): Map<string, readonly [attr: Rid, value: string]> {
  const found = new Map<string, readonly [Rid, string]>();
  for (const rid of ridsOf(view)) {
    if (!of.has(rid)) continue;
    for (const attr of view.attributes(rid))
      found.set(`${rid} ${view.get(attr)?.name}`, [attr, view.get(attr)?.chdata ?? '']);
  }
  return found;
}

const items = (log: readonly LogEntry[], from = 0): HistoryItem[] =>
  log.map((entry, n) => ({ kind: 'entry', index: from + n, entry }));

/** A log that begins with records, as if a stanza had brought them. */
const rooted = (begin: ReturnType<Replica['state']>['records'], log: readonly LogEntry[]): LogEntry[] => [
  {
    place: log[0] && log[0].place.seq > 1 ? { ...log[0].place, seq: log[0].place.seq - 1 } : { epoch: 'r', seq: 1 },
    author: 'r@example',
    id: { prefix: 'r', n: 1 },
    edits: begin.map(({ inert: _, chdataVersion: __, ...record }) => ({ kind: 'new', ...record })),
    time: 0,
  },
  ...log,
];

describe('a folded log', () => {
  it('gives those who were parted all that the whole log gives', () => {
    const some = fc.array(recipe, { maxLength: 25 });
    check(
      fc.property(some, some, some, fc.nat(100), fc.nat(100), (together, ours, others, n, m) => {
        const ends = [0, 1].map((way) => {
          const { members, log, begin } = parted(together, ours, others);
          const [one, two] = members;
          const whole = rooted(begin, log);
          let mine: readonly LogEntry[] = whole;
          if (way === 1) {
            // Folded, and folded again further on.
            for (const point of [n, m].map((number) => number % (whole.length + 1)).sort((a, b) => a - b)) {
              const known = mine.filter(({ id }) => whole.findIndex((entry) => same(entry.id, id)) < point).length;
              mine = folded(mine, known, walked(items(whole), point));
            }
          }
          const kept = new Set(ridsOf(one.shown));
          const theirs = new Set(ridsOf(two.shown));
          const stood = new Set([...kept, ...theirs]);
          // What one has written into something and then removed with it may be gone from its log when that comes back, as the other took it elsewhere.
          const removed = textsOf(
            two.shown,
            [...theirs].filter((rid) => !kept.has(rid)),
          );
          const before = [one, two].map((member) => attributesOf(member.shown, stood));
          const lacking = mine.filter(({ id }) => !two.knows(id));
          one.adopt(copy(two.state()), copy(lacking));
          new Room([one, two]).settle();
          expect(outline(one.confirmed)).toBe(outline(two.confirmed));
          expect(one.digest()).toBe(two.digest());
          return {
            tree: treeOf(one.confirmed, stood, kept),
            removed,
            texts: textsOf(one.confirmed, removed.keys()),
            attributes: attributesOf(one.confirmed, kept),
            all: ridsOf(one.confirmed),
            before,
            edits: mine.flatMap(({ edits }) => edits).length,
          };
        });
        const [full, short] = ends;
        // What one had removed together with what it lay in may come back with the whole log, when the other took that elsewhere.
        expect(short?.tree).toBe(full?.tree);
        for (const [rid, value] of short?.texts ?? [])
          expect([full?.texts.get(rid), full?.removed.get(rid)]).toContain(value);
        expect(full?.all).toEqual(expect.arrayContaining(short?.all ?? []));
        for (const [key, [attr, value]] of full?.attributes ?? []) {
          const [now, is] = short?.attributes.get(key) ?? [];
          // Where both gave an element the same attribute, one of the two stays, and what either last said of it.
          const twins = full?.before.some((attributes) => attributes.get(key)?.[0] !== attr) || now !== attr;
          const said = full?.before.flatMap((attributes) => attributes.get(key)?.[1] ?? []) ?? [];
          expect(twins ? [value, ...said] : [value]).toContain(is);
        }
        expect(short?.edits).toBeLessThanOrEqual(full?.edits ?? 0);
      }),
      { numRuns: 150 },
    );
  });

  it('shows each position from the point on as before, hostile peers or not, and ends where it ended', () => {
    const action = fc.tuple(fc.nat(1), fc.nat(4), recipe, fc.array(whim, { minLength: 1, maxLength: 3 }));
    check(
      fc.property(fc.array(action, { maxLength: 40 }), fc.nat(100), fc.nat(100), (actions, n, m) => {
        const members = joined(2);
        const begin = members[0]?.state().records ?? [];
        const room = new Room(members);
        for (const [who, what, how, whims] of actions) {
          const member = members[who] as Replica;
          if (what === 0) room.inject(whims.map((one) => forged(member, one)));
          else if (what === 1) room.settle();
          else draw(member, [how], following(room, who));
        }
        room.settle();
        const log = copy(rooted(begin, room.entries[0] ?? []));
        const full = walked(items(log), log.length);
        const seen: string[] = [];
        for (let at = 0; at <= log.length; at++) {
          goTo(full, at);
          seen.push(`${outline(full.view)} ${full.digest()}`);
        }
        let begins: HistoryItem[] = [];
        let from = 0;
        for (const point of [n, m].map((number) => 1 + (number % log.length)).sort((a, b) => a - b)) {
          const then = walked([...begins, ...items(log.slice(from), from)], point);
          expect(then.foldable(point)).toBe(point);
          const base = then.base(log[point - 1]?.place, {}, '', FOLDED);
          expect(base.state.place).toEqual(log[point - 1]?.place);
          begins = [{ kind: 'base', index: point, base: () => base }];
          from = point;
        }
        const short = walked([...begins, ...items(log.slice(from), from)], log.length);
        expect(short).toMatchObject({ start: from, length: log.length, lost: 0, folded: FOLDED });
        for (let at = log.length; at >= from; at--) {
          goTo(short, at);
          expect(short.gapAt(at)).toBeUndefined();
          expect(`${outline(short.view)} ${short.digest()}`).toBe(seen[at]);
        }
        goTo(short, 0);
        expect(short.at).toBe(from);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps what stands, removals and who wrote it; not what was written over', () => {
    const [one] = joined(1) as [Replica];
    const entries: LogEntry[] = [];
    const root = one.shown.root() as string;
    const begin = one.state().records;
    const add = (name: string) => ({
      do: 'add' as const,
      parent: root,
      before: null,
      node: { type: 'element' as const, name, attrs: [{ name: 'x', value: '1' }], children: [] },
    });
    const submit = (...intents: Parameters<Replica['submit']>[0]): string => {
      const result = one.submit(intents, `${entries.length}`);
      entries.push(...one.confirmAlone());
      return result.ok ? (result.rids[0]?.[0] ?? '') : '';
    };
    const stays = submit(add('rect'));
    const goes = submit(add('circle'));
    for (const value of ['2', '3', '4']) submit({ do: 'set', rid: stays, name: 'x', value });
    for (const value of ['2', '3', '4']) submit({ do: 'set', rid: goes, name: 'x', value });
    submit({ do: 'remove', rid: goes });
    const log = rooted(begin, entries);
    const left = folded(log, log.length, walked(items(log), log.length));
    expect(left.map(({ edits }) => edits.map(({ kind, rid }) => `${kind} ${rid}`))).toEqual([
      ['new r.1'],
      [`new ${stays}`, 'new a.2'],
      ['set a.2'],
      [`remove ${goes}`],
    ]);
    expect(left[2]).toMatchObject({ author: 'a@example', edits: [{ fields: { chdata: '4' } }] });
  });
});

const same = (one: StanzaId, other: StanzaId): boolean => one.prefix === other.prefix && one.n === other.n;

describe('a set of stanza ids', () => {
  it('loses those of another set, and nothing else', () => {
    const ids = fc.array(fc.record({ prefix: fc.constantFrom('a', 'b'), n: fc.integer({ min: 1, max: 30 }) }));
    check(
      fc.property(ids, ids, (all, some) => {
        const [whole, less] = [all, some].map((list) => {
          const known = new KnownIds();
          for (const id of list) known.add(id);
          return known;
        }) as [KnownIds, KnownIds];
        const left = whole.without(less);
        for (const prefix of ['a', 'b'])
          for (let n = 1; n <= 31; n++)
            expect(left.has({ prefix, n })).toBe(whole.has({ prefix, n }) && !less.has({ prefix, n }));
        left.addAll(less);
        for (const id of [...all, ...some]) expect(left.has(id)).toBe(true);
      }),
    );
  });
});
