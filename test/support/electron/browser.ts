/** The Chromium behind the stand-in: one for all windows, a page for each, with the app's schemes answered by main. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { BrowserContext, CDPSession, Page, Request, Route } from '@playwright/test';
import { chromium } from '@playwright/test';
import { BINDING, delivery, documentScripts, WORLD } from './worlds.ts';

/** Chromium knows no schemes but its own, so `limn://app/x` is shown as `http://app.limn.localhost/x`, also secure. */
export function toShown(url: string): string {
  return url.replace(/^([a-z]+):\/\/([^/]+)/, (whole, scheme: string, host: string) =>
    scheme === 'http' || scheme === 'https' ? whole : `http://${host}.${scheme}.localhost`,
  );
}

/** The other way: what main is told of a URL. */
export function toMain(url: string): string {
  return url.replace(/^http:\/\/([^./]+)\.([a-z]+)\.localhost/, '$2://$1');
}

/** What main decides, asked while pages load. */
export interface Decisions {
  /** Answers a request to a scheme of the app's; undefined when nobody handles that scheme. */
  answer(request: { url: string; method: string }): Promise<Response> | undefined;
  /** Whether any other request is cancelled. */
  cancels(url: string): boolean;
}

export interface PageEvents {
  /** A message from the preload. */
  message(channel: string, args: unknown[]): void;
  /** The page wants to go somewhere by itself; true prevents it. */
  navigates(url: string): boolean;
  /** The page wants a new window; true denies it. */
  opens(url: string): boolean;
  closed(): void;
}

/** How many pages are being opened for windows of the app. */
let opening = 0;
let started: Promise<BrowserContext> | undefined;
const pages = new Map<Page, PageEvents>();
let unused: Page[] = [];

/** The page that a request is made for; undefined for one that is about to open. */
function pageOf(request: Request): Page | undefined {
  try {
    return request.frame().page();
  } catch {
    return undefined;
  }
}

async function onRoute(route: Route, decisions: Decisions): Promise<void> {
  const request = route.request();
  const url = toMain(request.url());
  const page = pageOf(request);
  const events = page && pages.get(page);
  if (page === undefined || events === undefined) {
    // A window that a page opened: Electron would never have made it. It is closed in `start`.
    await route.abort('aborted');
    return;
  }
  const leaves = request.isNavigationRequest() && request.frame() === page.mainFrame() && page.url() !== 'about:blank';
  if (leaves && events.navigates(url)) {
    await route.abort('aborted');
    return;
  }
  const answer = decisions.answer({ url, method: request.method() });
  if (answer !== undefined) {
    const { status, headers, body } = await answer.then(async (response) => ({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    }));
    await route.fulfill({ status, headers, body });
  } else if (decisions.cancels(url)) {
    await route.abort('blockedbyclient');
  } else {
    await route.continue();
  }
}

async function start(userData: string, decisions: Decisions): Promise<BrowserContext> {
  const dir = path.join(userData, 'stand-in');
  mkdirSync(dir, { recursive: true });
  const context = await chromium.launchPersistentContext(dir, {
    executablePath: process.env['LIMN_CHROMIUM'] ?? '/usr/bin/chromium',
    // Beside the pipe that this process uses: by it a test finds the same pages (launch.ts).
    args: ['--remote-debugging-port=0'],
    viewport: { width: 1280, height: 800 },
    handleSIGTERM: false,
    handleSIGINT: false,
    handleSIGHUP: false,
  });
  unused = context.pages();
  context.on('page', (page) => {
    if (opening === 0) page.close().catch(() => {});
  });
  await context.route(
    () => true,
    (route) => onRoute(route, decisions),
  );
  return context;
}

/** A page for one window. */
export class StandInPage {
  readonly #page: Page;
  readonly #debugger: CDPSession;
  #world: number | undefined;

  private constructor(page: Page, session: CDPSession) {
    this.#page = page;
    this.#debugger = session;
  }

  static async open(userData: string, preload: string, decisions: Decisions, events: PageEvents): Promise<StandInPage> {
    started ??= start(userData, decisions);
    const context = await started;
    opening += 1;
    const page = unused.pop() ?? (await context.newPage());
    opening -= 1;
    pages.set(page, events);
    page.on('close', () => {
      pages.delete(page);
      events.closed();
    });
    const session = await context.newCDPSession(page);
    const made = new StandInPage(page, session);
    session.on('Runtime.executionContextCreated', ({ context: world }) => {
      if (world.name === WORLD) made.#world = world.id;
    });
    session.on('Page.windowOpen', ({ url }) => {
      // Only told by now, so that a main that allows it could not be shown right.
      if (!events.opens(toMain(url))) throw new Error('The stand-in has no windows that a page opens');
    });
    session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name !== BINDING || executionContextId !== made.#world) return;
      const { channel, args } = JSON.parse(payload) as { channel: string; args: unknown[] };
      events.message(channel, args);
    });
    await session.send('Page.enable');
    await session.send('Runtime.enable');
    await session.send('Runtime.addBinding', { name: BINDING, executionContextName: WORLD });
    for (const script of documentScripts(preload)) await session.send('Page.addScriptToEvaluateOnNewDocument', script);
    return made;
  }

  get url(): string {
    return toMain(this.#page.url());
  }

  async load(url: string): Promise<void> {
    await this.#page.goto(toShown(url));
  }

  async reload(): Promise<void> {
    await this.#page.reload();
  }

  /** Delivers a message to the preload; lost when no page is loaded, as in Electron. */
  send(channel: string, args: readonly unknown[]): void {
    if (this.#world === undefined) return;
    const expression = delivery(channel, args);
    this.#debugger.send('Runtime.evaluate', { contextId: this.#world, expression }).catch(() => {
      // The page has gone meanwhile.
    });
  }

  async close(): Promise<void> {
    await this.#page.close();
  }
}

/** Ends the Chromium. */
export async function closeBrowser(): Promise<void> {
  await (await started)?.close();
}
