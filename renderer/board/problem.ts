/** What can go wrong on the canvas by itself. The panels say it in the person's language (`problem.*`). */

export type ProblemCode = 'too-heavy' | 'not-a-picture' | 'unreadable-picture' | 'large-picture';

/** The message is the English sentence; `name` is the file it is about, where there is one. */
export class BoardProblem extends Error {
  readonly code: ProblemCode;
  readonly file: string;
  constructor(code: ProblemCode, message: string, file = '') {
    super(message);
    this.code = code;
    this.file = file;
  }
}
