/** A server that does what no server should: it speaks a script over TCP, with or without TLS. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { onTestFinished } from 'vitest';
import { makeCertificate } from '#test/support/server-process.ts';

export interface FakePeer {
  send(text: string | Buffer): void;
  /** Everything the client has said on this connection. */
  readonly heard: () => string;
  end(): void;
}

/** Starts it; `said` is called with each piece that a client says. Ends with the test. */
export async function fakeServer(secure: boolean, said: (peer: FakePeer, text: string) => void): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'limn-fake-'));
  const sockets = new Set<net.Socket>();
  const serve = (socket: net.Socket): void => {
    sockets.add(socket);
    let heard = '';
    const peer: FakePeer = { send: (text) => socket.write(text), heard: () => heard, end: () => socket.destroy() };
    socket.on('data', (data) => {
      heard += data.toString();
      said(peer, data.toString());
    });
    socket.on('error', () => socket.destroy());
  };
  const pem = secure ? makeCertificate(folder, 'localhost') : undefined;
  const server = pem
    ? tls.createServer({ key: readFileSync(pem.key), cert: readFileSync(pem.certificate) }, serve)
    : net.createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    rmSync(folder, { recursive: true, force: true });
  });
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return `${secure ? 'xmpps' : 'xmpp'}://127.0.0.1:${address.port}`;
}

export const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='localhost' id='1' version='1.0'>";
export const features = (inner: string): string => `<stream:features>${inner}</stream:features>`;
export const SCRAM =
  "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1</mechanism></mechanisms>";
export const PLAIN = "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>";
export const BIND = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>";

/** Plays a careless server: PLAIN, binding, then `online` is called. */
export function careless(online: (peer: FakePeer) => void): (peer: FakePeer, text: string) => void {
  let streams = 0;
  return (peer, text) => {
    if (text.includes('<stream:stream')) {
      streams += 1;
      peer.send(HEADER + features(streams % 2 === 1 ? PLAIN : BIND));
    } else if (text.includes('<auth')) peer.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    else if (text.includes('urn:ietf:params:xml:ns:xmpp-bind')) {
      const id = /id="([^"]+)"/.exec(text)?.[1] ?? '';
      peer.send(
        `<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@localhost/x</jid></bind></iq>`,
      );
      online(peer);
    }
  };
}
