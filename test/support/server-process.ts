/** What a real server of a test's own needs, whichever it is: a free port, a certificate, and a process that a test starts, kills and ends. */
import { type ChildProcess, execFileSync, spawn, type SpawnOptions } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

/** The name of every test's accounts to their passwords, unless a test wants others. */
export const USUAL_ACCOUNTS: Readonly<Record<string, string>> = { alice: 'pw', bob: 'pw', carol: 'pw' };

/** A running server, as a test sees it. */
export interface TestServer {
  /** Its domain: `localhost` unless it is federated. */
  readonly host: string;
  /** The domain of its rooms: `rooms.localhost` unless it is federated. */
  readonly rooms: string;
  /** STARTTLS port. */
  readonly port: number;
  /** Direct TLS port. */
  readonly tlsPort: number;
  /** The file of its certificate (PEM), which vouches for itself. */
  readonly certificate: string;
  /** The configured accounts. */
  readonly accounts: Readonly<Record<string, string>>;
  /** The process, while it runs. */
  readonly pid: number | undefined;
  /** The server's log so far. */
  log(): string;
  /** Ends the process (SIGTERM) and removes its folder. */
  stop(): Promise<void>;
  /** Kills the process at once (SIGKILL); `restart` brings it back with the same data and ports. */
  kill9(): Promise<void>;
  restart(): Promise<void>;
}

/** A free loopback port; whoever asks must listen on it soon. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

/** A self-signed certificate and its key as PEM files. */
export function makeCertificate(folder: string, name: string): { readonly key: string; readonly certificate: string } {
  const key = path.join(folder, 'key.pem');
  const certificate = path.join(folder, 'certificate.pem');
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'];
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  execFileSync('openssl', ['req', ...kind, '-keyout', key, '-out', certificate, ...names], { stdio: 'pipe' });
  return { key, certificate };
}

/** Asks again and again: neither a file nor a port of another process says when it is there. */
async function until(there: () => Promise<boolean>, what: string, alive: () => boolean): Promise<void> {
  for (const end = Date.now() + 40_000; !(await there()); ) {
    if (!alive()) throw new Error(`the server ended before ${what}`);
    if (Date.now() > end) throw new Error(`the server lived, but not ${what} in time`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const portOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

export interface ServerCommand {
  /** As it is named to people. */
  readonly name: string;
  readonly command: readonly string[];
  readonly options: SpawnOptions;
  /** Of the server's own: removed when it is stopped. */
  readonly folder: string;
  /** A file that the server writes when all of it is up; ports may open before. */
  readonly up: string;
  /** Ports that are open then. */
  readonly ports: readonly number[];
  /** What it said, for the error when it doesn't start. */
  readonly said: () => string;
  /** Hears of every process that is started. */
  readonly onSpawn?: (child: ChildProcess) => void;
}

/** Starts the command and resolves when it is up; a test that ends without stopping it takes it along. */
export async function startServer(
  server: ServerCommand,
): Promise<Pick<TestServer, 'pid' | 'stop' | 'kill9' | 'restart'>> {
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    rmSync(server.up, { force: true });
    const [command = '', ...args] = server.command;
    const started = spawn(command, args, server.options);
    child = started;
    server.onSpawn?.(started);
    await new Promise<void>((resolve, reject) => {
      started.once('spawn', resolve);
      started.once('error', reject);
    });
    const alive = (): boolean => started.exitCode === null && started.signalCode === null;
    try {
      await until(() => Promise.resolve(existsSync(server.up)), 'it was up', alive);
      for (const port of server.ports) await until(() => portOpen(port), `port ${port} was open`, alive);
    } catch (error) {
      throw new Error(`${server.name} did not start: ${String(error)}\n${server.said()}`);
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      running.once('exit', () => resolve());
      running.kill(signal);
    });
  };
  const onExit = (): void => void child?.kill('SIGKILL');
  process.once('exit', onExit);
  await start();
  return {
    get pid() {
      return child?.pid;
    },
    stop: async () => {
      await end('SIGTERM');
      process.off('exit', onExit);
      rmSync(server.folder, { recursive: true, force: true });
    },
    kill9: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
      await start();
    },
  };
}
