import { randomBytes } from 'node:crypto';
import type { Random } from '#app/ports.ts';

/** The system's cryptographic random numbers. */
export const systemRandom: Random = { bytes: (length) => new Uint8Array(randomBytes(length)) };
