/** The command line: the composition root that connects its commands to the app, the web host and the machine. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ApiServer, NodeInput } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import { pasteable } from '#app/paste.ts';
import { checkSvgFile, exportFile } from '#app/svg-files.ts';
import { writeFileAtomically } from '#platform/write-file.ts';
import { parseFragment, refuseBySize } from '#svg/parse.ts';
import { version } from '../../../package.json';
import { type ComposedApp, composeApp } from '../compose.ts';
import { hasDisplay, openBrowser } from '../web/open-browser.ts';
import { startWebHost } from '../web/server.ts';
import { runBot } from './bot.ts';
import { createBotBoard, tellEvents } from './bot-board.ts';
import { runDemo } from './demo.ts';
import { findElectron } from './electron-binary.ts';
import { type Drawing, runExport } from './export.ts';
import { runValidate } from './validate.ts';
import { CommandFailure } from './failure.ts';
import { call, joinBoard, signIn } from './headless.ts';
import { runLog } from './log.ts';
import { startLoopbackProsody } from './loopback-prosody.ts';
import { readPassword } from './password.ts';
import { renderPng } from './png.ts';
import { runRelated } from './related.ts';
import { type BotOptions, type ExportOptions, runProgram } from './program.ts';
import { type OpenedWeb, runElectron, runStart } from './start.ts';
import { untilInterrupted } from './until-interrupted.ts';

const here = import.meta.dirname;
const rendererDir = path.join(here, 'renderer');
const out = (line: string): void => void process.stdout.write(`${line}\n`);
const err = (line: string): void => void process.stderr.write(`${line}\n`);

/** The web host over an app's calls. */
async function serve(server: ApiServer, { logger }: ComposedApp, port?: number): ReturnType<typeof startWebHost> {
  return startWebHost({
    app: server,
    rendererDir,
    port,
    report: (fault) => logger.error('the web host reports', { fault }),
  });
}

/** The app behind a web host, as one thing to close. */
async function openWeb(profile: string | undefined, port: number | undefined): Promise<OpenedWeb> {
  const composed = composeApp({ host: 'web', profile });
  try {
    const host = await serve(composed.app, composed, port);
    return {
      invite: () => host.invite(),
      async close() {
        await host.close();
        await composed.close();
      },
    };
  } catch (error) {
    await composed.close();
    throw error;
  }
}

/** A profile folder: the one that is named, or one that goes when `work` is done. */
async function withProfile<T>(named: string | undefined, work: (profile: string) => Promise<T>): Promise<T> {
  if (named !== undefined) return work(path.resolve(named));
  const folder = await mkdtemp(path.join(tmpdir(), 'limn-profile-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const readText = (file: string, what: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new CommandFailure(`${what} ${file} can not be read: check its name.`);
  }
};
const readCa = (file: string | undefined): string[] | undefined =>
  file === undefined ? undefined : [readText(file, 'The certificate authority')];

function parseXml(xml: string): NodeInput[] {
  const parsed = parseFragment(xml);
  if (!parsed.ok) throw new ApiError(parsed.code, parsed.reason);
  return pasteable(parsed.nodes);
}

async function bot(options: BotOptions): Promise<void> {
  const password = await readPassword(options.jid);
  const ca = readCa(options.ca);
  const create =
    options.create === undefined
      ? undefined
      : { name: path.basename(options.create), svg: readText(options.create, 'The drawing') };
  await withProfile(options.profile, async (profile) => {
    const composed = composeApp({ host: 'web', profile, ca });
    try {
      await signIn(composed.app, { jid: options.jid, password, service: options.service });
      const board = await joinBoard(composed.app, { room: options.room, nick: options.nick, create });
      board.track();
      const write = (line: object): void => out(JSON.stringify(line));
      const room = board.meta.room;
      write({ event: 'ready', me: `${room?.jid}/${room?.nick}`, seq: board.replica.place.seq });
      tellEvents(board, write);
      const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
      void untilInterrupted().then(() => lines.close());
      try {
        await runBot(createBotBoard(composed.app, board, parseXml), lines, write);
      } finally {
        process.stdin.destroy();
      }
    } finally {
      await composed.close();
    }
  });
}

async function readSized(file: string): Promise<Uint8Array> {
  const { size } = await stat(file).catch(() => {
    throw new CommandFailure(`The file ${file} can not be read: check its name.`);
  });
  const refusal = refuseBySize(size);
  if (refusal !== undefined) throw new ApiError(refusal.code, refusal.reason);
  return readFile(file);
}

async function readDrawingFile(file: string): Promise<Drawing> {
  const { svg, removed } = exportFile(await readSized(file));
  return { name: path.basename(file).replace(/\.svgz?$/i, ''), content: svg, removed };
}

async function readRoom(room: string, options: ExportOptions): Promise<Drawing> {
  const { jid } = options;
  if (jid === undefined)
    throw new CommandFailure('Say with --jid which account shall fetch a board from an xmpp: address.', 2);
  const password = await readPassword(jid);
  return withProfile(undefined, async (profile) => {
    const composed = composeApp({ host: 'web', profile, ca: readCa(options.ca) });
    try {
      await signIn(composed.app, { jid, password, service: options.service });
      const board = await joinBoard(composed.app, { room });
      return { name: board.meta.name, content: board.svg(), removed: [] };
    } finally {
      await composed.close();
    }
  });
}

/** The board of this id or name. Throws ApiError 'not-found', saying what `named` is not. */
async function findBoard(
  { app }: ComposedApp,
  named: string,
  nothing = 'no board',
): Promise<{ id: string; name: string }> {
  const boards = await call(app, 'boards.list');
  const found = boards.find(({ id }) => id === named) ?? boards.find(({ name }) => name === named);
  if (found !== undefined) return found;
  throw new ApiError('not-found', `There is ${nothing} "${named}". Check the name, and --profile.`);
}

async function exportDrawings(sources: readonly string[], options: ExportOptions): Promise<void> {
  let profile: ComposedApp | undefined;
  const readBoard = async (source: string): Promise<Drawing> => {
    profile ??= composeApp({ host: 'web', profile: options.profile });
    const { id, name } = await findBoard(profile, source, 'neither a file nor a board');
    const board = options.notes ? (await call(profile.app, 'notes.open', { board: id })).notes : id;
    const format = options.notes ? 'xhtml' : 'svg';
    const { content } = await call(profile.app, 'boards.export', { board, format });
    return { name, content, removed: [] };
  };
  const isFile = (file: string): Promise<boolean> =>
    stat(file).then(
      (found) => found.isFile(),
      () => false,
    );
  try {
    await runExport(sources, options, {
      async read(source) {
        if (options.notes) return readBoard(source);
        if (/^xmpp:/i.test(source)) return readRoom(source, options);
        return (await isFile(source)) ? readDrawingFile(source) : readBoard(source);
      },
      async write(file, content) {
        await mkdir(path.dirname(path.resolve(file)), { recursive: true });
        await writeFileAtomically(file, content);
      },
      render: renderPng,
      out,
      err,
    });
  } finally {
    await profile?.close();
  }
}

process.exitCode = await runProgram(
  process.argv.slice(2),
  {
    start: (options) =>
      runStart(options, {
        electron: () => findElectron(import.meta.filename),
        runElectron: (binary, profile) => runElectron(binary, path.join(here, 'electron/main.mjs'), profile),
        openWeb: ({ profile, port }) => openWeb(profile, port),
        openBrowser,
        hasDisplay,
        ended: untilInterrupted,
        out,
        err,
      }),
    demo: (options) =>
      runDemo(options, {
        startServer: startLoopbackProsody,
        openPerson(profile, ca) {
          const composed = composeApp({ host: 'web', profile, ca: [ca] });
          return { app: composed.app, serve: (server) => serve(server, composed), close: composed.close };
        },
        openBrowser,
        ended: untilInterrupted,
        out,
        err,
      }),
    bot,
    export: exportDrawings,
    async log(board, options) {
      const composed = composeApp({ host: 'web', profile: options.profile });
      try {
        const { id } = await findBoard(composed, board);
        await runLog(composed.app.board(id), options, out);
      } finally {
        await composed.close();
      }
    },
    async related(board, options) {
      const composed = composeApp({ host: 'web', profile: options.profile });
      try {
        const { id } = await findBoard(composed, board);
        runRelated(composed.app.board(id), options, randomUUID(), out);
      } finally {
        await composed.close();
      }
    },
    validate: (file, options) =>
      runValidate(file, options, { check: async (name) => checkSvgFile(await readSized(name)), out }),
  },
  version,
);
