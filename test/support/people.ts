/**
 * People as they use Limn: each has a profile, a web host of their own as a real process, and a window in Chromium. What
 * they do they do through the page, by mouse, keys and dialogs. Needs an up-to-date dist (`node scripts/build.mjs`).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, expect, type Page } from '@playwright/test';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CLI = path.join(ROOT, 'dist/cli.mjs');

/** Another machine's share of patience: two loaded cores. */
const PATIENCE_MS = 20_000;

/** An account of a server that the test runs. */
export interface Login {
  readonly jid: string;
  readonly password: string;
  /** `127.0.0.1:PORT` of the server, or of what stands before it. */
  readonly service: string;
}

export interface PersonOptions extends BrowserContextOptions {
  /** More environment for the process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Someone with a profile, a running Limn and a window. */
export interface Person {
  readonly name: string;
  readonly page: Page;
  /** What the page complained about: exceptions, and errors in its console. */
  readonly complaints: readonly string[];
  /** Kills the process as a power cut would. The window stays and sees its main gone. */
  kill9(): Promise<void>;
  /** Starts Limn again on the same profile and opens a new window. */
  restart(): Promise<void>;
  /** Quits Limn in order and closes the window; the profile stays for `restart`. */
  quit(): Promise<void>;
  /** Quits and removes the profile. */
  close(): Promise<void>;
}

interface Running {
  readonly process: ChildProcess;
  readonly address: string;
  readonly ended: Promise<void>;
}

async function startLimn(profile: string, env: Readonly<Record<string, string>>): Promise<Running> {
  const child = spawn(process.execPath, [CLI, 'start', '--web', '--no-open', '--profile', profile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let complaint = '';
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /http:\/\/\S+/.exec(said);
      if (found) resolve(found[0]);
    });
    child.once('error', reject);
    void ended.then(() => reject(new Error(`Limn ended before it was up: ${complaint}`)));
  });
  return { process: child, address, ended };
}

/** Starts Limn on a new profile and opens its window. */
export async function startPerson(browser: Browser, name: string, options: PersonOptions = {}): Promise<Person> {
  const { env = {}, ...context } = options;
  const profile = mkdtempSync(path.join(tmpdir(), `limn-${name}-`));
  const complaints: string[] = [];
  let running: Running | undefined;
  let window: { context: BrowserContext; page: Page } | undefined;
  const onExit = (): void => {
    running?.process.kill('SIGKILL');
    rmSync(profile, { recursive: true, force: true });
  };
  process.once('exit', onExit);

  async function open(): Promise<void> {
    running = await startLimn(profile, env);
    const opened = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...context });
    const page = await opened.newPage();
    window = { context: opened, page };
    page.setDefaultTimeout(PATIENCE_MS);
    await watchFlags(page);
    // Keeps file dialogs in the test's hands from the start: asked for only when needed, the first may slip through.
    page.on('filechooser', () => undefined);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // A lost process is said by the page itself; the browser's own line about the socket is no fault of it.
      if (message.type() === 'error' && !message.text().includes('WebSocket')) complaints.push(message.text());
    });
    await page.goto(running.address);
    await page.getByRole('button', { name: /Start drawing|ابدأ الرسم/ }).waitFor({ timeout: PATIENCE_MS });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const was = running;
    running = undefined;
    if (was === undefined || was.process.exitCode !== null || was.process.signalCode !== null) return;
    was.process.kill(signal);
    await was.ended;
  }

  async function quit(): Promise<void> {
    await window?.context.close();
    window = undefined;
    await end('SIGTERM');
  }

  await open();
  return {
    name,
    get page() {
      if (window === undefined) throw new Error(`${name} has no window open`);
      return window.page;
    },
    complaints,
    kill9: () => end('SIGKILL'),
    quit,
    async restart() {
      await quit();
      await open();
    },
    async close() {
      await quit();
      process.off('exit', onExit);
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

// ── Accounts and rooms ─────────────────────────────────────────────────────────────────────────────────────────────

/** Fills in the sign-in form that is open and sends it. */
export async function fillSignIn(page: Page, login: Login): Promise<void> {
  await page.getByLabel('Address', { exact: true }).fill(login.jid);
  await page.getByLabel('Password', { exact: true }).fill(login.password);
  const service = page.getByLabel('Server and port', { exact: true });
  if (!(await service.isVisible())) await page.getByRole('button', { name: 'Advanced' }).click();
  await service.fill(login.service);
  await page.getByRole('button', { name: /^Sign in$/ }).click();
}

/** Answers the question about the server's certificate with yes. */
export async function trust(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Trust this certificate' }).click({ timeout: PATIENCE_MS });
}

/** Signs in from the first screen; `certificate` says whether the server's is new to this profile. */
export async function signIn(page: Page, login: Login, certificate: 'new' | 'known' = 'new'): Promise<void> {
  const start = page.getByRole('button', { name: /Sign in to XMPP/ });
  await start.or(page.getByRole('button', { name: /^Sign in$/ })).click();
  await fillSignIn(page, login);
  if (certificate === 'new') await trust(page);
  await expect(page.getByText(`Signed in as ${login.jid}`)).toBeVisible({ timeout: PATIENCE_MS });
}

/** Opens a new, empty board. */
export async function startDrawing(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Start drawing/ }).click();
  await boardOpen(page);
}

/** Resolves when a board is on the screen. */
export async function boardOpen(page: Page): Promise<void> {
  await page.getByRole('toolbar', { name: 'Tools' }).waitFor({ timeout: PATIENCE_MS });
}

/** Opens the board of a room from the list of recent ones. */
export async function openBoard(page: Page, room: string): Promise<void> {
  await page.getByRole('listitem').filter({ hasText: room }).getByRole('button', { name: /^Open/ }).click();
  await boardOpen(page);
}

/** Puts the open board into a new room, through the Share dialog. */
export async function share(page: Page, room: string): Promise<void> {
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Room address or link').fill(room);
  await dialog.getByRole('button', { name: 'Share', exact: true }).click();
  await dialog.getByRole('button', { name: 'Create room' }).click({ timeout: PATIENCE_MS });
  await expect(dialog.getByLabel('Link')).toHaveValue(`xmpp:${room}?join`, { timeout: PATIENCE_MS });
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
}

export interface RoomEntry {
  readonly room: string;
  readonly nick?: string;
  /** Of a room that asks for one. */
  readonly password?: string;
}

/** Fills in the "Join a room" form, which is open or one click away, and sends it. */
export async function fillJoin(page: Page, { room, nick }: RoomEntry): Promise<void> {
  const address = page.getByLabel('Room address or link');
  if (!(await address.isVisible())) await page.getByRole('button', { name: /Join a room/ }).click();
  await address.fill(room);
  if (nick !== undefined) await page.getByLabel('Your name in the room').fill(nick);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
}

/** Joins a room, creating it if it has gone, and waits until its board is on the screen. */
export async function join(page: Page, entry: RoomEntry): Promise<void> {
  await fillJoin(page, entry);
  if (entry.password !== undefined) {
    await page.getByLabel('Room password', { exact: true }).fill(entry.password);
    await page.getByRole('button', { name: 'Join', exact: true }).click();
  }
  const create = page.getByRole('button', { name: 'Create room' });
  await create.or(page.getByRole('toolbar', { name: 'Tools' })).waitFor();
  if (await create.isVisible()) await create.click();
  await boardOpen(page);
  await expectState(page, 'savedForAll');
}

// ── What is on the screen ──────────────────────────────────────────────────────────────────────────────────────────

/** Waits for the condition after the board's title (renderer/ui/board/condition.ts) with nothing waiting to be sent. */
export async function expectState(page: Page, condition: string, timeout = PATIENCE_MS): Promise<void> {
  await expect(page.locator('.state')).toHaveAttribute('data-condition', condition, { timeout });
}

/** A shape of the drawing as the page has it: element, attributes in order, text, children. */
export type Shape = readonly [
  name: string,
  attributes: Readonly<Record<string, string>>,
  inside: readonly (Shape | string)[],
];

/** The drawing on the screen, bottom to top. */
export function shapes(page: Page): Promise<Shape[]> {
  return page.evaluate(() => {
    type Read = [string, Record<string, string>, (Read | string)[]];
    const read = (element: Element): Read => [
      element.localName,
      Object.fromEntries(
        [...element.attributes]
          .map(({ name, value }): [string, string] => [name, value])
          // What the page notes for itself: a shape under a drag, out of sight or being edited.
          .filter(([name]) => !name.startsWith('data-'))
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
      [...element.childNodes].map((node) => (node instanceof Element ? read(node) : (node.nodeValue ?? ''))),
    ];
    const host = [...document.querySelectorAll('.board *')].find((element) => element.shadowRoot);
    return [...(host?.shadowRoot?.querySelectorAll('svg.chunk') ?? [])].flatMap((chunk) =>
      [...chunk.children].map(read),
    );
  });
}

/** How many shapes lie on the board. */
export const shapeCount = async (page: Page): Promise<number> => (await shapes(page)).length;

/** Waits until everyone's work has reached everyone, and all boards show the same. */
export async function expectSame(people: readonly Person[], timeout = PATIENCE_MS): Promise<void> {
  for (const { page } of people) await expectState(page, 'savedForAll', timeout);
  const [first, ...others] = people;
  for (const other of others) {
    await expect
      .poll(
        async () =>
          first !== undefined && JSON.stringify(await shapes(other.page)) === JSON.stringify(await shapes(first.page)),
        { timeout, message: `${other.name} shows what ${first?.name} shows` },
      )
      .toBe(true);
  }
}

/** Exports the open board through the browser's download and answers with the file. */
export async function exportSvg(page: Page): Promise<Buffer> {
  const coming = page.waitForEvent('download');
  await page.keyboard.press('Control+e');
  return readFile(await (await coming).path());
}

/** Waits until the files that people export are the same to the byte, and answers with it. What only the file shows (attributes
 *  that draw nothing) and repairs by the elected replica may come after the boards look the same. */
export async function expectSameFile(people: readonly Person[]): Promise<Buffer> {
  let files: Buffer[] = [];
  const differ = async (): Promise<string> => {
    files = [];
    for (const { page } of people) files.push(await exportSvg(page));
    const [first, ...others] = files.map((file) => file.toString('utf8'));
    const other = others.find((text) => text !== first);
    if (first === undefined || other === undefined) return '';
    let at = 0;
    while (first[at] === other[at]) at += 1;
    return `at ${at}: ${first.slice(at - 100, at + 100)} | ${other.slice(at - 100, at + 100)}`;
  };
  await expect.poll(differ, { timeout: PATIENCE_MS }).toBe('');
  const [file] = files;
  if (file === undefined) throw new Error('nobody exported anything');
  return file;
}

/** A name beside a cursor or a selection, where it is written in the window. */
export interface Flag {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

declare global {
  interface Window {
    /** What is written on each canvas since it was cleared. */
    limnFlags?: Map<HTMLCanvasElement, Flag[]>;
  }
}

/** The overlay is a canvas; what is written on it is noted on the way. */
async function watchFlags(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const written = new Map<HTMLCanvasElement, Flag[]>();
    window.limnFlags = written;
    const pen = CanvasRenderingContext2D.prototype;
    const clear = Reflect.get(pen, 'clearRect') as typeof pen.clearRect;
    const write = Reflect.get(pen, 'fillText') as typeof pen.fillText;
    pen.clearRect = function clearRect(...area) {
      written.set(this.canvas, []);
      clear.apply(this, area);
    };
    pen.fillText = function fillText(text, x, y, ...rest) {
      written.get(this.canvas)?.push({ text, x, y });
      write.call(this, text, x, y, ...rest);
    };
  });
}

/** The names written beside cursors and selections right now. */
export const flags = (page: Page): Promise<Flag[]> =>
  page.evaluate(() =>
    [...(window.limnFlags ?? [])].filter(([canvas]) => canvas.isConnected).flatMap(([, list]) => list),
  );
