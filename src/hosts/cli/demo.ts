/** `limn demo`: a server of its own, two people, two windows, one board. Nothing of it is left behind. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ApiServer } from '#api/contract.ts';
import type { App } from '#app/app.ts';
import { joinBoard, signIn } from './headless.ts';
import type { DemoOptions } from './program.ts';
import type { OpenedWeb } from './start.ts';

const PEOPLE = ['Ada', 'Bo'] as const;
const PASSWORD = 'demo';
const BOARD =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 1000">' +
  '<rect x="300" y="260" width="360" height="220" rx="16" fill="none" stroke="#1971c2" stroke-width="4"/>' +
  '<ellipse cx="1080" cy="370" rx="180" ry="110" fill="none" stroke="#e03131" stroke-width="4"/>' +
  '<text x="480" y="380" font-family="sans-serif" font-size="32" text-anchor="middle" fill="#1d1f24">Draw here</text>' +
  '<text x="1080" y="380" font-family="sans-serif" font-size="32" text-anchor="middle" fill="#1d1f24">and here</text>' +
  '</svg>';

export interface DemoPorts {
  /** Starts an XMPP server with these accounts (name to password). */
  readonly startServer: (accounts: Readonly<Record<string, string>>) => Promise<{
    readonly service: string;
    readonly rooms: string;
    readonly ca: string;
    readonly stop: () => Promise<void>;
  }>;
  /** An app on a profile; `serve` opens a web host whose pages begin on a board. */
  readonly openPerson: (profile: string, ca: string) => Person;
  readonly openBrowser: (invitation: ReturnType<OpenedWeb['invite']>) => Promise<'app' | 'default' | 'none'>;
  readonly ended: () => Promise<void>;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

export interface Person {
  readonly app: App;
  readonly serve: (server: ApiServer) => Promise<{ invite: OpenedWeb['invite']; close: () => Promise<void> }>;
  readonly close: () => Promise<void>;
}

/** Runs until it is interrupted, or fails to start; either way everything is taken down again. */
export async function runDemo(options: DemoOptions, ports: DemoPorts): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  const end = ports.ended();
  try {
    const folder = await mkdtemp(path.join(tmpdir(), 'limn-demo-people-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    ports.err('Starting a server for two people...');
    const server = await ports.startServer(Object.fromEntries(PEOPLE.map((name) => [name.toLowerCase(), PASSWORD])));
    undo.push(server.stop);
    for (const name of PEOPLE) {
      const person = ports.openPerson(path.join(folder, name), server.ca);
      undo.push(person.close);
      const jid = `${name.toLowerCase()}@localhost`;
      await signIn(person.app, { jid, password: PASSWORD, service: server.service });
      const room = `demo@${server.rooms}`;
      const board = await joinBoard(person.app, { room, nick: name, create: { name: 'Demo', svg: BOARD } });
      const web = await person.serve(beginningOn(board.id, person.app));
      undo.push(web.close);
      ports.out(`${name} is at ${web.invite().address}`);
      if (options.open && (await ports.openBrowser(web.invite())) === 'none') {
        ports.err(`No window can be opened here: open the address above in a browser to be ${name}.`);
      }
    }
    ports.err('Draw in one window and look at the other. Ctrl-C ends the demo and leaves nothing behind.');
    await end;
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

/** The app with pages that show this board as soon as they are connected. */
function beginningOn(board: string, app: ApiServer): ApiServer {
  return {
    call: (client, name, params) => app.call(client, name, params),
    connected(client, emit) {
      app.connected(client, emit);
      emit('open', { what: 'board', board, removed: [] });
    },
    disconnected: (client) => app.disconnected(client),
  };
}
