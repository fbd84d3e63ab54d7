import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry, Replica } from '#core/replica-port.ts';
import type { Rid, TreeView } from '#core/types.ts';
import type { Merged } from '#api/contract.ts';
import { createMeanwhile, type Meanwhile } from '#app/meanwhile/meanwhile.ts';
import { allRids, shapeOf } from '#app/meanwhile/report.ts';
import { manualClock } from '#test/store/fixtures.ts';
import { concrete, type Recipe, recipe } from '#test/support/document.ts';
import { joined } from '#test/support/order.ts';
import { check } from '#test/support/property.ts';

const recipes = fc.array(recipe, { maxLength: 25 });

function draw(one: Replica, how: readonly Recipe[]): void {
  for (const each of how) {
    const intent = concrete(one.shown, each);
    if (intent) one.submit([intent], 'g');
  }
}

/** Everything that waits at one replica goes to these, in order; what they log of it. */
function send(from: Replica, to: readonly Replica[]): LogEntry[] {
  const entries: LogEntry[] = [];
  for (let next = from.takeOutgoing(); next; next = from.takeOutgoing()) {
    const stanza = structuredClone(next);
    for (const one of to) {
      const { entry } = one.receive(stanza);
      if (entry && one === to[0]) entries.push(entry);
    }
  }
  return entries;
}

/** The document as plain values: what each record that the tree shows says. */
function values(view: TreeView): Map<Rid, string> {
  const record = (rid: Rid): string => {
    const { name, ns, chdata, parent, primaryWeight } = view.get(rid) ?? {};
    return JSON.stringify([name, ns, chdata, parent, primaryWeight]);
  };
  return new Map([...allRids(view)].map((rid) => [rid, record(rid)]));
}

interface Absence {
  readonly away: Replica;
  readonly meanwhile: Meanwhile;
  readonly merged: Merged | null;
  readonly before: { confirmed: Map<Rid, string>; shown: Map<Rid, string> };
  readonly home: (rid: Rid) => Rid | undefined;
  readonly after: { confirmed: Map<Rid, string>; shown: Map<Rid, string> };
}

/** Two draw together; then one is away and both go on; then the one comes back by the log, or by a state. */
function comeBack(how: 'log' | 'state', first: Recipe[], mine: Recipe[], theirs: Recipe[], sent: boolean): Absence {
  const [away, there] = joined(2) as [Replica, Replica];
  draw(away, first);
  send(away, [there, away]);
  draw(away, mine);
  // The last stanza before the cut may have arrived though its echo did not.
  const since = sent ? send(away, [there]) : [];
  draw(there, theirs);
  since.push(...send(there, [there]));
  const meanwhile = createMeanwhile({
    replica: away,
    clock: manualClock(),
    note: { get: () => null, set: () => {} },
    told: () => {},
  });
  const homes = new Map([...allRids(away.shown)].map((rid) => [rid, away.shown.parentOf(rid)]));
  const before = { confirmed: values(away.confirmed), shown: values(away.shown) };
  meanwhile.begins(true);
  meanwhile.hears({ type: 'status', phase: 'joining' });
  if (how === 'log') {
    meanwhile.hears({ type: 'catch-up', log: since });
    away.returnOutgoing();
    for (const { author, id, edits, time } of since) {
      const { entry } = away.receive({ author, id, edits, time });
      if (entry) meanwhile.hears({ type: 'log', entries: [entry] });
    }
  } else {
    meanwhile.hears({ type: 'catch-up' });
    away.adopt(there.state(), []);
    meanwhile.hears({ type: 'adopted', history: since, resent: 0 });
  }
  meanwhile.hears({ type: 'status', phase: 'online' });
  const after = { confirmed: values(away.confirmed), shown: values(away.shown) };
  return { away, meanwhile, merged: meanwhile.merged, before, after, home: (rid) => homes.get(rid) };
}

const ways = fc.constantFrom('log' as const, 'state' as const);

describe('what happened meanwhile', () => {
  it('is nothing when nobody else did anything, however I was cut off', () => {
    check(
      fc.property(ways, recipes, recipes, fc.boolean(), (how, first, mine, sent) => {
        expect(comeBack(how, first, mine, [], sent).merged).toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  it('names every shape that others changed, and no other', () => {
    check(
      fc.property(ways, recipes, recipes, (how, first, theirs) => {
        const { away, merged, before, after } = comeBack(how, first, [], theirs, false);
        const rids = new Set([...before.confirmed.keys(), ...after.confirmed.keys()]);
        const differ = [...rids].filter((rid) => before.confirmed.get(rid) !== after.confirmed.get(rid));
        const told = new Set((merged?.theirs ?? []).map(({ rid }) => rid));
        expect(merged?.overruled ?? []).toEqual([]);
        expect(merged?.overwrote ?? []).toEqual([]);
        for (const { rid, what } of merged?.theirs ?? []) {
          expect(what === 'removed').toBe(!after.confirmed.has(rid));
          expect(what === 'added').toBe(!before.confirmed.has(rid));
        }
        // What lies in a shape that came, went or changed is told of with it.
        for (const rid of differ.filter((one) => after.confirmed.has(one))) {
          let at: Rid | undefined = shapeOf(away.confirmed, rid);
          while (at !== undefined && !told.has(at)) at = away.confirmed.parentOf(at);
          expect(at).toBeDefined();
        }
        expect(merged === null).toBe(differ.length === 0);
        for (const { rid, what } of merged?.theirs ?? []) {
          if (what === 'changed')
            expect(
              differ.some((one) => near(away.confirmed, one, rid)) || hadParts(differ, before.confirmed, rid),
            ).toBe(true);
        }
        expect(merged?.by ?? ['b']).toEqual(['b']);
      }),
      { numRuns: 150 },
    );
  });

  it('is told alike whether the log came or a state', () => {
    const plain = (merged: Merged | null) => {
      const strip = (list: Merged['theirs'] | Merged['overruled']) =>
        list.map(({ id: _, ghost: __, by: ___, time: ____, ...one }) => JSON.stringify(one)).sort();
      return merged && [strip(merged.theirs), strip(merged.overruled), strip(merged.overwrote)];
    };
    check(
      fc.property(recipes, recipes, recipes, fc.boolean(), (first, mine, theirs, sent) => {
        const one = comeBack('log', first, mine, theirs, sent).merged;
        const other = comeBack('state', first, mine, theirs, sent).merged;
        expect(plain(one)).toEqual(plain(other));
      }),
      { numRuns: 150 },
    );
  });

  it('leaves out no work of mine that is lost, and can put it back', () => {
    check(
      fc.property(ways, recipes, recipes, recipes, fc.boolean(), (how, first, mine, theirs, sent) => {
        const { away, meanwhile, merged, before, after, home } = comeBack(how, first, mine, theirs, sent);
        const lost = new Set((merged?.overruled ?? []).filter(({ why }) => why === 'lost').map(({ rid }) => rid));
        for (const [rid, value] of before.shown) {
          if (before.confirmed.get(rid) === value || after.shown.has(rid)) continue;
          const isElement = JSON.parse(value)[0] !== null && JSON.parse(value)[2] === null;
          if (!isElement) continue;
          let at: Rid | undefined = rid;
          while (at !== undefined && !lost.has(at)) at = home(at);
          expect(at, `${rid} is lost and told of`).toBeDefined();
        }
        for (const clash of [...(merged?.overruled ?? []), ...(merged?.overwrote ?? [])]) {
          if (!clash.mayAgain) continue;
          const intents = meanwhile.wish(clash.id);
          const result = away.submit(intents, 'again');
          // Another may have moved what I moved it into, into it.
          if (!result.ok && intents.some((intent) => intent.do === 'move')) {
            expect(result.reason).toContain('into itself');
            continue;
          }
          expect(result.ok ? '' : result.reason).toBe('');
          meanwhile.done(clash.id);
          for (const intent of intents) {
            if (intent.do !== 'set') continue;
            const attribute = away.shown.attribute(intent.rid, intent.ns ?? '', intent.name);
            expect(attribute && away.shown.get(attribute)?.chdata).toBe(intent.value);
          }
        }
        const all = [...(meanwhile.merged?.overruled ?? []), ...(meanwhile.merged?.overwrote ?? [])];
        expect(all.every(({ again, mayAgain, parts }) => again === mayAgain || parts.includes('#place'))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

/** Whether a record lies in a shape, by the tree as it is. */
function near(view: TreeView, rid: Rid, shape: Rid): boolean {
  for (let at: Rid | undefined = rid; at !== undefined && at !== ''; at = view.parentOf(at))
    if (at === shape) return true;
  return false;
}

/** Whether something that is gone lay right in a shape. */
function hadParts(differ: readonly Rid[], before: ReadonlyMap<Rid, string>, shape: Rid): boolean {
  return differ.some((rid) => JSON.parse(before.get(rid) ?? '[]')[3] === shape);
}
