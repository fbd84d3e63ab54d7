/** `limn validate`: whether a drawing is sound, a line per fault. Where it comes from is given, so that this is only the rules. */
import type { CheckedFile } from '#app/svg-files.ts';
import { CommandFailure, sentenceOf } from './failure.ts';

export interface ValidatePorts {
  /** Throws ApiError 'bad-svg' or 'too-large' when it is no SVG at all. */
  readonly check: (file: string) => Promise<CheckedFile>;
  readonly out: (line: string) => void;
}

/**
 * Writes what breaks SVG's rules, and what of the file Limn would leave out for safety, which is no fault.
 * @throws CommandFailure status 1 when there are faults, or no SVG.
 */
export async function runValidate(
  file: string,
  options: { readonly json?: true },
  ports: ValidatePorts,
): Promise<void> {
  const write = (human: string, json: object): void => ports.out(options.json ? JSON.stringify(json) : human);
  let checked: CheckedFile;
  try {
    checked = await ports.check(file);
  } catch (error) {
    const message = sentenceOf(error);
    if (options.json) ports.out(JSON.stringify({ ok: false, file, faults: 1, message }));
    throw new CommandFailure(message);
  }
  for (const { path, fault } of checked.faults) {
    const { code, detail, reason } = fault;
    write(`${file}:${path}: ${reason}`, { fault: code, path, detail, message: reason });
  }
  for (const message of checked.removed) write(`${file}: On a board, ${inner(message)}`, { note: 'safety', message });
  const count = checked.faults.length;
  if (options.json) ports.out(JSON.stringify({ ok: count === 0, file, faults: count }));
  else if (count === 0) ports.out(`${file}: sound`);
  if (count > 0) {
    throw new CommandFailure(
      `${file} breaks SVG's rules in ${count === 1 ? 'one place' : `${count} places`}. Look at the lines above.`,
    );
  }
}

/** "2 scripts were taken out." as it is said of a file that is looked at only. */
const inner = (sentence: string): string => sentence.replace(/ (?:was|were) taken out\.$/, ' would be taken out.');
