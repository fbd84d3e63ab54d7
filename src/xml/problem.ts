/** Why a text was refused. Thrown inside parsers only; what an application type offers turns it into a result value. */
export class XmlProblem extends Error {
  readonly code: 'malformed' | 'too-large';
  /** Where in the text that was being read, in UTF-16 units, if it is known. */
  readonly offset: number | undefined;

  constructor(code: 'malformed' | 'too-large', message: string, offset?: number) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}

/** `line 3, column 7` of an offset, both counted from 1. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, Math.max(0, Math.min(offset, text.length)));
  let line = 1;
  let start = 0;
  for (const match of before.matchAll(/\r\n?|\n/g)) {
    line++;
    start = match.index + match[0].length;
  }
  return `line ${line}, column ${before.length - start + 1}`;
}
