/** Profanity, an XMPP client that knows nothing of boards, in a terminal of its own (tmux): what its person types, and what they read. */
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import type { Login } from './people.ts';

const exec = promisify(execFile);
const PATIENCE_MS = 30_000;

export interface Profanity {
  type(line: string): Promise<void>;
  /** What stands in its terminal. */
  screen(): Promise<string>;
  /** Resolves when the terminal shows it. */
  until(what: RegExp): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it and signs in, with any certificate. */
export async function startProfanity(login: Login): Promise<Profanity> {
  const folder = mkdtempSync(path.join(tmpdir(), 'limn-profanity-'));
  const home = path.join(folder, 'home');
  mkdirSync(home);
  const env = { PATH: process.env['PATH'], HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
  const socket = path.join(folder, 'tmux');
  const tmux = async (...args: string[]): Promise<string> =>
    (await exec('tmux', ['-S', socket, '-f', '/dev/null', ...args], { env })).stdout;
  const gone = (): void => {
    spawn('tmux', ['-S', socket, 'kill-server'], { env, stdio: 'ignore' });
  };
  process.once('exit', gone);
  await tmux('new-session', '-d', '-x', '150', '-y', '50', 'profanity');
  const screen = (): Promise<string> => tmux('capture-pane', '-p');
  const until = async (what: RegExp): Promise<void> => {
    await vi.waitFor(
      async () => {
        const text = await screen();
        if (!what.test(text)) throw new Error(`Profanity doesn't show ${String(what)}:\n${text}`);
      },
      { timeout: PATIENCE_MS, interval: 100 },
    );
  };
  const type = async (line: string): Promise<void> => {
    await tmux('send-keys', '-l', line);
    await tmux('send-keys', 'Enter');
  };
  const [, port = ''] = login.service.split(':');
  await until(/Profanity/);
  await type(`/connect ${login.jid} server 127.0.0.1 port ${port} tls trust`);
  await until(/password/i);
  await type(login.password);
  await until(/logged in/);
  return {
    ...{ type, screen, until },
    async stop() {
      process.off('exit', gone);
      await tmux('kill-server').catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
