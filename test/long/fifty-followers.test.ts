/**
 * A presenter and fifty who follow, each with a connection of their own, in one room of a real Prosody: what a moving view costs, how late
 * it is, and what it does to the drawing of somebody else meanwhile. Prints its figures; asserts what isn't a matter of the machine.
 */
import { setInterval } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createReplica } from '#core/replica.ts';
import { createRoomTransport } from '#session/room-transport.ts';
import type { Session } from '#session/session-port.ts';
import { createSession } from '#session/session.ts';
import type { Connection } from '#xmpp/connection.ts';
import { NS_LIMN_LIVE } from '#xmpp/xep-0284.ts';
import { element } from '#test/support/document.ts';
import { startProsody } from '#test/support/prosody.ts';
import { compression } from '../session/person.ts';
import { clock, random, signIn } from '../xmpp/connect.ts';

const FOLLOWERS = 50;
const MOVES_MS = 10_000;
/** A view moves with the screen. */
const FRAME_MS = 16;
const ROOM = 'show@rooms.localhost';
const SESSION = 'board-1';

interface Guest {
  readonly entity: Connection;
  readonly session: Session;
  readonly edit: (n: number) => void;
}

const looking = new Set<() => void>();
/** Resolves when this holds; it is looked at whenever a session tells of something. */
const until = (done: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (!done()) return;
      looking.delete(look);
      resolve();
    };
    looking.add(look);
    look();
  });
const at = (times: readonly number[], share: number): number =>
  Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? Number.NaN);

it('fifty follow a view that moves for ten seconds, and drawing goes on beside it', async () => {
  const names = Array.from({ length: FOLLOWERS + 1 }, (_, i) => `p${i}`);
  const server = await startProsody({ accounts: Object.fromEntries(names.map((name) => [name, 'pw'])) });
  const seenAt = new Map<number, number[]>();
  const echoes: number[] = [];
  let drawnAt = 0;
  let stanzas = 0;
  let bytes = 0;

  async function come(name: string): Promise<Guest> {
    const { entity, caps } = await signIn(server, name);
    const transport = createRoomTransport(entity, { room: ROOM, nick: name, caps, clock });
    const prefix = `session0${name}`;
    const replica = createReplica({ prefix, author: name, now: () => Date.now() });
    const session = createSession({
      ...{
        transport,
        replica,
        sessionId: SESSION,
        name: 'Show',
        prefix,
        clock,
        random,
        compression,
      },
      log: { entries: () => [], since: () => undefined },
      onEvent(event) {
        if (event.type === 'dirty') replica.takeChanges();
        if (event.type === 'pending' && name === 'p1' && drawnAt > 0 && replica.pending().length === 0) {
          echoes.push(performance.now() - drawnAt);
          drawnAt = 0;
        }
        const x = event.type === 'presenting' ? session.presenting.state.presenter?.rect[0] : undefined;
        if (x !== undefined && name !== 'p0') seenAt.set(x, [...(seenAt.get(x) ?? []), performance.now()]);
        for (const look of [...looking]) look();
      },
    });
    await transport.join();
    await until(() => session.phase === 'online');
    return {
      entity,
      session,
      edit(n) {
        const root = replica.shown.root();
        drawnAt = performance.now();
        const node = root === undefined ? element('svg') : element('g', { id: `g${n}` });
        const result = session.submit([{ do: 'add', parent: root ?? '', before: null, node }], `draw ${n}`);
        if (!result.ok) throw new Error(result.reason);
      },
    };
  }

  try {
    const guests: Guest[] = [];
    for (const name of names) guests.push(await come(name));
    const [presenter, drawer, ...others] = guests;
    if (!presenter || !drawer) throw new Error('nobody came');
    presenter.session.presenting.begin([0, 0, 1280, 800]);
    for (const { session } of [drawer, ...others]) {
      await until(() => session.presenting.state.part === 'asked');
      session.presenting.follow('following');
    }
    const follow = (): number =>
      presenter.session.presenting.state.audience.filter(({ how }) => how === 'following').length;
    await until(() => follow() === FOLLOWERS);

    // How long an edit takes with nothing beside it.
    for (let n = 0; n < 20; n++) {
      drawer.edit(n);
      await until(() => drawnAt === 0);
    }
    const alone = echoes.splice(0);

    const send = presenter.entity.send.bind(presenter.entity);
    presenter.entity.send = (stanza) => {
      // Who is there longest also says the document's digest, whether anybody presents or not.
      if (stanza.getChild('live', NS_LIMN_LIVE)) {
        stanzas++;
        bytes += Buffer.byteLength(stanza.toString());
      }
      return send(stanza);
    };
    seenAt.clear();
    const saidAt = new Map<number, number>();
    const begun = performance.now();
    let drawn = 100;
    let x = 0;
    for await (const _ of setInterval(FRAME_MS)) {
      if (performance.now() - begun >= MOVES_MS) break;
      x++;
      saidAt.set(x, performance.now());
      presenter.session.presenting.show([x, 0, 1280, 800], false);
      if (x % 60 === 0 && drawnAt === 0) drawer.edit(drawn++);
    }
    await until(() => seenAt.get(x)?.length === FOLLOWERS);
    const seconds = (performance.now() - begun) / 1000;
    const late = [...seenAt].flatMap(([x, times]) => times.map((time) => time - (saidAt.get(x) ?? time)));
    process.stdout.write(
      `presenter: ${(stanzas / seconds).toFixed(1)} stanzas and ${Math.round(bytes / seconds)} bytes a second, ` +
        `${Math.round(bytes / stanzas)} bytes each; the room hands on ${Math.round((stanzas * FOLLOWERS) / seconds)} a second. ` +
        `A view reaches a follower after p50 ${at(late, 0.5)} and p95 ${at(late, 0.95)} ms of ${late.length}. ` +
        `An edit's echo: p50 ${at(alone, 0.5)}, p95 ${at(alone, 0.95)} ms alone; ${at(echoes, 0.5)} and ${at(echoes, 0.95)} beside it.\n`,
    );
    // Nobody answers views, nobody falls off, and the presenter keeps to the pace.
    expect(stanzas / seconds).toBeLessThanOrEqual(10.5);
    expect(bytes / stanzas).toBeLessThan(400);
    expect(follow()).toBe(FOLLOWERS);
    for (const { session } of [drawer, ...others]) expect(session.presenting.state.presenter?.rect[0]).toBe(x);
  } finally {
    await server.stop();
  }
});
