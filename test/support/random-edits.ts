/** Random edits on shared targets, for bots: the same seed asks for the same kinds of edits in the same order. */
import type { Bot, BotAnswer, BotNode } from './bots.ts';

/** Mulberry32, in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Targets {
  readonly elements: string[];
  readonly groups: string[];
  readonly paths: string[];
  readonly texts: string[];
}

function targetsOf(tree: BotNode): Targets {
  const targets: Targets = { elements: [], groups: [tree.rid], paths: [], texts: [] };
  const visit = (node: BotNode): void => {
    for (const child of node.children ?? []) {
      if (child.type !== 'element') continue;
      targets.elements.push(child.rid);
      if (child.name === 'g') targets.groups.push(child.rid);
      if (child.name === 'path') targets.paths.push(child.rid);
      if (child.name === 'text') targets.texts.push(child.rid);
      visit(child);
    }
  };
  visit(tree);
  return targets;
}

export interface Edited {
  /** The id of the last stanza that an edit joined. */
  readonly lastSxe: string | undefined;
  readonly done: number;
  /** Edits whose target had just gone: refused by the bot, as they should be. */
  readonly refused: number;
}

/**
 * Makes `count` edits without waiting for the network. Targets are looked up every 20 edits, so that several bots meet on
 * the same ones. Rejects when an edit fails for any reason but a target that is gone or a move into itself.
 */
export async function randomEdits(bot: Bot, seed: number, count: number): Promise<Edited> {
  const next = seeded(seed);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(next() * list.length)];
  const number = (most: number): string => String(Math.round(next() * most * 10) / 10);
  let targets = await look(bot);
  let answers: Promise<BotAnswer>[] = [];
  let lastSxe: string | undefined;
  let refused = 0;
  const settle = async (): Promise<void> => {
    for (const answer of await Promise.all(answers)) {
      if (answer.ok) lastSxe = answer.sxe ?? lastSxe;
      else if (answer.code === 'internal') throw new Error(`an edit failed: ${answer.message ?? ''}`);
      else refused += 1;
    }
    answers = [];
  };
  const make = (): Record<string, unknown> => {
    const dice = next();
    const any = pick(targets.elements);
    const group = pick(targets.groups) ?? 'root';
    if (dice < 0.3 || any === undefined) return { do: 'add', parent: group, before: null, xml: shape(next, number) };
    if (dice < 0.6) return { do: 'set', rid: any, ...setting(next, number) };
    if (dice < 0.75)
      return { do: 'move', rid: any, parent: group, before: pick([null, pick(targets.elements) ?? null]) };
    if (dice < 0.82) return { do: 'remove', rid: any };
    const path = pick(targets.paths);
    const text = pick(targets.texts);
    if (dice < 0.92 && path !== undefined) {
      return { do: 'text', rid: path, name: 'd', from: 0, count: 0, insert: `M${number(100)} ${number(100)}` };
    }
    if (text !== undefined)
      return { do: 'text', rid: text, from: 0, count: Math.floor(next() * 2), insert: `${number(9)}é` };
    return { do: dice < 0.96 ? 'undo' : 'redo' };
  };
  for (let i = 0; i < count; i++) {
    answers.push(bot.ask(make()));
    if (i % 20 === 19) {
      await settle();
      targets = await look(bot);
    }
  }
  await settle();
  return { lastSxe, done: count - refused, refused };
}

async function look(bot: Bot): Promise<Targets> {
  const { tree } = await bot.must({ do: 'tree' });
  if (tree === undefined) throw new Error('the bot has no tree');
  return targetsOf(tree);
}

function shape(next: () => number, number: (most: number) => string): string {
  const dice = next();
  if (dice < 0.3)
    return `<rect x="${number(400)}" y="${number(400)}" width="${number(90)}" height="${number(90)}" fill="#1971c2"/>`;
  if (dice < 0.5)
    return `<path d="M${number(400)} ${number(400)}L${number(400)} ${number(400)}" fill="none" stroke="#000"/>`;
  if (dice < 0.7) return `<text x="${number(400)}" y="${number(400)}">words ${number(99)}</text>`;
  if (dice < 0.85) return `<g opacity="0.${Math.ceil(next() * 9)}"><circle r="${number(40)}"/></g>`;
  return `<ellipse cx="${number(400)}" cy="${number(400)}" rx="${number(50)}" ry="${number(50)}"><title>${number(9)}</title></ellipse>`;
}

/** An attribute that every element may have. */
function setting(next: () => number, number: (most: number) => string): { name: string; value: string | null } {
  const [name, value] = [
    ['fill', `hsl(${number(360)} 50% 50%)`],
    ['stroke-width', number(9)],
    ['opacity', number(1)],
    ['transform', `translate(${number(300)} 0)`],
  ][Math.floor(next() * 4)] as [string, string];
  return { name, value: next() < 0.15 ? null : value };
}
