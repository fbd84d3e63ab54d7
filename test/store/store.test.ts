import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import Libsql from 'libsql';
import { describe, expect, test } from 'vitest';
import { createReplica } from '#core/replica.ts';
import type { Edit, NodeRecord } from '#core/types.ts';
import { openStore } from '#store/open-store.ts';
import { board, entry, manualClock, pendingStanza, state, temporaryFolder } from './fixtures.ts';

function open(file = path.join(temporaryFolder(), 'profile', 'limn.db')) {
  const clock = manualClock();
  const store = openStore(file, { clock });
  return { file, clock, ...store };
}

describe('a board', () => {
  test('comes back as it was: meta, snapshot, the log after it, the outbox in order', () => {
    const { file, boards } = open();
    const meta = { ...board('b1', 'Plan'), room: { jid: 'r@muc', nick: 'me', account: 'me@x', session: 's' } };
    boards.put(meta);
    boards.append('b1', [entry(1), entry(2)]);
    boards.snapshot('b1', state(2));
    boards.append('b1', [entry(3, 'Ω\u0001\n\t "quotes" 𐍈')]);
    boards.setPending('b1', [pendingStanza(2), pendingStanza(3)]);
    boards.setPending('b1', [pendingStanza(1), pendingStanza(2), pendingStanza(3, 'changed')]);
    const before = boards.load('b1');
    boards.close();
    const again = open(file).boards;
    expect(again.list()).toEqual([meta]);
    expect(again.load('b1')).toEqual(before);
    expect(before).toEqual({
      state: state(2),
      log: [entry(3, 'Ω\u0001\n\t "quotes" 𐍈')],
      pending: [pendingStanza(1), pendingStanza(2), pendingStanza(3, 'changed')],
      damage: [],
    });
    expect([...again.log('b1')].map(({ place }) => place.seq)).toEqual([1, 2, 3]);
    expect([...again.log('b1', 2)].map(({ place }) => place.seq)).toEqual([3]);
    again.close();
  });

  test('that an earlier Limn saved as JSON opens, and is bytes from then on', () => {
    const { file, boards } = open();
    boards.put(board('b1'));
    boards.append('b1', [entry(1)]);
    boards.close();
    const { columns: _, ...about } = state(1);
    const records: NodeRecord[] = [
      {
        rid: 'r',
        type: 'element',
        version: 0,
        parent: '',
        primaryWeight: 0,
        ns: 'http://www.w3.org/2000/svg',
        name: 'svg',
      },
      {
        rid: 'a.1',
        type: 'attr',
        version: 1,
        parent: 'r',
        primaryWeight: 0,
        name: 'x',
        chdata: 'value 1',
        chdataVersion: 1,
      },
    ];
    const old = JSON.stringify({ ...about, records });
    const sum = createHash('sha256')
      .update(JSON.stringify(['b1', 1, old]))
      .digest('hex')
      .slice(0, 16);
    const db = new Libsql(file);
    db.prepare('INSERT INTO snapshots (board, idx, state, sum) VALUES (?, ?, ?, ?)').run('b1', 1, old, sum);
    db.exec('DROP TABLE bases; DROP TABLE folded; PRAGMA user_version = 4');
    db.close();
    const again = open(file).boards;
    const { state: loaded, damage } = again.load('b1');
    expect(damage).toEqual([]);
    expect(loaded).toEqual({ ...about, records });
    const replica = createReplica({ prefix: 'p', author: 'a', now: () => 0, state: loaded });
    expect(replica.state().records).toEqual(records);
    again.snapshot('b1', replica.saved());
    again.close();
    const last = open(file).boards;
    expect([...last.history('b1')].flatMap((item) => (item.kind === 'snapshot' ? [item.state()] : []))).toEqual([
      { ...about, records },
      replica.saved(),
    ]);
    const { state: newest } = last.load('b1');
    expect(newest).toEqual(replica.saved());
    expect(createReplica({ prefix: 'p', author: 'a', now: () => 0, state: newest }).state()).toEqual(replica.state());
    last.close();
  });

  test('has what joined a stanza of its outbox that was written before, as the replica goes on in the same arrays', () => {
    const { file, boards } = open();
    boards.put(board('b1'));
    const pending = [pendingStanza(1)];
    const edits = pending[0]?.edits as Edit[];
    boards.setPending('b1', pending);
    void boards.flushed();
    edits.push({ kind: 'remove', rid: 'a.2' });
    boards.setPending('b1', pending);
    void boards.flushed();
    edits[0] = { kind: 'remove', rid: 'a.1' };
    boards.setPending('b1', pending);
    boards.close();
    const again = open(file).boards;
    expect(again.load('b1').pending).toEqual([{ ...pendingStanza(1), edits }]);
    again.close();
  });

  test('that is removed leaves nothing, and its id can be used again', () => {
    const { boards } = open();
    boards.put(board('b1'));
    boards.append('b1', [entry(1)]);
    boards.setPending('b1', [pendingStanza(1)]);
    boards.snapshot('b1', state(1));
    void boards.flushed();
    boards.remove('b1');
    expect(boards.load('b1')).toEqual({ state: undefined, log: [], pending: [], damage: [] });
    boards.put(board('b1', 'second'));
    boards.append('b1', [entry(9)]);
    void boards.flushed();
    expect([...boards.log('b1')]).toEqual([entry(9)]);
    boards.close();
  });

  test('has its log read in pages, in order', () => {
    const { boards } = open();
    const entries = Array.from({ length: 1203 }, (_, n) => entry(n + 1));
    boards.append('b1', entries);
    void boards.flushed();
    expect([...boards.log('b1')]).toEqual(entries);
    boards.close();
  });
});

test('a write is on disk 20 ms later, and "dirty" says so meanwhile', () => {
  const { boards, clock } = open();
  const seen: boolean[] = [];
  boards.onDirty((dirty) => seen.push(dirty));
  boards.append('b1', [entry(1)]);
  boards.append('b1', [entry(2)]);
  expect(seen).toEqual([true]);
  clock.advance(19);
  expect(seen).toEqual([true]);
  clock.advance(1);
  expect(seen).toEqual([true, false]);
  boards.close();
});

test('settings come back, and null removes one', () => {
  const { file, boards, settings } = open();
  settings.set('a', 'x');
  settings.set('b', 'y');
  expect(settings.get('a')).toBe('x');
  settings.set('b', null);
  expect(settings.get('b')).toBeNull();
  boards.close();
  const again = open(file);
  expect([again.settings.get('a'), again.settings.get('b'), again.settings.get('c')]).toEqual(['x', null, null]);
  again.boards.close();
});

test('the profile is readable by its owner alone', () => {
  const { file, boards } = open();
  boards.append('b1', [entry(1)]);
  void boards.flushed();
  const folder = path.dirname(file);
  expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
  const modes = readdirSync(folder).map((name) => [name, (statSync(path.join(folder, name)).mode & 0o777).toString(8)]);
  expect(modes.length).toBeGreaterThan(1);
  expect(modes).toEqual(modes.map(([name]) => [name, '600']));
  boards.close();
});

test('a profile that a newer Limn wrote is left alone, with a sentence', async () => {
  const { file, boards } = open();
  boards.close();
  const { default: Libsql } = await import('libsql');
  const db = new Libsql(file);
  db.exec('PRAGMA user_version = 999');
  db.close();
  expect(() => open(file)).toThrowError(
    expect.objectContaining({ code: 'newer', message: expect.stringContaining('Update Limn') }),
  );
});

describe('associations', () => {
  test('come back in order, are replaced, dissolved, and go with either document', () => {
    const { file, boards } = open();
    boards.put(board('b1'));
    boards.put({ ...board('b1-notes'), kind: 'xhtml' });
    boards.associate({ source: 'b1', kind: 'notes', target: 'b1-notes', title: 'Plan' });
    boards.associate({ source: 'b1', kind: 'related', target: 'xmpp:r@muc?join', title: 'Other' });
    boards.associate({ source: 'b1', kind: 'related', target: 'b2', title: 'Second' });
    boards.associate({ source: 'b2', kind: 'related', target: 'b1', title: 'First' });
    boards.dissociate({ source: 'b1', kind: 'related', target: 'xmpp:r@muc?join' });
    boards.associate({ source: 'b1', kind: 'notes', target: 'b1-notes', title: 'Plan B' });
    boards.close();
    const second = open(file).boards;
    expect(second.get('b1-notes')?.kind).toBe('xhtml');
    expect(second.associations('b1')).toEqual([
      { source: 'b1', kind: 'notes', target: 'b1-notes', title: 'Plan B' },
      { source: 'b1', kind: 'related', target: 'b2', title: 'Second' },
    ]);
    second.remove('b1');
    second.close();
    const third = open(file).boards;
    expect(third.associations('b1')).toEqual([]);
    expect(third.associations('b2')).toEqual([]);
    third.close();
  });
});
