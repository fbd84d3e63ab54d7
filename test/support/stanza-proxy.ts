/** A network that repeats and delays: a relay between a program and its server that ends TLS on both sides, to pass on stanza by stanza. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import tls from 'node:tls';
import { type Element, Parser } from '@xmpp/xml';
import type { TestServer } from './server-process.ts';

export interface StanzaProxy {
  /** `xmpps://127.0.0.1:PORT`, with the server's own certificate. */
  readonly service: string;
  /** How many stanzas went twice. */
  readonly repeated: number;
  /** From now on it passes everything on once and at once. */
  calm(): void;
  close(): Promise<void>;
}

export interface Disturbance {
  /** Each stanza waits up to so many milliseconds; none overtakes another of its direction. */
  readonly delay: number;
  /** The share of messages to and from rooms that go twice: the second time after up to `again` milliseconds, whatever was said meanwhile. */
  readonly twice: number;
  readonly again: number;
  /** In [0, 1). */
  readonly next: () => number;
}

/** Starts a relay before a server without stream management, whose counters would tell what was said twice. */
export async function startStanzaProxy(server: TestServer, disturbance: Disturbance): Promise<StanzaProxy> {
  const { delay, twice, again, next } = disturbance;
  const certificate = readFileSync(server.certificate);
  const key = readFileSync(path.join(path.dirname(server.certificate), 'key.pem'));
  const open = new Set<tls.TLSSocket>();
  let calm = false;
  let repeated = 0;

  /** Reads what comes from one side and says it to the other. Answers what makes it expect a new stream. */
  function pass(from: tls.TLSSocket, to: tls.TLSSocket, onElement: (element: Element) => void): () => void {
    let parser: Parser;
    let free = 0;
    // One after the other: timers that are due at about the same time keep no order.
    let tail = Promise.resolve();
    const say = (text: string): void => {
      if (!to.destroyed) to.write(text);
    };
    const later = (text: string, ms: number): void => {
      free = Math.max(free, Date.now() + ms);
      const at = free;
      tail = tail.then(() => wait(Math.max(0, at - Date.now()))).then(() => say(text));
    };
    const renew = (): void => {
      parser = new Parser();
      parser.on('start', (element: Element) =>
        later(`<?xml version='1.0'?>${element.toString().replace(/\/>$/, '>')}`, 0),
      );
      parser.on('element', (element: Element) => {
        const text = element.toString();
        later(text, calm ? 0 : delay * next());
        if (!calm && element.is('message') && element.attrs.type === 'groupchat' && next() < twice) {
          repeated += 1;
          void wait(free - Date.now() + again * next()).then(() => say(text));
        }
        onElement(element);
      });
      parser.on('end', () => later('</stream:stream>', 0));
      parser.on('error', () => to.destroy());
    };
    renew();
    from.setEncoding('utf8');
    from.on('data', (text: string) => parser.write(text));
    from.on('error', () => undefined);
    from.on('close', () => void tail.then(() => to.destroy()));
    return renew;
  }

  const proxy = tls.createServer({ key, cert: certificate, ALPNProtocols: ['xmpp-client'] }, (near) => {
    const far = tls.connect({
      ...{ host: '127.0.0.1', port: server.tlsPort, servername: server.host, ca: certificate },
      ALPNProtocols: ['xmpp-client'],
    });
    open.add(near).add(far);
    const fromProgram = pass(near, far, () => undefined);
    const fromServer = pass(far, near, (element) => {
      if (!element.is('success')) return;
      fromProgram();
      fromServer();
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    service: `xmpps://127.0.0.1:${address.port}`,
    get repeated() {
      return repeated;
    },
    calm() {
      calm = true;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => proxy.close(() => resolve()));
    },
  };
}
