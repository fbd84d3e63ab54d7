/** What an application gives a session, and gets. */
import type { Intent, Replica, Selves, SubmitResult } from '#core/replica-port.ts';
import type { TreeView } from '#core/types.ts';
import type { SessionEvent, SessionPhase } from './events.ts';
import type { Live } from './live.ts';
import type { Clock, Compression, Logger, LogPort, Random } from './ports.ts';
import type { Presenting } from './presenting.ts';
import type { Transport } from './transport.ts';

export interface SessionOptions {
  readonly transport: Transport;
  readonly replica: Replica;
  /** The session's id, the same for all who share it. */
  readonly sessionId: string;
  /** The board's name, as presence advertises it. */
  readonly name: string;
  /** The replica's own stanza prefix: 8 to 64 characters of [0-9a-z]. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly compression: Compression;
  readonly log: LogPort;
  readonly logger?: Logger;
  /** Namespaces of the application types that state offers name. */
  readonly descriptions?: readonly string[];
  /** What waits is to be on the disk when this returns: a stanza is about to leave that says again what an earlier one said. Were the
   *  process killed before that is written down, it would say it once more. */
  readonly keep?: () => void;
  readonly onEvent: (event: SessionEvent) => void;
}

export interface Session {
  readonly phase: SessionPhase;
  /** As Replica.submit; what it changes is in the result, not in an event. It leaves at once when nothing is in flight. */
  submit(intents: readonly Intent[], gesture: string): SubmitResult;
  /** As Replica.restore. */
  restore(past: TreeView, selves: Selves, gesture: string): SubmitResult;
  undo(): SubmitResult;
  redo(): SubmitResult;
  /** Shows the others what this person does right now; dropped while offline. */
  live(live: Live): void;
  /** Who shows what to whom; a 'presenting' event says that it changed. */
  readonly presenting: Presenting;
  /** Tells the others whether somebody is at the board. */
  away(on: boolean): void;
  /** Stops listening and leaves the room. What waits stays in the replica's outbox. */
  leave(): Promise<void>;
}
