/** What a session needs of the system: parameters, so that it has no I/O, clock or randomness of its own. */
import type { LogEntry } from '#core/replica-port.ts';
import { randomHex } from '#xmpp/random-hex.ts';
import type { Place } from '#core/types.ts';

export type { Compression } from '#xmpp/ports.ts';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after `ms`; returns the canceller. */
  after(ms: number, run: () => void): () => void;
}

export interface Random {
  /** Cryptographically strong. */
  bytes(length: number): Uint8Array;
}

/** The board's log as it is stored, oldest first, whatever the epoch; an entry may come twice. Read only when boards meet. */
export interface LogPort {
  entries(): Iterable<LogEntry>;
  /** The entries after the last one with this place, in order; undefined when there is none. */
  since(place: Place): Iterable<LogEntry> | undefined;
}

/** Writes to the program's log: facts for developers, never shown to people. */
export type Logger = (level: 'debug' | 'warn', message: string, detail?: Readonly<Record<string, unknown>>) => void;

/** A random id of 16 bytes in hexadecimal. */
export function randomId(random: Random): string {
  return randomHex(random, 16);
}
