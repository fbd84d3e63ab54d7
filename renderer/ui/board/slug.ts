/** Addresses suggested for new rooms. */

/** A name as the local part of an address: Latin letters, digits and dashes; `board` if nothing is left. */
export function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return plain.slice(0, 32) || 'board';
}

/** Four signs, so that a suggested room is not someone else's by accident. */
export function randomSuffix(): string {
  return [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => (byte % 36).toString(36)).join('');
}
