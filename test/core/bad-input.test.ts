/**
 * Bad input, one test each (test/BAD-INPUT.md has the whole list): whatever a peer sends, replicas end equal, nobody throws, and what
 * people have stays.
 */
import { describe, expect, it } from 'vitest';
import type { Replica } from '#core/replica-port.ts';
import type { Edit, NewEdit } from '#core/types.ts';
import { element, outline, replica, submit, withRoot } from '#test/support/document.ts';

const FACE = '😀';

/** Two replicas of one board, the first of which has something waiting: a group with a text in it, an attribute and a second group. */
function scene() {
  const one = withRoot('m');
  const root = one.shown.root() as string;
  submit(one, { do: 'add', parent: root, before: null, node: element('g', { x: '1' }, [`a${FACE}b`]) });
  submit(one, { do: 'add', parent: root, before: null, node: element('g') });
  one.confirmAlone();
  const two = replica('n', { state: structuredClone(one.state()) });
  const [g = '', h = ''] = one.shown.children(root);
  const [text = ''] = one.shown.children(g);
  const [x = ''] = one.shown.attributes(g);
  submit(one, { do: 'set', rid: g, name: 'x', value: '2' }, { do: 'text', rid: g, from: 0, count: 0, insert: '>' });
  let n = 0;
  /** A peer's stanza reaches both; `second` says who it is from. */
  const arrive = (edits: readonly Edit[], prefix = 'peerpeer') => {
    const stanza = { author: prefix, id: { prefix, n: ++n }, edits, time: 5 };
    return [one, two].map((each) => each.receive(structuredClone(stanza)));
  };
  /** Both are equal, and so is who comes now; my pending work goes through; then they are equal again. */
  const settle = (): void => {
    same(one, two);
    const waiting = one.takeOutgoing();
    if (waiting) {
      const { author, id, edits, time } = waiting;
      for (const each of [one, two]) each.receive({ author, id, edits: structuredClone(edits), time });
    }
    same(one, two);
    expect(outline(one.shown)).toBe(outline(two.shown));
  };
  return { one, two, root, g, h, text, x, arrive, settle };
}

function same(one: Replica, two: Replica): void {
  const late = replica('late', { state: structuredClone(one.state()) });
  for (const other of [two, late]) {
    expect(other.digest()).toBe(one.digest());
    expect(outline(other.confirmed)).toBe(outline(one.confirmed));
  }
}

const set = (
  rid: string,
  version: number,
  fields: Extract<Edit, { kind: 'set' }>['fields'],
  from?: [number, number],
): Edit => ({
  ...{ kind: 'set', rid, version, fields },
  ...(from ? { splice: { from: from[0], count: from[1] } } : {}),
});
const shape = (rid: string, parent: string, primaryWeight: number): NewEdit => ({
  ...{ kind: 'new', rid, type: 'element', parent, primaryWeight, name: 'rect' },
});

describe('edits on records that are not there', () => {
  it('an unknown record: a Set and a Remove are ignored, and the rest of the stanza counts', () => {
    const { one, root, arrive, settle } = scene();
    arrive([set('nobody.1', 1, { chdata: 'x' }), { kind: 'remove', rid: 'nobody.2' }, shape('p.1', root, 9)]);
    expect(one.confirmed.get('nobody.1')).toBeUndefined();
    expect(one.confirmed.parentOf('p.1')).toBe(root);
    settle();
  });

  it('a removed record: a Set, a Remove and a New under it are ignored; my own write to it goes with it', () => {
    const { one, g, x, text, arrive, settle } = scene();
    arrive([{ kind: 'remove', rid: g }]);
    arrive([set(x, 5, { chdata: 'x' }), { kind: 'remove', rid: text }, shape('p.1', g, 1), { kind: 'remove', rid: g }]);
    expect(one.confirmed.get('p.1')).toBeUndefined();
    settle();
    expect(one.pending()).toEqual([]);
  });

  it('a foreign record: whoever made it, the last writer in the order wins', () => {
    const { one, root, g, x, arrive, settle } = scene();
    arrive([shape('alice.1', root, 3)], 'alicealice');
    arrive([set('alice.1', 1, { parent: g }), set(x, 1, { chdata: '7' })], 'bobbobbob');
    expect(one.confirmed.parentOf('alice.1')).toBe(g);
    expect(one.confirmed.get(x)?.chdata).toBe('7');
    settle();
  });

  it('a rid with somebody else’s prefix, before they use it: theirs gets a fresh one', () => {
    const { one, two, root, arrive, settle } = scene();
    const next = /^(.*)\.(.*)$/.exec(
      submit(one, { do: 'add', parent: root, before: null, node: element('g') })[0]?.[0] ?? '',
    );
    arrive([shape(`${next?.[1]}.${next?.[2]}`, root, 1)]);
    settle();
    expect(two.confirmed.children(root)).toHaveLength(4);
  });
});

describe('versions', () => {
  it.each([
    ['far ahead', 1_000_000_000],
    ['far behind', 0],
  ])('%s: a Set is written and counted once, a splice is void', (_, version) => {
    const { one, x, text, arrive, settle } = scene();
    arrive([set(x, 1, { chdata: '3' }), set(text, 1, { chdata: 'words' })]);
    const [result] = arrive([set(x, version, { chdata: '4' }), set(text, version, { chdata: '!' }, [0, 0])]);
    expect(one.confirmed.get(x)).toMatchObject({ chdata: '4', version: 2 });
    expect(one.confirmed.get(text)).toMatchObject({ chdata: 'words', version: 2 });
    expect(result?.needCorrection).toEqual([x, text]);
    settle();
  });
});

describe('weights', () => {
  it.each([
    ['NaN', Number.NaN],
    ['infinite', Number.POSITIVE_INFINITY],
    ['infinitely low', Number.NEGATIVE_INFINITY],
  ])('%s: a Set counts and moves nothing, a New is drawn nowhere', (_, weight) => {
    const { one, root, g, h, arrive, settle } = scene();
    arrive([set(g, 1, { primaryWeight: weight }), shape('p.1', root, weight)]);
    expect(one.confirmed.children(root)).toEqual([g, h]);
    expect(one.confirmed.get(g)?.version).toBe(1);
    expect(one.confirmed.get('p.1')?.inert).toBe(true);
    settle();
  });

  it('subnormal: a place like any other, and there is room beside it', () => {
    const { one, root, h, arrive, settle } = scene();
    arrive([
      ...[Number.MIN_VALUE, 0, -0, -Number.MIN_VALUE].map((weight, i) => shape(`p.${i}`, root, weight)),
      set(h, 1, { primaryWeight: 2 * Number.MIN_VALUE }),
    ]);
    const among = one.confirmed.children(root).filter((rid) => rid.startsWith('p.') || rid === h);
    expect(among).toEqual(['p.3', 'p.1', 'p.2', 'p.0', h]);
    // No double lies between these: the siblings are spaced anew.
    const [[between = ''] = []] = submit(one, { do: 'add', parent: root, before: h, node: element('circle') });
    expect(one.shown.nextSibling(between)).toBe(h);
    settle();
    expect(one.confirmed.nextSibling(between)).toBe(h);
  });
});

describe('splices', () => {
  it.each<[string, number, number, string]>([
    ['from behind the end', 5, 0, 'x'],
    ['to behind the end', 3, 2, 'x'],
    ['from before the begin', -1, 1, 'x'],
    ['of less than nothing', 1, -1, 'x'],
    ['at no whole number', 0.5, 0, 'x'],
    ['at no number', Number.NaN, 0, 'x'],
    ['from inside a surrogate pair', 2, 0, 'x'],
    ['from inside a surrogate pair to its end', 2, 1, 'x'],
    ['to inside a surrogate pair', 0, 2, 'x'],
    ['over half of each of two', 1, 1, 'x'],
    ['that puts in half a character', 1, 0, '\ud83d'],
  ])('%s: counted, written nowhere, and mine in the same text goes through', (_, from, count, insert) => {
    const { one, two, text, arrive, settle } = scene();
    const [result] = arrive([set(text, 1, { chdata: insert }, [from, count])]);
    expect(one.confirmed.get(text)).toMatchObject({ chdata: `a${FACE}b`, version: 1 });
    expect(result?.needCorrection).toEqual([text]);
    settle();
    expect(two.confirmed.get(text)?.chdata).toBe(`>a${FACE}b`);
  });

  it('of mine inside a surrogate pair are refused with a sentence', () => {
    const { one, g } = scene();
    const before = outline(one.shown);
    const result = one.submit([{ do: 'text', rid: g, from: 3, count: 0, insert: 'x' }], 'split');
    expect(result).toMatchObject({ ok: false, reason: expect.stringMatching(/\.$/) });
    expect(outline(one.shown)).toBe(before);
  });
});

describe('cycles made by hand', () => {
  it('of two and of three: the least rid hangs under the root, and nothing is lost', () => {
    const { one, root, g, h, arrive, settle } = scene();
    arrive([set(g, 1, { parent: h }), set(h, 1, { parent: g })]);
    const least = [g, h].sort()[0] as string;
    expect(one.confirmed.parentOf(least)).toBe(root);
    arrive([shape('a.1', g, 1)]);
    arrive([set(h, 2, { parent: 'a.1' }), set('a.1', 1, { parent: g })]);
    for (const rid of [g, h, 'a.1']) expect(one.confirmed.parentOf(rid)).toBeDefined();
    settle();
  });

  it('of one: it hangs under the root, and what it holds stays in it', () => {
    const { one, root, g, text, arrive, settle } = scene();
    const [result] = arrive([set(g, 1, { parent: g })]);
    expect(one.confirmed.parentOf(g)).toBe(root);
    expect(one.confirmed.parentOf(text)).toBe(g);
    expect(result?.strays).toEqual([g]);
    settle();
  });
});
