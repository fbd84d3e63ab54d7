/** One person of the latency benchmark, in a process of its own: a whole Limn main, and beside it a bare connection to the room. */
import { readFileSync } from 'node:fs';
import { silentLogger } from '../src/platform/logger.ts';
import { systemClock } from '../src/platform/clock.ts';
import { systemRandom } from '../src/platform/random.ts';
import { joinBoard, signIn } from '../src/hosts/cli/headless.ts';
import { composeApp } from '../src/hosts/compose.ts';
import { createConnect } from '../src/hosts/network.ts';
import { serializeSxe } from '../src/xmpp/xep-0284-codec.ts';

export interface Setup {
  readonly jid: string;
  readonly password: string;
  readonly service: string;
  readonly ca: string;
  readonly profile: string;
  readonly nick: string;
  readonly rooms: string;
}

/** What a worker says: it is ready; it sent number `n` at `at`; it got number `n` at `at` (nanoseconds of the machine's one monotonic clock). */
export type Told =
  | { readonly what: 'ready' }
  | { readonly what: 'sent' | 'got'; readonly kind: 'raw' | 'limn'; readonly n: number; readonly at: string }
  /** My edit has come back: the next one finds an empty outbox. */
  | { readonly what: 'settled'; readonly n: number };
export type Asked = { readonly kind: 'raw' | 'limn'; readonly n: number } | { readonly kind: 'end' };

const tell = (told: Told): void => void process.send?.(told);
const now = (): string => process.hrtime.bigint().toString();

/** Text that makes a raw message as long as a stanza that sets an attribute. */
function paddingOf(text: string): string {
  const edit = { kind: 'set', rid: 'jywoq1thi72z3.1a', version: 100, fields: { chdata: text } } as const;
  const payload = { kind: 'edits', edits: [edit] } as const;
  const sxe = serializeSxe({ session: 'limn:board@rooms.localhost', id: 'jywoq1thi72z3.100', payload }).toString();
  return ' '.repeat(Math.max(0, sxe.length - '<body></body>'.length - text.length));
}

async function main(setup: Setup): Promise<void> {
  const { jid, password, service, ca, profile, nick, rooms } = setup;
  const pem = readFileSync(ca, 'utf8');
  const composed = composeApp({ host: 'web', profile, ca: [pem] });
  await signIn(composed.app, { jid, password, service });
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="0.5" height="1"/></svg>';
  const board = await joinBoard(composed.app, { room: `board@${rooms}`, nick, create: { name: 'bench', svg } });
  const tree = board.replica.shown;
  const [rect] = tree.children(tree.root() ?? '').filter((rid) => tree.get(rid)?.name === 'rect');
  if (rect === undefined) throw new Error('the board has no rectangle');
  board.on((event) => {
    if (event.type !== 'changes' || event.by === undefined) return;
    for (const change of event.changes) {
      if (change.kind === 'attr' && change.name === 'width')
        tell({ what: 'got', kind: 'limn', n: Number(change.value), at: now() });
    }
  });
  const connect = createConnect({ clock: systemClock, random: systemRandom, logger: silentLogger, ca: [pem] });
  const raw = await connect({
    jid,
    password,
    service,
    validatedBefore: false,
    decideCertificate: () => Promise.resolve(false),
    onPinned: () => undefined,
    onValidated: () => undefined,
    onEvent: () => undefined,
    documents: () => [],
  });
  const room = await raw.join({ room: `raw@${rooms}`, nick, create: true });
  room.transport.on((event) => {
    if (event.type === 'chat' && !event.from.me) tell({ what: 'got', kind: 'raw', n: Number(event.body), at: now() });
  });
  const padding = paddingOf('1000');

  process.on('message', (asked: Asked) => {
    if (asked.kind === 'end') {
      void raw
        .close()
        .then(() => composed.close())
        .then(() => process.exit(0));
      return;
    }
    const { kind, n } = asked;
    const at = now();
    if (kind === 'raw') {
      void room.say(`${n}${padding}`);
      tell({ what: 'sent', kind, n, at });
      return;
    }
    const { sxe } = board.submit([{ do: 'set', rid: rect, name: 'width', value: String(n) }], `bench ${n}`);
    tell({ what: 'sent', kind, n, at });
    void board.until(setup.jid, sxe).then(() => tell({ what: 'settled', n }));
  });
  tell({ what: 'ready' });
}

await main(JSON.parse(process.argv[2] ?? '{}') as Setup);
