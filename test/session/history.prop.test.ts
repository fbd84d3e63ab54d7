/** What is told of the past when boards meet: nothing is lost of it, nothing is in it twice, and it leads to what stands. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { History } from '#core/history.ts';
import { writeColumns } from '#core/columns.ts';
import { BaseLayer } from '#core/layer.ts';
import { load } from '#core/state.ts';
import type { Base, Gap, HistoryItem } from '#core/history-port.ts';
import type { Jump } from '#core/replica-port.ts';
import { type LogFormat, logFile } from '#session/log-file.ts';
import { parseBase, parseEntry, parseJump, type PlainBase } from '#xmpp/limn-log.ts';
import { childElements } from '#xmpp/xml-text.ts';
import { readElement } from '#test/xmpp/elements.ts';
import { outline } from '#test/support/document.ts';
import { TestNetwork } from '#test/support/network.ts';
import { checkAsync } from '#test/support/property.ts';
import { difference, elements, Person, ROOM, SESSION, value } from './person.ts';
import { type Command, commands, playAll, reunite } from './schedule.ts';

const seeds = fc.integer();

function historyOf(person: Person): History {
  const history = new History((from, to) => person.items(from, to).filter(({ index }) => index < to), { block: 5 });
  for (const item of person.items()) history.add(item);
  return history;
}

function goTo(history: History, position: number): Gap | undefined {
  const steps = history.seek(position);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value.gap;
  }
}

/** A base that was exported, as a store keeps it. */
function saved({ state: { records, ...state }, ...base }: PlainBase): Base {
  const layer = new BaseLayer(() => {});
  load(layer, records);
  return { ...base, state: { ...state, columns: writeColumns(layer) } };
}

/** The items of a log that was exported. */
function read(file: string, format: LogFormat): HistoryItem[] {
  let nth = 0;
  const jumpItem = ({ index, jump }: { index: number; jump: Jump }): HistoryItem => {
    return { kind: 'jump', index, nth: nth++, jump: () => jump };
  };
  if (format === 'jsonl') {
    return file.split('\n').map((line): HistoryItem => {
      const { index, aside, jump, base, epoch, seq, sxe, ...rest } = JSON.parse(line);
      if (aside) return { kind: 'aside', index, nth };
      if (jump) return jumpItem({ index, jump });
      if (base) return { kind: 'base', index, base: () => saved(base) };
      const [prefix, n] = sxe.split('.');
      return { kind: 'entry', index, entry: { ...rest, place: { epoch, seq }, id: { prefix, n: Number(n) } } };
    });
  }
  return childElements(readElement(file.replace(/^<\?xml[^]*?\?>/, ''))).map((child): HistoryItem => {
    if (child.is('aside')) return { kind: 'aside', index: Number(child.attrs['index']), nth };
    const jump = parseJump(child);
    if (jump) return jumpItem(jump);
    const begun = parseBase(child);
    if (begun) return { kind: 'base', index: begun.index, base: () => saved(begun.base) };
    const entry = parseEntry(child);
    if (!entry) throw new Error(child.toString());
    return { kind: 'entry', ...entry };
  });
}

/** Two groups that drew together, then apart, and meet again, the third after folding what it holds, and the others, too. */
async function parted(
  seed: number,
  together: readonly Command[],
  apart: readonly Command[],
  points: readonly number[],
): Promise<{ stood: string[]; names: string[] }> {
  const net = new TestNetwork(seed);
  const people = ['a', 'b', 'c'].map((nick) => new Person(net, nick));
  const [a, , c] = people as [Person, Person, Person];
  for (const person of people) person.member.connect(ROOM);
  await playAll(net, people, together, false);
  await reunite(net, people);
  c.member.drop();
  c.member.connect('elsewhere');
  await playAll(net, people, apart, false);
  await net.settle();
  c.member.drop();
  const stood = [...new Set([...a.names(), ...c.names()])].sort();
  for (const [i, point] of points.entries()) {
    const person = people[i] as Person;
    const at = person.fold(Math.round((point / 200) * person.log.length));
    const history = historyOf(person);
    expect(history.start).toBe(at);
    expect(history.digest()).toBe(person.replica.digest());
  }
  c.member.connect(ROOM);
  await reunite(net, people);
  expect(difference(people)).toBeUndefined();
  for (const person of people) {
    expect(historyOf(person).digest()).toBe(person.replica.digest());
    for (const format of ['jsonl', 'xml'] as const) {
      const told = new History(() => []);
      for (const item of read([...logFile(person.items(), 'Board', format)].join('\n'), format)) told.add(item);
      expect(told.digest()).toBe(person.replica.digest());
    }
  }
  return { stood, names: a.names() };
}

describe('the history of those who drew together', () => {
  it('leads to what stands, through drops, deaths, rejoins and splits; each position is the same from either side', async () => {
    await checkAsync(
      fc.asyncProperty(seeds, commands(40), commands(20), async (seed, together, apart) => {
        const net = new TestNetwork(seed);
        const people = ['a', 'b', 'c'].map((nick) => new Person(net, nick));
        const [, , c] = people as [Person, Person, Person];
        for (const person of people) person.member.connect(ROOM);
        await playAll(net, people, together, true);
        await reunite(net, people);
        c.member.drop();
        c.member.connect('elsewhere');
        await playAll(net, people, apart, false);
        await net.settle();
        c.member.drop();
        c.member.connect(ROOM);
        await reunite(net, people);
        expect(difference(people)).toBeUndefined();
        for (const person of people) {
          const history = historyOf(person);
          expect(outline(history.view)).toBe(outline(person.replica.confirmed));
          expect(history.digest()).toBe(person.replica.digest());
          for (const format of ['jsonl', 'xml'] as const) {
            const told = new History(() => []);
            for (const item of read([...logFile(person.items(), 'Board', format)].join('\n'), format)) told.add(item);
            expect(told.digest()).toBe(person.replica.digest());
          }
          const seen: (string | undefined)[] = [];
          for (let at = 0; at <= history.length; at++) {
            const gap = goTo(history, at);
            expect(gap === undefined || gap === 'elsewhere').toBe(true);
            seen.push(gap ?? outline(history.view));
          }
          for (let at = history.length; at >= 0; at -= 3)
            expect(goTo(history, at) ?? outline(history.view)).toBe(seen[at]);
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('may be folded before they meet again: nothing that stood is lost, nothing that went comes back', async () => {
    await checkAsync(
      fc.asyncProperty(
        seeds,
        commands(30),
        commands(20),
        fc.array(fc.nat(200), { minLength: 3, maxLength: 3 }),
        async (seed, together, apart, points) => {
          const [full, short] = [await parted(seed, together, apart, []), await parted(seed, together, apart, points)];
          expect(full.stood).toEqual(short.stood);
          const stood = (names: readonly string[]) => names.filter((name) => short.stood.includes(name));
          expect(stood(short.names)).toEqual(stood(full.names));
          expect(full.names).toEqual(expect.arrayContaining(short.names));
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it('says of what was done offline when that was, whoever did and whichever kind of edit; nobody is ahead of the time', async () => {
    const net = new TestNetwork(5);
    const [a, b] = ['a', 'b'].map((nick) => new Person(net, nick)) as [Person, Person];
    for (const person of [a, b]) person.member.connect(ROOM);
    await net.settle();
    a.begin();
    const [kept, gone] = [a.shape('kept'), a.shape('gone')];
    await net.settle();
    b.member.drop();
    const done = net.clock.now();
    b.submit({ do: 'set', rid: kept, name: 'x', value: '7' });
    b.submit({ do: 'remove', rid: gone });
    b.shape('new');
    net.clock.advance(3_600_000);
    b.member.connect(ROOM);
    await net.settle();
    expect(difference([a, b])).toBeUndefined();
    const { replica } = a;
    const attr = replica.confirmed.get(replica.confirmed.attribute(kept, '', 'x') ?? '');
    expect(attr).toMatchObject({ modified: done, lastModifiedBy: expect.stringContaining('b') });
    const made = elements(replica).find((rid) => value(replica, rid, 'data-n') === 'new') ?? '';
    expect(replica.confirmed.get(made)).toMatchObject({ created: done, creator: expect.stringContaining('b') });
    for (const person of [a, b]) {
      const removed = person.log.find(({ edits }) => edits.some(({ kind }) => kind === 'remove'));
      expect(removed?.time).toBe(done);
      expect(Math.max(...person.log.map(({ time }) => time))).toBeLessThanOrEqual(net.clock.now());
    }
    const before = a.log.length;
    const message = { session: SESSION, id: 'x.1', payload: { kind: 'edits' as const, edits: [], written: 9e15 } };
    await b.member.transport.toAll(message);
    await net.settle();
    expect(a.log[before]?.time).toBeLessThanOrEqual(net.clock.now());
  });

  it('is given from the disk what memory does not hold any more: who comes back catches up without a whole state', async () => {
    const net = new TestNetwork(3);
    const people = ['a', 'b', 'c'].map((nick) => new Person(net, nick));
    const [a, b, c] = people as [Person, Person, Person];
    for (const person of people) person.member.connect(ROOM);
    await net.settle();
    a.begin();
    await net.settle();
    b.member.drop();
    for (const name of ['1', '2', '3']) {
      a.shape(name);
      await net.settle();
    }
    await a.kill();
    a.member.connect(ROOM);
    await net.settle();
    c.member.drop();
    b.member.connect(ROOM);
    const before = b.events.length;
    await net.settle();
    expect(difference([a, b])).toBeUndefined();
    expect(b.names()).toEqual(['1', '2', '3']);
    expect(b.events.slice(before).map(({ type }) => type)).not.toContain('adopted');
  });

  it('holds all of it when they took turns: each stanza once an epoch, under its first author and first id', async () => {
    const turn = fc.tuple(fc.nat(2), fc.nat(3));
    await checkAsync(
      fc.asyncProperty(seeds, fc.array(turn, { minLength: 1, maxLength: 10 }), async (seed, turns) => {
        const net = new TestNetwork(seed);
        const people = ['a', 'b', 'c'].map((nick) => new Person(net, nick));
        const drawn = new Map<string, string>();
        for (const [index, [who, shapes]] of turns.entries()) {
          const person = people[who] as Person;
          person.member.connect(ROOM);
          await net.settle();
          if (person.replica.shown.root() === undefined) person.begin();
          for (let i = 0; i <= shapes; i++) {
            drawn.set(`${index}-${i}`, person.nick);
            person.shape(`${index}-${i}`);
          }
          await net.settle();
          if (seed % 2 === 0) await person.kill();
          else person.member.drop();
        }
        await reunite(net, people);
        expect(difference(people)).toBeUndefined();
        const ranges = (person: Person): string[] =>
          Object.entries(person.replica.known()).map(([prefix, known]) => `${prefix} ${JSON.stringify(known)}`);
        const known = people.map((person) => ranges(person).sort().join('\n'));
        expect(new Set(known).size).toBe(1);
        for (const person of people) {
          const places = person.log.map(({ place }) => `${place.epoch} ${place.seq}`);
          expect(new Set(places).size).toBe(places.length);
          const once = person.log.map(({ place, id }) => `${place.epoch} ${id.prefix}.${id.n}`);
          expect(new Set(once).size).toBe(once.length);
          const said = new Map<string, Set<string>>();
          for (const { id, author, edits } of person.log) {
            for (const edit of edits) {
              if (edit.kind !== 'new' || edit.name !== 'data-n' || edit.chdata === undefined) continue;
              said.set(edit.chdata, (said.get(edit.chdata) ?? new Set()).add(`${author} ${id.prefix}`));
            }
          }
          expect([...said.keys()].sort()).toEqual([...drawn.keys()].sort());
          for (const [name, nick] of drawn) {
            const [by, ...others] = said.get(name) ?? [];
            expect(others).toEqual([]);
            expect(by).toMatch(new RegExp(`^(room@muc.example/${nick}|${nick}@example) ${nick}z`));
          }
        }
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
