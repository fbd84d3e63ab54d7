/** Why a command ends badly, as its exit status says it (CLI.md): 1 when the work failed, 2 when the words are off. */
export class CommandFailure extends Error {
  readonly status: 1 | 2;
  /** @param sentence What happened and what to do, for a person. */
  constructor(sentence: string, status: 1 | 2 = 1) {
    super(sentence);
    this.name = 'CommandFailure';
    this.status = status;
  }
}

/** The sentence for whatever was thrown, on one line. */
export function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').trim() || 'It failed without saying why.';
}
