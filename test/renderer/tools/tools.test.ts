import { describe, expect, test } from 'vitest';
import type { IntentInput, NodeInput } from '#api/contract.ts';
import { DEFAULT_STYLE } from '#renderer/board/style.ts';
import { createTools } from '#renderer/tools/registry.ts';
import type { Tool, ToolBoard, ToolEvent } from '#renderer/tools/tool.ts';

interface Log {
  added: { gesture: string; node: NodeInput }[];
  submitted: { gesture: string; intents: IntentInput[] }[];
  calls: string[];
}

/** A board that writes down what tools ask for; `at` says what lies where. */
function fakeBoard(
  at: (x: number, y: number) => string | undefined = () => undefined,
  canEdit = true,
): ToolBoard & Log {
  const log: Log = { added: [], submitted: [], calls: [] };
  let selection: readonly string[] = [];
  const note =
    (name: string) =>
    (...args: unknown[]): void => {
      log.calls.push(args[0] === null ? `${name} null` : name);
    };
  return {
    ...log,
    zoom: 1,
    style: DEFAULT_STYLE,
    canEdit,
    get selection() {
      return selection;
    },
    select(rids) {
      selection = rids;
    },
    hit: (p) => at(p.x, p.y),
    linked: (p) => (at(p.x, p.y)?.startsWith('link') ? at(p.x, p.y) : undefined),
    follow: (link) => log.calls.push(`follow ${link}`),
    within: () => ['in'],
    enter: note('enter'),
    name: (rid) => (rid.startsWith('text') ? 'text' : 'rect'),
    frame: () => null,
    grip: () => null,
    marquee: note('marquee'),
    mark: note('mark'),
    draft: note('draft'),
    ink: note('ink'),
    drag: note('drag'),
    commitDrag: (gesture) => log.calls.push(`commit ${gesture}`),
    add: (gesture, node) => log.added.push({ gesture, node }),
    submit: (gesture, intents) => log.submitted.push({ gesture, intents }),
    live: note('live'),
    laser: () => undefined,
    region: () => undefined,
    pan: note('pan'),
    editText: note('editText'),
    pickImage: note('pickImage'),
    cursor: note('cursor'),
    done: note('done'),
  };
}
const event = (x: number, y: number, more: Partial<ToolEvent> = {}): ToolEvent => ({
  point: { x, y },
  client: { x, y },
  shift: false,
  alt: false,
  ctrl: false,
  clicks: 1,
  samples: [{ x, y }],
  touch: false,
  ...more,
});
function stroke(tool: Tool, board: ToolBoard, ...points: [number, number][]): void {
  points.forEach(([x, y], i) => (i === 0 ? tool.down(event(x, y), board) : tool.move(event(x, y), board)));
  const [x, y] = points.at(-1) ?? [0, 0];
  tool.up(event(x, y), board);
}

describe.each(['rectangle', 'ellipse', 'line', 'arrow'] as const)('%s', (id) => {
  test('a drag adds one shape and is done; a click, an Escape and a viewer add none', () => {
    const board = fakeBoard();
    stroke(createTools()[id], board, [0, 0], [50, 40]);
    expect(board.added.map((a) => a.gesture)).toEqual([id]);
    expect(board.calls.at(-1)).toBe('done');
    const none = fakeBoard();
    const tool = createTools()[id];
    stroke(tool, none, [0, 0], [1, 1]);
    tool.down(event(0, 0), none);
    tool.move(event(90, 90), none);
    expect(tool.cancel(none)).toBe(true);
    tool.up(event(90, 90), none);
    expect(tool.cancel(none)).toBe(false);
    const viewer = fakeBoard(() => undefined, false);
    stroke(createTools()[id], viewer, [0, 0], [50, 40]);
    expect([...none.added, ...viewer.added]).toEqual([]);
  });
});

test('a pen stroke is one plain path of the style, without pressure and without a fill', () => {
  const board = fakeBoard();
  stroke(createTools().pen, board, [0, 0], [10, 5], [20, 0]);
  expect(board.added).toHaveLength(1);
  const attrs = Object.fromEntries((board.added[0]?.node.attrs ?? []).map((a) => [a.name, a.value]));
  expect(attrs).toMatchObject({ fill: 'none', stroke: '#1d1f24', 'stroke-width': '2', 'stroke-linecap': 'round' });
  expect(attrs.d).toMatch(/^M0 0c/);
});

test('the eraser looks along a quick stroke and removes each shape once', () => {
  const board = fakeBoard((x) => (x > 40 && x < 60 ? 'thin' : undefined));
  stroke(createTools().eraser, board, [0, 0], [100, 0], [0, 0]);
  expect(board.submitted).toEqual([{ gesture: 'eraser', intents: [{ do: 'remove', rid: 'thin' }] }]);
});

test('select: press selects, drag moves, an empty drag is a marquee, Escape undoes it', () => {
  const board = fakeBoard((x) => (x < 10 ? 'a' : undefined));
  const { select } = createTools();
  stroke(select, board, [5, 5], [50, 5]);
  expect(board.selection).toEqual(['a']);
  expect(board.calls).toContain('commit move');
  select.down(event(100, 100), board);
  select.move(event(150, 150), board);
  expect(board.selection).toEqual(['in']);
  expect(select.cancel(board)).toBe(true);
  expect(board.selection).toEqual([]);
});

test('select: a double click edits a text on release; a viewer selects but neither moves nor edits', () => {
  const board = fakeBoard(() => 'text1');
  const { select } = createTools();
  stroke(select, board, [5, 5]);
  select.down(event(5, 5, { clicks: 2 }), board);
  expect(board.calls).not.toContain('editText');
  select.up(event(5, 5, { clicks: 2 }), board);
  expect(board.calls).toContain('editText');
  const viewer = fakeBoard(() => 'text1', false);
  const other = createTools().select;
  stroke(other, viewer, [5, 5], [60, 60]);
  other.down(event(5, 5, { clicks: 2 }), viewer);
  other.up(event(5, 5, { clicks: 2 }), viewer);
  expect(viewer.calls.filter((c) => c === 'editText' || c.startsWith('commit'))).toEqual([]);
});

test('select: a link is followed with Control, and by a plain press where nothing can be changed', () => {
  const board = fakeBoard((x) => (x < 10 ? 'link1' : 'rect'));
  const { select } = createTools();
  select.down(event(5, 5), board);
  select.up(event(5, 5), board);
  select.down(event(50, 5, { ctrl: true }), board);
  select.up(event(50, 5, { ctrl: true }), board);
  expect(board.calls.filter((call) => call.startsWith('follow'))).toEqual([]);
  select.down(event(5, 5, { ctrl: true }), board);
  select.up(event(5, 5, { ctrl: true }), board);
  expect(board.calls).toContain('follow link1');
  const viewer = fakeBoard(() => 'link2', false);
  select.down(event(5, 5), viewer);
  select.up(event(5, 5), viewer);
  expect(viewer.calls).toContain('follow link2');
});
