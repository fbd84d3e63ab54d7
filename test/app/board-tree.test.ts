import { expect, test } from 'vitest';
import { boardTree } from '#app/board-tree.ts';
import { exportSvg } from '#app/svg-files.ts';
import { drawableTree } from '#svg/view.ts';
import type { Edit } from '#core/types.ts';
import { replica, withRoot } from '#test/support/document.ts';

test('a tower of 20,000 groups that a peer sent is recorded, stored, and read no deeper than programs can', () => {
  const one = withRoot('r');
  const root = one.shown.root() as string;
  const groups = 20_000;
  const edits = Array.from(
    { length: groups },
    (_, i): Edit => ({
      kind: 'new',
      rid: `h${i}`,
      type: 'element',
      parent: i === 0 ? root : `h${i - 1}`,
      primaryWeight: 0,
      name: 'g',
    }),
  );
  one.receive({ author: 'h', id: { prefix: 'h', n: 1 }, edits, time: 0 });
  const again = replica('z', { state: JSON.parse(JSON.stringify(one.state())) });
  expect(again.digest()).toBe(one.digest());
  expect(again.state().records).toHaveLength(groups + 1);
  expect(JSON.stringify(boardTree(again.shown, root)).split('"g"')).toHaveLength(1000);
  expect(JSON.stringify(drawableTree(again.shown, root)).split('"g"').length).toBeLessThan(300);
  expect(exportSvg(again).split('<g').length).toBeLessThan(300);
  expect(one.submit([{ do: 'remove', rid: 'h0' }], 'g').ok && one.undo().ok).toBe(true);
});
