/** A host on the local network that a test kills: `PROFILE NAME` offers a board of that name, lets everybody in, draws without end, and
 *  prints `drawn X` for each rectangle. */
import { composeApp } from '#hosts/compose.ts';
import { shape } from './shape.ts';

process.env['LIMN_NEARBY'] = 'loopback';
const [profile = '', name = ''] = process.argv.slice(2);
const { app } = composeApp({ host: 'web', profile });

app.connected('host', (event, data) => {
  if (event !== 'nearby' || !('questions' in data)) return;
  for (const { id } of data.questions) void app.call('host', 'nearby.answer', { id, same: true });
});
await app.call('host', 'settings.set', { key: 'nick', value: 'Host' });
const { id } = (await app.call('host', 'boards.create', { name })) as { id: string };
await app.call('host', 'boards.open', { board: id });
await app.call('host', 'nearby.share', { board: id });
process.stdout.write(`board ${id}\n`);

let n = 0;
setInterval(() => {
  n += 1;
  const x = String(n);
  const intent = { do: 'add', parent: 'root', before: null, node: shape('rect', { x }) };
  void app
    .call('host', 'document.submit', { board: id, gesture: x, intents: [intent] })
    .then(() => process.stdout.write(`drawn ${x}\n`));
}, 20);
