import type { XmppRandom } from './ports.ts';

/** Random bytes in hexadecimal: what nobody can guess. */
export function randomHex(random: XmppRandom, length: number): string {
  return Array.from(random.bytes(length), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
