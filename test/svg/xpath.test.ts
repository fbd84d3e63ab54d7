import { parseSvg } from '#svg/parse.ts';
import { select } from '#svg/xpath.ts';
import { treeView } from '#test/support/tree-view.ts';
import { describe, expect, test } from 'vitest';

const parsed = parseSvg(
  `<!-- top --><svg xmlns="http://www.w3.org/2000/svg" xmlns:x="urn:x"><g id="a"><rect fill="red" width="2"/><text>Hi <tspan>there</tspan></text></g><rect x:k="1" width="3"/><?note me?></svg>`,
);
const view = treeView(parsed.ok ? parsed.nodes : []);
const names = (expression: string): (string | undefined)[] | string => {
  const found = select(view, expression, { x: 'urn:x' });
  if (!found.ok) return found.reason;
  return 'rids' in found
    ? found.rids.map((rid) => view.get(rid)?.name ?? view.get(rid)?.chdata ?? view.get(rid)?.pitarget)
    : String(found.value);
};

describe('select', () => {
  test.each([
    ['//svg:rect', ['rect', 'rect']],
    ["//svg:rect[@fill='red']/..", ['g']],
    ['//@width', ['width', 'width']],
    ['//@x:k', ['x:k']],
    ['//svg:text//text()', ['Hi ', 'there']],
    ['//svg:tspan | //svg:g', ['g', 'tspan']],
    ['/comment()', [' top ']],
    ['//processing-instruction()', ['note']],
    ['//rect', []],
    ['count(//svg:rect)', '2'],
    ['sum(//@width)', '5'],
    ['string(//svg:text)', 'Hi there'],
    ['boolean(//svg:circle)', 'false'],
  ])('%s', (expression, expected) => {
    expect(names(expression)).toEqual(expected);
  });

  test.each(['//', '//[', 'nothing()', '//unknown:rect', 'x'.repeat(20_000)])(
    '%.10s is refused with a sentence',
    (expression) => {
      expect(select(view, expression)).toMatchObject({ ok: false, reason: expect.stringMatching(/try again\.$/) });
    },
  );

  test('records that no DOM takes are passed over', () => {
    const odd = treeView(parsed.ok ? parsed.nodes : []);
    const root = odd.root() ?? '';
    for (const name of ['', ':', 'a b', 'xmlns:q', 'xml:q', 'q:r', '<']) {
      odd.put({ type: 'element', parent: root, name });
      odd.put({ type: 'attr', parent: root, name, chdata: '\u0000' });
      odd.put({ type: 'processinginstruction', parent: root, pitarget: name });
    }
    expect(select(odd, 'count(//svg:rect)')).toEqual({ ok: true, value: 2 });
  });
});
