/** Edits that break rules, completions and reopenings, by owners and others, honest and not: the same everywhere, and nothing gets through. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMPLETE_NS } from '#core/complete.ts';
import { createReplica } from '#core/replica.ts';
import type { LogEntry, Replica, ReplicaState } from '#core/replica-port.ts';
import type { Role } from '#core/types.ts';
import { concrete, elements, Mirror, outline, recipe, replica } from '#test/support/document.ts';
import { forged, type Whim, whim } from '#test/support/forged-edits.ts';
import { joined, Room } from '#test/support/order.ts';
import { check } from '#test/support/property.ts';
import { completedParts, completion, toyFaults, toyJudge } from '#test/support/rules.ts';

const ROLES: readonly Role[] = ['owner', 'editor', 'owner'];
const action = fc.tuple(fc.nat(2), fc.nat(8), recipe, fc.array(whim, { minLength: 1, maxLength: 4 }));
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** `checked` is whether a member asks its own rules first; one who doesn't is what a hostile peer is. */
function begin(checked: (i: number) => boolean): Room {
  const room = new Room(
    joined(3, (i) => ({ judge: toyJudge, role: () => (checked(i) ? (ROLES[i] as Role) : 'owner') })),
  );
  room.members.forEach((member) => member.beginEpoch('e'));
  room.roles = ROLES;
  return room;
}

function play(room: Room, actions: readonly Action[], hostile: boolean): void {
  actions.forEach(([who, what, how, whims], n) => {
    const member = room.members[who] as Replica;
    const follow = (result: ReturnType<Replica['undo']>): void => {
      if (result.ok) room.mirrors[who]?.follow(result.changes);
    };
    if (what === 0) room.send(who);
    else if (what === 1) room.deliver(who, how[1] % 2 === 0);
    else if (what === 2) {
      if (hostile)
        room.inject(
          whims.map((one) => markedOrForged(member, one)),
          how[1] % 4 === 0 ? 'owner' : 'editor',
        );
    } else if (what === 3) follow(how[0] % 3 === 0 ? member.redo() : member.undo());
    else if (what === 4) {
      const all = elements(member.shown);
      const rid = all[how[1] % all.length];
      if (rid !== undefined) follow(member.submit([completion(rid, how[2] % 3 > 0)], `${n}`));
    } else {
      const intent = concrete(member.shown, how);
      if (intent) follow(member.submit([intent], `${n >> 1}`));
    }
  });
}

/** Now and then what somebody forges is a mark, or concerns one. */
function markedOrForged(target: Replica, one: Whim) {
  const edit = forged(target, one);
  if (edit.kind === 'remove' || one[3] % 4 > 0) return edit;
  const mark = { ns: COMPLETE_NS, name: 'c:complete' };
  return edit.kind === 'new' ? { ...edit, ...mark } : { ...edit, fields: { ...edit.fields, ...mark } };
}

function expectEqual(one: Replica, other: Replica): void {
  expect(outline(one.confirmed)).toBe(outline(other.confirmed));
  expect(one.digest()).toBe(other.digest());
}

describe('edits that are judged', () => {
  for (const hostile of [false, true]) {
    it(`end the same on live, late and restarted replicas${hostile ? ', with hostile peers, too' : ''}`, () => {
      check(
        fc.property(fc.array(action, { maxLength: 70 }), fc.nat(60), (actions, cut) => {
          const room = begin((i) => i !== 2);
          play(room, actions.slice(0, cut), hostile);
          const [first] = room.members as [Replica];
          const state = JSON.parse(JSON.stringify(first.state())) as ReplicaState;
          const since = room.entries[0]?.length ?? 0;
          play(room, actions.slice(cut), hostile);
          room.settle();
          room.members.forEach((member, i) => {
            expect(member.pending()).toEqual([]);
            expectEqual(member, first);
            expect(outline(member.shown)).toBe(outline(member.confirmed));
            expect(room.mirrors[i]?.outline()).toBe(new Mirror(member.shown).outline());
            expect(room.entries[i]).toEqual(room.entries[0]);
          });
          // From a log alone, without any judge: what it says was void is void.
          const log = JSON.parse(JSON.stringify(room.entries[0]?.slice(since) ?? [])) as LogEntry[];
          expectEqual(createReplica({ prefix: 'z', author: 'z', now: () => 0, state, log }), first);
          // Somebody who came late and heard the rest live; and one who caught up from another's log.
          const late = replica('y', { state, judge: toyJudge });
          const caughtUp = replica('x', { state, judge: toyJudge });
          for (const { author, id, edits, time, role } of log) {
            const stanza = { author, id, edits, time, ...(role === undefined ? {} : { role }) };
            late.receive({
              ...stanza,
              edits: edits.map(({ void: _, ...edit }) => edit as typeof edit & LogEntry['edits'][number]),
            });
            caughtUp.receive({ ...stanza, judged: true });
          }
          expectEqual(late, first);
          expectEqual(caughtUp, first);
        }),
        { numRuns: 250 },
      );
    });
  }

  it('never change a completed part, but by an owner who reopens it', () => {
    check(
      fc.property(fc.array(action, { maxLength: 70 }), (actions) => {
        const room = begin((i) => i === 0);
        const parts = room.members.map((member) => completedParts(member.confirmed));
        room.watch = (i, index) => {
          const member = room.members[i] as Replica;
          const now = completedParts(member.confirmed);
          const stanza = room.log[index];
          const mine = stanza?.role === 'owner';
          for (const [rid, what] of parts[i] ?? []) {
            // An owner's stanza may take the mark away, and then anything.
            if (!mine) expect(now.get(rid), 'changed by an editor').toBe(what);
            else if (now.has(rid) && !touchesMark(stanza)) expect(now.get(rid)).toBe(what);
          }
          if (!mine) expect([...now.keys()].sort()).toEqual([...(parts[i] ?? new Map<string, string>()).keys()].sort());
          parts[i] = now;
        };
        play(room, actions, true);
        room.settle();
        expect(completedParts((room.members[1] as Replica).confirmed)).toEqual(parts[0]);
      }),
      { numRuns: 300 },
    );
  });

  it('leave no document that breaks the rules, whatever is said concurrently', () => {
    check(
      fc.property(fc.array(action, { maxLength: 70 }), (actions) => {
        const room = begin(() => true);
        room.watch = (i) => expect(toyFaults((room.members[i] as Replica).confirmed)).toEqual([]);
        play(room, actions, false);
        room.settle();
      }),
      { numRuns: 300 },
    );
  });
});

const touchesMark = (stanza: { edits: LogEntry['edits'] } | undefined): boolean =>
  stanza?.edits.some((edit) => edit.kind === 'remove' || edit.kind === 'set' || edit.ns === COMPLETE_NS) ?? false;
