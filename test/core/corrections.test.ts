/** Corrections of mine that wait: they are for strict peers, and change nothing here or in what else waits. */
import { describe, expect, it } from 'vitest';
import type { Replica } from '#core/replica-port.ts';
import type { Edit } from '#core/types.ts';
import { element, replica, submit, withRoot } from '#test/support/document.ts';

/** Mine, and others whose stanzas come before mine. */
function two(): { mine: Replica; others: (...edits: Edit[]) => void; shape: string; x: string; text: string } {
  const start = withRoot('r', [element('text', { x: '1' }, ['abc'])]);
  const state = start.state();
  const root = start.confirmed.root() as string;
  const [shape = ''] = start.confirmed.children(root);
  const mine = replica('m', { state });
  let n = 0;
  return {
    mine,
    others: (...edits) =>
      void mine.receive({ author: 'o', id: { prefix: 'o', n: ++n }, edits, time: 0, byOther: true }),
    shape,
    x: start.confirmed.attribute(shape, '', 'x') as string,
    text: start.confirmed.children(shape)[0] as string,
  };
}

/** Everything of mine comes back. */
function deliver(mine: Replica): void {
  for (let out = mine.takeOutgoing(); out; out = mine.takeOutgoing())
    mine.receive({ author: 'm@example', id: out.id, edits: structuredClone(out.edits), time: 0 });
}

describe('a correction that waits', () => {
  it('brings no attribute back that somebody removes meanwhile', () => {
    const { mine, others, shape, x } = two();
    mine.submitEdits(mine.corrections([x]), 'correct');
    others({ kind: 'remove', rid: x });
    deliver(mine);
    expect(mine.confirmed.attributes(shape)).toEqual([]);
    expect(mine.shown.attributes(shape)).toEqual([]);
  });

  it('leaves what I type behind it where it belongs when somebody types before that', () => {
    const { mine, others, shape, text } = two();
    mine.submitEdits(mine.corrections([text]), 'correct');
    submit(mine, { do: 'text', rid: text, from: 3, count: 0, insert: 'd' });
    others({ kind: 'set', rid: text, version: 1, fields: { chdata: '>>' }, splice: { from: 0, count: 0 } });
    deliver(mine);
    expect(mine.confirmed.get(text)?.chdata).toBe('>>abcd');
    expect(mine.confirmed.get(shape)).toBeDefined();
  });

  it('takes nothing of mine anywhere whose parent somebody removes', () => {
    const { mine, others, shape } = two();
    const [[added = ''] = []] = submit(mine, { do: 'add', parent: shape, before: null, node: element('tspan') });
    const fields = { parent: shape, primaryWeight: 1, name: 'tspan' };
    mine.submitEdits([{ kind: 'set', rid: added, version: 1, fields, fix: true, anew: 'element' }], 'again');
    others({ kind: 'remove', rid: shape });
    deliver(mine);
    expect(mine.confirmed.get(added)).toBeUndefined();
    expect(mine.pending()).toEqual([]);
  });
});
