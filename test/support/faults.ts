/** Two people draw on one board of a real server, both all the time, while something goes wrong: what is lost, and how long until each has all of the other's. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { compareBots, everywhere, stanzasOf, treeOf } from './bots-compared.ts';
import { type Bot, startBot } from './bots.ts';
import { type Cut, type CutProxy, startCutProxy } from './cut-proxy.ts';
import { Editor, sharedBoard, sharedShapes } from './field-edits.ts';
import type { Verdict } from './last-writers.ts';
import { seeded } from './random-edits.ts';
import type { TestServer } from './server-process.ts';
import { startStanzaProxy } from './stanza-proxy.ts';

/** Accounts that a server needs for so many faults: two people each, since servers bound how often one may be there. */
export function pairs(count: number): Readonly<Record<string, string>> {
  const names = Array.from({ length: count }, (_, pair) => twoOf(pair));
  return Object.fromEntries(names.flat().map((name) => [name, 'pw']));
}

const twoOf = (pair: number): readonly string[] => [`ada${pair}`, `ben${pair}`];

/** What can go wrong, always for the second of the two or for their server. */
export type Fault =
  | { readonly kind: 'cut'; readonly how: Cut; readonly seconds: number }
  | { readonly kind: 'server killed'; readonly seconds: number }
  | { readonly kind: 'program killed' }
  | { readonly kind: 'suspended'; readonly seconds: number }
  /** Wants a server without stream management. */
  | { readonly kind: 'repeated and delayed'; readonly seconds: number };

export interface FaultOutcome extends Verdict {
  readonly digests: readonly string[];
  readonly svgs: readonly string[];
  /** Edits made from the beginning to the end. */
  readonly edits: number;
  /** Stanzas that went twice. */
  readonly repeated: number;
  /** From the end of the fault until each has what the other was asked for before: ms. */
  readonly healed: number;
}

/** How long both draw before the fault and after all is whole again. */
const AROUND_MS = 2000;
const MOST_AT_ONCE = 5;
/** Between two batches of one person. */
const PAUSE_MS = 200;

/** One who draws without end, until told to stop. */
class Drawer {
  readonly editor: Editor;
  bot: Bot;
  #on = true;
  #work: Promise<void>;
  readonly #next: () => number;

  constructor(bot: Bot, editor: Editor, next: () => number) {
    this.bot = bot;
    this.editor = editor;
    this.#next = next;
    this.#work = this.#draw();
  }

  async rest(): Promise<void> {
    this.#on = false;
    await this.#work;
  }

  goOn(bot: Bot): void {
    this.bot = bot;
    this.#on = true;
    this.#work = this.#draw();
  }

  async #draw(): Promise<void> {
    while (this.#on) {
      await this.editor.batch(this.bot, 1 + Math.floor(this.#next() * MOST_AT_ONCE));
      await pass(PAUSE_MS * this.#next());
    }
  }
}

/** Lets it happen to these two, on a board of their own. */
export async function meetFault(
  server: TestServer,
  fault: Fault,
  { pair, seed }: { readonly pair: number; readonly seed: number },
): Promise<FaultOutcome> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limn-fault-'));
  const next = seeded(seed);
  const cut = await startCutProxy(server.port);
  const relay =
    fault.kind === 'repeated and delayed'
      ? await startStanzaProxy(server, { delay: 200, twice: 0.3, again: 1500, next })
      : undefined;
  const bots: Bot[] = [];
  const start = async (i: number, create?: string): Promise<Bot> => {
    const name = twoOf(pair)[i] ?? '';
    const bot = await startBot({
      ...{ jid: `${name}@${server.host}`, password: server.accounts[name] ?? '', nick: name, ca: server.certificate },
      room: `fault-${pair}-${seed}@${server.rooms}`,
      service: i === 0 ? `xmpp://127.0.0.1:${server.port}` : (relay?.service ?? `xmpp://${cut.service}`),
      profile: path.join(folder, name),
      ...(create === undefined ? {} : { create }),
    });
    bots[i] = bot;
    return bot;
  };
  let whole = false;
  try {
    const create = path.join(folder, 'board.svg');
    await writeFile(create, sharedBoard());
    const first = await start(0, create);
    const second = await start(1);
    const shared = sharedShapes(await treeOf(first));
    const begun = await stanzasOf(first);
    const extras: string[] = [];
    const drawers = [first, second].map((bot, i) => new Drawer(bot, new Editor(i, shared, extras, next), next));
    const doings = drawers.map(({ editor }) => editor.doings);
    const other = drawers[1] as Drawer;
    await pass(AROUND_MS);
    await happen(fault, { server, cut, other, next, again: () => start(1) });
    relay?.calm();
    const over = Date.now();
    // What waits may become needless by what is asked for later, but not this.
    const marks = await Promise.all(
      bots.map((bot) => bot.must({ do: 'add', parent: shared.groups[0], before: null, xml: '<circle/>' })),
    );
    const senders = bots.map((bot) => bot.ready.me);
    await Promise.all(
      bots.flatMap((bot) => marks.map(({ sxe }, i) => bot.must({ do: 'until', sender: senders[i], sxe }))),
    );
    const healed = Date.now() - over;
    await pass(AROUND_MS);
    await Promise.all(drawers.map((drawer) => drawer.rest()));
    await everywhere(bots, doings);
    const { verdict, digests, svgs } = await compareBots(bots, doings, begun, folder);
    whole = verdict.lost.length === 0;
    const edits = doings.reduce((sum, one) => sum + one.edits, 0);
    return { ...verdict, digests, svgs, edits, repeated: relay?.repeated ?? 0, healed };
  } finally {
    await Promise.all(bots.map((bot) => bot.quit().catch(() => bot.kill9())));
    await Promise.all([cut.close(), relay?.close()]);
    if (whole) await rm(folder, { recursive: true, force: true });
  }
}

interface Scene {
  readonly server: TestServer;
  readonly cut: CutProxy;
  readonly other: Drawer;
  readonly next: () => number;
  /** Starts the other one's program anew on its profile. */
  again(): Promise<Bot>;
}

/** Resolves when the fault is over. */
async function happen(fault: Fault, { server, cut, other, next, again }: Scene): Promise<void> {
  const seconds = 'seconds' in fault ? fault.seconds : 0;
  if (fault.kind === 'cut') cut.cut(fault.how);
  else if (fault.kind === 'server killed') await server.kill9();
  else if (fault.kind === 'suspended') other.bot.suspend();
  else if (fault.kind === 'program killed') {
    await other.rest();
    await other.editor.batchAndKill(other.bot, 1 + Math.floor(next() * MOST_AT_ONCE));
    other.goOn(await again());
  }
  await pass(seconds * 1000);
  cut.mend();
  if (fault.kind === 'server killed') await server.restart();
  other.bot.wake();
}

/** The fault in words, for a table. */
export function named(fault: Fault): string {
  const seconds = 'seconds' in fault ? `, ${fault.seconds} s` : '';
  return fault.kind === 'cut' ? `connection ${fault.how}${seconds}` : `${fault.kind}${seconds}`;
}

/** A row of the table in bench/RESULTS.md. */
export function faultRow(server: string, fault: Fault, outcome: FaultOutcome): string {
  const { edits, stanzas, epochs, repeated, lost, digests, healed, killed } = outcome;
  const cells = [server, named(fault), edits, stanzas, epochs, repeated, killed, lost.length, new Set(digests).size];
  return `| ${[...cells, `${(healed / 1000).toFixed(1)} s`].join(' | ')} |`;
}
