/** Playwright's test with a server and the people who use it: each test in a file shares the server and has people of its own. */
import { test as base } from '@playwright/test';
import { type CutProxy, startCutProxy } from './cut-proxy.ts';
import * as people from './people.ts';
import { startProsody } from './prosody.ts';

/** What a server must tell for people to meet on it. */
export interface MeetingPlace {
  readonly host: string;
  readonly rooms: string;
  /** STARTTLS port on 127.0.0.1. */
  readonly port: number;
  /** Name to password: alice, bob, carol. */
  readonly accounts: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface Company {
  readonly server: MeetingPlace;
  /** A room of this test's own, which nobody has entered yet. */
  readonly room: string;
  /** How someone signs in, directly or through a proxy. */
  login(name: string, through?: CutProxy): people.Login;
  /** Starts Limn for someone on a new profile and signs in, accepting the server's certificate. */
  come(name: string, how?: people.PersonOptions & { readonly through?: CutProxy }): Promise<people.Person>;
  /** A network before the server that can be cut. */
  proxy(): Promise<CutProxy>;
}

/** Rooms so far in this process. */
let rooms = 0;

export const test = base.extend<{ company: Company }, { server: MeetingPlace }>({
  server: [
    // Playwright reads the parameter's pattern, so there must be one.
    async ({ browserName: _ }, use) => {
      const server = await startProsody();
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  company: async ({ browser, server }, use) => {
    const endings: (() => Promise<void>)[] = [];
    const login = (name: string, through?: CutProxy): people.Login => ({
      jid: `${name}@${server.host}`,
      password: server.accounts[name] ?? '',
      service: through?.service ?? `127.0.0.1:${server.port}`,
    });
    await use({
      server,
      room: `room-${++rooms}@${server.rooms}`,
      login,
      async come(name, { through, ...options } = {}) {
        const person = await people.startPerson(browser, name, options);
        endings.push(() => person.close());
        await people.signIn(person.page, login(name, through));
        return person;
      },
      async proxy() {
        const proxy = await startCutProxy(server.port);
        endings.push(() => proxy.close());
        return proxy;
      },
    });
    await Promise.all(endings.map((end) => end()));
  },
});
