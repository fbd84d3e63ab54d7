import type { Random } from './ports.ts';

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';
/** The largest multiple of 36 that a byte can hold: bytes from there on would make some digits likelier. */
const FAIR = 252;

/** `length` random digits of base 36 (5.17 bits each). */
export function randomName(random: Random, length: number): string {
  let name = '';
  while (name.length < length) {
    for (const byte of random.bytes(length)) {
      if (byte < FAIR && name.length < length) name += DIGITS[byte % 36];
    }
  }
  return name;
}
