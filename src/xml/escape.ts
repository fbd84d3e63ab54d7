/** Text and attribute values as XML writes them. */
import { cleanText } from './names.ts';

/** Character data. A carriage return is written as a reference, or reading would make it a line feed. */
export function escapeText(text: string): string {
  const clean = cleanText(text);
  return /[&<>\r]/.test(clean)
    ? clean.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;')
    : clean;
}

/** An attribute's value between double quotes; the caller has taken out what XML forbids (`cleanText`). */
export function escapeValue(value: string): string {
  if (!/[&<"\t\n\r>]/.test(value)) return value;
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;');
}
