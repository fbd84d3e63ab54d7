import { describe, expect, it } from 'vitest';
import { COMPLETE_NS, completedPart } from '#core/complete.ts';
import type { Judge } from '#core/judge.ts';
import type { Replica, SubmitResult } from '#core/replica-port.ts';
import type { Edit, NewEdit, Rid, Role } from '#core/types.ts';
import { element, elements, outline, replica, submit, SVG, withRoot } from '#test/support/document.ts';
import { completion, toyJudge } from '#test/support/rules.ts';

const options = { judge: toyJudge };

/** A replica in a session whose root holds `children`. */
function inSession(children: Parameters<typeof withRoot>[1] = [], role?: () => Role): Replica {
  const { state } = { state: withRoot('r', children).state() };
  const made = replica('a', { state, ...options, ...(role ? { role } : {}) });
  made.beginEpoch('e');
  return made;
}

let sent = 0;
function say(to: Replica, edits: readonly Edit[], role: Role = 'editor') {
  return to.receive({ author: 'h', id: { prefix: 'h', n: ++sent }, edits, time: 0, role });
}

const kid = (view: Replica, i = 0): Rid => view.confirmed.children(view.confirmed.root() ?? '')[i] ?? '';
const attr = (view: Replica, rid: Rid, name: string): Rid => view.confirmed.attribute(rid, '', name) ?? '';
const value = (view: Replica, rid: Rid): string | undefined => view.confirmed.get(rid)?.chdata;
const make = (fields: Partial<NewEdit> & Pick<NewEdit, 'rid' | 'type' | 'parent'>): NewEdit => ({
  kind: 'new',
  primaryWeight: 9,
  ...fields,
});
const set = (rid: Rid, version: number, fields: Extract<Edit, { kind: 'set' }>['fields']): Edit => ({
  kind: 'set',
  rid,
  version,
  fields,
});

describe('an edit that breaks a rule of the application type', () => {
  it('writes nothing as a Set, counts, and is told and logged with the reason', () => {
    const board = inSession([element('rect', { x: '1' })]);
    const x = attr(board, kid(board), 'x');
    const { voided, entry } = say(board, [set(x, 1, { chdata: 'one' })]);
    expect(value(board, x)).toBe('1');
    expect(board.confirmed.get(x)?.version).toBe(1);
    expect(voided).toEqual([
      { edit: expect.objectContaining({ rid: x }), fault: { code: 'x', detail: {}, reason: 'No x.' } },
    ]);
    expect(entry?.edits[0]).toMatchObject({ rid: x, void: { code: 'x' } });
    expect(entry?.role).toBe('editor');
  });

  it('makes an inert record as a New, which takes what lies in it along', () => {
    const board = inSession([element('rect')]);
    const before = outline(board.confirmed);
    const { voided } = say(board, [
      make({ rid: 'h1', type: 'element', parent: kid(board), name: 'rect' }),
      make({ rid: 'h2', type: 'attr', parent: 'h1', name: 'y', chdata: '2' }),
    ]);
    expect(voided.map(({ edit }) => edit.rid)).toEqual(['h1']);
    expect(board.confirmed.get('h1')?.inert).toBe(true);
    expect(board.confirmed.get('h2')?.inert).toBe(true);
    expect(outline(board.confirmed)).toBe(before);
  });

  it('is judged after the whole stanza: what it passes through may break the rules', () => {
    const board = inSession([element('rect'), element('g')]);
    const [rect, g] = [kid(board), kid(board, 1)];
    const { voided } = say(board, [
      make({ rid: 'h1', type: 'text', parent: rect, chdata: 'word' }),
      set('h1', 1, { parent: g }),
    ]);
    expect(voided).toEqual([]);
    expect(board.confirmed.parentOf('h1')).toBe(g);
  });

  it('takes nothing of the stanza along that stands without it, and what does not stand is void, too', () => {
    const board = inSession([element('rect', { x: '1' }), element('g', { y: '1' })]);
    const [rect, g] = [kid(board), kid(board, 1)];
    const { voided } = say(board, [
      set(attr(board, rect, 'x'), 1, { chdata: 'one' }),
      set(attr(board, g, 'y'), 1, { chdata: 'two' }),
      // The first makes room for the second, but may not stand itself.
      make({ rid: 'h1', type: 'attr', parent: g, name: 'fill', chdata: 'red' }),
      set(g, 1, { name: 'rect' }),
      make({ rid: 'h2', type: 'text', parent: g, chdata: 'word' }),
    ]);
    expect(voided.map(({ edit }) => edit.rid)).toEqual([attr(board, rect, 'x'), 'h1', g, 'h2']);
    expect(value(board, attr(board, g, 'y'))).toBe('two');
    expect(board.confirmed.get(g)?.name).toBe('g');
  });

  it('is void as a whole when one void edit goes on putting another in the wrong', () => {
    // Each attribute must not be one more than the one before it: take one back, and the next is at fault.
    const chain: Judge = {
      fault(view, rid) {
        const node = view.get(rid);
        const parent = view.parentOf(rid);
        const n = Number(node?.name?.slice(1));
        if (node?.type !== 'attr' || parent === undefined || !(n >= 0)) return undefined;
        const before = n === 0 ? undefined : view.attribute(parent, '', `a${n - 1}`);
        const known = before === undefined ? n > 0 : view.get(before)?.chdata === 'new';
        return node.chdata === 'new' && !known ? { code: 'chain', detail: {}, reason: 'No.' } : undefined;
      },
    };
    const attrs = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`a${i}`, 'old']));
    const board = replica('a', { state: withRoot('r', [element('g', attrs)]).state(), judge: chain });
    const before = outline(board.confirmed);
    const g = kid(board);
    const edits = Object.keys(attrs).map((name) => set(attr(board, g, name), 1, { chdata: 'new' }));
    const { voided } = say(board, edits);
    expect(voided.map(({ fault }) => fault.code)).toContain('incoherent');
    expect(voided).toHaveLength(12);
    expect(outline(board.confirmed)).toBe(before);
  });

  it('costs the time of its stanza, however many there are', () => {
    const board = inSession([
      element(
        'g',
        {},
        Array.from({ length: 10_000 }, () => element('rect', { x: '1' })),
      ),
    ]);
    const rects = board.confirmed.children(kid(board));
    let judged = 0;
    const counting = replica('b', {
      state: board.state(),
      judge: { fault: (view, rid) => (judged++, toyJudge.fault(view, rid)) },
    });
    const { voided } = say(
      counting,
      rects.map((rect) => set(attr(board, rect, 'x'), 1, { chdata: 'one' })),
    );
    expect(voided).toHaveLength(10_000);
    expect(judged).toBeLessThanOrEqual(20_000);
    expect(outline(counting.confirmed)).toBe(outline(board.confirmed));
  });

  it('a stray that comes home with a New voids nobody’s work', () => {
    const board = inSession([element('rect')]);
    say(board, [make({ rid: 'h1', type: 'text', parent: board.confirmed.root() ?? '', chdata: 'word' })]);
    say(board, [set('h1', 1, { parent: 'future' })]);
    const { voided } = say(board, [
      make({ rid: 'future', type: 'element', parent: board.confirmed.root() ?? '', name: 'rect' }),
    ]);
    expect(voided).toEqual([]);
    expect(board.confirmed.get('future')?.inert).toBeUndefined();
  });

  it('what an element holds is judged when its name changes, as far as that can be afforded', () => {
    const board = inSession([
      element('g', {}, ['word']),
      element(
        'g',
        {},
        Array.from({ length: 1001 }, () => element('g')),
      ),
    ]);
    expect(say(board, [set(kid(board), 1, { name: 'rect' })]).voided.map(({ fault }) => fault.code)).toEqual(['rect']);
    expect(say(board, [set(kid(board, 1), 1, { name: 'h' })]).voided.map(({ fault }) => fault.code)).toEqual([
      'too-large',
    ]);
    expect(board.confirmed.get(kid(board, 1))?.name).toBe('g');
  });
});

describe('what a stanza did before it was taken back', () => {
  it('leaves no trace: a root that was none', () => {
    const noG: Judge = {
      fault: (view, rid) =>
        view.get(rid)?.name === 'g' && view.parentOf(rid) === '' ? { code: 'g', detail: {}, reason: 'No.' } : undefined,
    };
    const board = replica('a', { judge: noG });
    board.beginEpoch('e');
    const top = (rid: Rid, name: string): Edit => make({ rid, type: 'element', parent: '', name });
    expect(say(board, [top('h1', 'g')]).voided).toHaveLength(1);
    expect(board.confirmed.root()).toBeUndefined();
    expect(say(board, [top('h2', 'svg')]).voided).toEqual([]);
    expect(board.confirmed.root()).toBe('h2');
  });

  it('leaves strays strays, which come home later', () => {
    const board = inSession([element('g', {}, [element('rect', { x: '1' })])]);
    const [g, root] = [kid(board), board.confirmed.root() ?? ''];
    const rect = board.confirmed.children(g)[0] ?? '';
    say(board, [set(rect, 1, { parent: 'future' })]);
    const { strays } = say(board, [set(attr(board, rect, 'x'), 1, { chdata: 'one' }), set(rect, 2, { name: 'a' })]);
    expect(strays).toEqual([rect]);
    say(board, [make({ rid: 'future', type: 'element', parent: root, name: 'g' })]);
    expect(board.confirmed.parentOf(rect)).toBe('future');
  });

  it('keeps what an element holds, and nothing of another’s stanza', () => {
    const board = inSession([element('g', { y: '1' }, [element('rect', { x: '1' }), 'word'])]);
    const g = kid(board);
    const before = outline(board.confirmed);
    say(board, [set(g, 1, { name: 'rect' }), set(attr(board, g, 'y'), 1, { chdata: '1' })]);
    expect(outline(board.confirmed)).toBe(before);
  });

  it('is not said again to a session that lacks it', () => {
    const board = inSession([element('rect', { x: '1' })]);
    const state = board.state();
    const x = attr(board, kid(board), 'x');
    const { entry } = say(board, [set(x, 1, { chdata: 'one' }), { kind: 'remove', rid: 'nobody' }]);
    board.adopt({ ...state, place: { epoch: 'f', seq: 0 }, known: {} }, entry ? [entry] : []);
    expect(board.pending().flatMap(({ edits }) => edits.map(({ rid }) => rid))).not.toContain(x);
  });
});

describe('what lies below an element that inherits another namespace', () => {
  const foreign: Judge = {
    fault: (view, rid) =>
      view.get(rid)?.name === 'deep' && !inForeign(view, rid) ? { code: 'deep', detail: {}, reason: 'No.' } : undefined,
  };
  const inForeign = (
    view: { get(rid: Rid): { ns?: string } | undefined; parentOf(rid: Rid): Rid | undefined },
    rid: Rid,
  ): boolean => {
    for (let at: Rid | undefined = rid; at !== undefined && at !== ''; at = view.parentOf(at)) {
      const ns = view.get(at)?.ns;
      if (ns !== undefined) return ns === 'urn:data';
    }
    return false;
  };
  const data = { ...element('data', {}, [element('g', {}, [element('deep')])]), ns: 'urn:data' };
  const strip = (node: ReturnType<typeof element>): ReturnType<typeof element> => {
    const { ns: _, ...rest } = node;
    return { ...rest, children: node.children.map((child) => (child.type === 'element' ? strip(child) : child)) };
  };

  it('is judged anew when it moves, even if the old place changes with it', () => {
    const made = withRoot('r', [{ ...strip(data), ns: 'urn:data' }, element('g')]);
    for (const withParent of [false, true]) {
      const board = replica('a', { state: made.state(), judge: foreign });
      const [holder, g] = [kid(board), kid(board, 1)];
      const inner = board.confirmed.children(holder)[0] ?? '';
      const move = set(inner, 1, { parent: g });
      const { voided } = say(board, withParent ? [set(holder, 1, { ns: SVG }), move] : [move]);
      expect(voided.map(({ edit }) => edit.rid)).toContain(inner);
      expect(board.confirmed.parentOf(inner)).toBe(holder);
    }
  });
});

describe('my own edit that breaks a rule', () => {
  it('is refused with a sentence and a code before anything is shown', () => {
    const board = inSession([element('rect', { x: '1' })]);
    const before = outline(board.shown);
    const result = board.submit(
      [
        { do: 'set', rid: kid(board), name: 'y', value: '2' },
        { do: 'set', rid: kid(board), name: 'x', value: 'one' },
      ],
      'g',
    );
    expect(result).toEqual({ ok: false, code: 'x', detail: {}, reason: 'No x.' });
    expect(outline(board.shown)).toBe(before);
    expect(board.pending()).toEqual([]);
  });

  it('comes in with a whole file on an empty board', () => {
    const board = replica('a', options);
    submit(board, { do: 'add', parent: '', before: null, node: element('svg', {}, [element('rect', { x: 'odd' })]) });
    board.confirmAlone();
    expect(value(board, attr(board, kid(board), 'x'))).toBe('odd');
    expect(board.submit([{ do: 'set', rid: kid(board), name: 'x', value: 'odder' }], 'g').ok).toBe(false);
  });

  it('is dropped from what I see when it turns out void on arrival, told, and not said again', () => {
    const board = inSession([element('g')]);
    const g = kid(board);
    submit(board, { do: 'add', parent: g, before: null, node: element('text', {}, ['word']) });
    const mine = board.takeOutgoing();
    submit(board, { do: 'set', rid: elements(board.shown)[2] ?? '', name: 'y', value: '3' });
    say(board, [set(g, 1, { name: 'rect' })]);
    expect(elements(board.shown)).toHaveLength(3);
    say(board, [completeEdit('m', g)], 'owner');
    const result = board.receive({ ...(mine ?? neverSent()), role: 'editor' });
    expect(new Set(result.voided.map(({ fault }) => fault.code))).toEqual(new Set(['complete']));
    board.takeChanges();
    expect(elements(board.shown)).toHaveLength(2);
    for (let next = board.takeOutgoing(); next; next = board.takeOutgoing()) board.receive({ ...next, role: 'editor' });
    expect(board.pending()).toEqual([]);
    expect(elements(board.confirmed)).toHaveLength(2);
    board.undo();
    expect(board.canUndo()).toBe(false);
    expect(board.pending().flatMap(({ edits }) => edits)).toEqual([]);
    expect(elements(board.shown)).toHaveLength(2);
  });

  it('says nothing when it is undone', () => {
    const board = inSession([element('g')]);
    submit(board, { do: 'add', parent: kid(board), before: null, node: { type: 'text', chdata: 'word' } });
    const mine = board.takeOutgoing() ?? neverSent();
    say(board, [set(kid(board), 1, { name: 'rect' })]);
    expect(board.receive(mine).voided).toHaveLength(1);
    board.undo();
    expect(board.pending().flatMap(({ edits }) => edits)).toEqual([]);
  });

  it('a splice is not said again either, nor is a removal restored that never was', () => {
    const board = inSession([element('g', {}, ['word'])]);
    const g = kid(board);
    submit(board, { do: 'text', rid: g, from: 4, count: 0, insert: 's' });
    const typed = board.takeOutgoing() ?? neverSent();
    say(board, [completeEdit('m', g)], 'owner');
    expect(board.receive(typed).voided).toHaveLength(1);
    expect(board.takeOutgoing()).toBeUndefined();
    expect(outline(board.shown)).toContain('text(word)');

    const other = inSession([element('g')]);
    submit(other, { do: 'remove', rid: kid(other) });
    const removal = other.takeOutgoing() ?? neverSent();
    say(other, [completeEdit('m', kid(other))], 'owner');
    expect(other.receive(removal).voided).toHaveLength(1);
    expect(elements(other.shown)).toHaveLength(2);
    other.undo();
    expect(elements(other.shown)).toHaveLength(2);
  });
});

const neverSent = (): never => {
  throw new Error('nothing was sent');
};

const completeEdit = (rid: Rid, parent: Rid): NewEdit =>
  make({ rid, type: 'attr', parent, ns: COMPLETE_NS, name: 'c:complete', chdata: '{}' });

describe('a completed part', () => {
  /** A board with a completed group that holds a rect, and a rect beside it. */
  function withComplete(): { board: Replica; part: Rid; inner: Rid; outer: Rid } {
    const board = inSession([element('g', { y: '1' }, [element('rect', { y: '1' }), 'word']), element('rect')]);
    const part = kid(board);
    expect(say(board, [completeEdit('mark', part)], 'owner').voided).toEqual([]);
    return { board, part, inner: board.confirmed.children(part)[0] ?? '', outer: kid(board, 1) };
  }

  const wrongs: Record<string, (rids: { board: Replica; part: Rid; inner: Rid; outer: Rid }) => Edit> = {
    'a new child': ({ part }) => make({ rid: 'h1', type: 'element', parent: part, name: 'g' }),
    'a new attribute': ({ part }) => make({ rid: 'h1', type: 'attr', parent: part, name: 'z', chdata: '1' }),
    'a new attribute inside': ({ inner }) => make({ rid: 'h1', type: 'attr', parent: inner, name: 'z', chdata: '1' }),
    'a new comment inside': ({ inner }) => make({ rid: 'h1', type: 'comment', parent: inner, chdata: '1' }),
    'a value': ({ board, part }) => set(attr(board, part, 'y'), 1, { chdata: '2' }),
    'a value inside': ({ board, inner }) => set(attr(board, inner, 'y'), 1, { chdata: '2' }),
    'a text': ({ board, part }) => set(board.confirmed.children(part)[1] ?? '', 1, { chdata: '2' }),
    'its own place': ({ part }) => set(part, 1, { primaryWeight: 99 }),
    'its name': ({ part }) => set(part, 1, { name: 'a' }),
    'a move in': ({ outer, part }) => set(outer, 1, { parent: part }),
    'a move into what it holds': ({ outer, inner }) => set(outer, 1, { parent: inner }),
    'a move out': ({ outer, inner }) => set(inner, 1, { parent: outer }),
    'its move': ({ outer, part }) => set(part, 1, { parent: outer }),
    'a removal inside': ({ inner }) => ({ kind: 'remove', rid: inner }),
    'the removal of an attribute': ({ board, part }) => ({ kind: 'remove', rid: attr(board, part, 'y') }),
    'its removal': ({ part }) => ({ kind: 'remove', rid: part }),
    'the removal of what holds it': ({ board }) => ({ kind: 'remove', rid: board.confirmed.root() ?? '' }),
    'a mark inside it': ({ inner }) => completeEdit('h1', inner),
  };
  for (const [name, wrong] of Object.entries(wrongs)) {
    it(`stays as it is: ${name}, whoever asks for it`, () => {
      for (const role of ['editor', 'owner'] as const) {
        const rids = withComplete();
        const before = outline(rids.board.confirmed);
        const { voided } = say(rids.board, [wrong(rids)], role);
        expect(voided.map(({ fault }) => fault.code)).toEqual([
          role === 'editor' && name.startsWith('a mark') ? 'not-owner' : 'complete',
        ]);
        expect(outline(rids.board.confirmed)).toBe(before);
        expect(say(rids.board, [{ kind: 'remove', rid: 'mark' }], 'owner').voided).toEqual([]);
        expect(say(rids.board, [make({ rid: 'after', type: 'element', parent: rids.part, name: 'g' })]).voided).toEqual(
          [],
        );
      }
    });
  }

  const marks: Record<string, (part: Rid, outer: Rid) => Edit[]> = {
    'taking it away': () => [{ kind: 'remove', rid: 'mark' }],
    'writing it': () => [set('mark', 1, { chdata: 'mine' })],
    'moving it': (_, outer) => [set('mark', 1, { parent: outer })],
    'renaming it': () => [set('mark', 1, { name: 'other' })],
    'another namespace': () => [set('mark', 1, { ns: 'urn:other' })],
    'another mark': (part) => [completeEdit('zz', part)],
    'marking another': (_, outer) => [completeEdit('zz', outer)],
    'making a mark of an attribute': (_, outer) => [
      make({ rid: 'zz', type: 'attr', parent: outer, ns: 'urn:x', name: 'complete', chdata: '' }),
      set('zz', 1, { ns: COMPLETE_NS }),
    ],
  };
  for (const [name, edits] of Object.entries(marks)) {
    it(`is an owner’s to declare: ${name}`, () => {
      const { board, part, outer } = withComplete();
      const before = [part, outer].map((rid) => completedPart(board.confirmed, rid));
      expect(say(board, edits(part, outer)).voided.map(({ fault }) => fault.code)).toEqual(['not-owner']);
      expect([part, outer].map((rid) => completedPart(board.confirmed, rid))).toEqual(before);
      const free = withComplete();
      expect(say(free.board, edits(free.part, free.outer), 'owner').voided).toEqual([]);
    });
  }

  it('counts as open for what an owner does between taking the mark away and putting it back, in one stanza, too', () => {
    const { board, part } = withComplete();
    const { voided } = say(
      board,
      [
        make({ rid: 'h0', type: 'comment', parent: part, chdata: '' }),
        { kind: 'remove', rid: 'mark' },
        make({ rid: 'h1', type: 'comment', parent: part, chdata: '' }),
        completeEdit('mark2', part),
        make({ rid: 'h2', type: 'comment', parent: part, chdata: '' }),
      ],
      'owner',
    );
    expect(voided.map(({ edit }) => edit.rid)).toEqual(['h0', 'h2']);
    expect(completedPart(board.confirmed, 'h1')).toBe(part);
  });

  it('may lie in another, which is to be reopened first', () => {
    const { board, part } = withComplete();
    say(board, [completeEdit('whole', board.confirmed.root() ?? '')], 'owner');
    expect(say(board, [{ kind: 'remove', rid: 'mark' }], 'owner').voided.map(({ fault }) => fault.code)).toEqual([
      'complete',
    ]);
    expect(say(board, [{ kind: 'remove', rid: 'whole' }], 'owner').voided).toEqual([]);
    expect(completedPart(board.confirmed, part)).toBe(part);
  });

  it('as the whole document, takes the comments beside the root along', () => {
    const board = inSession();
    say(board, [completeEdit('whole', board.confirmed.root() ?? '')], 'owner');
    const { voided } = say(board, [make({ rid: 'h1', type: 'comment', parent: '', chdata: '' })]);
    expect(voided.map(({ fault }) => fault.reason)).toEqual([
      'This document is complete, so it stays as it is. An owner can reopen it.',
    ]);
  });

  it('lets corrections and the removal of inert records through, which change nothing', () => {
    const { board, part, inner } = withComplete();
    say(board, [make({ rid: 'h1', type: 'comment', parent: part, chdata: '' })]);
    const fix: Edit = { kind: 'set', rid: inner, version: 9, fields: { name: 'rect' }, fix: true };
    expect(say(board, [{ kind: 'remove', rid: 'h1' }, fix]).voided).toEqual([]);
    expect(board.confirmed.get('h1')).toBeUndefined();
  });

  it('is open after a past state is restored in which it was complete, and no other state is restored into it', () => {
    const { board: past, part } = withComplete();
    const selves = { note: () => undefined, of: (rid: Rid) => [rid] };
    const now = replica('b', { state: past.state() });
    say(now, [{ kind: 'remove', rid: 'mark' }, set(attr(now, part, 'y'), 1, { chdata: '2' })], 'owner');
    expect(now.restore(past.confirmed, selves, 'back').ok).toBe(true);
    expect(now.completed()).toEqual([]);
    expect(now.shown.get(attr(now, part, 'y'))?.chdata).toBe('1');
    const before = inSession([element('g', { y: '0' })]);
    expect(past.restore(before.confirmed, selves, 'back')).toMatchObject({ ok: false, code: 'complete' });
  });

  it('refuses my own edits, and lets undo go on with the rest of a gesture', () => {
    let role: Role = 'owner';
    const board = inSession([element('g', { y: '1' }), element('g', { y: '1' }), element('g')], () => role);
    const [first, second] = [kid(board), kid(board, 1)];
    const refused = (result: SubmitResult): string | undefined => (result.ok ? 'done' : result.code);
    submit(board, { do: 'set', rid: first, name: 'y', value: '0' });
    submit(board, { do: 'set', rid: first, name: 'y', value: '2' }, { do: 'set', rid: second, name: 'y', value: '2' });
    board.submit([{ do: 'set', rid: second, name: 'z', value: '2' }], 'other');
    submit(board, completion(second, true));
    expect(refused(board.submit([{ do: 'set', rid: second, name: 'y', value: '3' }], 'h'))).toBe('complete');
    role = 'editor';
    expect(refused(board.submit([completion(second, false)], 'h'))).toBe('not-owner');
    expect(refused(board.submit([completion(first, true)], 'h'))).toBe('not-owner');
    expect(refused(board.undo())).toBe('not-owner');
    expect(refused(board.undo())).toBe('complete');
    expect(refused(board.undo())).toBe('done');
    expect(board.shown.get(board.shown.attribute(first, '', 'y') ?? '')?.chdata).toBe('1');
    expect(board.shown.get(board.shown.attribute(second, '', 'y') ?? '')?.chdata).toBe('2');
  });

  it('is found without climbing for ever, in a tree of any depth', () => {
    const board = inSession();
    const chain = Array.from(
      { length: 3000 },
      (_, i): Edit =>
        make({
          rid: `d${i}`,
          type: 'element',
          parent: i === 0 ? (board.confirmed.root() ?? '') : `d${i - 1}`,
          name: 'g',
        }),
    );
    say(board, chain);
    const low = set('d2999', 1, { name: 'h' });
    expect(say(board, [low]).voided).toEqual([]);
    say(board, [completeEdit('m', 'd0')], 'owner');
    expect(say(board, [low]).voided.map(({ fault }) => fault.code)).toEqual(['too-deep']);
    expect(say(board, [set('d100', 1, { name: 'h' })]).voided.map(({ fault }) => fault.code)).toEqual(['complete']);
  });
});
