/** People who write notes together, without windows: each has a replica, the tree that a renderer has, and edits lines at random. */
import type { Replica } from '#core/replica-port.ts';
import { ApiError } from '#api/errors.ts';
import { documentType } from '#app/document-types.ts';
import { prepareIntents } from '#app/intents.ts';
import { createViewFeed, type ViewFeed } from '#app/view-feed.ts';
import {
  BREAK,
  bodyOf,
  type Line,
  linesOf,
  type LineKind,
  type MarkName,
  type Marks,
  type Run,
  sameMarks,
} from '#renderer/ui/notes/lines.ts';
import { planOf } from '#renderer/ui/notes/plan.ts';
import { createNotesTree, type NotesTree } from '#renderer/ui/notes/tree.ts';
import type { TargetLine } from '#renderer/ui/notes/units.ts';
import { emptyNotes } from '#xhtml/document.ts';
import { replica } from './document.ts';

const TYPE = documentType('xhtml');
const KINDS: readonly LineKind[] = ['p', 'h1', 'h2', 'quote', 'bullet', 'number', 'check'];
const MARKS: readonly MarkName[] = ['link', 'strong', 'em', 'code'];

/** A letter with its marks; a line is these. */
interface Letter {
  char: string;
  marks: Marks;
}
export interface Draft {
  rid: string | null;
  kind: LineKind;
  done: boolean;
  letters: Letter[];
}

/** Replicas that begin with the same empty notes. */
export function writers(count: number): Writer[] {
  const first = replica('r');
  first.submit([{ do: 'add', parent: '', before: null, node: emptyNotes('Plan', 'en') }], 'begin');
  first.confirmAlone();
  const state = first.state();
  return Array.from(
    { length: count },
    (_, i) => new Writer(replica('abcdef'[i] as string, { state, ...(TYPE.judge && { judge: TYPE.judge }) })),
  );
}

export class Writer {
  readonly replica: Replica;
  readonly tree: NotesTree;
  readonly #feed: ViewFeed;
  #gesture = 0;

  constructor(of: Replica) {
    this.replica = of;
    this.#feed = createViewFeed(
      () => of.shown,
      TYPE.shown,
      { now: () => 0, after: () => () => {} },
      (changes) => this.tree.follow(changes),
    );
    this.tree = createNotesTree(this.#feed.open());
  }

  get lines(): Line[] {
    return linesOf(this.tree);
  }

  /** What a window that begins now would have. */
  fresh(): Line[] {
    const root = this.replica.shown.root();
    const node = root === undefined ? undefined : TYPE.shown.tree(this.replica.shown, root);
    return linesOf(createNotesTree(node ?? null));
  }

  drafts(): Draft[] {
    return this.lines.map(({ rid, kind, done, pieces }) => ({
      ...{ rid, kind, done },
      letters: pieces.flatMap(({ text, marks }) => [...text].map((char) => ({ char, marks }))),
    }));
  }

  /** Makes the drafts so. False when others have done something meanwhile that this person hasn't looked at and that it doesn't fit. */
  write(drafts: readonly Draft[]): boolean {
    const target = drafts.map(targetOf);
    const intents = planOf(this.lines, bodyOf(this.tree), target);
    if (intents.length === 0) return true;
    try {
      const { intents: prepared } = prepareIntents(TYPE, this.replica.shown, intents);
      const result = this.replica.submit(prepared, `g${++this.#gesture}`);
      if (result.ok) this.#done(result);
      return result.ok;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'refused') return false;
      throw error;
    }
  }

  undo(): void {
    if (this.replica.canUndo()) this.#done(this.replica.undo());
  }

  /** Follows what others did. */
  look(): void {
    this.#feed.push(this.replica.takeChanges(), 'other');
    this.#feed.flush();
  }

  #done(result: ReturnType<Replica['submit']>): void {
    if (!result.ok) throw new Error(result.reason);
    this.#feed.push(result.changes, undefined);
    this.#feed.flush();
  }
}

function targetOf({ rid, kind, done, letters }: Draft): TargetLine {
  const runs: { text: string; marks: Marks }[] = [];
  for (const { char, marks } of letters) {
    const last = runs.at(-1);
    if (last && sameMarks(last.marks, marks)) last.text += char;
    else runs.push({ text: char, marks });
  }
  return { rid, kind, done, runs: runs satisfies Run[] };
}

/** How a person's keys change drafts: chosen by numbers in [0, 1). Answers the letters that were deleted on purpose. */
export function edit(drafts: Draft[], random: () => number, next: () => string): string[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const index = Math.floor(random() * drafts.length);
  const line = drafts[index];
  if (line === undefined) {
    drafts.push({ rid: null, kind: 'p', done: false, letters: [{ char: next(), marks: new Map() }] });
    return [];
  }
  const at = Math.floor(random() * (line.letters.length + 1));
  const end = Math.min(line.letters.length, at + Math.floor(random() * 6));
  const roll = random();
  if (line.kind === 'rule') {
    if (roll < 0.3) drafts.splice(index, 1);
  } else if (roll < 0.4) {
    const marks = (line.letters[at - 1] ?? line.letters[at])?.marks ?? new Map();
    const typed = Array.from({ length: 1 + Math.floor(random() * 3) }, next).map((char) => ({
      char,
      marks: char === BREAK ? new Map<MarkName, string>() : marks,
    }));
    line.letters.splice(at, 0, ...typed);
  } else if (roll < 0.5) return line.letters.splice(at, end - at).map(({ char }) => char);
  else if (roll < 0.6) {
    const rest = line.letters.splice(at);
    drafts.splice(index + 1, 0, { ...line, letters: rest });
  } else if (roll < 0.7) {
    const before = drafts[index - 1];
    if (before && before.kind !== 'rule') {
      before.letters.push(...line.letters);
      drafts.splice(index, 1);
    }
  } else if (roll < 0.82) {
    const name = pick(MARKS);
    const has = line.letters[at]?.marks.has(name);
    for (const letter of line.letters.slice(at, end)) {
      if (letter.char === BREAK) continue;
      const marks = new Map(letter.marks);
      if (has) marks.delete(name);
      else marks.set(name, name === 'link' ? 'https://x.org/' : '');
      letter.marks = new Map(
        (['link', 'strong', 'em', 'u', 's', 'code'] as const).flatMap((one) =>
          marks.has(one) ? [[one, marks.get(one) ?? ''] as const] : [],
        ),
      );
    }
  } else if (roll < 0.92) {
    line.kind = pick(KINDS);
    line.done = line.kind === 'check' && random() < 0.5;
  } else if (roll < 0.95) drafts.splice(index, 0, { rid: null, kind: 'rule', done: false, letters: [] });
  else {
    const gone = drafts.splice(index, 1 + Math.floor(random() * 2));
    if (drafts.every(({ kind }) => kind === 'rule')) drafts.push({ rid: null, kind: 'p', done: false, letters: [] });
    return gone.flatMap(({ letters }) => letters.map(({ char }) => char));
  }
  return [];
}

/** Lines without their identities, for comparison. */
export function plain(drafts: readonly Draft[]): unknown[] {
  return drafts.map(({ kind, done, letters }) => ({
    ...{ kind, done },
    letters: letters.map(({ char, marks }) => `${char}${[...marks.keys()].join('')}`),
  }));
}
