/** Three bots on one board of a real server: at the end they hold one document. Shared by the short and the long run. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bot, startBot } from './bots.ts';
import { randomEdits } from './random-edits.ts';

export interface BotServer {
  readonly host: string;
  readonly rooms: string;
  readonly port: number;
  /** The file of the certificate to trust. */
  readonly certificate: string;
  /** Name to password; the first three are used. */
  readonly accounts: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly digests: readonly string[];
  readonly svgs: readonly string[];
  readonly edits: number;
}

const BOARD =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><g id="shared"><rect id="one" width="10" height="10"/>' +
  '<path id="line" d="M0 0L9 9" stroke="#000"/><text id="words">start</text></g></svg>\n';

/** Starts three bots in a room of their own, lets each make `count` edits at once, and waits until each has all of them. */
export async function threeBots(server: BotServer, seed: number, count: number): Promise<Outcome> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limn-bots-'));
  const bots: Bot[] = [];
  try {
    const create = path.join(folder, 'board.svg');
    await writeFile(create, BOARD);
    for (const [name, password] of Object.entries(server.accounts).slice(0, 3)) {
      const bot = await startBot({
        jid: `${name}@${server.host}`,
        password,
        room: `bots-${seed}@${server.rooms}`,
        service: `xmpp://127.0.0.1:${server.port}`,
        ca: server.certificate,
        nick: name,
        profile: path.join(folder, name),
        ...(bots.length === 0 ? { create } : {}),
      });
      bots.push(bot);
    }
    const edited = await Promise.all(bots.map((bot, i) => randomEdits(bot, seed * 1000 + i, count)));
    await Promise.all(
      bots.flatMap((bot) =>
        edited.flatMap(({ lastSxe }, i) =>
          lastSxe === undefined ? [] : bot.must({ do: 'until', sender: bots[i]?.ready.me, sxe: lastSxe }),
        ),
      ),
    );
    const places = await Promise.all(bots.map((bot) => bot.must({ do: 'idle' })));
    const drawings = await Promise.all(bots.map((bot) => bot.must({ do: 'svg' })));
    return {
      digests: places.map(({ digest }) => digest ?? ''),
      svgs: drawings.map(({ svg }) => svg ?? ''),
      edits: edited.reduce((total, { done }) => total + done, 0),
    };
  } finally {
    await Promise.all(bots.map((bot) => bot.quit().catch(() => bot.kill9())));
    await rm(folder, { recursive: true, force: true });
  }
}
