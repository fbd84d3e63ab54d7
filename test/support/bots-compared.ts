/** What bots have in the end, held against each other and against what they were asked for. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bot, BotNode } from './bots.ts';
import type { Doings } from './field-edits.ts';
import { judgeLastWriters, type LoggedStanza, mergeLogs, type Verdict } from './last-writers.ts';

export interface Compared {
  readonly verdict: Verdict;
  readonly digests: readonly string[];
  readonly svgs: readonly string[];
  readonly trees: readonly BotNode[];
}

export async function treeOf(bot: Bot): Promise<BotNode> {
  const { tree } = await bot.must({ do: 'tree' });
  if (tree === undefined) throw new Error('the bot has no tree');
  return tree;
}

async function logOf(bot: Bot): Promise<LoggedStanza[]> {
  const { log } = await bot.must({ do: 'log' });
  // A strict peer's ids are kept apart by occupant, whom servers name differently.
  return (log as LoggedStanza[]).map((stanza) => ({ ...stanza, sxe: stanza.sxe.replace(/^~.*\/(strict-)/, '$1') }));
}

/** The ids of all stanzas so far. */
export async function stanzasOf(bot: Bot): Promise<ReadonlySet<string>> {
  return new Set((await logOf(bot)).map(({ sxe }) => sxe));
}

/** Resolves when every bot has what was everybody's last stanza at the time of the call. */
export async function everywhere(bots: readonly Bot[], doings: readonly Doings[]): Promise<void> {
  const last = doings.map((one, i) => ({ sender: bots[i]?.ready.me, sxe: one.last }));
  await Promise.all(
    bots.flatMap((bot) =>
      last.flatMap(({ sender, sxe }) => (sxe === undefined ? [] : [bot.must({ do: 'until', sender, sxe })])),
    ),
  );
}

/** Waits until nothing moves any more, and judges. `begun`: the stanzas that made the board. What shows a loss is written to `folder`. */
export async function compareBots(
  bots: readonly Bot[],
  doings: readonly Doings[],
  begun: ReadonlySet<string>,
  folder: string,
): Promise<Compared> {
  const places = await Promise.all(bots.map((bot) => bot.must({ do: 'idle' })));
  const svgs = await Promise.all(bots.map(async (bot) => (await bot.must({ do: 'svg' })).svg ?? ''));
  const trees = await Promise.all(bots.map(treeOf));
  const logs = await Promise.all(bots.map(logOf));
  const order = mergeLogs(logs);
  const verdict = judgeLastWriters(doings, order, trees, begun);
  if (verdict.lost.length > 0) {
    await writeFile(path.join(folder, 'evidence.json'), JSON.stringify({ verdict, doings, order, logs, trees }));
    process.stderr.write(`What shows it, and what each bot has on disk: ${folder}\n`);
  }
  return { verdict, digests: places.map(({ digest }) => digest ?? ''), svgs, trees };
}
