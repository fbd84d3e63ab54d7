/** Small things that every script of this folder needs. Node's own modules only: these run before anything is installed. */
import { spawn } from 'node:child_process';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');

/** A sentence of progress. On standard error, so that what a program prints can be piped. */
export function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

/** Ends the script with one sentence that says what happened and what to do. */
export function fail(sentence, status = 1) {
  say(sentence);
  process.exit(status);
}

/**
 * Runs a program to its end and answers with its status and, when `capture` is set, what it printed. Never throws: a
 * program that can't be started has status 127.
 */
export function run(command, args, { capture = false, ...options } = {}) {
  return new Promise((resolve) => {
    const stdio = capture ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2];
    const child = spawn(command, args, { cwd: ROOT, stdio, ...options });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => resolve({ status: 127, output: `${output}${error.message}` }));
    child.on('close', (code, signal) => resolve({ status: code ?? (signal ? 1 : 0), output }));
  });
}

/**
 * Becomes another program as far as that is possible: its streams are ours, signals are passed on, and its status ends
 * this process.
 */
export function become(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  // The terminal sends Ctrl-C to the child as well; a signal from elsewhere reaches only us.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGTERM'));
  child.on('error', (error) => fail(`${path.basename(command)} could not be started: ${error.message}.`));
  child.on('close', (code, signal) => process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
}
