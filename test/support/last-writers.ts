/**
 * Whether anybody's last word was lost, from logs alone: the order of the stanzas that the bots wrote down, and what the bots had been asked
 * for. Knows nothing of the core.
 */
import type { BotNode } from './bots.ts';
import type { Doings, Write } from './field-edits.ts';

interface LoggedEdit {
  readonly kind: 'new' | 'set' | 'remove';
  readonly rid: string;
  readonly type?: string;
  readonly parent?: string;
  readonly chdata?: string;
  readonly fields?: { readonly parent?: string; readonly chdata?: string };
  readonly splice?: { readonly from: number; readonly count: number; readonly void?: true };
  readonly fix?: true;
  readonly void?: unknown;
  readonly malformed?: true;
}

/** A line of a bot's `log`. */
export interface LoggedStanza {
  readonly epoch: string;
  readonly seq: number;
  readonly sxe: string;
  /** Milliseconds since 1970, by the clock of whoever wrote it down. */
  readonly time: number;
  readonly edits: readonly LoggedEdit[];
}

/**
 * One order out of several logs, of which none need be whole. What an earlier epoch had and a later one has again counts where the later one
 * has it: whoever opened the later one didn't know it. Throws when two logs disagree or a place of the last epoch is in none.
 */
export function mergeLogs(logs: readonly (readonly LoggedStanza[])[]): LoggedStanza[] {
  const epochs = new Map<string, { begun: number; readonly places: Map<number, LoggedStanza> }>();
  for (const stanza of logs.flat()) {
    const { epoch, seq, sxe, time } = stanza;
    const merged = epochs.get(epoch) ?? { begun: time, places: new Map<number, LoggedStanza>() };
    epochs.set(epoch, merged);
    merged.begun = Math.min(merged.begun, time);
    const there = merged.places.get(seq);
    if (there && there.sxe !== sxe)
      throw new Error(`place ${seq} of ${epoch} is ${there.sxe} in one log and ${sxe} in another`);
    merged.places.set(seq, stanza);
  }
  const inOrder = [...epochs.values()]
    .sort((a, b) => a.begun - b.begun)
    .map(({ places }) => [...places.values()].sort((a, b) => a.seq - b.seq));
  const latest = inOrder.at(-1) ?? [];
  const hole = latest.findIndex(({ seq }, i) => seq !== i + 1);
  if (hole >= 0) throw new Error(`no log has place ${hole + 1}`);
  return inOrder.flatMap((stanzas, i) => {
    const again = new Set(inOrder.slice(i + 1).flatMap((later) => later.map(({ sxe }) => sxe)));
    return stanzas.filter(({ sxe }) => !again.has(sxe));
  });
}

export interface Verdict {
  /** Fields whose last writer is known and has its value in every tree. */
  readonly fields: number;
  /** Words put into texts that are still there. */
  readonly tokens: number;
  /** The last writes before a kill that reached nobody: they weren't on disk yet. */
  readonly killed: number;
  readonly corrections: number;
  readonly stanzas: number;
  readonly epochs: number;
  /** A sentence for each lost word. */
  readonly lost: readonly string[];
}

/** What was answered so long before a kill is on disk for sure, whatever else the machine does. */
const KILL_GRACE_MS = 10_000;

interface Said {
  readonly index: number;
  readonly sxe: string;
  readonly value: string;
}

/** What stands in a tree: attribute values and texts by their rids, and where elements are. */
interface Standing {
  readonly chdata: Map<string, string>;
  readonly parent: Map<string, string>;
  /** By element: all its own text. */
  readonly text: Map<string, string>;
}

function standing(tree: BotNode): Standing {
  const result: Standing = { chdata: new Map(), parent: new Map(), text: new Map() };
  const visit = (node: BotNode): void => {
    for (const { rid, value } of node.attrs ?? []) result.chdata.set(rid, value);
    for (const child of node.children ?? []) {
      result.parent.set(child.rid, node.rid);
      if (child.type === 'text') result.text.set(node.rid, (result.text.get(node.rid) ?? '') + (child.data ?? ''));
      visit(child);
    }
  };
  visit(tree);
  return result;
}

const numbered = (sxe: string): readonly [prefix: string, n: number] => {
  const dot = sxe.lastIndexOf('.');
  return [sxe.slice(0, dot), Number(sxe.slice(dot + 1))];
};

/** What the log says was written last, and which words of texts came and went by which stanza. */
function readOrder(order: readonly LoggedStanza[]): {
  readonly last: Map<string, Said>;
  readonly all: Map<string, string>;
  readonly came: Set<string>;
  readonly went: Map<string, string>;
  /** By prefix: the number of the latest stanza. */
  readonly reached: Map<string, number>;
  readonly corrections: number;
} {
  const last = new Map<string, Said>();
  const all = new Map<string, string>();
  const texts = new Map<string, string>();
  const came = new Set<string>();
  const went = new Map<string, string>();
  const reached = new Map<string, number>();
  let corrections = 0;
  const tokens = (text: string): string[] => text.match(/<[^<>]*>/g) ?? [];
  for (const [index, { sxe, edits }] of order.entries()) {
    const [prefix, n] = numbered(sxe);
    reached.set(prefix, Math.max(n, reached.get(prefix) ?? 0));
    for (const edit of edits) {
      if (edit.fix) corrections++;
      if (edit.kind === 'remove' || edit.fix || edit.void !== undefined || edit.malformed) continue;
      const { splice, rid } = edit;
      const says = edit.fields ?? edit;
      if (splice?.void) continue;
      const before = texts.get(rid) ?? '';
      const chdata =
        splice && says.chdata !== undefined
          ? before.slice(0, splice.from) + says.chdata + before.slice(splice.from + splice.count)
          : says.chdata;
      if (chdata !== undefined) {
        const now = tokens(chdata);
        for (const token of now) came.add(token);
        const kept = new Set(now);
        for (const token of tokens(before)) if (!kept.has(token)) went.set(token, sxe);
        texts.set(rid, chdata);
      }
      for (const [field, value] of [
        ['chdata', chdata],
        ['parent', says.parent],
      ] as const) {
        if (value === undefined) continue;
        last.set(`${rid} ${field}`, { index, sxe, value });
        all.set(`${rid} ${field} ${sxe}`, value);
      }
    }
  }
  return { last, all, came, went, reached, corrections };
}

/** Holds what was asked for against the order and against every bot's tree. `begun`: the stanzas that made the board. */
export function judgeLastWriters(
  doings: readonly Doings[],
  order: readonly LoggedStanza[],
  trees: readonly BotNode[],
  begun: ReadonlySet<string>,
): Verdict {
  const { last, all, came, went, reached, corrections } = readOrder(order);
  const places = new Map(order.map(({ sxe }, index) => [sxe, index]));
  const stand = trees.map(standing);
  const lost: string[] = [];
  let killed = 0;
  let fields = 0;
  let tokens = 0;

  const isThere = (write: Write): boolean =>
    write.field === 'token' ? came.has(write.value) : all.has(`${write.rid} ${write.field} ${write.sxe}`);
  /** Not written down before a kill: only the last stanzas of a process can be missing, and not by chance. */
  const diedWith = (write: Write): boolean => {
    const near = doings[write.bot]?.kills.some((kill) => write.at <= kill && write.at > kill - KILL_GRACE_MS);
    const [prefix, n] = numbered(write.sxe ?? '');
    return near === true && n >= (reached.get(prefix) ?? 0) && !isThere(write);
  };

  function judgeWord(write: Write, unsure: boolean): void {
    const by = went.get(write.value);
    const times = stand.map(({ text }) => (text.get(write.rid) ?? '').split(write.value).length - 1);
    if (by !== undefined) lost.push(`the word ${write.value} was taken out by ${by}`);
    else if (times.every((n) => n === 1)) tokens++;
    else if (!unsure || times.some((n) => n !== 0))
      lost.push(`the word ${write.value} of bot ${write.bot} stands ${times.join(', ')} times in the trees`);
  }

  const unsure = new Set<Write>();
  const byField = new Map<string, Write[]>();
  for (const write of doings.flatMap((one) => one.writes)) {
    if (write.sxe === undefined) unsure.add(write);
    else if (diedWith(write)) {
      unsure.add(write);
      killed++;
    } else if (!places.has(write.sxe)) lost.push(`the stanza ${write.sxe} of bot ${write.bot} is in no log`);
    const key = `${write.rid} ${write.field}`;
    const group = byField.get(key);
    if (write.field === 'token') judgeWord(write, unsure.has(write));
    else if (group) group.push(write);
    else byField.set(key, [write]);
  }

  /** Why the last word on a field is lost; undefined when it stands. */
  function faultOf(key: string, writes: readonly Write[]): string | undefined {
    const said = last.get(key);
    // What stands already isn't written again: a move within a parent, the value that is there.
    const isWrite = (write: Write): boolean =>
      all.has(`${key} ${write.sxe}`) || (write.field !== 'parent' && write.value !== said?.value);
    const at = (write: Write): number => places.get(write.sxe ?? '') ?? -1;
    const sure = writes.filter((write) => at(write) >= 0 && !unsure.has(write) && isWrite(write));
    const maybe = new Set(writes.flatMap((write) => (unsure.has(write) ? [write.value] : [])));
    // Of two in one stanza the one asked for later counts.
    const winner = sure.reduce<Write | undefined>((best, one) => (best && at(best) > at(one) ? best : one), undefined);
    if (!said) return winner && `nobody wrote it, though ${winner.sxe} should have`;
    if (winner && said.index < at(winner)) return `${winner.value} of ${winner.sxe} isn't in its stanza`;
    const expected = winner && said.index === at(winner) ? said.value === winner.value : begun.has(said.sxe);
    if (!expected && !maybe.has(said.value)) return `${said.sxe} wrote ${said.value}, for which nobody asked`;
    const [rid = '', field = ''] = key.split(' ');
    const values = stand.map((one) => (field === 'parent' ? one.parent : one.chdata).get(rid));
    if (values.some((value) => value !== said.value))
      return `${said.value} by ${said.sxe}, but the trees have ${values.join(', ')}`;
    return undefined;
  }

  for (const [key, writes] of byField) {
    const fault = faultOf(key, writes);
    if (fault === undefined) fields++;
    else lost.push(`${key}: ${fault}`);
  }
  return {
    fields,
    tokens,
    killed,
    corrections,
    stanzas: order.length,
    epochs: new Set(order.map(({ epoch }) => epoch)).size,
    lost,
  };
}
