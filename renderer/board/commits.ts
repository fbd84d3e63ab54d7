/**
 * Gestures on their way. Attribute writes show at once (own-writes.ts); what is added, moved or removed shows when main's
 * changes for it have come, and its preview stays until then, so nothing flickers however long that takes.
 */
import type { Api, IntentInput, ViewChange } from '#api/contract.ts';
import { createGestures } from './gestures.ts';
import type { OwnWrites } from './own-writes.ts';
import type { Projection, Touched } from './projection.ts';

/** A gesture that changes nothing brings no changes: it is waited for this long (ms) after main's answer. */
const SILENT_MS = 600;

/** The rids that main gave to each intent's nodes; null after a failure, which has been reported. */
export type Made = readonly (readonly string[])[] | null;

export interface Commits {
  /** Sends one gesture, or a step of one (gestures.ts); `gesture` says of which kind it is. `settle` runs once, when its effect is on the screen or it failed. */
  submit(gesture: string, intents: IntentInput[], settle?: (made: Made) => void): void;
  /** Tells what a batch of changes touched. */
  arrived(touched: Touched): void;
  /** Runs work when nothing is on its way, in order: it then reads shapes and the selection as they have become. */
  whenSettled(work: () => void): void;
}

export interface CommitParts {
  readonly api: Api;
  readonly board: string;
  readonly projection: Projection;
  readonly own: OwnWrites;
  /** Puts changes on the screen now. */
  readonly show: (changes: readonly ViewChange[]) => void;
  /** True while changes of main wait to be shown. */
  readonly behind: () => boolean;
  /** The person did something to the document. */
  readonly submits: () => void;
  readonly report: (error: unknown) => void;
  /** Milliseconds, by any beginning. */
  readonly now: () => number;
}

interface Waiting {
  /** What the screen has yet to hear of. */
  readonly rids: Set<string>;
  readonly settle: (made: Made) => void;
  made: Made;
}

/** Stands for the nodes of an add until main has named them. */
const UNNAMED = '';

export function createCommits(parts: CommitParts): Commits {
  const { projection, own } = parts;
  const gestures = createGestures(parts.now);
  const waiting = new Set<Waiting>();
  const later: (() => void)[] = [];

  function check(entry: Waiting): void {
    if (entry.rids.size === 0 && waiting.delete(entry)) entry.settle(entry.made);
    while (waiting.size === 0 && later.length) later.shift()?.();
  }

  function end(entry: Waiting): void {
    entry.rids.clear();
    const changes = own.drop(entry);
    if (changes.length) parts.show(changes);
    check(entry);
  }

  function endSoon(entry: Waiting): void {
    setTimeout(() => (parts.behind() ? endSoon(entry) : end(entry)), SILENT_MS);
  }

  function named(entry: Waiting, intents: readonly IntentInput[], made: NonNullable<Made>): void {
    entry.made = made;
    for (const [i, intent] of intents.entries()) {
      const rid = intent.do === 'add' ? made[i]?.[0] : undefined;
      if (rid && !projection.node(rid)) entry.rids.add(rid);
    }
    entry.rids.delete(UNNAMED);
    check(entry);
    endSoon(entry);
  }

  const read = (rid: string, name: string): string | null => {
    const node = projection.node(rid);
    return node ? projection.raw(node, name) : null;
  };

  return {
    submit(gesture, intents, settle = () => {}) {
      if (intents.length === 0) {
        settle([]);
        return;
      }
      parts.submits();
      const rids = new Set(
        intents.flatMap((intent) => (intent.do === 'set' ? [] : [intent.do === 'add' ? UNNAMED : intent.rid])),
      );
      const entry: Waiting = { rids, settle, made: [] };
      waiting.add(entry);
      const shown = own.add(entry, intents, read);
      if (shown.length) parts.show(shown);
      check(entry);
      const name = gestures.name(gesture, intents);
      parts.api.call('document.submit', { board: parts.board, gesture: name, intents }).then(
        (answer) => named(entry, intents, answer.rids),
        (error: unknown) => {
          entry.made = null;
          end(entry);
          parts.report(error);
        },
      );
    },
    arrived(touched) {
      for (const entry of [...waiting]) {
        if (touched.reset) entry.rids.clear();
        else for (const rid of touched.rids) entry.rids.delete(rid);
        check(entry);
      }
    },
    whenSettled(work) {
      if (waiting.size === 0) work();
      else later.push(work);
    },
  };
}
