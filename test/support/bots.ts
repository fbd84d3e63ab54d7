/** `limn bot` processes as tests and benchmarks drive them: one JSON object a line each way. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CLI = path.join(ROOT, 'dist/cli.mjs');

export type BotLine = Readonly<Record<string, unknown>>;

/** An answer of a bot. */
export interface BotAnswer extends BotLine {
  readonly ok: boolean;
  readonly message?: string;
  readonly rids?: readonly string[];
  readonly sxe?: string;
  readonly digest?: string;
  readonly svg?: string;
  readonly tree?: BotNode;
  readonly place?: { readonly epoch: string; readonly seq: number };
}

/** A node as `tree` answers it. */
export interface BotNode {
  readonly rid: string;
  readonly type: string;
  readonly name?: string;
  readonly data?: string;
  readonly attrs?: readonly { readonly rid: string; readonly name: string; readonly value: string }[];
  readonly children?: readonly BotNode[];
}

export interface Bot {
  /** What the ready event said: who I am, where the session stands. */
  readonly ready: BotLine;
  /** Sends a line and resolves with its answer, whatever it says. */
  ask(command: BotLine): Promise<BotAnswer>;
  /** As `ask`, but rejects when the answer is a failure. */
  must(command: BotLine): Promise<BotAnswer>;
  /** Sends anything, as it is. */
  raw(line: string): void;
  /** Events so far. */
  readonly events: readonly BotLine[];
  /** Resolves with the first event, past or coming, that fits. */
  event(fits: (event: BotLine) => boolean): Promise<BotLine>;
  /** `quit`, and waits for the end of the process; answers with its exit status. */
  quit(): Promise<number>;
  kill9(): Promise<void>;
  /** Stops the process where it stands, as a machine that is suspended does; `wake` lets it go on. */
  suspend(): void;
  wake(): void;
}

export interface BotOptions {
  readonly jid: string;
  readonly password: string;
  readonly room: string;
  readonly service: string;
  readonly ca: string;
  readonly nick: string;
  readonly profile: string;
  readonly create?: string;
}

/** Brings dist/cli.mjs up to date; tests that start the command line call it first. */
export async function buildCli(): Promise<string> {
  const script = "import('./scripts/build.mjs').then(({ build }) => build({ only: 'dist/cli' }))";
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT });
  return CLI;
}

/** Starts a bot and resolves when it is ready; rejects with what it said when it ends before. */
export async function startBot(options: BotOptions): Promise<Bot> {
  const { jid, room, service, ca, nick, profile, create } = options;
  const words = ['--jid', jid, '--room', room, '--service', service, '--ca', ca, '--nick', nick, '--profile', profile];
  if (create !== undefined) words.push('--create', create);
  const child = spawn(process.execPath, [CLI, 'bot', ...words], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, LIMN_PASSWORD: options.password },
  });
  return connect(child);
}

async function connect(child: ChildProcess & { stdin: unknown }): Promise<Bot> {
  const events: BotLine[] = [];
  const waiting = new Map<string, (answer: BotAnswer) => void>();
  const watchers = new Set<(event: BotLine) => void>();
  let complaint = '';
  let count = 0;
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code) => resolve(code ?? -1));
  });
  const lost = new Promise<never>((_, reject) => {
    void ended.then((code) => reject(new Error(`the bot ended with ${code}: ${complaint.trim()}`)));
  });
  lost.catch(() => undefined);
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const value = JSON.parse(line) as BotLine;
      if (typeof value.event === 'string') {
        events.push(value);
        for (const watch of watchers) watch(value);
      } else waiting.get(String(value.id))?.(value as BotAnswer);
    });
  }
  const event: Bot['event'] = (fits) => {
    const found = events.find(fits);
    if (found !== undefined) return Promise.resolve(found);
    const coming = new Promise<BotLine>((resolve) => {
      const watch = (value: BotLine): void => {
        if (!fits(value)) return;
        watchers.delete(watch);
        resolve(value);
      };
      watchers.add(watch);
    });
    return Promise.race([coming, lost]);
  };
  const raw = (line: string): void => void child.stdin?.write(`${line}\n`);
  const ask: Bot['ask'] = (command) => {
    const id = `t${++count}`;
    const answered = new Promise<BotAnswer>((resolve) => {
      waiting.set(id, (answer) => {
        waiting.delete(id);
        resolve(answer);
      });
    });
    raw(JSON.stringify({ ...command, id }));
    return Promise.race([answered, lost]);
  };
  return {
    ready: await event((value) => value.event === 'ready'),
    ask,
    raw,
    events,
    event,
    async must(command) {
      const answer = await ask(command);
      if (!answer.ok) throw new Error(`${JSON.stringify(command)} failed: ${answer.message ?? ''}`);
      return answer;
    },
    async quit() {
      raw('{"do":"quit"}');
      return ended;
    },
    async kill9() {
      child.kill('SIGKILL');
      await ended;
    },
    suspend: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
  };
}
