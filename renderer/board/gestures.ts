/**
 * Names of gestures. Main takes what comes under one name in a row for one step of undo, from any window of the board, so
 * every gesture has a name of its own. Keys held down and a slider that is dragged go on with the gesture that they began.
 */
import type { IntentInput } from '#api/contract.ts';

/** Gestures that are done in many small steps, told as each is done. */
const IN_STEPS: ReadonlySet<string> = new Set(['nudge', 'style']);
/** Such a step belongs to the one before if it comes within this time (ms). */
const GOES_ON_MS = 1000;

export interface Gestures {
  /** The name under which to submit what a gesture of this kind does now. */
  name(kind: string, intents: readonly IntentInput[]): string;
}

export function createGestures(now: () => number): Gestures {
  const window = crypto.randomUUID().slice(0, 8);
  let count = 0;
  let last = { of: '', at: Number.NEGATIVE_INFINITY };

  return {
    name(kind, intents) {
      const of = IN_STEPS.has(kind) ? `${kind} ${intents.map(fieldOf).join()}` : '';
      const at = now();
      if (of === '' || of !== last.of || at - last.at > GOES_ON_MS) count += 1;
      last = { of, at };
      return `${kind} ${window}.${count}`;
    },
  };
}

function fieldOf(intent: IntentInput): string {
  const rid = 'rid' in intent ? intent.rid : '';
  return intent.do === 'set' ? `${rid}/${intent.name}` : `${rid}/${intent.do}`;
}
