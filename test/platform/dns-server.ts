/** A name server on UDP that knows SRV records alone, for a resolver that is pointed at it. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Priority, weight, port, target (RFC 2782); the target `.` is the root. */
export type Srv = readonly [priority: number, weight: number, port: number, target: string];

export interface DnsServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** What was asked for, in order. */
  readonly asked: readonly string[];
  /** What it knows: records by full name. A name that isn't there does not exist (NXDOMAIN). */
  records: Readonly<Record<string, readonly Srv[]>>;
  close(): Promise<void>;
}

const SRV = 33;
const IN = 1;

function uint16(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) buffer.writeUInt16BE(value, at * 2);
  return buffer;
}

/** A name as labels (RFC 1035, section 3.1). */
function labels(name: string): Buffer {
  const parts = name.split('.').filter((label) => label !== '');
  return Buffer.concat([...parts.map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.from([0])]);
}

/** The name that a query begins its question with, and where the question ends. */
function readQuestion(query: Buffer): { readonly name: string; readonly end: number } {
  const parts: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    parts.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: parts.join('.').toLowerCase(), end: at + 5 };
}

function answerTo(query: Buffer, question: Buffer, found: readonly Srv[] | undefined): Buffer {
  const answers = (found ?? []).map(([priority, weight, port, target]) => {
    const data = Buffer.concat([uint16(priority, weight, port), labels(target)]);
    // The owner is the name in the question; no time to live, so that nothing is kept.
    return Buffer.concat([uint16(0xc00c, SRV, IN, 0, 0, data.length), data]);
  });
  const flags = found ? 0x8580 : 0x8583;
  return Buffer.concat([query.subarray(0, 2), uint16(flags, 1, answers.length, 0, 0), question, ...answers]);
}

/** Starts one on a free port. */
export async function startDnsServer(): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, { address, port }) => {
    const { name, end } = readQuestion(query);
    asked.push(name);
    socket.send(answerTo(query, query.subarray(12, end), server.records[name]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const server: DnsServer = {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    records: {},
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
  return server;
}
