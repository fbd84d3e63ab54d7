/** A strict SXE peer in a room of a real server: what it sends is plain XEP-0284, and it announces nothing of Limn's. */
import { randomBytes } from 'node:crypto';
import { createDial, createResolveSrv } from '#platform/xmpp-net.ts';
import { createRoomTransport } from '#session/room-transport.ts';
import { formatStanzaId, stanzaIdOf } from '#session/stanza-id.ts';
import type { Transport } from '#session/transport.ts';
import { createConnection } from '#xmpp/connection.ts';
import { createCaps } from '#xmpp/xep-0115.ts';
import { NS_JINGLE_SXE, NS_SXE } from '#xmpp/xep-0284.ts';
import type { BotNode } from './bots.ts';
import { type SharedShapes, valueOf, type Write } from './field-edits.ts';
import { type Reading, StrictPeer } from './strict-peer.ts';

export interface RoomStrictPeer {
  /** Makes `count` Sets of shared attributes, each when the one before has come back. */
  edit(count: number, shared: SharedShapes, next: () => number): Promise<void>;
  /** What it wrote. */
  readonly writes: readonly Write[];
  /** The room JID that its stanzas come from. */
  readonly me: string;
  /** The id of its latest stanza of edits, as logs have it behind the occupant. */
  readonly last: string | undefined;
  /** The first thing that it has otherwise than this tree; undefined when it is equal. */
  difference(tree: BotNode): string | undefined;
  stop(): Promise<void>;
}

export interface StrictLogin {
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  readonly room: string;
}

const clock = {
  now: () => Date.now(),
  after: (ms: number, run: () => void) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Signs in, enters the room and resolves when it has been given the state. `index`: its number among the writers. */
export async function startRoomStrictPeer(
  login: StrictLogin,
  reading: Reading,
  index: number,
): Promise<RoomStrictPeer> {
  const entity = createConnection(
    {
      domain: login.host,
      service: `xmpp://127.0.0.1:${login.port}`,
      credentials: { username: login.username, password: login.password },
      decideCertificate: () => Promise.resolve(true),
    },
    {
      dial: createDial(),
      resolveSrv: createResolveSrv(),
      clock,
      random: { bytes: (length) => new Uint8Array(randomBytes(length)) },
    },
  );
  await entity.start();
  const caps = await createCaps(entity, 'https://strict.example', {
    identities: [{ category: 'client', type: 'pc', name: 'Strict' }],
    features: ['http://jabber.org/protocol/disco#info', NS_SXE, NS_JINGLE_SXE],
    forms: [],
  });
  const room = createRoomTransport(entity, { room: login.room, nick: login.username, caps, clock, create: false });
  const me = `${login.room}/${login.username}`;
  const writes: Write[] = [];
  let last: string | undefined;
  let heard = (): void => undefined;
  let back = 0;
  let sent = 0;
  const transport: Transport = {
    toAll: (message) => {
      const { payload } = message;
      if (payload.kind === 'edits') {
        sent++;
        last = formatStanzaId(stanzaIdOf('', message.id)).slice('~/'.length);
        for (const edit of payload.edits)
          if (edit.kind === 'set' && edit.fields.chdata !== undefined)
            writes.push({
              ...{ bot: index, rid: edit.rid, field: 'chdata', value: edit.fields.chdata, sxe: last, at: Date.now() },
            });
      }
      return room.toAll(message);
    },
    toOne: (to, message) => room.toOne(to, message),
    advertise: (session, also) => room.advertise(session, also),
    on: (listener) => room.on(listener),
    leave: () => room.leave(),
  };
  const peer = new StrictPeer({ transport, id: login.username, connected: true }, `limn:${login.room}`, reading);
  room.on((event) => {
    if (event.type === 'message' && event.from.me && event.message.payload.kind === 'edits') back++;
    heard();
  });
  /** Resolves when that holds after some event. */
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      heard = () => {
        if (!holds()) return;
        heard = () => undefined;
        resolve();
      };
      heard();
    });
  await room.join();
  await until(() => peer.hasState);
  return {
    me,
    writes,
    get last() {
      return last;
    },
    async edit(count, { attributes }, next) {
      for (let i = 0; i < count; i++) {
        const { attr, name } = attributes[Math.floor(next() * attributes.length)] as (typeof attributes)[number];
        peer.edit([{ kind: 'set', rid: attr, version: 1, fields: { chdata: valueOf(name, next) } }]);
        await until(() => back === sent);
      }
    },
    difference(tree) {
      const seen = new Set<string>();
      let difference: string | undefined;
      const compare = (rid: string, wanted: Readonly<Record<string, string | undefined>>): void => {
        seen.add(rid);
        const theirs = peer.fields(rid);
        for (const [field, value] of Object.entries(wanted)) {
          const has = theirs?.[field as 'parent' | 'chdata' | 'name'];
          if (value !== undefined && has !== value) difference ??= `${rid} ${field}: ${String(has)}, not ${value}`;
        }
      };
      const visit = (node: BotNode, parent: string): void => {
        compare(node.rid, { parent, name: node.type === 'element' ? node.name : undefined, chdata: node.data });
        for (const { rid, name, value } of node.attrs ?? []) compare(rid, { parent: node.rid, name, chdata: value });
        for (const child of node.children ?? []) visit(child, node.rid);
      };
      visit(tree, '');
      for (const rid of peer.records.keys()) if (!seen.has(rid)) difference ??= `it still has ${rid}`;
      return difference;
    },
    async stop() {
      peer.leave();
      await entity.stop();
    },
  };
}
