/** What a server's refusals come to: a sentence for the person, and another try after a while. */
import type { SessionEvent } from './events.ts';
import type { Clock } from './ports.ts';

const RETRY_MS = 2000;

export interface Refusals {
  /** The server refuses edits just now. */
  readonly held: boolean;
  /** My edits were refused. */
  edits(condition: string, text: string | undefined): void;
  /** Something else of mine was. */
  later(): void;
  /** I have been given voice. */
  voiced(): void;
  /** The connection is new or gone. */
  clear(): void;
}

/** Makes the memory of what was refused; `again` does what was put off. */
export function createRefusals(clock: Clock, onEvent: (event: SessionEvent) => void, again: () => void): Refusals {
  let held = false;
  let cancel: (() => void) | undefined;

  /** What was refused is tried again after a while; a refusal tells nothing but "not now". */
  const later = (): void => {
    cancel?.();
    cancel = clock.after(RETRY_MS, () => {
      cancel = undefined;
      held = false;
      again();
    });
  };

  return {
    get held() {
      return held;
    },
    later,
    edits(condition, text) {
      held = true;
      if (condition === 'forbidden') {
        const message =
          'The room does not let you draw at the moment. Your work is kept here; ask a moderator for voice.';
        return onEvent({ type: 'problem', code: 'no-voice', message });
      }
      const reason = text ? text.slice(0, 200) : condition.slice(0, 60);
      const message = `The server did not take your last change (${reason}). It is kept here and sent again.`;
      onEvent({ type: 'problem', code: 'refused', message });
      later();
    },
    voiced() {
      held = false;
    },
    clear() {
      cancel?.();
      cancel = undefined;
      held = false;
    },
  };
}
