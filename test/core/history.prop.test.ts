/** The past: any state of it is shown as it was, walked to from anywhere, and brought back by ordinary edits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { History } from '#core/history.ts';
import type { HistoryItem, PastPlace } from '#core/history-port.ts';
import type { LogEntry, Replica, SubmitResult } from '#core/replica-port.ts';
import type { Rid, TreeView } from '#core/types.ts';
import { concrete, Mirror, outline, recipe, replica, withRoot } from '#test/support/document.ts';
import { forged, whim } from '#test/support/forged-edits.ts';
import { Room } from '#test/support/order.ts';
import { check } from '#test/support/property.ts';

const action = fc.tuple(fc.nat(1), fc.nat(6), recipe, fc.array(whim, { minLength: 1, maxLength: 3 }));
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** A board's log with the document after each entry, as a person in the room saw it come about, hostile peers among them. */
function lived(actions: readonly Action[]): { items: HistoryItem[]; seen: string[]; digests: string[]; end: Replica } {
  const begun = replica('a');
  const first = withRoot('r');
  const made = begun.receive({ author: 'r', id: { prefix: 'r', n: 1 }, edits: newsOf(first), time: 0 })
    .entry as LogEntry;
  begun.takeChanges();
  const room = new Room([begun, replica('b', { state: begun.state() })]);
  const seen = ['', outline(begun.confirmed)];
  const digests = [replica('z').digest(), begun.digest()];
  room.watch = (member, _, result) => {
    if (member !== 0 || !result.entry) return;
    seen.push(outline(begun.confirmed));
    digests.push(begun.digest());
  };
  actions.forEach(([who, what, how, whims], n) => {
    const member = room.members[who] as Replica;
    if (what === 0) room.send(who);
    else if (what === 1) room.deliver(who);
    else if (what === 2) room.inject(whims.map((one) => forged(member, one)));
    else {
      const intent = what === 3 ? undefined : concrete(member.shown, how);
      const back = (): SubmitResult => (how[0] % 3 === 0 ? member.redo() : member.undo());
      const result = intent ? member.submit([intent], `${n >> 1}`) : back();
      if (result.ok) room.mirrors[who]?.follow(result.changes);
    }
  });
  room.settle();
  const log = [made, ...(room.entries[0] ?? [])];
  return { items: itemsOf(log), seen, digests, end: begun };
}

const newsOf = (from: Replica) =>
  from.state().records.map(({ inert: _, chdataVersion: __, ...record }) => ({ kind: 'new' as const, ...record }));

const itemsOf = (log: readonly LogEntry[]): HistoryItem[] =>
  log.map((entry, index) => ({ kind: 'entry', index, entry: JSON.parse(JSON.stringify(entry)) as LogEntry }));

function historyOf(items: readonly HistoryItem[]): History {
  const history = new History((from, to) => items.filter(({ index }) => index >= from && index < to), { block: 3 });
  for (const item of items) history.add(item);
  return history;
}

function walk(history: History, to: number): PastPlace {
  const steps = history.seek(to);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** What a tree shows, whatever the order of siblings. */
function inAnyOrder(view: TreeView, parent: Rid = ''): string {
  const parts = view.children(parent).map((rid) => {
    const node = view.get(rid);
    const attrs = view.attributes(rid).map((attr) => `${view.get(attr)?.name}=${view.get(attr)?.chdata}`);
    return `${node?.type} ${node?.name} ${node?.chdata} ${attrs.sort().join()}[${inAnyOrder(view, rid)}]`;
  });
  return parts.sort().join('|');
}

/** Whether something is shown elsewhere than its record says, which only a peer without rules brings about. */
function hasStrays(view: TreeView, parent: Rid = ''): boolean {
  return view.children(parent).some((rid) => view.get(rid)?.parent !== parent || hasStrays(view, rid));
}

describe('a walk through the past', () => {
  it('shows each state as it was, whatever way leads to it, and tells a view how to follow', () => {
    check(
      fc.property(fc.array(action, { maxLength: 60 }), fc.array(fc.nat(1000), { maxLength: 30 }), (actions, jumps) => {
        const { items, seen, digests } = lived(actions);
        const history = historyOf(items);
        expect(history.length).toBe(items.length);
        const mirror = new Mirror(history.view);
        for (const to of [...jumps.map((n) => n % (items.length + 1)), 0, items.length]) {
          const place = walk(history, to);
          expect(place).toMatchObject({ at: to });
          expect(place.gap).toBeUndefined();
          expect(outline(history.view)).toBe(seen[to]);
          expect(history.digest()).toBe(digests[to]);
          mirror.follow(place.changes());
          expect(mirror.outline()).toBe(new Mirror(history.view).outline());
        }
      }),
      { numRuns: 200 },
    );
  });

  it('goes on from wherever another was left', () => {
    const stops = fc.array(fc.tuple(fc.nat(1000), fc.nat(12), fc.nat(1000)), { maxLength: 20 });
    check(
      fc.property(fc.array(action, { maxLength: 60 }), stops, (actions, jumps) => {
        const { items, seen, digests } = lived(actions);
        const history = historyOf(items);
        for (const [away, stop, n] of jumps) {
          const steps = history.seek(away % (items.length + 1));
          for (let i = 0; ; i++) {
            const { done, value } = steps.next();
            if (done || (i >= stop && value)) break;
          }
          const to = n % (items.length + 1);
          walk(history, to);
          expect([outline(history.view), history.digest()]).toEqual([seen[to], digests[to]]);
        }
        walk(history, items.length);
        history.add({ kind: 'damaged', index: items.length });
      }),
      { numRuns: 200 },
    );
  });

  it('is brought back by ordinary edits: structure and values, as one step that can be undone, and part of the history', () => {
    check(
      fc.property(fc.array(action, { maxLength: 60 }), fc.nat(1000), fc.nat(1000), (actions, n, m) => {
        const { items, end } = lived(actions);
        const history = historyOf(items);
        for (const number of [n, m]) {
          walk(history, 1 + (number % items.length));
          const was = outline(history.view, '', false);
          const before = outline(end.shown, '', false);
          const bag = inAnyOrder(end.shown);
          const strays = hasStrays(end.shown);
          const result = end.restore(history.view, history.selves, `restore ${number}`);
          if (!result.ok) {
            if (history.view.root() !== undefined) expect(before).toBe(was);
            continue;
          }
          expect(outline(end.shown, '', false)).toBe(was);
          const bagThen = inAnyOrder(end.shown);
          expect(end.restore(history.view, history.selves, `again ${number}`).ok).toBe(false);
          walk(history, history.length);
          for (const entry of end.confirmAlone())
            history.add({ kind: 'entry', index: history.length, entry: JSON.parse(JSON.stringify(entry)) as LogEntry });
          expect(outline(history.view)).toBe(outline(end.shown));
          end.undo();
          // Of two siblings of one weight, which only a peer without rules makes, undo may swap the places.
          // A stray that was given a home stays there: its own is none.
          if (!strays) expect(inAnyOrder(end.shown)).toBe(bag);
          end.redo();
          if (!strays) expect(inAnyOrder(end.shown)).toBe(bagThen);
          for (const entry of end.confirmAlone())
            history.add({ kind: 'entry', index: history.length, entry: JSON.parse(JSON.stringify(entry)) as LogEntry });
        }
      }),
      { numRuns: 200 },
    );
  });
});
