/** Intents beyond what drawings need: single text nodes, names, and nodes that the same submission makes. */
import { describe, expect, it } from 'vitest';
import type { NodeTree } from '#core/types.ts';
import { element, outline, submit, withRoot } from '#test/support/document.ts';

const text = (chdata: string): NodeTree => ({ type: 'text', chdata });
const shown = (target: ReturnType<typeof withRoot>): string => outline(target.shown, '', false);

describe('an intent', () => {
  it('splices the very text node that it names', () => {
    const one = withRoot('aaaaaaaa');
    const root = one.shown.root() as string;
    const [[, first, , second] = []] = submit(one, {
      do: 'add',
      parent: root,
      before: null,
      node: element('text', {}, ['one', element('tspan', {}, []), 'two']),
    });
    expect(one.shown.get(second as string)?.chdata).toBe('two');
    submit(one, { do: 'text', rid: second as string, from: 3, count: 0, insert: '!' });
    submit(one, { do: 'text', rid: first as string, from: 0, count: 1, insert: 'O' });
    expect(shown(one)).toContain('text(One)|<tspan >[]|text(two!)');
    expect(one.submit([{ do: 'text', rid: second as string, from: 4, count: 1, insert: '' }], 'g').ok).toBe(false);
  });

  it('puts into nodes that earlier intents of the submission added, and moves to before them', () => {
    const one = withRoot('aaaaaaaa', [text('a')]);
    const root = one.shown.root() as string;
    const [a] = one.shown.children(root) as [string];
    const gesture = one.submit(
      [
        { do: 'add', parent: root, before: a, node: element('g') },
        { do: 'move', rid: a, parent: '@0', before: null },
        { do: 'add', parent: '@0', before: a, node: text('b') },
        { do: 'add', parent: '@0', before: '@2', node: text('c') },
      ],
      'group',
    );
    expect(gesture.ok).toBe(true);
    expect(shown(one)).toBe('<svg >[<g >[text(c)|text(b)|text(a)]]');
    one.undo();
    expect(shown(one)).toBe('<svg >[text(a)]');
    expect(one.submit([{ do: 'remove', rid: '@0' }], 'g').ok).toBe(false);
  });

  it('renames an element, and undo gives the name back', () => {
    const one = withRoot('aaaaaaaa', [element('rect', { x: '1' })]);
    const rect = one.shown.children(one.shown.root() as string)[0] as string;
    one.submit([{ do: 'rename', rid: rect, name: 'circle' }], 'rename');
    expect(shown(one)).toBe('<svg >[<circle :x=1>[]]');
    one.undo();
    expect(shown(one)).toBe('<svg >[<rect :x=1>[]]');
    expect(one.submit([{ do: 'rename', rid: rect, name: 'a b' }], 'g').ok).toBe(false);
  });
});
