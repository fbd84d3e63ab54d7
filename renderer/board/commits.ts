/**
 * Gestures on their way: what was drawn as a preview stays until main's changes for it have reached the screen, so nothing
 * flickers between the release and the echo, however long that takes.
 */
import type { Api, IntentInput } from '#api/contract.ts';
import type { Projection, Touched } from './projection.ts';

/** A gesture that changes nothing brings no changes: its preview goes this long (ms) after main's answer. */
const SILENT_MS = 600;

export interface Commits {
  /** Sends one gesture. `settle` runs once, when its effect is on the screen or it failed. Answers with the rids per
   *  intent, or null after a failure, which has been reported. */
  submit(gesture: string, intents: IntentInput[], settle?: () => void): Promise<readonly (readonly string[])[] | null>;
  /** Tells what a batch of changes touched. */
  arrived(touched: Touched): void;
  /** Runs work when nothing is on its way, in order: it then reads shapes as they have become. */
  whenSettled(work: () => void): void;
}

interface Waiting {
  readonly rids: Set<string>;
  readonly settle: () => void;
}

export function createCommits(
  api: Api,
  board: string,
  projection: Projection,
  report: (error: unknown) => void,
): Commits {
  const waiting = new Set<Waiting>();
  const later: (() => void)[] = [];

  function check(entry: Waiting): void {
    if (entry.rids.size === 0 && waiting.delete(entry)) entry.settle();
    while (waiting.size === 0 && later.length) later.shift()?.();
  }

  return {
    async submit(gesture, intents, settle = () => {}) {
      if (intents.length === 0) {
        settle();
        return [];
      }
      const rids = new Set(intents.flatMap((intent) => (intent.do === 'add' ? [] : [intent.rid])));
      const hasAdd = intents.some((intent) => intent.do === 'add');
      // An add's rid is known only from the answer: a placeholder keeps the entry open until then.
      const entry: Waiting = { rids: hasAdd ? rids.add('') : rids, settle };
      waiting.add(entry);
      try {
        const { rids: made } = await api.call('document.submit', { board, gesture, intents });
        for (const [i, intent] of intents.entries()) {
          const rid = intent.do === 'add' ? made[i]?.[0] : undefined;
          if (rid && !projection.node(rid)) entry.rids.add(rid);
        }
        entry.rids.delete('');
        check(entry);
        setTimeout(() => {
          entry.rids.clear();
          check(entry);
        }, SILENT_MS);
        return made;
      } catch (error) {
        entry.rids.clear();
        check(entry);
        report(error);
        return null;
      }
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
