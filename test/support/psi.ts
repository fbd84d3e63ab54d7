/**
 * A real Psi 1.5 with a profile of its own, on a screen of its own: Xvfb, a window manager, a private D-Bus. What its person does is
 * done by mouse and keys (xdotool); what it shows is read as pixels. Needs the Debian packages that scripts/test-psi.mjs installs.
 */
import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';

const exec = promisify(execFile);
const PATIENCE_MS = 20_000;
const MAX_PICTURE = 64 * 1024 * 1024;

export interface Screen {
  readonly display: string;
  /** A picture of all of it, as PNG, for who looks at what went wrong. */
  shot(file: string): Promise<void>;
  stop(): Promise<void>;
}

/** Waits for a value that `read` finds. */
async function until<T>(what: string, read: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    const found = await read();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`Psi: ${what} not within ${PATIENCE_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function start(running: ChildProcess[], command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, { stdio: 'ignore', ...options, detached: true });
  // Its end is seen by what it leaves undone.
  child.on('error', () => undefined);
  running.push(child);
  return child;
}

/** Ends each with all that it started, the last first. */
function kill(running: readonly ChildProcess[]): void {
  for (const { pid, exitCode, signalCode } of running.toReversed())
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
}

async function end(running: readonly ChildProcess[]): Promise<void> {
  const alive = running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  const gone = alive.map((child) => new Promise((resolve) => child.once('exit', resolve)));
  kill(alive);
  await Promise.all(gone);
}

/** Starts a screen of 1280x900 with a window manager. */
export async function startScreen(): Promise<Screen> {
  const running: ChildProcess[] = [];
  const server = start(running, 'Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  process.once('exit', () => kill(running));
  let number = '';
  server.stdio[3]?.on('data', (chunk: Buffer) => {
    number += chunk.toString();
  });
  await until('a screen', async () => (number.includes('\n') ? number : undefined));
  const display = `:${number.trim()}`;
  const env = { ...process.env, DISPLAY: display };
  start(running, 'openbox', [], { env });
  const stop = (): Promise<void> => end(running);
  return { display, stop, shot: async (file) => void (await exec('import', ['-window', 'root', file], { env })) };
}

export interface PsiOptions {
  readonly screen: Screen;
  /** Local part of `NAME@localhost`, and the profile's name. */
  readonly name: string;
  readonly password: string;
  readonly port: number;
}

export type Point = readonly [x: number, y: number];

/** Where things stand in menus, counted by the keys that lead there. */
const TOOLS = { select: 1, translate: 2, erase: 5, draw: 7 } as const;
const ITEM_MENU = { bringToFront: 2, group: 5, ungroup: 6 } as const;
/** From the window's corner to the document's. */
const INSET = [11, 42] as const;

/** A running Psi. Places are in its windows' pixels. */
export interface Psi {
  /** Says yes to the pending invitation to a whiteboard, or no. `by`: a contact, or somebody in a room that isn't one. */
  answer(yes: boolean, by?: 'contact' | 'other'): Promise<void>;
  /** Resolves when something waits for its person. */
  isAsked(): Promise<void>;
  /** Follows the pending invitation to a room. */
  join(): Promise<void>;
  /** Asks the contact that stands in this row of the roster, from 1, for a new whiteboard; it opens when they have said yes. */
  openWhiteboard(row: number): Promise<void>;
  /** Takes a tool from the whiteboard's menu; a new whiteboard has `draw`. */
  tool(name: keyof typeof TOOLS): Promise<void>;
  /** Draws in this colour (`#rrggbb`) from now on, with a thick pen. */
  pen(colour: string): Promise<void>;
  /** Drags from point to point of the document, which isn't scrolled. */
  drag(points: readonly Point[]): Promise<void>;
  /** Chooses from the menu of what lies at this point. */
  choose(name: keyof typeof ITEM_MENU, at: Point): Promise<void>;
  /** Pixels of the whiteboard's window in this colour. */
  pixels(colour: string): Promise<number>;
  endSession(): Promise<void>;
  stop(): Promise<void>;
}

const option = (name: string, type: string, value: string | number | boolean): string =>
  `<${name} type="${type}">${value}</${name}>`;

function writeProfile(folder: string, { name, password, port }: PsiOptions): void {
  const jid = `${name}@localhost`;
  const profile = path.join(folder, 'profiles', name);
  for (const sub of ['history', 'vcard']) mkdirSync(path.join(profile, sub), { recursive: true });
  // Psi hides a password by XOR with the address.
  const hidden = [...password]
    .map((letter, at) => letter.charCodeAt(0) ^ jid.charCodeAt(at % jid.length))
    .map((code) => code.toString(16).padStart(4, '0'))
    .join('');
  const on = ['enabled', 'auto', 'keep-alive', 'log', 'reconn', 'ignore-SSL-warnings', 'use-host'];
  const off = [
    ...['enable-sm', 'compress', 'require-mutual-auth', 'legacy-ssl-probe', 'automatic-resource'],
    ...['priority-depends-on-status', 'ignore-global-actions', 'auto-same-status'],
  ];
  const account = [
    ...on.map((flag) => option(flag, 'bool', true)),
    ...off.map((flag) => option(flag, 'bool', false)),
    option('id', 'QString', '{00000000-0000-4000-8000-000000000001}'),
    ...[option('name', 'QString', name), option('jid', 'QString', jid), option('password', 'QString', hidden)],
    `<custom-auth>${option('use', 'bool', false)}</custom-auth>`,
    `<scram>${option('store-salted-password', 'bool', false)}</scram>`,
    ...[option('security-level', 'int', 0), option('ssl', 'QString', 'auto'), option('host', 'QString', '127.0.0.1')],
    ...[option('port', 'int', port), option('resource', 'QString', 'psi'), option('priority', 'int', 5)],
    ...[option('allow-plain', 'QString', 'over encryption'), option('stun-host', 'QString', '127.0.0.1:9')],
  ].join('');
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  const ns = 'version="1.5" xmlns="http://psi-im.org/options"';
  writeFileSync(
    path.join(profile, 'accounts.xml'),
    `${head}<!DOCTYPE accounts><accounts ${ns}><accounts comment=""><a0>${account}</a0></accounts></accounts>`,
  );
  const no = (tag: string): string => option(tag, 'bool', false);
  writeFileSync(
    path.join(profile, 'options.xml'),
    `${head}<!DOCTYPE psi><psi ${ns}><options><ui><tip>${no('show')}</tip><systemtray>${no('enable')}</systemtray>` +
      `<notifications><sounds>${no('enable')}</sounds></notifications></ui>` +
      `<p2p><bytestreams>${option('listen-port', 'int', 0)}</bytestreams></p2p>` +
      `<vcard>${no('query-own-vcard-on-login')}</vcard></options></psi>`,
  );
  writeFileSync(path.join(folder, 'psirc'), `[General]\nlast_profile=${name}\nlast_lang=en\nauto_open=true\n`);
}

/** Starts Psi, which signs in by itself. */
export async function startPsi(options: PsiOptions): Promise<Psi> {
  const { screen, name } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'limn-psi-'));
  writeProfile(path.join(folder, 'data'), options);
  for (const sub of ['home', 'run']) mkdirSync(path.join(folder, sub), { mode: 0o700 });
  const env = {
    ...{ PATH: process.env['PATH'], LANG: 'C.UTF-8', DISPLAY: screen.display, QT_QPA_PLATFORMTHEME: '' },
    ...{ HOME: path.join(folder, 'home'), XDG_RUNTIME_DIR: path.join(folder, 'run') },
    PSIDATADIR: path.join(folder, 'data'),
  };
  const running: ChildProcess[] = [];
  process.once('exit', () => kill(running));
  start(running, 'dbus-run-session', ['--', 'psi', `--profile=${name}`], { env, cwd: folder });
  const stop = async (): Promise<void> => {
    await end(running);
    rmSync(folder, { recursive: true, force: true });
  };

  const xdotool = async (...args: (string | number)[]): Promise<string> =>
    (await exec('xdotool', args.map(String), { env })).stdout.trim();
  const windowNamed = (pattern: string): Promise<string> =>
    until(`a window ${pattern}`, async () => {
      const found = await xdotool('search', '--onlyvisible', '--name', pattern).catch(() => '');
      return found.split('\n').at(-1) || undefined;
    });
  /** The window with this name, in front. */
  const front = (pattern: string): Promise<string> =>
    until(`${pattern} in front`, async () => {
      const id = await windowNamed(pattern);
      // Fails as long as the window manager is starting.
      return xdotool('windowactivate', '--sync', id).then(
        () => id,
        () => undefined,
      );
    });
  const ROSTER = '^(\\* )?Psi$';
  // A star says that something waits.
  const WAITING = '^\\* Psi$';
  const BOARD = 'Whiteboard \\(';
  /** Opens what waits in the roster, where one contact stands, and what has to do with others below it. A click that comes while the
   *  roster moves is lost. */
  const openEvent = (by: 'contact' | 'other', window: string): Promise<string> =>
    until(`what waits: ${window}`, async () => {
      const id = await front(WAITING);
      await xdotool('mousemove', '--window', id, 50, by === 'contact' ? 100 : 157);
      await xdotool('click', '--repeat', 2, '--delay', 80, 1);
      const opened = vi.waitFor(() => xdotool('search', '--onlyvisible', '--name', window), { timeout: 2000 });
      return opened.then(
        () => front(window),
        () => undefined,
      );
    });
  /** Clicks a button of the whiteboard's tool bar, so far from the right edge of it, or from the left if negative. */
  const toolbar = async (x: number): Promise<void> => {
    const id = await front(BOARD);
    const size = /WIDTH=(\d+)\s+HEIGHT=(\d+)/.exec(await xdotool('getwindowgeometry', '--shell', id));
    const [width = 0, height = 0] = size ? [Number(size[1]), Number(size[2])] : [];
    await xdotool('mousemove', '--window', id, x > 0 ? width - x : -x, height - 27, 'click', 1);
  };
  const down = async (times: number): Promise<void> => {
    await xdotool('key', '--delay', 30, ...Array.from({ length: times }, () => 'Down'), 'Return');
  };
  const at = ([x, y]: Point): [number, number] => [x + INSET[0], y + INSET[1]];
  try {
    await windowNamed(ROSTER);
    // The test server's certificate is its own.
    await front('Server Authentication');
    await xdotool('key', 'alt+c');
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    stop,
    async answer(yes, by = 'contact') {
      await openEvent(by, 'Whiteboarding Invitation');
      await xdotool('key', yes ? 'alt+y' : 'alt+n');
    },
    isAsked: async () => void (await windowNamed(WAITING)),
    async join() {
      const message = await openEvent('other', '^board@');
      await xdotool('mousemove', '--window', message, 232, 267, 'click', '--repeat', 2, '--delay', 80, 1);
      await front('Join Groupchat');
      await xdotool('key', 'Return');
    },
    async openWhiteboard(row) {
      const id = await front(ROSTER);
      await xdotool('mousemove', '--window', id, 50, 100 + 35 * (row - 1), 'click', 3);
      await xdotool('key', '--delay', 300, 'e', 'w');
      await front('Open Existing SVG');
      await xdotool('key', 'alt+n');
    },
    async tool(tool) {
      await toolbar(25);
      await down(TOOLS[tool]);
    },
    async pen(colour) {
      await toolbar(51);
      await down(3);
      await toolbar(77);
      await front('^(Psi: )?Select Color');
      await xdotool('key', 'alt+h');
      await xdotool('type', colour);
      await xdotool('key', 'Return');
    },
    async drag([first = [0, 0], ...rest]) {
      const id = await front(BOARD);
      await xdotool('mousemove', '--window', id, ...at(first), 'mousedown', 1);
      for (const point of rest) await xdotool('mousemove', '--window', id, ...at(point));
      await xdotool('mouseup', 1);
    },
    async choose(entry, point) {
      const id = await front(BOARD);
      await xdotool('mousemove', '--window', id, ...at(point), 'click', 3);
      await down(ITEM_MENU[entry]);
    },
    async pixels(colour) {
      const id = await windowNamed(BOARD);
      const file = path.join(folder, 'board.ppm');
      await exec('import', ['-window', id, '-depth', '8', file], { env, maxBuffer: MAX_PICTURE });
      return count(readFileSync(file), colour);
    },
    async endSession() {
      await toolbar(-26);
      await front('^Warning$');
      await xdotool('key', 'alt+y');
    },
  };
}

/** Pixels of a colour in a PPM (P6, 8 bits). */
function count(picture: Buffer, colour: string): number {
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(picture.subarray(0, 64).toString('latin1'));
  if (!head) throw new Error('no picture of the whiteboard');
  const wanted = Number.parseInt(colour.slice(1), 16);
  let found = 0;
  for (let at = head[0].length; at + 2 < picture.length; at += 3) if (picture.readUIntBE(at, 3) === wanted) found += 1;
  return found;
}
