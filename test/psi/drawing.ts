/** What the two people do with a board that they share, and how it shows at both ends. */
import { expect } from 'vitest';
import type { IntentInput, NodeInput } from '#api/contract.ts';
import type { SignedIn } from '#test/app/signed-in.ts';
import { shape } from '#test/app/world.ts';
import { type Meeting, same } from './meeting.ts';

const PATIENCE_MS = 30_000;

const square = (x: number, y: number, fill: string): NodeInput =>
  shape('rect', { x: `${x}`, y: `${y}`, width: '80', height: '80', fill });
const add = (node: NodeInput): IntentInput => ({ do: 'add', parent: 'root', before: null, node });

/** Limn draws, recolours, moves, groups, takes back and erases; after each, Psi's screen shows it, and at the end both have the same. */
export async function limnDraws({ psi, ...met }: Meeting, limn: SignedIn, board: string): Promise<void> {
  let gestures = 0;
  const draw = async (...intents: IntentInput[]): Promise<string> => {
    const gesture = `${(gestures += 1)}`;
    const { rids } = await limn.client.call('document.submit', { board, gesture, intents });
    return rids.flat()[0] ?? '';
  };
  let whole = 0;
  /** How much of two squares, of which each is one, is on the screen. */
  const shown = (...expected: readonly (readonly [colour: string, share: number])[]): Promise<void> =>
    expect
      .poll(
        async () => {
          const counts = await Promise.all(expected.map(([colour]) => psi.pixels(colour)));
          return counts.map((count) => Math.round((count / whole) * 10) / 10);
        },
        { timeout: PATIENCE_MS },
      )
      .toEqual(expected.map(([, share]) => share));

  const red = await draw(add(square(40, 40, '#d4145a')));
  await expect.poll(() => psi.pixels('#d4145a'), { timeout: PATIENCE_MS }).toBeGreaterThan(5000);
  whole = await psi.pixels('#d4145a');
  const green = await draw(add(square(160, 40, '#14d45a')));
  await shown(['#14d45a', 1]);
  await draw({ do: 'set', rid: red, name: 'fill', value: '#5a14d4' });
  await shown(['#d4145a', 0], ['#5a14d4', 1]);
  await draw({ do: 'set', rid: red, name: 'transform', value: 'matrix(1 0 0 1 80 0)' });
  // Half of it lies under the green one.
  await shown(['#5a14d4', 0.5], ['#14d45a', 1]);
  const group = await draw(add(shape('g', { id: `both-${board}` })));
  await draw(
    { do: 'move', rid: red, parent: group, before: null },
    { do: 'move', rid: green, parent: group, before: red },
  );
  // The group has them the other way round.
  await shown(['#5a14d4', 1], ['#14d45a', 0.5]);
  // Back to the very places they were made at, which Psi would not show.
  await limn.client.call('document.undo', { board });
  await shown(['#5a14d4', 0.5], ['#14d45a', 1]);
  await draw({ do: 'remove', rid: green });
  await shown(['#5a14d4', 1], ['#14d45a', 0]);
  await same({ psi, ...met }, limn, board);
}

/** Psi's person draws, moves, groups, ungroups and erases: what its menus offer. Limn has all of it. */
export async function psiDraws(met: Meeting, limn: SignedIn, board: string): Promise<void> {
  const { psi } = met;
  const view = () => limn.app.board(board).svg();
  const until = (what: RegExp): Promise<void> => expect.poll(view, { timeout: PATIENCE_MS }).toMatch(what);
  await psi.tool('draw');
  await psi.pen('#ff8000');
  await psi.drag([
    [40, 200],
    [120, 200],
    [200, 200],
  ]);
  await until(/<path [^>]*stroke="#ff8000"/);
  await psi.pen('#0080ff');
  await psi.drag([
    [40, 240],
    [120, 240],
    [200, 240],
  ]);
  await until(/<path [^>]*stroke="#0080ff"/);

  await psi.tool('translate');
  await psi.drag([
    [100, 240],
    [100, 240],
  ]);
  await psi.drag([
    [100, 240],
    [110, 250],
    [120, 260],
  ]);
  // By how much hangs on how large the window shows the document.
  await until(/<path (?=[^>]*stroke="#0080ff")[^>]*transform="matrix\(1 0 0 1 \d/);

  await psi.tool('select');
  await psi.drag([
    [20, 180],
    [150, 250],
    [260, 290],
  ]);
  await psi.choose('group', [100, 200]);
  await until(/<g [^>]*>(<path [^>]*\/>){2}<\/g>/);
  await same(met, limn, board);
  await psi.drag([[100, 200]]);
  await psi.choose('ungroup', [100, 200]);
  await expect.poll(view, { timeout: PATIENCE_MS }).not.toMatch(/<g [^>/]*><path/);
  await same(met, limn, board);

  await psi.tool('erase');
  await psi.drag([
    [100, 180],
    [100, 195],
    [100, 200],
    [100, 205],
  ]);
  await expect.poll(view, { timeout: PATIENCE_MS }).not.toContain('#ff8000');
  await same(met, limn, board);
}
