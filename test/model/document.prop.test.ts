/** The core against the executable model of its rules (document.ts), after every stanza. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Replica } from '#core/replica-port.ts';
import type { Rid } from '#core/types.ts';
import { joined, Room } from '#test/support/order.ts';
import { concrete, recipe, replica } from '#test/support/document.ts';
import { forged, whim } from '#test/support/forged-edits.ts';
import { check } from '#test/support/property.ts';
import { meant, told } from './compare.ts';
import { ModelDocument } from './document.ts';

const action = fc.tuple(fc.nat(2), fc.nat(9), recipe, fc.array(whim, { minLength: 1, maxLength: 4 }));
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** What the model says after each stanza of a room's log, worked out once for all members. */
class Oracle {
  readonly #model = new ModelDocument();
  readonly #said: { text: string; corrections: string[]; strays: string[] }[] = [];

  constructor(start: Replica) {
    for (const { version: _, inert: __, ...record } of start.state().records)
      this.#model.receive([{ kind: 'new', ...record }]);
  }

  after(room: Room, index: number) {
    for (let at = this.#said.length; at <= index; at++) {
      const { corrections } = this.#model.receive(room.log[at]?.edits ?? []);
      const strays = this.#model.strays();
      this.#said.push({ text: meant(this.#model), corrections: [...corrections].sort(), strays: strays.sort() });
    }
    return this.#said[index];
  }
}

/** Plays it to its end, held against the model all the way; answers what is left unsent. */
function play(room: Room, actions: readonly Action[], hostile: boolean): unknown[] {
  const oracle = new Oracle(room.members[0] as Replica);
  room.mirrors.length = 0;
  room.watch = (i, index, result) => {
    const model = oracle.after(room, index);
    expect(told(room.members[i] as Replica)).toBe(model?.text);
    // Of what the stanza itself removes, with what lay under it, there is nothing left to correct.
    const { confirmed } = room.members[i] as Replica;
    const left = (rids: readonly Rid[] = []): Rid[] => rids.filter((rid) => confirmed.get(rid)).toSorted();
    expect(left(result.needCorrection)).toEqual(left(model?.corrections));
    expect([...result.strays].sort()).toEqual(model?.strays);
  };
  for (const [n, [who, what, how, whims]] of actions.entries()) {
    const member = room.members[who] as Replica;
    if (what <= 2) room.send(who);
    else if (what <= 4) room.deliver(who);
    else if (what === 5 && hostile) room.inject(whims.map((one) => forged(member, one)));
    else if (what === 6 && how[0] % 3 === 0) member.redo();
    else if (what === 6) member.undo();
    else {
      const intent = concrete(member.shown, how);
      if (intent) member.submit([intent], `${n >> 1}`);
    }
  }
  room.settle();
  return room.members.flatMap((member) => member.pending());
}

describe('the core does what the model says', () => {
  it('after every stanza of people who keep to the rules', () => {
    check(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        expect(play(new Room(joined(3)), actions, false)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('after every stanza of people who keep to none', () => {
    check(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        expect(play(new Room(joined(3)), actions, true)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('after every forged stanza, one upon the other', () => {
    check(
      fc.property(fc.array(fc.array(whim, { minLength: 1, maxLength: 5 }), { maxLength: 40 }), (stanzas) => {
        const one = replica('a', { state: (joined(1)[0] as Replica).state() });
        const model = new ModelDocument();
        for (const { version: _, inert: __, ...record } of one.state().records)
          model.receive([{ kind: 'new', ...record }]);
        for (const [n, whims] of stanzas.entries()) {
          const edits = whims.map((each) => forged(one, each));
          one.receive({ author: 'h', id: { prefix: 'h', n: n + 1 }, edits: structuredClone(edits), time: 0 });
          model.receive(edits);
          expect(told(one)).toBe(meant(model));
        }
        // A stored state of it is the same document.
        const again = replica('z', { state: JSON.parse(JSON.stringify(one.state())) });
        expect(told(again)).toBe(meant(model));
      }),
      { numRuns: 300 },
    );
  });
});
