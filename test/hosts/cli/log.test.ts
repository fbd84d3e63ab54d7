/** `limn log` on a board of a real store: what it tells, for whom, and what it finds wrong. */
import path from 'node:path';
import Libsql from 'libsql';
import { expect, test } from 'vitest';
import { runLog } from '#hosts/cli/log.ts';
import type { LogOptions } from '#hosts/cli/program.ts';
import { FakeNetwork, shape, startApp, temporaryProfile } from '#test/app/world.ts';

async function drawn() {
  const folder = temporaryProfile();
  const world = startApp(new FakeNetwork(), folder);
  const { id } = await world.client.call('boards.create', { name: 'Plan <1>' });
  let gesture = 0;
  const draw = async (intent: object): Promise<string> => {
    const intents = [intent] as never;
    const { rids } = await world.client.call('document.submit', { board: id, gesture: `g${++gesture}`, intents });
    return rids[0]?.[0] ?? '';
  };
  const rect = await draw({ do: 'add', parent: 'root', before: null, node: shape('rect', { x: '1' }) });
  await draw({ do: 'add', parent: 'root', before: null, node: shape('circle', {}) });
  await draw({ do: 'set', rid: rect, name: 'x', value: '2' });
  return { ...world, folder, id, rect };
}

async function log(app: Awaited<ReturnType<typeof drawn>>['app'], id: string, options: LogOptions) {
  const lines: string[] = [];
  await runLog(app.board(id), options, (line) => lines.push(line));
  return lines;
}

test('a line per stanza for people, objects or elements for programs, from an index on, of one node', async () => {
  const { app, id, rect } = await drawn();
  const lines = await log(app, id, {});
  expect(lines).toHaveLength(4);
  expect(lines[1]).toMatch(/^1  \d{4}-\d\d-\d\dT\S+Z  me  2 new$/);
  expect(lines[3]).toMatch(/  1 set$/);
  const objects = (await log(app, id, { json: true, since: 2 })).map((line) => JSON.parse(line) as { index: number });
  expect(objects.map(({ index }) => index)).toEqual([2, 3]);
  expect(objects[1]).toMatchObject({ author: 'me', sxe: expect.stringMatching(/\.\d+$/), edits: [{ kind: 'set' }] });
  const xml = await log(app, id, { xml: true });
  expect(xml[1]).toBe('<log xmlns="urn:x-limn:log:0" name="Plan &lt;1&gt;">');
  expect(xml).toHaveLength(7);
  expect(xml[2]).toContain('<state xmlns="urn:xmpp:sxe:0"><new ');
  expect(await log(app, id, { node: rect })).toHaveLength(2);
  await expect(log(app, id, { node: 'nobody' })).rejects.toThrow('No edit of this board concerns nobody');
});

test('replays it, and says what is wrong with it', async () => {
  const { app, id, folder, end } = await drawn();
  expect(await log(app, id, { verify: true })).toEqual(['4 entries, all sound: they lead to the board as it is.']);
  await end();
  const db = new Libsql(path.join(folder, 'limn.db'));
  db.exec('UPDATE log SET time = time + 1 WHERE idx = 1');
  db.close();
  const again = startApp(new FakeNetwork(), folder);
  const lines: string[] = [];
  const verified = runLog(again.app.board(id), { verify: true, json: true }, (line) => lines.push(line));
  await expect(verified).rejects.toThrow(/^The log is damaged: 1 entries can not be read/);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ ok: false, lost: 1 });
});

test('is exported through the API, too', async () => {
  const { client, id } = await drawn();
  const { fileName, content } = await client.call('history.export', { board: id, format: 'xml' });
  expect(fileName).toBe('Plan 1.xml');
  expect(content).toMatch(/^<\?xml[^]*<\/log>\n$/);
  const { content: lines } = await client.call('history.export', { board: id, format: 'jsonl', since: 3 });
  expect(lines.trim().split('\n')).toHaveLength(1);
});

test('leaves out what came before an index, after saying what that would be', async () => {
  const { app, id, folder, end, rect } = await drawn();
  const would = await log(app, id, { compact: 3, dryRun: true });
  expect(would[0]).toMatch(/^Would leave out 3 entries with \d+ edits, from \d{4}-\S+Z to \d{4}-\S+Z\.$/);
  expect(would[2]).toBe('The board could no longer be shown or restored as it was before index 3.');
  expect(await log(app, id, {})).toHaveLength(4);
  const [done] = await log(app, id, { compact: 3, json: true });
  expect(JSON.parse(done ?? '')).toMatchObject({ compacted: true, at: 3, entries: 3 });
  expect(await log(app, id, {})).toHaveLength(1);
  expect(await log(app, id, { verify: true })).toEqual(['1 entries, all sound: they lead to the board as it is.']);
  await expect(log(app, id, { compact: 2 })).rejects.toThrow('There is nothing to leave out before that time.');
  await end();
  const again = startApp(new FakeNetwork(), folder);
  expect(await log(again.app, id, { verify: true })).toHaveLength(1);
  expect(await log(again.app, id, { node: rect })).toHaveLength(1);
  const lines = await log(again.app, id, { json: true });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ index: 3, base: { folded: { entries: 3 } } });
});
