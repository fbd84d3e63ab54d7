/** The demo's own XMPP server: a Prosody on free loopback ports in a folder that goes with it. */
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CommandFailure } from './failure.ts';

const run = promisify(execFile);
const HOST = 'localhost';
const START_MS = 15_000;

export interface LoopbackServer {
  readonly service: string;
  readonly rooms: string;
  /** The server's own certificate, in PEM: to be trusted by those who connect. */
  readonly ca: string;
  readonly stop: () => Promise<void>;
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

const configuration = (folder: string, port: number): string => `
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
s2s_ports = {} http_ports = {} https_ports = {} component_ports = {}
data_path = ${JSON.stringify(path.join(folder, 'data'))}
pidfile = ${JSON.stringify(path.join(folder, 'prosody.pid'))}
log = { warn = ${JSON.stringify(path.join(folder, 'prosody.log'))} }
certificates = ${JSON.stringify(folder)}
modules_enabled = { "roster", "saslauth", "tls", "disco", "ping", "smacks" }
modules_disabled = { "s2s", "offline", "http" }
c2s_require_encryption = true
authentication = "internal_hashed"
ssl = { key = ${JSON.stringify(path.join(folder, 'key.pem'))}; certificate = ${JSON.stringify(path.join(folder, 'cert.pem'))}; }
VirtualHost "${HOST}"
Component "rooms.${HOST}" "muc"
`;

async function makeCertificate(folder: string): Promise<string> {
  const file = path.join(folder, 'cert.pem');
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
  await run('openssl', [...words, '-keyout', path.join(folder, 'key.pem'), '-out', file, ...names]).catch(() => {
    throw new CommandFailure('The demo needs openssl for its certificate: install it (sudo apt-get install openssl).');
  });
  return readFile(file, 'utf8');
}

/**
 * Starts a Prosody with these accounts (name to password).
 * @throws CommandFailure when Prosody or openssl is missing or doesn't start.
 */
export async function startLoopbackProsody(accounts: Readonly<Record<string, string>>): Promise<LoopbackServer> {
  const missing = 'The demo needs the XMPP server Prosody: install it (sudo apt-get install prosody) and try again.';
  await run('prosodyctl', ['--help']).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new CommandFailure(missing);
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'limn-demo-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const port = await freePort();
    const store = path.join(folder, 'data', HOST, 'accounts');
    await mkdir(store, { recursive: true });
    for (const [name, password] of Object.entries(accounts)) {
      // Prosody hashes a plain password when the account first logs in.
      await writeFile(path.join(store, `${name}.dat`), `return { ["password"] = ${JSON.stringify(password)}; };\n`);
    }
    const config = path.join(folder, 'prosody.cfg.lua');
    await writeFile(config, configuration(folder, port));
    const ca = await makeCertificate(folder);
    await chmod(folder, 0o755);
    const server = await launch(folder, config, port);
    const stop = async (): Promise<void> => {
      await server();
      await remove();
    };
    return { service: `xmpp://127.0.0.1:${port}`, rooms: `rooms.${HOST}`, ca, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Runs Prosody in the foreground, as its own user where we are root, which it refuses to be. Answers with how to end it. */
async function launch(folder: string, config: string, port: number): Promise<() => Promise<void>> {
  const root = process.getuid?.() === 0;
  if (root) await run('chown', ['-R', 'prosody:prosody', folder]);
  const as = root ? ['setpriv', '--reuid=prosody', '--regid=prosody', '--clear-groups', 'prosody'] : ['prosody'];
  const [command = '', ...words] = [...as, '--config', config, '-F'];
  // In a process group of its own, so that Ctrl-C at the terminal ends the people first and the server last.
  const child = spawn(command, words, { cwd: folder, stdio: 'ignore', detached: true });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const deadline = Date.now() + START_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      const log = await readFile(path.join(folder, 'prosody.log'), 'utf8').catch(() => '');
      throw new CommandFailure(`Prosody did not start. ${log.trim().split('\n').at(-1) ?? ''}`.trim());
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return async () => {
    child.kill('SIGTERM');
    await ended;
  };
}
