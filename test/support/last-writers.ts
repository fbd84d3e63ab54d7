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
  /** Fields and words that an undo or redo had the last say about. */
  readonly undone: number;
  /** Writes answered within a second before a kill that reached nobody: they weren't on disk yet. */
  readonly killed: number;
  readonly corrections: number;
  readonly stanzas: number;
  readonly epochs: number;
  /** A sentence for each lost word. */
  readonly lost: readonly string[];
}

const KILL_GRACE_MS = 1000;

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

/** What the log says was written last, and which words of texts came and went by which stanza. */
function readOrder(order: readonly LoggedStanza[]): {
  readonly last: Map<string, Said>;
  readonly all: Map<string, string>;
  readonly came: Set<string>;
  readonly went: Map<string, string>;
  readonly corrections: number;
} {
  const last = new Map<string, Said>();
  const all = new Map<string, string>();
  const texts = new Map<string, string>();
  const came = new Set<string>();
  const went = new Map<string, string>();
  let corrections = 0;
  const tokens = (text: string): string[] => text.match(/<[^<>]*>/g) ?? [];
  for (const [index, { sxe, edits }] of order.entries()) {
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
  return { last, all, came, went, corrections };
}

/** Holds what was asked for against the order and against every bot's tree. */
export function judgeLastWriters(
  doings: readonly Doings[],
  order: readonly LoggedStanza[],
  trees: readonly BotNode[],
): Verdict {
  const { last, all, came, went, corrections } = readOrder(order);
  const places = new Map(order.map(({ sxe }, index) => [sxe, index]));
  const undone = new Set(doings.flatMap((one) => [...one.undone]));
  const stand = trees.map(standing);
  const lost: string[] = [];
  let killed = 0;
  let byUndo = 0;
  let fields = 0;
  let tokens = 0;

  const nearKill = (write: Write): boolean =>
    (doings[write.bot]?.kills ?? []).some((kill) => write.at <= kill && write.at > kill - KILL_GRACE_MS);
  const there = (write: Write): boolean =>
    write.field === 'token' ? came.has(write.value) : all.has(`${write.rid} ${write.field} ${write.sxe}`);
  /** Undone, or not written down before a kill. */
  const mayBeMissing = new Set<Write>();
  const groups = new Map<string, Write[]>();
  for (const write of doings.flatMap((one) => one.writes)) {
    const lostByKill = nearKill(write) && !there(write);
    const missing = write.sxe === undefined || undone.has(write.sxe) || lostByKill;
    if (missing) mayBeMissing.add(write);
    if (write.sxe !== undefined && lostByKill) killed++;
    if (write.sxe !== undefined && !missing && !places.has(write.sxe))
      lost.push(`the stanza ${write.sxe} of bot ${write.bot} is in no log`);
    if (write.field === 'token') {
      if (missing && !came.has(write.value)) continue;
      const by = went.get(write.value);
      if (!came.has(write.value)) lost.push(`the word ${write.value} of bot ${write.bot} is in no log`);
      else if (by !== undefined) {
        if (undone.has(by)) byUndo++;
        else lost.push(`the word ${write.value} was taken out by ${by}`);
      } else {
        const times = stand.map(({ text }) => (text.get(write.rid) ?? '').split(write.value).length - 1);
        if (times.every((n) => n === 1)) tokens++;
        else lost.push(`the word ${write.value} stands ${times.join(', ')} times in the trees`);
      }
    } else {
      const key = `${write.rid} ${write.field}`;
      const group = groups.get(key);
      if (group) group.push(write);
      else groups.set(key, [write]);
    }
  }

  for (const [key, writes] of groups) {
    // A move to where a shape is already writes no parent.
    const isWrite = (write: Write): boolean => write.field !== 'parent' || all.has(`${key} ${write.sxe}`);
    const sure = writes.filter((write) => places.has(write.sxe ?? '') && !mayBeMissing.has(write) && isWrite(write));
    const unsure = new Set(writes.flatMap((write) => (mayBeMissing.has(write) ? [write.value] : [])));
    const at = (write: Write): number => places.get(write.sxe ?? '') ?? -1;
    // Of two in one stanza the one asked for later counts.
    const winner = sure.reduce<Write | undefined>((best, one) => (best && at(best) > at(one) ? best : one), undefined);
    const said = last.get(key);
    if (!said) {
      if (winner) lost.push(`${key}: nobody wrote it, though ${winner.sxe} should have`);
      continue;
    }
    if (winner && said.index < at(winner)) {
      lost.push(`${key}: ${winner.value} of ${winner.sxe} isn't in its stanza`);
      continue;
    }
    if (winner && said.index === at(winner) && said.value !== winner.value && !unsure.has(said.value)) {
      lost.push(`${key}: ${winner.sxe} says ${said.value}, not ${winner.value}`);
      continue;
    }
    const later = !winner || said.index > at(winner);
    if (later && !undone.has(said.sxe) && !unsure.has(said.value) && said.index > 0) {
      lost.push(`${key}: ${said.sxe} wrote ${said.value}, for which nobody asked`);
      continue;
    }
    const [rid = '', field = ''] = key.split(' ');
    const values = stand.map((one) => (field === 'parent' ? one.parent : one.chdata).get(rid));
    if (values.some((value) => value !== said.value))
      lost.push(`${key}: ${said.value} by ${said.sxe}, but the trees have ${values.join(', ')}`);
    else if (later) byUndo++;
    else fields++;
  }
  return {
    fields,
    tokens,
    undone: byUndo,
    killed,
    corrections,
    stanzas: order.length,
    epochs: new Set(order.map(({ epoch }) => epoch)).size,
    lost,
  };
}
