/**
 * A real ejabberd of a test's own: free loopback ports, a temporary folder, a self-signed certificate, accounts and a room
 * service. It runs as one Erlang node without a name, so that any number may run at once and no port mapper is started.
 * Version 23.01 has no occupant ids (XEP-0421): an occupant is its room JID. Takes about two seconds and 100 MB: for long tests, and where another server than Prosody is the point. Needs `ejabberd`
 * (Debian's package) and `openssl`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort, makeCertificate, startServer, type TestServer, USUAL_ACCOUNTS } from './server-process.ts';

export interface EjabberdOptions {
  /** Name (letters and digits) to password; `alice`, `bob` and `carol` with password `pw` unless given. */
  readonly accounts?: Readonly<Record<string, string>>;
  /** The packaged shaper: 3 kB/s after a burst of 20 kB; off unless given. */
  readonly throttle?: true;
  /** How many may be in a room; 200 unless given. */
  readonly maxUsers?: number;
  /** Rooms may be created by nobody. */
  readonly noRoomCreation?: true;
  /** Without stream management (XEP-0198). */
  readonly noResumption?: true;
  /** A host with ANONYMOUS log-in, `guests.localhost`. */
  readonly guests?: true;
}

export type Ejabberd = TestServer;

const ROOT = process.getuid?.() === 0;
const RUN_AS = ROOT ? ['setpriv', '--reuid=ejabberd', '--regid=ejabberd', '--clear-groups'] : [];

interface Ports {
  readonly port: number;
  readonly tlsPort: number;
}

function configuration(folder: string, { port, tlsPort }: Ports, options: EjabberdOptions): string {
  const shaper = options.throttle ? '\n    shaper: packaged' : '';
  const quoted = (file: string): string => JSON.stringify(path.join(folder, file));
  return `
hosts: [localhost${options.guests ? ', guests.localhost' : ''}]
loglevel: info
certfiles: [${quoted('pem')}]
auth_method: internal
auth_password_format: scram
disable_sasl_mechanisms: [digest-md5]
shaper:
  packaged: {rate: 3000, burst_size: 20000}
listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    starttls_required: true
    max_stanza_size: 262144${shaper}
  - port: ${tlsPort}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    tls: true
    max_stanza_size: 262144${shaper}
modules:
  mod_disco: {}
  mod_caps: {}
  mod_ping: {}
  mod_roster: {}
${options.noResumption ? '' : '  mod_stream_mgmt: {resend_on_timeout: if_offline}'}
  mod_muc:
    host: rooms.localhost
    access_create: ${options.noRoomCreation ? 'none' : 'all'}
    max_users: ${options.maxUsers ?? 200}
    max_user_conferences: 1000
    default_room_options: {max_users: ${options.maxUsers ?? 200}, anonymous: true, persistent: false}
host_config:
  localhost: {auth_method: internal}
${options.guests ? '  guests.localhost: {auth_method: anonymous, anonymous_protocol: sasl_anon, allow_multiple_connections: true}' : ''}
`;
}

/** Where Debian keeps Erlang applications besides Erlang's own: /usr/lib or the machine's folder in it. */
function libraries(): string {
  const folders = ['/usr/lib', ...readdirSync('/usr/lib').map((name) => path.join('/usr/lib', name))];
  const found = folders.find(
    (folder) => folder.endsWith('-gnu') && readdirSync(folder).some((name) => /^ejabberd-\d/.test(name)),
  );
  return found ?? '/usr/lib';
}

/** What the node does besides ejabberd: it makes the accounts and says that all is up. */
function setUp(folder: string, accounts: Readonly<Record<string, string>>): string {
  const made = Object.entries(accounts).map(([name, password]) => {
    if (!/^[a-z0-9]+$/.test(name)) throw new RangeError(`account ${name}: letters and digits only`);
    return `ejabberd_auth:try_register(<<"${name}">>, <<"localhost">>, <<${[...Buffer.from(password)].join(',')}>>)`;
  });
  return [...made, `ok = file:write_file(${JSON.stringify(path.join(folder, 'up'))}, <<"up">>)`].join(', ').concat('.');
}

/** Starts an ejabberd and resolves when its accounts are there and its ports are open. */
export async function startEjabberd(options: EjabberdOptions = {}): Promise<Ejabberd> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'limn-ejabberd-'));
  const accounts = options.accounts ?? USUAL_ACCOUNTS;
  const ports = { port: await freePort(), tlsPort: await freePort() };
  const { key, certificate } = makeCertificate(folder, 'localhost');
  writeFileSync(path.join(folder, 'pem'), readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'));
  writeFileSync(path.join(folder, 'ejabberd.yml'), configuration(folder, ports, options));
  mkdirSync(path.join(folder, 'data'));
  if (ROOT) execFileSync('chown', ['-R', 'ejabberd:ejabberd', folder]);

  const logFile = path.join(folder, 'ejabberd.log');
  const log = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  let said = '';
  const words = ['-noinput', '+K', 'true', '-mnesia', 'dir', JSON.stringify(path.join(folder, 'data'))];
  const running = await startServer({
    name: 'ejabberd',
    command: [...RUN_AS, 'erl', ...words, '-s', 'ejabberd', '-eval', setUp(folder, accounts)],
    options: {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        ERL_LIBS: libraries(),
        EJABBERD_CONFIG_PATH: path.join(folder, 'ejabberd.yml'),
        EJABBERD_LOG_PATH: logFile,
        ERL_CRASH_DUMP: path.join(folder, 'crash.dump'),
      },
    },
    folder,
    up: path.join(folder, 'up'),
    ports: [ports.port, ports.tlsPort],
    said: () => `${said}\n${log()}`,
    onSpawn: (child) => {
      said = '';
      const hear = (chunk: Buffer): void => void (said = (said + chunk.toString()).slice(-4000));
      child.stdout?.on('data', hear);
      child.stderr?.on('data', hear);
    },
  });
  return Object.assign(running, { host: 'localhost', rooms: 'rooms.localhost', ...ports, certificate, accounts, log });
}
