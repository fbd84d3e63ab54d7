/** Passwords come from LIMN_PASSWORD or from a person at a terminal, never from an argument, where other users could read them. */
import type { ReadStream } from 'node:tty';
import { CommandFailure } from './failure.ts';

const ENTER = /[\r\n]/;
const CTRL_C = '\u0003';
const BACKSPACE = /[\u007f\b]/;

/**
 * The password for an account: LIMN_PASSWORD, else what is typed, unseen, at the terminal.
 * @throws CommandFailure when there is neither.
 */
export async function readPassword(
  account: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
  input: ReadStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Promise<string> {
  const given = env.LIMN_PASSWORD;
  if (given !== undefined && given !== '') return given;
  if (!input.isTTY) {
    throw new CommandFailure(
      `There is no password for ${account}: put it into the environment variable LIMN_PASSWORD.`,
    );
  }
  output.write(`Password for ${account}: `);
  input.setRawMode(true);
  try {
    return await typed(input);
  } finally {
    input.setRawMode(false);
    input.pause();
    output.write('\n');
  }
}

function typed(input: ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let password = '';
    const onData = (chunk: Buffer): void => {
      for (const char of chunk.toString('utf8')) {
        if (ENTER.test(char)) return finish(() => resolve(password));
        if (char === CTRL_C) return finish(() => reject(new CommandFailure('No password was given.')));
        password = BACKSPACE.test(char) ? password.slice(0, -1) : password + char;
      }
    };
    const finish = (settle: () => void): void => {
      input.off('data', onData);
      settle();
    };
    input.on('data', onData);
  });
}
