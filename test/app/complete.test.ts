/** Completed parts and refused edits, as people meet them through the API. */
import { describe, expect, test } from 'vitest';
import type { IntentInput } from '#api/contract.ts';
import { comeToRoom, pairInRoom, settle } from './room-pair.ts';
import { FakeNetwork, shape, startApp, temporaryProfile } from './world.ts';

async function person(net: FakeNetwork, name: string, folder?: string) {
  const guest = await comeToRoom(net, name, folder);
  const { app, client, id, call } = guest;
  const complete = (rid: string, on: boolean) => call('document.complete', { board: id, rid, on });
  const status = () => client.events.status.at(-1)?.complete;
  const value = (rid: string, name: string): string | undefined => {
    const { shown } = app.board(id).replica;
    return shown.get(shown.attribute(rid, '', name) ?? '')?.chdata;
  };
  return { ...guest, complete, status, value };
}
const pair = () => pairInRoom(person);

const setX = (rid: string, value: string): IntentInput => ({ do: 'set', rid, name: 'x', value });

describe('a completed part', () => {
  test('is complete for all, and for nobody to edit until an owner reopens it', async () => {
    const { room, ann, bob, rect } = await pair();
    await ann.complete(rect, true);
    await settle(room, ann, bob);
    for (const one of [ann, bob]) {
      expect(one.status()).toEqual({ whole: false, parts: [rect] });
      await expect(one.submit(setX(rect, '2'))).rejects.toMatchObject({
        code: 'refused',
        rule: { code: 'complete', detail: { part: rect } },
        message: 'This part is complete, so it stays as it is. An owner can reopen it.',
      });
    }
    await expect(bob.complete(rect, false)).rejects.toMatchObject({ rule: { code: 'not-owner' } });
    await expect(bob.complete('root', true)).rejects.toMatchObject({ rule: { code: 'not-owner' } });
    await ann.complete(rect, false);
    await settle(room, ann, bob);
    expect(bob.status()).toBeUndefined();
    await bob.submit(setX(rect, '2'));
    await settle(room, ann, bob);
    expect(ann.value(rect, 'x')).toBe('2');
  });

  test('wins over an edit that comes after it: that is dropped everywhere, and both are told', async () => {
    const { room, ann, bob, rect } = await pair();
    await ann.complete('root', true);
    await bob.submit(setX(rect, '2'));
    await bob.submit(setX(rect, '3'));
    expect(bob.value(rect, 'x')).toBe('3');
    await settle(room, ann, bob);
    expect([ann.value(rect, 'x'), bob.value(rect, 'x')]).toEqual(['1', '1']);
    expect(ann.app.board(ann.id).replica.digest()).toBe(bob.app.board(bob.id).replica.digest());
    expect(bob.app.board(bob.id).replica.pending()).toEqual([]);
    const [told] = bob.client.events.voided;
    expect(told).toMatchObject({ board: bob.id, count: 1, edits: [{ kind: 'set', rule: { code: 'complete' } }] });
    expect(told?.by).toBeUndefined();
    expect(ann.client.events.voided[0]?.by).toBe(
      ann.client.events.people.at(-1)?.people.find(({ name }) => name === 'bob')?.id,
    );
    expect(bob.status()).toMatchObject({ whole: true });
  });

  test('loses to an edit that comes before it', async () => {
    const { room, ann, bob, rect } = await pair();
    await bob.submit(setX(rect, '2'));
    await ann.complete(rect, true);
    await settle(room, ann, bob);
    expect([ann.value(rect, 'x'), bob.value(rect, 'x')]).toEqual(['2', '2']);
    expect(bob.client.events.voided).toEqual([]);
  });

  test('travels with the document: to who comes late, over a restart, into a file with identities and no other', async () => {
    const { net, room, ann, bob, rect } = await pair();
    await ann.complete(rect, true);
    await settle(room, ann, bob);
    const eve = await person(net, 'eve');
    await settle(room, ann, bob, eve);
    expect(eve.app.board(eve.id).replica.completed()).toEqual([rect]);
    await expect(eve.submit(setX(rect, '2'))).rejects.toMatchObject({ rule: { code: 'complete' } });
    const board = ann.app.board(ann.id);
    expect(board.svg()).not.toContain('complete');
    const file = board.svg({ identities: true });
    expect(file).toContain('urn:x-limn:complete:0');
    const { board: copy } = await ann.client.call('boards.import', { name: 'copy', svg: file });
    expect((await ann.client.open(copy.id)).status.complete?.parts).toHaveLength(1);
    const pasted = await ann.client.call('document.clean', { svg: file });
    expect(JSON.stringify(pasted.nodes)).not.toContain('limn-complete:complete');
  });

  test('on a board of my own is mine to declare, and undo leaves it alone', async () => {
    const world = startApp(new FakeNetwork(), temporaryProfile(), true);
    const { id } = await world.client.call('boards.create', {});
    await world.client.open(id);
    const submit = (gesture: string, ...intents: IntentInput[]) =>
      world.client.call('document.submit', { board: id, gesture, intents });
    const { rids } = await submit('a', { do: 'add', parent: 'root', before: null, node: shape('rect', { x: '1' }) });
    await submit('b', setX(rids[0]?.[0] ?? '', '2'));
    await world.client.call('document.complete', { board: id, rid: 'root', on: true });
    await expect(world.client.call('boards.rename', { board: id, name: 'Still mine' })).resolves.toBeUndefined();
    await world.client.call('document.undo', { board: id });
    await world.client.call('document.redo', { board: id });
    await world.client.call('document.complete', { board: id, rid: 'root', on: true });
    await world.client.call('document.undo', { board: id });
    await world.client.call('document.undo', { board: id }).catch(() => undefined);
    await expect(world.client.call('document.complete', { board: id, rid: 'nobody', on: true })).rejects.toMatchObject({
      code: 'refused',
    });
  });
});

describe('an edit that SVG does not allow', () => {
  test('is refused with a sentence and the rule, before anything is shown', async () => {
    const { bob, rect } = await pair();
    const before = bob.app.board(bob.id).svg();
    await expect(
      bob.submit(setX(rect, '9'), { do: 'add', parent: rect, before: null, node: shape('circle', { r: '2' }) }),
    ).rejects.toMatchObject({
      code: 'refused',
      rule: { code: 'child', detail: { parent: 'rect', element: 'circle' } },
      message: '“circle” can’t stand inside “rect”. Put it beside it, or into a group.',
    });
    expect(bob.app.board(bob.id).svg()).toBe(before);
  });

  test('is taken out of what is pasted, and said', async () => {
    const { ann, rect } = await pair();
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><g r="1">w<rect x="NaN" y="2"/><stop/></g><g>w</g></svg>';
    const { nodes, removed } = await ann.client.call('document.clean', { svg });
    expect(removed).toEqual([
      '“g” has no attribute “r”. Leave it out, or choose another.',
      '2 times: “g” can’t hold words. Put them into a text element.',
      '“NaN” is no value for “x”. Write a number, with a unit if need be.',
      '“stop” can’t stand inside “g”. Put it beside it, or into a group.',
    ]);
    await ann.submit(...nodes.map((node) => ({ do: 'add', parent: 'root', before: rect, node }) as const));
    expect(ann.app.board(ann.id).svg()).toContain('<rect y="2"/>');
  });

  test('comes in with a file, and is no hindrance to what is done beside it', async () => {
    const world = startApp(new FakeNetwork(), temporaryProfile(), true);
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="5" height="5">words</rect></svg>';
    const { board } = await world.client.call('boards.import', { name: 'odd', svg });
    await world.client.open(board.id);
    const { replica } = world.app.board(board.id);
    const rect = replica.shown.children(replica.shown.root() ?? '')[0] ?? '';
    await world.client.call('document.submit', { board: board.id, gesture: 'g', intents: [setX(rect, '4')] });
    const file = await world.client.call('boards.export', { board: board.id, format: 'svg' });
    expect(file.content).toContain('words');
    expect(file.content).toContain('x="4"');
  });
});
