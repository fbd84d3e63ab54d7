import { describe, expect, it } from 'vitest';
import type { Edit, NewEdit } from '#core/types.ts';
import type { Replica } from '#core/replica-port.ts';
import { element, outline, replica, submit, withRoot } from '#test/support/document.ts';

let n = 0;
/** Lets another author's stanza arrive. */
function arrive(target: Replica, ...edits: Edit[]) {
  return target.receive({ author: 'peer', id: { prefix: 'peer', n: ++n }, edits, time: 5 });
}
const add = (rid: string, parent: string, more: Partial<NewEdit> = {}): NewEdit => ({
  kind: 'new',
  rid,
  type: 'element',
  parent,
  primaryWeight: 0,
  ...(more.type && more.type !== 'element' ? {} : { name: 'g' }),
  ...more,
});
const board = (): { one: Replica; root: string } => {
  const one = withRoot('m');
  return { one, root: one.shown.root() as string };
};

describe('a New', () => {
  it('with an unknown parent leaves nothing behind', () => {
    const { one } = board();
    const before = one.digest();
    arrive(one, add('x', 'nowhere'));
    expect(one.confirmed.get('x')).toBeUndefined();
    expect(one.digest()).toBe(before);
  });

  it('with a used rid is ignored', () => {
    const { one, root } = board();
    arrive(one, add('x', root), add('x', root, { name: 'rect' }));
    expect(one.confirmed.get('x')?.name).toBe('g');
  });

  it.each([
    ['tw.1', 'tw.2'],
    ['tw.2', 'tw.1'],
  ])('of an attribute that is there leaves the one with the higher rid: %s, then %s', (first, second) => {
    const { one, root } = board();
    arrive(one, add(first, root, { type: 'attr', name: 'id', chdata: first }));
    arrive(one, add(second, root, { type: 'attr', name: 'id', chdata: second }));
    expect(one.confirmed.attributes(root)).toEqual(['tw.2']);
    expect(one.confirmed.get('tw.1')).toBeUndefined();
  });

  it.each([
    ['tw.1', 'tw.2'],
    ['tw.2', 'tw.1'],
  ])(
    'and a Set that gives an attribute the name of another leave the one with the higher rid: %s becomes %s',
    (rid, other) => {
      const { one, root } = board();
      arrive(one, add(rid, root, { type: 'attr', name: 'x', chdata: rid }));
      arrive(one, add(other, root, { type: 'attr', name: 'id', chdata: other }));
      arrive(one, { kind: 'set', rid, version: 1, fields: { name: 'id' } });
      expect(one.confirmed.attributes(root)).toEqual(['tw.2']);
    },
  );

  it('of a second root is inert, and what it holds hangs under the standing one', () => {
    const { one, root } = board();
    const { strays } = arrive(
      one,
      add('r2', '', { name: 'svg' }),
      add('kid', 'r2'),
      add('a', 'r2', { type: 'attr', name: 'x', chdata: '1' }),
    );
    expect(one.confirmed.get('r2')?.inert).toBe(true);
    expect(one.confirmed.root()).toBe(root);
    expect(one.confirmed.parentOf('kid')).toBe(root);
    expect(strays).toEqual(['kid']);
    expect(one.confirmed.get('a')?.inert).toBe(true);
  });

  it.each<[string, NewEdit]>([
    ['a name that is none', add('x', 'ROOT', { name: 'a b' })],
    ['no name', { kind: 'new', rid: 'x', type: 'element', parent: 'ROOT', primaryWeight: 0 }],
    ['a control character', add('x', 'ROOT', { type: 'text', chdata: '\u0001' })],
    ['a weight that is none', add('x', 'ROOT', { primaryWeight: Number.NaN })],
    ['text outside the root', add('x', '', { type: 'text', chdata: 'a' })],
    ['an attribute that has children', add('x', 'attr')],
    ['a field its type lacks', add('x', 'ROOT', { chdata: 'a' })],
    [
      'a processing instruction called xml',
      add('x', 'ROOT', { type: 'processinginstruction', pitarget: 'XML', pidata: '' }),
    ],
  ])('with %s is counted and drawn nowhere', (_, edit) => {
    const { one, root } = board();
    arrive(one, add('attr', root, { type: 'attr', name: 'id', chdata: 'i' }));
    const before = outline(one.shown);
    arrive(one, { ...edit, parent: edit.parent === 'ROOT' ? root : edit.parent });
    expect(one.confirmed.get('x')?.inert).toBe(true);
    expect(outline(one.shown)).toBe(before);
    arrive(one, { kind: 'set', rid: 'x', version: 1, fields: { primaryWeight: 4 } });
    expect(one.confirmed.get('x')?.version).toBe(1);
    expect(outline(one.shown)).toBe(before);
    expect(replica('late', { state: structuredClone(one.state()) }).digest()).toBe(one.digest());
  });

  it('of an attribute that stands already: the lower rid goes, whichever came first', () => {
    const { one, root } = board();
    arrive(
      one,
      add('b', root, { type: 'attr', name: 'x', chdata: 'b' }),
      add('a', root, { type: 'attr', name: 'x', chdata: 'a' }),
    );
    expect(one.confirmed.get('a')).toBeUndefined();
    arrive(one, add('c', root, { type: 'attr', name: 'x', chdata: 'c' }));
    expect(one.confirmed.get('b')).toBeUndefined();
    expect(one.confirmed.get(one.confirmed.attribute(root, '', 'x') as string)?.chdata).toBe('c');
  });
});

describe('a Set', () => {
  it('out of order is written all the same: the last writer wins, and strict peers need a correction', () => {
    const { one, root } = board();
    arrive(one, add('a', root, { type: 'attr', name: 'x', chdata: '0' }));
    arrive(one, { kind: 'set', rid: 'a', version: 1, fields: { chdata: '1' } });
    const { needCorrection } = arrive(one, { kind: 'set', rid: 'a', version: 1, fields: { chdata: '2' } });
    expect(one.confirmed.get('a')).toMatchObject({ chdata: '2', version: 2, lastModifiedBy: 'peer', modified: 5 });
    expect(needCorrection).toEqual(['a']);
    expect(one.corrections(['a'])).toEqual([
      {
        kind: 'set',
        rid: 'a',
        version: 3,
        fields: { parent: root, primaryWeight: 0, name: 'x', chdata: '2' },
        fix: true,
      },
    ]);
  });

  it.each<[string, Partial<Extract<Edit, { kind: 'set' }>>]>([
    ['a correction', { fields: { chdata: '9' }, fix: true }],
    ['what the codec could not read', { fields: {}, malformed: true }],
    ['an infinite weight', { fields: { primaryWeight: Infinity, chdata: '9' } }],
    ['a field its type lacks', { fields: { pidata: 'x' } }],
    ['a splice out of range', { fields: { chdata: '9' }, splice: { from: 2, count: 0 } }],
    [
      'a splice of a text that its author has not seen',
      { version: 0, fields: { chdata: '9' }, splice: { from: 0, count: 0 } },
    ],
    ['a splice from the future', { version: 7, fields: { chdata: '9' }, splice: { from: 0, count: 0 } }],
  ])('with %s counts and writes nothing', (_, edit) => {
    const { one, root } = board();
    arrive(one, add('a', root, { type: 'attr', name: 'x', chdata: '0' }));
    arrive(one, { kind: 'set', rid: 'a', version: 1, fields: {}, ...edit });
    expect(one.confirmed.get('a')).toMatchObject({ chdata: '0', version: 1 });
  });

  it('of another field before a splice, in one stanza, tells what the splice’s author knew of the text', () => {
    const { one, root } = board();
    arrive(one, add('t', root, { type: 'text', chdata: 'ab' }));
    const text = (): string | undefined => one.confirmed.get('t')?.chdata;
    const splice = (version: number, from: number, insert: string): Edit => ({
      kind: 'set',
      rid: 't',
      version,
      fields: { chdata: insert },
      splice: { from, count: 0 },
    });
    arrive(one, splice(1, 0, 'X'));
    arrive(one, { kind: 'set', rid: 't', version: 1, fields: { primaryWeight: 3 } }, splice(2, 0, 'Y'));
    expect(text()).toBe('Xab');
    arrive(one, { kind: 'set', rid: 't', version: 1, fields: { chdata: 'new' } }, splice(2, 3, '!'), splice(3, 4, '?'));
    expect(text()).toBe('new!?');
  });

  it('of an unknown record is ignored', () => {
    const { one } = board();
    const before = one.digest();
    arrive(
      one,
      { kind: 'set', rid: 'nothing', version: 1, fields: { primaryWeight: 1 } },
      { kind: 'remove', rid: 'nothing' },
    );
    expect(one.digest()).toBe(before);
  });

  it('that closes a cycle hangs the least rid of it under the root until the cycle opens', () => {
    const { one, root } = board();
    arrive(one, add('a', root), add('b', root), add('c', 'a'));
    arrive(one, { kind: 'set', rid: 'a', version: 1, fields: { parent: 'b' } });
    const { strays } = arrive(one, { kind: 'set', rid: 'b', version: 1, fields: { parent: 'c' } });
    expect(strays).toEqual(['a']);
    expect([one.confirmed.parentOf('a'), one.confirmed.parentOf('b'), one.confirmed.parentOf('c')]).toEqual([
      root,
      'c',
      'a',
    ]);
    const late = replica('late', { state: structuredClone(one.state()) });
    expect(outline(late.confirmed)).toBe(outline(one.confirmed));
    arrive(one, { kind: 'set', rid: 'b', version: 2, fields: { parent: root } });
    expect([one.confirmed.parentOf('a'), one.confirmed.parentOf('b')]).toEqual(['b', root]);
  });

  it('that closes a ring through a void record does not bring that into the tree', () => {
    const { one, root } = board();
    arrive(one, add('b', root), add('a', 'b', { type: 'comment', chdata: '\u0000' }));
    arrive(one, { kind: 'set', rid: 'b', version: 1, fields: { parent: 'a' } });
    expect(one.confirmed.get('a')?.inert).toBe(true);
    expect(one.confirmed.children('b')).toEqual([]);
    expect(one.confirmed.parentOf('b')).toBe(root);
  });

  it('whose parent is unknown shows the record under the root until that parent comes', () => {
    const { one, root } = board();
    arrive(one, add('a', root), add('b', 'a'));
    arrive(one, { kind: 'set', rid: 'b', version: 1, fields: { parent: 'later' } });
    expect(one.confirmed.parentOf('b')).toBe(root);
    arrive(one, add('later', 'a'));
    expect(one.confirmed.parentOf('b')).toBe('later');
  });

  it('never gives the root a parent', () => {
    const { one, root } = board();
    arrive(one, add('a', root));
    arrive(one, { kind: 'set', rid: root, version: 1, fields: { parent: 'a' } });
    expect(one.confirmed.parentOf(root)).toBe('');
    expect(outline(replica('late', { state: structuredClone(one.state()) }).confirmed)).toBe(outline(one.confirmed));
  });
});

describe('a Remove', () => {
  it('of mine takes inert records along when it comes back, as everywhere', () => {
    const { one, root } = board();
    const rect = submit(one, { do: 'add', parent: root, before: null, node: element('rect') })[0]?.[0] as string;
    one.confirmAlone();
    const two = replica('n', { state: structuredClone(one.state()) });
    for (const each of [one, two]) arrive(each, add('void', rect, { name: 'no name!' }));
    expect(one.confirmed.get('void')?.inert).toBe(true);
    submit(one, { do: 'remove', rid: rect });
    const stanza = one.takeOutgoing();
    for (const each of [one, two]) if (stanza) each.receive(stanza);
    expect(one.confirmed.get('void')).toBeUndefined();
    expect(one.digest()).toBe(two.digest());
  });

  it('takes all that lies under its element, inert records too', () => {
    const { one, root } = board();
    arrive(
      one,
      add('a', root),
      add('b', 'a'),
      add('t', 'b', { type: 'text', chdata: 'x' }),
      add('bad', 'b', { name: '' }),
    );
    one.takeChanges();
    arrive(one, { kind: 'remove', rid: 'a' });
    expect(['a', 'b', 't', 'bad'].map((rid) => one.confirmed.get(rid))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(one.takeChanges()).toEqual([{ kind: 'removed', rid: 'a', parent: root }]);
  });

  it('wins over my pending writes inside, but my write to a removed attribute becomes a new one', () => {
    const { one, root } = board();
    arrive(one, add('g', root), add('a', 'g', { type: 'attr', name: 'x', chdata: '0' }));
    submit(one, { do: 'set', rid: 'g', name: 'x', value: 'mine' });
    arrive(one, { kind: 'remove', rid: 'a' });
    one.confirmAlone();
    expect(one.confirmed.get(one.confirmed.attribute('g', '', 'x') as string)?.chdata).toBe('mine');
    submit(one, { do: 'set', rid: 'g', name: 'x', value: 'again' });
    arrive(one, { kind: 'remove', rid: 'g' });
    expect(one.confirmAlone().flatMap(({ edits }) => edits)).toEqual([]);
  });

  it('of the root leaves an empty board that takes a new root', () => {
    const { one, root } = board();
    arrive(one, { kind: 'remove', rid: root });
    expect(one.confirmed.root()).toBeUndefined();
    submit(one, { do: 'add', parent: '', before: null, node: element('svg') });
    expect(one.shown.root()).toBeDefined();
  });
});

describe('intents', () => {
  it.each<[string, Parameters<Replica['submit']>[0][number]]>([
    ['There is no node', { do: 'remove', rid: 'nothing' }],
    ['into itself', { do: 'move', rid: 'g', parent: 'h', before: null }],
    ['can’t be moved', { do: 'move', rid: 'root', parent: 'g', before: null }],
    ['can’t be a name', { do: 'set', rid: 'g', name: '1', value: '' }],
    ['control character', { do: 'set', rid: 'g', name: 'x', value: '\u0000' }],
    ['isn’t in it', { do: 'text', rid: 'g', from: 1, count: 0, insert: 'x' }],
    ['root element already', { do: 'add', parent: '', before: null, node: element('svg') }],
    ['isn’t a child', { do: 'add', parent: 'h', before: 'g', node: element('rect') }],
  ])('that can’t be done are refused with a sentence (%s), and leave nothing', (sentence, intent) => {
    const { one, root } = board();
    arrive(one, add('g', root), add('h', 'g'));
    const before = outline(one.shown);
    const result = one.submit([{ do: 'set', rid: 'g', name: 'ok', value: '1' }, intent], 'later');
    expect(result).toMatchObject({ ok: false });
    expect(!result.ok && result.reason).toContain(sentence);
    expect(outline(one.shown)).toBe(before);
    expect(one.pending()).toEqual([]);
    one.undo();
    expect(one.canUndo()).toBe(false);
  });

  it('find room for 20,000 inserts at one spot', () => {
    const { one, root } = board();
    const [last] = submit(one, { do: 'add', parent: root, before: null, node: element('g') });
    const order: string[] = [];
    for (let i = 0; i < 20_000; i++)
      order.push(
        submit(one, { do: 'add', parent: root, before: last?.[0] ?? null, node: element('g') })[0]?.[0] as string,
      );
    expect(one.shown.children(root)).toEqual([...order, last?.[0]]);
  });

  it('set an attribute to what the others say, over what I said', () => {
    const { one, root } = board();
    submit(one, { do: 'set', rid: root, name: 'x', value: '1' }, { do: 'set', rid: root, name: 'y', value: 'mine' });
    const edits = [
      { kind: 'new', rid: 'z', type: 'attr', parent: root, primaryWeight: 0, name: 'y', chdata: 'theirs' },
    ];
    one.receive({ author: 'o', id: { prefix: 'other', n: 1 }, edits: edits as Edit[], time: 0 });
    submit(one, { do: 'set', rid: root, name: 'y', value: 'theirs' });
    expect(one.shown.get('z')?.chdata).toBe('theirs');
    one.confirmAlone();
    expect(one.confirmed.get('z')?.chdata).toBe('theirs');
  });

  it('set an attribute back while a change of it and of its neighbours still waits', () => {
    const { one, root } = board();
    const [[rid = ''] = []] = submit(one, {
      do: 'add',
      parent: root,
      before: null,
      node: element('g', { x: '5', y: '1' }),
    });
    one.confirmAlone();
    submit(one, { do: 'set', rid, name: 'y', value: null });
    submit(one, { do: 'set', rid, name: 'x', value: '10' });
    submit(one, { do: 'set', rid, name: 'x', value: '5' });
    expect(outline(one.shown, root, false)).toBe('<g :x=5>[]');
  });

  it('bring an element back under its own rid, over its pending removal, without what it held', () => {
    const { one, root } = board();
    const [[rid = '', x = ''] = []] = submit(one, {
      do: 'add',
      parent: root,
      before: null,
      node: element('g', { x: '5' }, [element('rect')]),
    });
    for (const confirmed of [false, true]) {
      if (confirmed) one.confirmAlone();
      submit(one, { do: 'set', rid, name: 'y', value: '1' }, { do: 'remove', rid });
      const news: Edit[] = [
        add(rid, root),
        { kind: 'new', rid: x, type: 'attr', parent: rid, primaryWeight: 0, name: 'x', chdata: '6' },
      ];
      expect(one.submitEdits(news, 'again').ok).toBe(true);
      expect(outline(one.shown, root, false)).toBe('<g :x=6>[]');
    }
  });

  it('splice across several text nodes', () => {
    const one = withRoot('m', ['abc', element('tspan'), 'def']);
    const root = one.shown.root() as string;
    submit(one, { do: 'text', rid: root, from: 2, count: 2, insert: 'XY' });
    expect(outline(one.shown, root, false)).toBe('text(abXY)|<tspan >[]|text(ef)');
  });
});

describe('values too long for one stanza', () => {
  it('travel in pieces of at most 48 KiB and arrive whole', () => {
    const one = withRoot('m');
    const two = replica('n', { state: structuredClone(one.state()) });
    const value = `${'é😀'.repeat(30_000)}end`;
    submit(one, { do: 'add', parent: 'root', before: null, node: element('image', { href: value }) });
    for (let stanza = one.takeOutgoing(); stanza; stanza = one.takeOutgoing()) {
      expect(Buffer.byteLength(JSON.stringify(stanza.edits))).toBeLessThan(48 * 1024);
      two.receive(stanza);
      one.receive(stanza);
    }
    expect(outline(two.confirmed)).toBe(outline(one.shown));
    expect(two.digest()).toBe(one.digest());
  });
});

describe('a board of which little is left', () => {
  it('is the same for its author and for others when what is left is moved', () => {
    const [one, two] = [replica('m'), replica('o')];
    const exchange = (): void => {
      for (let next = one.takeOutgoing(); next; next = one.takeOutgoing()) {
        one.receive(next);
        two.receive(next);
      }
    };
    submit(one, { do: 'add', parent: '', before: null, node: element('svg', {}, [element('g'), element('g')]) });
    const root = one.shown.root() as string;
    const group = one.shown.children(root)[0] as string;
    const shape = element('rect', { x: '1', y: '2' });
    const added = Array.from({ length: 300 }, () =>
      submit(one, { do: 'add', parent: root, before: null, node: shape }),
    );
    exchange();
    for (const [[rid = ''] = []] of added.slice(0, -1)) submit(one, { do: 'remove', rid });
    exchange();
    const [[last = ''] = []] = added.at(-1) ?? [];
    submit(one, { do: 'move', rid: last, parent: group, before: null });
    exchange();
    expect(one.confirmed.get(last)?.parent).toBe(group);
    expect(outline(one.confirmed)).toBe(outline(two.confirmed));
    expect(outline(one.shown)).toBe(outline(one.confirmed));
    expect(one.digest()).toBe(two.digest());
  });
});
