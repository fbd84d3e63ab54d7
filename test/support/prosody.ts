/**
 * A real Prosody of a test's own: free loopback ports, a temporary folder, a self-signed certificate, accounts and a room
 * service. Any number may run at once. Needs `prosody` and `openssl` on the path.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort, makeCertificate, startServer, type TestServer, USUAL_ACCOUNTS } from './server-process.ts';

export interface ProsodyOptions {
  /** Name to password; `alice`, `bob` and `carol` with password `pw` unless given. */
  readonly accounts?: Readonly<Record<string, string>>;
  /** The packaged 10 kB/s limit of mod_limits, or bytes a second; off unless given. */
  readonly throttle?: true | number;
  /** No TLS at all, as no server should be. */
  readonly plaintext?: true;
  /** Only these SASL mechanisms. */
  readonly mechanisms?: readonly ('SCRAM-SHA-1' | 'SCRAM-SHA-256' | 'PLAIN')[];
  /** Common name and subjectAltName of the certificate; the host's own unless given. */
  readonly certificateName?: string;
  /** Rooms may be created by nobody. */
  readonly noRoomCreation?: true;
  /** Without stream management (XEP-0198). */
  readonly noResumption?: true;
  /** A virtual host with ANONYMOUS log-in, `guests.localhost`. */
  readonly guests?: true;
  /** Speaks to other servers, in clear and by dialback, as the domain that is this loopback address, with rooms at the second one:
   *  addresses need no DNS. Port 5269 of both must be free. */
  readonly federated?: { readonly domain: string; readonly rooms: string };
  /** With an upload service (XEP-0363), `share.localhost`, over HTTPS at `localhost`. */
  readonly uploads?: true;
  /** Accounts that all have each other in their rosters, both seeing the other. */
  readonly friends?: readonly string[];
  /** More lines for the configuration's global part. */
  readonly config?: string;
}

export interface Prosody extends TestServer {
  /** Takes a new key and certificate for the next `restart`. */
  renewCertificate(name?: string): void;
}

const ROOT = process.getuid?.() === 0;
const RUN_AS = ROOT ? ['setpriv', '--reuid=prosody', '--regid=prosody', '--clear-groups', 'prosody'] : ['prosody'];

function own(folder: string): void {
  if (ROOT) execFileSync('chown', ['-R', 'prosody:prosody', folder]);
}

const quote = (text: string): string => JSON.stringify(text);

function configuration(
  folder: string,
  ports: { port: number; tlsPort: number; httpsPort: number },
  options: ProsodyOptions,
): string {
  const modules = ['posix', 'roster', 'carbons', 'saslauth', 'disco', 'ping', 'blocklist', 'pep', 'vcard4', 'register'];
  if (!options.plaintext) modules.push('tls');
  if (!options.noResumption) modules.push('smacks');
  if (options.throttle) modules.push('limits');
  const { domain = 'localhost', rooms = 'rooms.localhost' } = options.federated ?? {};
  if (options.federated) modules.push('s2s', 'dialback');
  const rate = options.throttle === true ? '10kb/s' : `${options.throttle ?? 0}b/s`;
  const all = ['SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256-PLUS', 'PLAIN', 'OAUTHBEARER'];
  const allowed: readonly string[] = options.mechanisms ?? all;
  const disabled = all.filter((mechanism) => !allowed.includes(mechanism));
  return `
interfaces = { "127.0.0.1" }
c2s_ports = { ${ports.port} }
c2s_direct_tls_ports = { ${options.plaintext ? '' : ports.tlsPort} }
s2s_ports = { ${options.federated ? 5269 : ''} } s2s_interfaces = { ${quote(domain)}, ${quote(rooms)} } s2s_direct_tls_ports = {}
s2s_require_encryption = false s2s_secure_auth = false http_ports = {} component_ports = {}
https_ports = { ${options.uploads ? ports.httpsPort : ''} } https_interfaces = { "127.0.0.1" }
https_ssl = { key = ${quote(path.join(folder, 'key.pem'))}; certificate = ${quote(path.join(folder, 'certificate.pem'))}; }
data_path = ${quote(path.join(folder, 'data'))}
pidfile = ${quote(path.join(folder, 'prosody.pid'))}
log = { info = ${quote(path.join(folder, 'prosody.log'))} }
certificates = ${quote(folder)}
modules_enabled = { ${modules.map(quote).join(', ')} }
modules_disabled = { ${options.federated ? '' : '"s2s", '}"offline"${options.uploads ? '' : ', "http"'} }
c2s_require_encryption = ${options.plaintext ? 'false' : 'true'}
allow_unencrypted_plain_auth = ${options.plaintext ? 'true' : 'false'}
authentication = "internal_hashed"
disable_sasl_mechanisms = { ${['DIGEST-MD5', ...disabled].map(quote).join(', ')} }
${options.throttle ? `limits = { c2s = { rate = "${rate}"; burst = "2s"; } }` : ''}
${options.plaintext ? '' : `ssl = { key = ${quote(path.join(folder, 'key.pem'))}; certificate = ${quote(path.join(folder, 'certificate.pem'))}; }`}
${options.config ?? ''}
VirtualHost ${quote(domain)}
${options.guests ? 'VirtualHost "guests.localhost"\n  authentication = "anonymous"' : ''}
Component ${quote(rooms)} "muc"
  restrict_room_creation = ${options.noRoomCreation ? '"admin"' : 'false'}
  muc_tombstones = false
${options.uploads ? `Component "share.localhost" "http_file_share"\n  http_host = "localhost" http_external_url = "https://localhost:${ports.httpsPort}/"` : ''}
`;
}

/** A name as Prosody spells it in its files. */
const encoded = (name: string): string =>
  name.replace(/[^a-z0-9]/g, (one) =>
    [...Buffer.from(one)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );

/** Starts a Prosody and resolves when its port is open. */
export async function startProsody(options: ProsodyOptions = {}): Promise<Prosody> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'limn-prosody-'));
  const accounts = options.accounts ?? USUAL_ACCOUNTS;
  const ports = { port: await freePort(), tlsPort: await freePort(), httpsPort: await freePort() };
  const renew = (name = options.certificateName ?? 'localhost'): void => {
    makeCertificate(folder, name);
    own(folder);
  };
  const host = options.federated?.domain ?? 'localhost';
  const store = path.join(folder, 'data', encoded(host), 'accounts');
  mkdirSync(store, { recursive: true });
  for (const [name, password] of Object.entries(accounts)) {
    // Prosody hashes a plain password when the account first logs in.
    writeFileSync(path.join(store, `${encoded(name)}.dat`), `return { ["password"] = ${quote(password)}; };\n`);
  }
  const { friends = [] } = options;
  const rosters = path.join(folder, 'data', encoded(host), 'roster');
  mkdirSync(rosters, { recursive: true });
  for (const name of friends) {
    const others = friends.filter((other) => other !== name).map((other) => quote(`${other}@${host}`));
    const items = others.map((jid) => `[${jid}] = { ["subscription"] = "both"; ["groups"] = {}; };`);
    writeFileSync(path.join(rosters, `${encoded(name)}.dat`), `return { ${items.join(' ')} };\n`);
  }
  const config = path.join(folder, 'prosody.cfg.lua');
  writeFileSync(config, configuration(folder, ports, options));
  renew();

  const log = (): string => {
    const file = path.join(folder, 'prosody.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  const running = await startServer({
    name: 'Prosody',
    command: [...RUN_AS, '--config', config, '-F'],
    options: { stdio: 'ignore', cwd: folder },
    folder,
    // The process id is written when everything is up; the ports open before the rooms are there.
    up: path.join(folder, 'prosody.pid'),
    ports: options.plaintext ? [ports.port] : [ports.port, ports.tlsPort],
    said: log,
  });
  return Object.assign(running, {
    host,
    rooms: options.federated?.rooms ?? 'rooms.localhost',
    ...ports,
    certificate: path.join(folder, 'certificate.pem'),
    accounts,
    log,
    renewCertificate: renew,
  });
}
