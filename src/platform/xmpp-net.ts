/** TCP, TLS and SRV records for XMPP, by Node. Trust is judged by xmpp: this only says what the server showed. */
import { createHash, X509Certificate } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import net from 'node:net';
import tls from 'node:tls';
import type { CertificateFacts, CertificateProblem, Dial, Endpoint, ResolveSrv, Wire } from '#xmpp/ports.ts';
import { readText } from './socket-text.ts';

/** Certificates to trust besides the system's, as PEM; for tests and for those who run an authority of their own. */
export interface NetOptions {
  readonly ca?: readonly string[];
}

/** Why OpenSSL does not trust a chain. */
function problemOf(code: string): CertificateProblem {
  if (/^DEPTH_ZERO_SELF_SIGNED_CERT$/.test(code)) return 'self-signed';
  if (/CERT_HAS_EXPIRED/.test(code)) return 'expired';
  if (/CERT_NOT_YET_VALID/.test(code)) return 'not-yet-valid';
  if (/SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_/.test(code)) return 'unknown-issuer';
  return 'other';
}

function readCertificate(socket: tls.TLSSocket, domain: string, authorization: string | undefined): CertificateFacts {
  const peer = socket.getPeerCertificate();
  const x509 = new X509Certificate(peer.raw);
  const problems = new Set<CertificateProblem>();
  if (authorization !== undefined) problems.add(problemOf(authorization));
  if (tls.checkServerIdentity(domain, peer)) problems.add('wrong-name');
  // OpenSSL names one problem; a person should hear of all.
  const [validFrom, validTo] = [Date.parse(x509.validFrom), Date.parse(x509.validTo)];
  if (validTo < Date.now()) problems.add('expired');
  if (validFrom > Date.now()) problems.add('not-yet-valid');
  return {
    subject: x509.subject,
    issuer: x509.issuer,
    names: [...(x509.subjectAltName ?? '').matchAll(/DNS:([^,\s]+)/g)].map((match) => match[1] ?? ''),
    validFrom,
    validTo,
    publicKey: createHash('sha256')
      .update(x509.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
    problems: [...problems],
  };
}

/** Opens TCP connections without Nagle's delay, whose text is decoded across chunks. Text that is no UTF-8 ends them. */
export function createDial(options: NetOptions = {}): Dial {
  return (host, port, events) =>
    new Promise((resolve, reject) => {
      const tcp = net.connect({ host, port });
      let current: net.Socket = tcp;
      let ended = false;
      const close = (error?: Error): void => {
        if (ended) return;
        ended = true;
        events.close(error);
      };
      const listen = (socket: net.Socket): void => {
        readText(socket, (text) => events.data(text));
        socket.on('error', (error) => close(error));
        socket.on('close', () => close());
      };
      const wire: Wire = {
        write: (text, done) => {
          current.write(text, done);
        },
        secure: (domain) =>
          new Promise((secured, refused) => {
            // The listeners of the plain socket must not see what TLS reads.
            tcp.removeAllListeners('data');
            const name = net.isIP(domain) === 0 ? { servername: domain } : {};
            const ca = options.ca ? { ca: [...tls.rootCertificates, ...options.ca] } : {};
            const socket = tls.connect({
              socket: tcp,
              ...name,
              ...ca,
              rejectUnauthorized: false,
              minVersion: 'TLSv1.2',
            });
            current = socket;
            const broken = (error: Error): void => refused(error);
            socket.once('error', broken);
            socket.once('secureConnect', () => {
              socket.off('error', broken);
              listen(socket);
              // A code such as DEPTH_ZERO_SELF_SIGNED_CERT, whatever the types say; the name is checked apart from the chain.
              const said: unknown = socket.authorizationError;
              const code = typeof said === 'string' ? said : 'unknown';
              const chain = socket.authorized || code.includes('ALTNAME') ? undefined : code;
              try {
                secured(readCertificate(socket, domain, chain));
              } catch (error) {
                refused(error instanceof Error ? error : new Error(String(error)));
              }
            });
          }),
        end: () => {
          current.end();
        },
        destroy: () => {
          current.destroy();
          tcp.destroy();
        },
      };
      tcp.setNoDelay(true);
      tcp.setKeepAlive(true, 30_000);
      tcp.once('error', reject);
      tcp.once('connect', () => {
        tcp.off('error', reject);
        listen(tcp);
        resolve(wire);
      });
    });
}

/** SRV records of `_xmpps-client` and `_xmpp-client`, by priority and, within one, at random by weight (RFC 2782, XEP-0368). */
export function createResolveSrv(random: () => number = Math.random): ResolveSrv {
  const look = async (
    name: string,
    direct: boolean,
  ): Promise<{ priority: number; key: number; endpoint: Endpoint }[] | null> => {
    const resolver = new Resolver({ timeout: 3_000, tries: 2 });
    try {
      const records = await resolver.resolveSrv(name);
      if (records.length === 1 && records[0]?.name === '') return null;
      // Among others, too, "." is no server; as a host name, nothing would be this machine.
      const servers = records.filter(({ name: host }) => host !== '');
      return servers.map(({ name: host, port, priority, weight }) => ({
        priority,
        key: -Math.log(1 - random()) / Math.max(weight, 0.01),
        endpoint: { host, port, direct },
      }));
    } catch {
      return [];
    }
  };
  return async (domain) => {
    if (net.isIP(domain) !== 0 || domain === 'localhost') return [];
    const [direct, plain] = await Promise.all([
      look(`_xmpps-client._tcp.${domain}`, true),
      look(`_xmpp-client._tcp.${domain}`, false),
    ]);
    const all = [...(direct ?? []), ...(plain ?? [])];
    // The domain itself must not be tried then (RFC 6120, section 3.2.1). "." for direct TLS speaks of that alone.
    if (plain === null && all.length === 0) return null;
    return all.sort((a, b) => a.priority - b.priority || a.key - b.key).map(({ endpoint }) => endpoint);
  };
}
