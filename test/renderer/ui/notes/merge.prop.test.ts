/** Others' changes come into the document that a person is typing in: all of theirs is there, and all of one's own. */
import fc from 'fast-check';
import { EditorState } from 'prosemirror-state';
import { Mapping } from 'prosemirror-transform';
import { expect, test } from 'vitest';
import { merge } from '#renderer/ui/notes/merge.ts';
import { docOf } from '#renderer/ui/notes/schema.ts';
import { seeded } from '#test/support/network.ts';
import { edit, type Writer, writers } from '#test/support/notes.ts';
import { check } from '#test/support/property.ts';

/** Notes after `count` random edits, and again after a few more by somebody else. */
function twoStates(random: () => number, next: () => string, count: number) {
  const [one] = writers(1) as [Writer];
  const go = (times: number): string[] => {
    const gone: string[] = [];
    for (let i = 0; i < times; i++) {
      const drafts = one.drafts();
      gone.push(...edit(drafts, random, next));
      one.write(drafts);
    }
    return gone;
  };
  go(count);
  const base = docOf(one.lines);
  const gone = go(1 + Math.floor(random() * 4));
  return { base, next: docOf(one.lines), gone };
}

const letters = (from: number) => {
  let n = from;
  return () => String.fromCodePoint(++n);
};

test('without changes of one’s own, the document becomes the others’', () => {
  check(
    fc.property(fc.integer(), (seed) => {
      const random = seeded(seed);
      const { base, next } = twoStates(random, letters(0x4e00), 12);
      const state = EditorState.create({ doc: base });
      const { doc } = merge(state, base, new Mapping(), next);
      expect(doc.toJSON()).toEqual(next.toJSON());
      doc.check();
    }),
    { numRuns: 300 },
  );
});

test('what one has typed since stays, and what the others have is there', () => {
  check(
    fc.property(fc.integer(), (seed) => {
      const random = seeded(seed);
      const { base, next } = twoStates(random, letters(0x4e00), 12);
      let state = EditorState.create({ doc: base });
      const local = new Mapping();
      const mine = letters(0x6e00);
      let typed = '';
      for (let i = 0; i < 4; i++) {
        const pos = Math.floor(random() * state.doc.content.size);
        if (!state.doc.resolve(pos).parent.inlineContent) continue;
        const letter = mine();
        typed += letter;
        const transaction = state.tr.insertText(letter, pos);
        local.appendMapping(transaction.mapping);
        state = state.apply(transaction);
      }
      const { doc } = merge(state, base, local, next);
      doc.check();
      const text = doc.textContent;
      expect([...typed].filter((letter) => !text.includes(letter))).toEqual([]);
      expect([...next.textContent].filter((letter) => !text.includes(letter))).toEqual([]);
      expect(text.length).toBe(typed.length + next.textContent.length);
    }),
    { numRuns: 300 },
  );
});
