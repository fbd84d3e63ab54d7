/**
 * Five bots on one board of a real server, with random cuts and one kill -9 each, and perhaps a strict SXE peer among them. Shared by
 * the short and the long run.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compareBots, everywhere, stanzasOf, treeOf } from './bots-compared.ts';
import { type Bot, type BotNode, type BotOptions, startBot } from './bots.ts';
import { Editor, sharedBoard, sharedShapes } from './field-edits.ts';
import type { Verdict } from './last-writers.ts';
import { seeded } from './random-edits.ts';
import { type RoomStrictPeer, startRoomStrictPeer } from './room-strict-peer.ts';
import type { Reading } from './strict-peer.ts';
import type { BotServer } from './three-bots.ts';

/** Accounts that a server needs for `fiveBots`: five bots and a strict peer. */
export const FIVE_BOTS: Readonly<Record<string, string>> = {
  ada: 'pw',
  ben: 'pw',
  cleo: 'pw',
  dan: 'pw',
  eve: 'pw',
  strict: 'pw',
};

export interface FiveBotsPlan {
  readonly seed: number;
  /** Edits that each bot is asked for. */
  readonly edits: number;
  /** So many may be away at once, or not quite back: with fewer than five somebody always keeps the session. */
  readonly away: number;
  /** How many of the five are quit and started once more at the end. */
  readonly restarts: number;
  /** A strict peer takes part and makes this many Sets. */
  readonly strict?: { readonly reading: Reading; readonly edits: number };
}

export interface FiveBotsOutcome extends Verdict {
  readonly digests: readonly string[];
  readonly svgs: readonly string[];
  /** The digests of those that were quit and started once more. */
  readonly restarted: readonly string[];
  readonly edits: number;
  readonly refused: number;
  readonly cuts: number;
  readonly kills: number;
  /** How often somebody's document had come to differ. */
  readonly healed: number;
  /** What the strict peer has otherwise. */
  readonly strictDifference: string | undefined;
  readonly seconds: number;
}

const BATCH = 20;

/** Does what the plan says, waits until each has everything of each, and compares documents and logs. */
export async function fiveBots(server: BotServer, plan: FiveBotsPlan): Promise<FiveBotsOutcome> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limn-bots-'));
  const names = Object.entries(server.accounts).slice(0, 5);
  const room = `five-${plan.seed}-${plan.strict?.reading ?? 'limn'}@${server.rooms}`;
  const bots: Bot[] = [];
  let strict: RoomStrictPeer | undefined;
  const optionsOf = (i: number): BotOptions => {
    const [name = '', password = ''] = names[i] ?? [];
    return {
      ...{ jid: `${name}@${server.host}`, password, room, nick: name, ca: server.certificate },
      service: `xmpp://127.0.0.1:${server.port}`,
      profile: path.join(folder, name),
    };
  };
  let healed = 0;
  let good = false;
  const start = async (i: number, create?: string): Promise<Bot> => {
    const bot = await startBot({ ...optionsOf(i), ...(create === undefined ? {} : { create }) });
    bots[i] = bot;
    return bot;
  };
  const countHealed = (bot: Bot): void => {
    healed += bot.events.filter(
      ({ message }) => typeof message === 'string' && message.includes('had come to differ'),
    ).length;
  };
  try {
    const create = path.join(folder, 'board.svg');
    await writeFile(create, sharedBoard());
    for (let i = 0; i < names.length; i++) await start(i, i === 0 ? create : undefined);
    const [first] = bots as [Bot];
    const shared = sharedShapes(await treeOf(first));
    const begun = await stanzasOf(first);
    if (plan.strict) {
      const login = {
        username: 'strict',
        password: server.accounts.strict ?? '',
        host: server.host,
        port: server.port,
      };
      strict = await startRoomStrictPeer({ ...login, room }, plan.strict.reading, names.length);
    }
    const started = Date.now();
    const extras: string[] = [];
    let away = 0;
    const editors = names.map((_, i) => new Editor(i, shared, extras, seeded(plan.seed * 1000 + i)));
    const work = async (i: number): Promise<void> => {
      const next = seeded(plan.seed * 1000 + 500 + i);
      const editor = editors[i] as Editor;
      const killAt = plan.edits * (0.2 + 0.6 * next());
      const mayGo = (): boolean => cutFor > 0 || away < plan.away;
      let bot = bots[i] as Bot;
      let cutFor = 0;
      const comeBack = async (): Promise<void> => {
        await bot.must({ do: 'link' });
        // What is made now is confirmed when it is quite back.
        await editor.batch(bot, 1);
        const back = bot.must({ do: 'until', sender: bot.ready.me, sxe: editor.doings.last });
        // A kill may come before.
        void back.catch(() => undefined).then(() => away--);
      };
      for (let asked = 0; asked < plan.edits; ) {
        if (cutFor > 0 && --cutFor === 0) await comeBack();
        else if (mayGo() && cutFor === 0 && next() < Math.max(0.03, BATCH / plan.edits)) {
          away++;
          cutFor = 1 + Math.floor(next() * 12);
          editor.doings.cuts++;
          await bot.must({ do: 'cut' });
        }
        const count = Math.min(1 + Math.floor(next() * BATCH), plan.edits - asked);
        asked += count;
        if (editor.doings.kills.length === 0 && (asked === plan.edits || (asked > killAt && mayGo()))) {
          if (cutFor === 0) away++;
          cutFor = 0;
          countHealed(bot);
          await editor.batchAndKill(bot, count);
          bot = await start(i);
          away--;
        } else await editor.batch(bot, count);
        // Mostly at the pace of the network, so that everybody's edits mix; else as fast as can be.
        const { last } = editor.doings;
        if (cutFor === 0 && last !== undefined && next() < 0.8)
          await bot.must({ do: 'until', sender: bot.ready.me, sxe: last });
      }
      if (cutFor > 0) await comeBack();
    };
    await Promise.all([
      ...names.map((_, i) => work(i)),
      strict?.edit(plan.strict?.edits ?? 0, shared, seeded(plan.seed * 1000 + 999)),
    ]);
    const doings = editors.map((editor) => editor.doings);
    await everywhere(bots, doings);
    // What nobody has the id of (a strict peer's, corrections) has come by when all is idle.
    if (strict) await Promise.all(bots.map((bot) => bot.must({ do: 'idle' })));
    const seconds = (Date.now() - started) / 1000;
    if (strict) doings.push({ ...new Editor(5, shared, [], Math.random).doings, writes: [...strict.writes] });
    const { verdict, digests, svgs, trees } = await compareBots(bots, doings, begun, folder);
    const strictDifference = strict?.difference(trees[0] as BotNode);
    good = verdict.lost.length === 0;
    bots.forEach(countHealed);
    const restarted: string[] = [];
    for (const [i, bot] of bots.slice(0, plan.restarts).entries()) {
      await bot.quit();
      restarted.push((await (await start(i)).must({ do: 'idle' })).digest ?? '');
    }
    const sum = (of: (one: (typeof doings)[number]) => number): number =>
      doings.reduce((total, one) => total + of(one), 0);
    return {
      ...verdict,
      digests,
      svgs,
      restarted,
      edits: sum((one) => one.edits) + (strict?.writes.length ?? 0),
      refused: sum((one) => one.refused),
      cuts: sum((one) => one.cuts),
      kills: sum((one) => one.kills.length),
      healed,
      strictDifference,
      seconds,
    };
  } finally {
    await strict?.stop();
    await Promise.all(bots.map((bot) => bot.quit().catch(() => bot.kill9())));
    if (good) await rm(folder, { recursive: true, force: true });
  }
}

/** One line of figures for the test's output. */
export function figures(name: string, outcome: FiveBotsOutcome): string {
  const { edits, refused, stanzas, cuts, kills, seconds, fields, tokens, killed, corrections, healed } = outcome;
  return (
    `${name}: ${edits} edits (${refused} refused) in ${stanzas} stanzas and ${seconds.toFixed(1)} s, ${cuts} cuts, ${kills} kills; ` +
    `${fields} last writers and ${tokens} words stand, ${killed} edits not on disk at a kill; ` +
    `${corrections} corrections, ${outcome.epochs} epochs, ${healed} healings, ${outcome.lost.length} lost`
  );
}
