/** Rules and completed parts among people whose connections fail: the same on all replicas, and what is complete stays. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Role } from '#core/types.ts';
import { TestNetwork } from '#test/support/network.ts';
import { completedParts, completion, toyFaults, toyJudge } from '#test/support/rules.ts';
import { checkAsync } from '#test/support/property.ts';
import { adoptLog } from '#session/adopt.ts';
import { parseLimnState } from '#session/limn-state.ts';
import { element, replica, withRoot } from '#test/support/document.ts';
import { strictDifference, StrictPeer } from '#test/support/strict-peer.ts';
import { difference, elements, Person, ROOM, SESSION } from './person.ts';
import { type Command, commands, randomEdit, randomTrouble, reunite } from './schedule.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const AFFILIATIONS = { a: 'owner', b: 'none', c: 'admin', d: 'member' } as const;

const GROUP = { type: 'element', ns: 'http://www.w3.org/2000/svg', name: 'g', attrs: [], children: [] } as const;

const some = (net: TestNetwork, ...nicks: (keyof typeof AFFILIATIONS)[]): Person[] =>
  nicks.map((nick) => new Person(net, nick, { affiliation: AFFILIATIONS[nick], judge: toyJudge }));

/** As `playAll`, with completions and reopenings; nobody here asks beforehand whether they may. */
async function play(net: TestNetwork, people: readonly Person[], list: readonly Command[]): Promise<void> {
  for (const [index, command] of list.entries()) {
    const [what, who, first, second] = command;
    const person = people[who % people.length];
    if (!person) continue;
    const all = elements(person.replica, person.replica.shown);
    const target = all[first % Math.max(1, all.length)];
    if (what >= 85) await randomTrouble(person, command);
    else if (what >= 65 && target !== undefined)
      person.session.submit([completion(target, second % 3 > 0)], `${index}`);
    else randomEdit(person, command, what % 2 ? `${index}` : `${person.nick}${index}`);
    await net.run(second % 9);
  }
}

describe('judged sessions', () => {
  it('end equal, late joiners and restarts included, and no document breaks a rule', async () => {
    await checkAsync(
      fc.asyncProperty(seeds, commands(40), commands(15), async (seed, before, after) => {
        const net = new TestNetwork(seed);
        const people = some(net, 'a', 'b', 'c');
        for (const person of people) person.member.connect(ROOM);
        await play(net, people, before);
        const late = some(net, 'd');
        late[0]?.member.connect(ROOM);
        await play(net, [...people, ...late], after);
        await reunite(net, [...people, ...late]);
        expect(difference([...people, ...late])).toBeUndefined();
        for (const { replica } of people) expect(toyFaults(replica.confirmed)).toEqual([]);
        for (const { replica } of people) expect(replica.pending()).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('take what was void in the log of another for void, whatever rules they have themselves', () => {
    const fault = { code: 'of-another-version', detail: {}, reason: 'No.' };
    const made = withRoot('r', [element('rect', { y: '1' })]);
    const follower = replica('a', { state: made.state(), judge: toyJudge });
    const y = made.confirmed.attribute(elements(made)[0] ?? '', '', 'y') ?? '';
    const edits = [
      { kind: 'set', rid: y, version: 1, fields: { chdata: '2' }, void: fault },
      { kind: 'remove', rid: elements(made)[0] ?? '', void: fault },
      {
        kind: 'new',
        rid: 'n',
        type: 'comment',
        parent: elements(made)[0] ?? '',
        primaryWeight: 0,
        chdata: '',
        void: fault,
      },
    ] as const;
    const entry = {
      place: { ...made.place, seq: made.place.seq + 1 },
      author: 'b',
      id: { prefix: 'b', n: 1 },
      edits,
      time: 0,
    };
    const log = parseLimnState(
      new TextEncoder().encode(
        JSON.stringify({ place: entry.place, known: {}, digest: '', prolog: '', log: [entry], hellos: [], name: '' }),
      ),
    );
    const codes: (string | undefined)[] = [];
    if (log)
      adoptLog(follower, log, undefined, (stanza) =>
        codes.push(...follower.receive(stanza).voided.map((one) => one.fault.code)),
      );
    expect(codes).toEqual(['of-another-version', 'of-another-version', 'of-another-version']);
    expect(follower.confirmed.get('n')?.inert).toBe(true);
    expect(follower.confirmed.get(y)).toMatchObject({ chdata: '1', version: 1 });
  });

  it('leave strays in something complete where they are, without a word', async () => {
    const net = new TestNetwork(1);
    const [owner, admin] = some(net, 'a', 'c') as [Person, Person];
    for (const person of [owner, admin]) person.member.connect(ROOM);
    owner.begin();
    await net.settle();
    const shape = owner.shape('s');
    const [group = ''] = owner.submit({ do: 'add', parent: owner.root(), before: null, node: { ...GROUP } });
    await net.settle();
    // The group goes while somebody moves the shape into it; its remover completes the board before it can see that.
    owner.submit({ do: 'remove', rid: group });
    owner.submit(completion(owner.root(), true));
    admin.submit({ do: 'move', rid: shape, parent: group, before: null });
    await net.settle();
    expect(difference([owner, admin])).toBeUndefined();
    expect(owner.replica.confirmed.parentOf(shape)).toBe(owner.root());
    expect(owner.replica.confirmed.get(shape)?.parent).toBe(group);
    expect([...owner.notes, ...admin.notes].filter(({ message }) => message.includes('duty'))).toEqual([]);
  });

  it('send no flood when a strict peer deletes what is complete: that peer is given it again', async () => {
    const net = new TestNetwork(1);
    const [owner, guest] = some(net, 'a', 'b') as [Person, Person];
    for (const person of [owner, guest]) {
      person.member.connect(ROOM);
      await net.settle();
    }
    owner.begin();
    const shape = owner.shape('s');
    await net.settle();
    const member = net.member('strict', { limn: false, sxe: true });
    const peer = new StrictPeer(member, SESSION, 'literal');
    member.connect(ROOM);
    await net.settle();
    owner.submit(completion(shape, true));
    await net.settle();
    const before = net.traffic.length;
    peer.edit(peer.subtree(shape).map((rid) => ({ kind: 'remove', rid })));
    await net.settle();
    expect(net.traffic.length - before).toBeLessThan(5);
    expect(difference([owner, guest])).toBeUndefined();
    expect(owner.replica.confirmed.get(shape)).toBeDefined();
    expect(strictDifference(owner.replica, peer)).toBeUndefined();
    expect(owner.names()).toEqual(['s']);
  });

  it('take the role of a sender from the room alone', async () => {
    const net = new TestNetwork(1);
    const [owner, guest, admin] = some(net, 'a', 'b', 'c') as [Person, Person, Person];
    for (const person of [owner, guest, admin]) person.member.connect(ROOM);
    owner.begin();
    await net.settle();
    const shape = owner.shape('s');
    await net.settle();
    const parts = (): number[] => [owner, guest, admin].map(({ replica }) => completedParts(replica.confirmed).size);
    const roles = (): (Role | undefined)[] => owner.log.slice(-1).map(({ role }) => role);
    guest.submit(completion(shape, true));
    await net.settle();
    expect([parts(), roles()]).toEqual([[0, 0, 0], ['editor']]);
    const codes = guest.events.flatMap((event) =>
      event.type === 'log' && event.by?.me
        ? event.entries.flatMap(({ edits }) => edits.map((edit) => edit.void?.code))
        : [],
    );
    expect(codes).toEqual(['not-owner']);
    admin.submit(completion(shape, true));
    await net.settle();
    expect([parts(), roles()]).toEqual([[1, 1, 1], ['owner']]);
    guest.session.submit([completion(shape, false)], 'x');
    guest.session.submit([completion(guest.root(), true)], 'y');
    await net.settle();
    expect(parts()).toEqual([1, 1, 1]);
    expect(difference([owner, guest, admin])).toBeUndefined();
  });
});
