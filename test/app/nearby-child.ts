/**
 * A person on the local network as a process that a test kills. `host PROFILE NAME` offers a board of that name, lets everybody in and
 * draws without end; `guest PROFILE NAME` goes to it, draws ten rectangles, and ten more once it hosts; `back PROFILE BOARD` opens a board that was shared.
 * Prints `board ID`, `drawn X` for each rectangle, and, five times a second, `state JSON`. Draws no more after SIGUSR2.
 */
import type { App } from '#app/app.ts';
import { composeApp } from '#hosts/compose.ts';
import { shape } from './shape.ts';

process.env['LIMN_NEARBY'] ??= 'loopback';
const [mode = '', profile = '', name = ''] = process.argv.slice(2);
const { app } = composeApp({ host: 'web', profile });
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const call: App['call'] = (...params) => app.call(...params);

let came: (id: string) => void = () => undefined;
const offered = new Promise<string>((resolve) => (came = resolve));
app.connected('me', (event, data) => {
  if (event !== 'nearby' || !('questions' in data)) return;
  for (const { id } of data.questions) void call('me', 'nearby.answer', { id, same: true });
  const found = data.boards.find((board) => board.name === name);
  if (found) came(found.id);
});

async function arrive(): Promise<string> {
  if (mode === 'back') return name;
  await call('me', 'settings.set', { key: 'nick', value: mode });
  if (mode === 'host') {
    const { id } = (await call('me', 'boards.create', { name })) as { id: string };
    await call('me', 'nearby.share', { board: id });
    return id;
  }
  await call('me', 'nearby.turn', { on: true });
  const { id } = (await call('me', 'nearby.join', { id: await offered })) as { id: string };
  return id;
}

const id = await arrive();
await call('me', 'boards.open', { board: id });
say(`board ${id}`);
const board = app.board(id);
let n = 0;
let idle = mode === 'back';
process.on('SIGUSR2', () => {
  idle = true;
});
setInterval(() => {
  const owner = board.people()[0]?.role === 'owner' && board.status().connection === 'online';
  if (idle || board.tree() === null || (mode === 'guest' && n === (owner ? 20 : 10))) return;
  n += 1;
  const x = String(mode === 'guest' ? 100_000 + n : n);
  const intent = { do: 'add', parent: 'root', before: null, node: shape('rect', { x }) };
  const drawing = call('me', 'document.submit', { board: id, gesture: x, intents: [intent] });
  void drawing.then(() => say(`drawn ${x}`));
}, 20);
setInterval(() => {
  const { connection, waiting } = board.status();
  const svg = board.svg();
  const people = board.people().map(({ name: nick, role }) => `${nick} ${role}`);
  const rects = [...svg.matchAll(/<rect x="(\d+)"/g)].map(([, x]) => x);
  say(`state ${JSON.stringify({ connection, waiting, people, rects, digest: board.replica.digest() })}`);
}, 200);
