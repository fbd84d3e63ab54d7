/** `limn related` on a board of a real store. */
import { expect, test } from 'vitest';
import type { RelatedOptions } from '#hosts/cli/program.ts';
import { runRelated } from '#hosts/cli/related.ts';
import { FakeNetwork, startApp, temporaryProfile } from '#test/app/world.ts';

const NEXT = 'xmpp:next@muc.example.org?join';

test('lists, adds and takes off, for people and for programs, and stays', async () => {
  const folder = temporaryProfile();
  const { app, client, end } = startApp(new FakeNetwork(), folder);
  const { id } = await client.call('boards.create', { name: 'Plan' });
  let gesture = 0;
  const related = (options: RelatedOptions): string[] => {
    const lines: string[] = [];
    runRelated(app.board(id), options, `g${++gesture}`, (line) => lines.push(line));
    return lines;
  };
  expect(related({})).toEqual([]);
  expect(related({ add: NEXT, title: 'Next steps' })).toEqual([`${NEXT}  Next steps`]);
  expect(related({ add: 'https://example.org/' })).toEqual([`${NEXT}  Next steps`, 'https://example.org/']);
  expect(related({ json: true }).map((line) => JSON.parse(line) as unknown)).toEqual([
    { address: NEXT, title: 'Next steps' },
    { address: 'https://example.org/', title: '' },
  ]);
  expect(related({ remove: 'https://example.org/' })).toEqual([`${NEXT}  Next steps`]);
  expect(() => related({ remove: 'https://example.org/' })).toThrow('is not on the list');
  expect(() => related({ add: 'javascript:x' })).toThrow('no address');
  await end();
  const again = startApp(new FakeNetwork(), folder);
  expect(again.app.board(id).svg()).toContain(NEXT);
});
