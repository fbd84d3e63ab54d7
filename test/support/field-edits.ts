/** Edits on shared shapes whose every field has a history that can be checked afterwards: what was asked, and in which stanza it went. */
import type { Bot, BotAnswer, BotNode } from './bots.ts';

/** One write that a bot was asked for. */
export interface Write {
  readonly bot: number;
  /** Attribute or element, and which of its fields; for a text, the token that was put into it. */
  readonly rid: string;
  readonly field: 'chdata' | 'parent' | 'token';
  readonly value: string;
  /** The stanza it joined, or undefined when the process was killed before it answered. */
  readonly sxe: string | undefined;
  /** When it was answered, milliseconds. */
  readonly at: number;
}

/** What one bot has done. */
export interface Doings {
  readonly writes: Write[];
  readonly kills: number[];
  /** The latest stanza that is sure to be on its way. */
  last: string | undefined;
  edits: number;
  refused: number;
  cuts: number;
}

export interface SharedShapes {
  /** Attributes that every shape has from the start and never loses: `attr` is the record's rid. */
  readonly attributes: readonly { readonly shape: string; readonly attr: string; readonly name: string }[];
  readonly shapes: readonly string[];
  readonly groups: readonly string[];
  readonly texts: readonly string[];
}

const GROUPS = 5;
const SHAPES = 50;

/** An SVG file of fifty shapes in five groups, every fifth a text. */
export function sharedBoard(): string {
  const common = 'fill="#123456" opacity="1" transform="translate(0 0)"';
  const shape = (i: number): string =>
    i % 5 === 0 ? `<text x="1" y="1" ${common}>start</text>` : `<rect x="1" y="1" width="9" height="9" ${common}/>`;
  const groups = Array.from({ length: GROUPS }, (_, g) => {
    const inside = Array.from({ length: SHAPES / GROUPS }, (__, i) => shape(g * (SHAPES / GROUPS) + i));
    return `<g>${inside.join('')}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">${groups.join('')}</svg>\n`;
}

/** Finds what `sharedBoard` drew in a tree. */
export function sharedShapes(tree: BotNode): SharedShapes {
  const groups = (tree.children ?? []).filter(({ name }) => name === 'g');
  const shapes = groups.flatMap((group) => (group.children ?? []).filter(({ type }) => type === 'element'));
  return {
    groups: groups.map(({ rid }) => rid),
    shapes: shapes.map(({ rid }) => rid),
    texts: shapes.filter(({ name }) => name === 'text').map(({ rid }) => rid),
    attributes: shapes.flatMap((shape) =>
      (shape.attrs ?? []).map(({ rid, name }) => ({ shape: shape.rid, attr: rid, name })),
    ),
  };
}

/** A value that an attribute of this name may have, different each time where that is possible. */
export function valueOf(name: string, next: () => number): string {
  const number = (most: number): string => String(Math.round(next() * most * 1000) / 1000);
  if (name === 'fill') return `hsl(${number(360)} 50% 50%)`;
  if (name === 'opacity') return number(1);
  return name === 'transform' ? `translate(${number(300)} ${number(300)})` : number(400);
}

interface Asked {
  readonly line: Readonly<Record<string, unknown>>;
  /** What to note when it is answered; none for what nobody checks. */
  readonly write?: Pick<Write, 'rid' | 'field' | 'value'>;
  /** A shape of the bots' own, outside the fifty. */
  readonly extra?: true;
}

/** Asks one bot at a time for random edits, a batch after the other. */
export class Editor {
  readonly doings: Doings = {
    writes: [],
    kills: [],
    last: undefined,
    edits: 0,
    refused: 0,
    cuts: 0,
  };
  #tokens = 0;
  readonly #bot: number;
  readonly #shared: SharedShapes;
  readonly #extras: string[];
  readonly #next: () => number;

  /** `extras`: rids of further shapes, shared by all editors, who add and remove them. */
  constructor(bot: number, shared: SharedShapes, extras: string[], next: () => number) {
    this.#bot = bot;
    this.#shared = shared;
    this.#extras = extras;
    this.#next = next;
  }

  /** Asks for `count` edits at once and notes each answer. Rejects when an edit fails other than by a target that has gone. */
  async batch(bot: Bot, count: number): Promise<void> {
    await Promise.all(this.#some(count).map((asked) => this.#settle(bot, asked)));
  }

  /** As `batch`, but the process is killed after some of the answers. */
  async batchAndKill(bot: Bot, count: number): Promise<void> {
    const asked = this.#some(count);
    const answers = asked.map((one) => this.#settle(bot, one));
    const some = answers.slice(0, Math.ceil(this.#next() * count));
    // The kill makes the rest reject.
    const rest = Promise.allSettled(answers);
    await Promise.all(some);
    await bot.kill9();
    const settled = await rest;
    // Not before: answers that were under way have come now.
    this.doings.kills.push(Date.now());
    for (const [i, result] of settled.entries()) {
      const write = asked[i]?.write;
      if (result.status === 'rejected' && write)
        this.doings.writes.push({ ...write, bot: this.#bot, sxe: undefined, at: Date.now() });
    }
    this.doings.last = undefined;
  }

  async #settle(bot: Bot, { line, write, extra }: Asked): Promise<void> {
    const answer: BotAnswer = await bot.ask(line);
    if (!answer.ok) {
      if (answer.code === 'internal') throw new Error(`${JSON.stringify(line)} failed: ${answer.message ?? ''}`);
      this.doings.refused++;
      return;
    }
    this.doings.edits++;
    const { sxe = '', rids = [] } = answer;
    this.doings.last = sxe;
    if (write) this.doings.writes.push({ ...write, bot: this.#bot, sxe, at: Date.now() });
    if (extra && rids[0] !== undefined) this.#extras.push(rids[0]);
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#next() * list.length)] as T;
  }

  /** At least so many, in order. */
  #some(count: number): Asked[] {
    const asked: Asked[] = [];
    while (asked.length < count) asked.push(...this.#make());
    return asked;
  }

  #extra(): Asked {
    const xml = '<circle r="4" fill="red"><title>x</title></circle>';
    return { line: { do: 'add', parent: this.#pick(this.#shared.groups), before: null, xml }, extra: true };
  }

  #make(): Asked[] {
    const { attributes, shapes, groups, texts } = this.#shared;
    const dice = this.#next();
    if (dice < 0.6) {
      const { shape, attr, name } = this.#pick(attributes);
      const value = valueOf(name, this.#next);
      return [{ line: { do: 'set', rid: shape, name, value }, write: { rid: attr, field: 'chdata', value } }];
    }
    if (dice < 0.72) {
      const [rid, parent] = [this.#pick(shapes), this.#pick(groups)];
      return [{ line: { do: 'move', rid, parent, before: null }, write: { rid, field: 'parent', value: parent } }];
    }
    if (dice < 0.84) {
      const rid = this.#pick(texts);
      const value = `<${this.#bot}é${++this.#tokens}>`;
      return [{ line: { do: 'text', rid, from: 0, count: 0, insert: value }, write: { rid, field: 'token', value } }];
    }
    if (dice < 0.9) return [this.#extra()];
    const gone = dice < 0.96 ? this.#extras.splice(Math.floor(this.#next() * this.#extras.length), 1)[0] : undefined;
    if (gone !== undefined) return [{ line: { do: 'remove', rid: gone } }];
    // Takes back a shape of its own, never what is shared: what others wrote since would make it unclear who had the last word.
    const taken: Asked[] = [this.#extra(), { line: { do: 'undo' } }];
    return dice < 0.98 ? taken : [...taken, { line: { do: 'redo' } }];
  }
}
