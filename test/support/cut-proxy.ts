/** A network that can be cut: a TCP proxy between a program and its server. */
import net from 'node:net';

/** `dropped`: open connections are reset and new ones refused. `silent`: a black hole, as a lost Wi-Fi is: nothing passes, nobody
 *  is told, and new connections hang. */
export type Cut = 'dropped' | 'silent';

export interface CutProxy {
  /** `127.0.0.1:PORT`. */
  readonly service: string;
  /** From now on nothing passes. What is open is lost; the server hears of it at `mend`, as from a silent network. */
  cut(kind: Cut): void;
  /** New connections pass again; those of before the cut are reset, as the packets they missed can't come any more. */
  mend(): void;
  /** Bytes passed so far, both ways. */
  readonly passed: number;
  close(): Promise<void>;
}

/** Starts a proxy before `127.0.0.1:port`. */
export async function startCutProxy(port: number): Promise<CutProxy> {
  const pairs = new Set<{ readonly near: net.Socket; readonly far: net.Socket; lost: boolean }>();
  let cut: Cut | undefined;
  let passed = 0;
  const held = new Set<net.Socket>();

  function pipe(near: net.Socket): void {
    const far = net.connect(port, '127.0.0.1');
    const pair = { near, far, lost: false };
    pairs.add(pair);
    const pass = (to: net.Socket) => (data: Buffer) => {
      if (pair.lost) return;
      passed += data.length;
      to.write(data);
    };
    near.on('data', pass(far));
    far.on('data', pass(near));
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (pair.lost) return;
        other.destroy();
        pairs.delete(pair);
      });
    }
  }

  const server = net.createServer((near) => {
    if (cut === undefined) {
      pipe(near);
      return;
    }
    if (cut === 'dropped') {
      near.resetAndDestroy();
      return;
    }
    held.add(near);
    near.on('error', () => undefined);
    near.on('close', () => held.delete(near));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const drop = (): void => {
    for (const pair of pairs) {
      if (!pair.lost) continue;
      pair.near.resetAndDestroy();
      pair.far.resetAndDestroy();
      pairs.delete(pair);
    }
    for (const socket of held) socket.resetAndDestroy();
  };
  return {
    service: `127.0.0.1:${address.port}`,
    cut(kind) {
      cut = kind;
      for (const pair of pairs) {
        pair.lost = true;
        if (kind === 'dropped') pair.near.resetAndDestroy();
      }
    },
    mend() {
      cut = undefined;
      drop();
    },
    get passed() {
      return passed;
    },
    async close() {
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
      for (const socket of held) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
