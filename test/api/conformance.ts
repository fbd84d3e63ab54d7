/** What every transport of the API must do, run over each of them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ApiClient, ApiClientOptions } from '#api/client.ts';
import type { EventData } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import type { ServeOptions } from '#api/server.ts';
import { FixtureServer, root, status } from './fixture-server.ts';

/** A transport under test, with its server end running. */
export interface Transport {
  /** A client end of ours. */
  connect(options?: ApiClientOptions): ApiClient;
  /** A client end that says what the test says and hears all. */
  raw(): Promise<RawClient>;
  /** Breaks all connections, as a crash of the other side would. */
  cut(): void;
  close(): Promise<void>;
}

export interface RawClient {
  send(text: string): void;
  /** The server's messages so far. */
  readonly heard: string[];
  /** Resolves when the server has cut this client off. */
  readonly closed: Promise<void>;
  close(): void;
}

export type MakeTransport = (
  server: FixtureServer,
  options: Pick<ServeOptions, 'limits' | 'report'>,
) => Promise<Transport>;

const small = {
  windowMessages: 4,
  windowChars: 1 << 20,
  queueMessages: 8,
  queueChars: 1 << 20,
  answerChars: 1 << 20,
  callsInFlight: 128,
};

/** Waits for what must come, and fails with the last failure if it doesn't. */
async function eventually(check: () => void): Promise<void> {
  await expect
    .poll(
      () => {
        try {
          check();
          return 'yes';
        } catch (error) {
          return String(error);
        }
      },
      { interval: 5, timeout: 5000 },
    )
    .toBe('yes');
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

export function describeTransport(name: string, make: MakeTransport): void {
  describe(`API over ${name}`, () => {
    let server: FixtureServer;
    let transport: Transport;
    let faults: unknown[];

    beforeEach(async () => {
      server = new FixtureServer();
      faults = [];
      transport = await make(server, { report: (fault) => faults.push(fault) });
    });
    afterEach(async () => {
      await transport.close();
    });

    const connect = async (options?: ApiClientOptions): Promise<ApiClient> => {
      const api = transport.connect(options);
      await api.ready;
      return api;
    };

    describe('calls', () => {
      test('answers a call, with parameters and without', async () => {
        const api = await connect();
        expect(await api.call('app.info')).toEqual({ version: '0.1.0', host: 'web', boards: 2 });
        expect(await api.call('boards.open', { board: 'b1' })).toEqual({ status, root, people: [] });
        expect(server.asked.at(-1)?.params).toEqual({ board: 'b1' });
      });

      test('matches answers that come in another order', async () => {
        const api = await connect();
        server.hold.add('settings.get');
        const first = api.call('settings.get', { key: 'a' });
        const second = api.call('settings.get', { key: 'b' });
        await eventually(() => expect(server.held).toHaveLength(2));
        server.held[1]?.settle('second');
        server.held[0]?.settle('first');
        expect(await Promise.all([first, second])).toEqual(['first', 'second']);
      });

      test('passes on an ApiError by code and sentence, and nothing of any other error', async () => {
        const api = await connect();
        const refused = await failure(api.call('boards.rename', { board: 'b1', name: 'x' }));
        expect([refused.code, refused.message]).toEqual([
          'storage',
          'The disk is full. Free some space and try again.',
        ]);
        const inner = await failure(api.call('boards.remove', { board: 'b1' }));
        expect(inner.code).toBe('internal');
        expect(inner.message).not.toContain('secret');
        expect(faults.map(String)).toEqual(['TypeError: secret inner detail']);
      });

      test('refuses parameters that the schema does not allow, before they reach the app', async () => {
        const api = await connect();
        const bad = await failure(api.call('boards.open', { board: '../../etc' }));
        expect(bad.code).toBe('bad-request');
        expect(server.asked).toEqual([]);
      });

      test('refuses an answer that the schema does not allow', async () => {
        const reported: unknown[] = [];
        const api = await connect({ report: (fault) => reported.push(fault) });
        expect((await failure(api.call('boards.list'))).code).toBe('internal');
        expect(String(reported[0])).toContain('boards.list');
      });

      test('holds back a burst beyond what may be in flight, and answers all of it', async () => {
        const api = await connect();
        const results = await Promise.all(Array.from({ length: 500 }, () => api.call('app.info')));
        expect(results).toHaveLength(500);
      });

      test('carries a message of several megabytes', async () => {
        const api = await connect();
        server.hold.add('settings.get');
        const answer = api.call('settings.get', { key: 'big' });
        await eventually(() => expect(server.held).toHaveLength(1));
        const big = '"漢\u0000\\'.repeat(1 << 20);
        server.held[0]?.settle(big);
        expect((await answer) === big).toBe(true);
      });
    });

    describe('events', () => {
      test('come in order, to every listener until it stops', async () => {
        const api = await connect();
        const heard: string[] = [];
        const stop = api.on('notice', ({ message }) => heard.push(message));
        for (const message of ['one', 'two', 'three']) server.emit('notice', { level: 'info', message });
        await eventually(() => expect(heard).toEqual(['one', 'two', 'three']));
        stop();
        server.emit('notice', { level: 'info', message: 'four' });
        await api.call('app.info');
        expect(heard).toHaveLength(3);
      });

      test('a listener that throws is reported and keeps nothing from the others', async () => {
        const reported: unknown[] = [];
        const api = await connect({ report: (fault) => reported.push(fault) });
        const heard: string[] = [];
        api.on('notice', () => {
          throw new Error('listener');
        });
        api.on('notice', ({ message }) => heard.push(message));
        server.emit('notice', { level: 'info', message: 'x' });
        await eventually(() => expect(heard).toEqual(['x']));
        expect(reported.map(String)).toEqual(['Error: listener']);
      });

      test('many more than the window holds all arrive', async () => {
        const api = await connect();
        const heard: string[] = [];
        api.on('notice', ({ message }) => heard.push(message));
        for (let n = 0; n < 2000; n += 1) server.emit('notice', { level: 'info', message: String(n) });
        await eventually(() => expect(heard).toHaveLength(2000));
        expect(heard.at(-1)).toBe('1999');
      });

      test('an event that breaks the contract is reported and the board opened anew', async () => {
        const api = await connect();
        await api.call('boards.open', { board: 'b1' });
        const changes: EventData<'changes'>[] = [];
        api.on('changes', (data) => changes.push(data));
        server.emit('changes', { board: 'b1', changes: [{ op: 'void' }] } as unknown as EventData<'changes'>);
        await eventually(() => expect(changes).toEqual([{ board: 'b1', changes: [{ op: 'reset', root }] }]));
      });
    });

    describe('a broken connection', () => {
      test('rejects what is under way, tells, comes back and opens again what was open', async () => {
        const api = await connect({ random: () => 0 });
        await api.call('boards.open', { board: 'b1' });
        server.hold.add('app.info');
        const under = failure(api.call('app.info'));
        await eventually(() => expect(server.held).toHaveLength(1));
        const heard: unknown[] = [];
        api.onConnection((up) => heard.push(up));
        api.on('status', ({ name }) => heard.push(name));
        api.on('people', ({ people }) => heard.push(people));
        api.on('changes', ({ changes }) => heard.push(changes));
        api.on('account', ({ state }) => heard.push(state));
        server.title = 'Renamed meanwhile';
        transport.cut();
        expect((await under).code).toBe('disconnected');
        expect((await failure(api.call('app.info'))).code).toBe('disconnected');
        await eventually(() =>
          expect(heard).toEqual([false, true, 'Renamed meanwhile', [], [{ op: 'reset', root }], 'none']),
        );
        expect(server.gone).toHaveLength(1);
        expect(server.emits.size).toBe(1);
      });

      test('opens nothing again that was closed', async () => {
        const api = await connect({ random: () => 0 });
        await api.call('boards.open', { board: 'b1' });
        await api.call('boards.close', { board: 'b1' });
        const states: string[] = [];
        api.on('account', ({ state }) => states.push(state));
        transport.cut();
        await eventually(() => expect(states).toEqual(['none']));
        expect(server.asked.filter(({ name }) => name === 'boards.open')).toHaveLength(1);
      });

      test('close ends it for good and the app is told', async () => {
        const api = await connect();
        api.close();
        expect((await failure(api.call('app.info'))).code).toBe('disconnected');
      });
    });

    describe('a client that does not keep up', () => {
      beforeEach(async () => {
        await transport.close();
        transport = await make(server, { limits: small, report: (fault) => faults.push(fault) });
      });

      const changes = (n: number): EventData<'changes'> => ({
        board: 'b1',
        changes: [{ op: 'text', rid: 'r.1', data: String(n) }],
      });

      test('is sent a window, then nothing, then a reset in place of what was dropped', async () => {
        const slow = await transport.raw();
        for (let n = 0; n < 1000; n += 1) server.emit('changes', changes(n));
        server.emit('notice', { level: 'info', message: 'kept' });
        await eventually(() => expect(slow.heard).toHaveLength(4));
        slow.send(JSON.stringify({ t: 'ack', n: 4 }));
        await eventually(() => expect(slow.heard.length).toBeGreaterThan(4));
        const rest = slow.heard.slice(4).map((text) => JSON.parse(text) as { t: string; name?: string });
        expect(rest[0]?.t).toBe('reset');
        slow.close();
      });

      test('gets only the newest status of a board', async () => {
        const slow = await transport.raw();
        for (let n = 0; n < 4; n += 1) server.emit('changes', changes(n));
        for (let n = 0; n < 1000; n += 1) server.emit('status', { ...status, waiting: n });
        await eventually(() => expect(slow.heard).toHaveLength(4));
        slow.send(JSON.stringify({ t: 'ack', n: 4 }));
        await eventually(() => expect(slow.heard).toHaveLength(5));
        expect(JSON.parse(slow.heard[4] ?? '')).toMatchObject({ name: 'status', data: { waiting: 999 } });
        slow.close();
      });

      test('is cut off when even what must be kept is too much', async () => {
        const slow = await transport.raw();
        for (let n = 0; n < 20; n += 1) server.emit('notice', { level: 'info', message: String(n) });
        await slow.closed;
        expect(server.emits.size).toBe(0);
      });

      test('an answer comes after the events that came before it', async () => {
        const slow = await transport.raw();
        for (let n = 0; n < 6; n += 1) server.emit('changes', changes(n));
        slow.send(JSON.stringify({ t: 'call', id: 1, name: 'app.info' }));
        await eventually(() => expect(server.asked).toHaveLength(1));
        slow.send(JSON.stringify({ t: 'ack', n: 4 }));
        await eventually(() => expect(slow.heard).toHaveLength(7));
        expect(JSON.parse(slow.heard[6] ?? '')).toMatchObject({ t: 'ok', id: 1 });
        slow.close();
      });
    });

    describe('hostile messages', () => {
      const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
      test.each([
        ['no JSON', 'hello'],
        ['an empty text', ''],
        ['null', 'null'],
        ['an array', '[]'],
        ['an unknown kind', '{"t":"event","name":"notice"}'],
        ['a call without id', '{"t":"call","name":"app.info"}'],
        ['a fractional id', '{"t":"call","id":1.5,"name":"app.info"}'],
        ['a negative id', '{"t":"call","id":-1,"name":"app.info"}'],
        ['an id beyond integers', '{"t":"call","id":1e300,"name":"app.info"}'],
        ['a name that is no text', '{"t":"call","id":1,"name":{}}'],
        ['more than a call has', '{"t":"call","id":1,"name":"app.info","client":"ws-2"}'],
        ['an acknowledgement of what was never sent', '{"t":"ack","n":7}'],
        ['nesting', deep],
      ])('%s ends the connection', async (_, text) => {
        const raw = await transport.raw();
        raw.send(text);
        await raw.closed;
        expect(server.asked).toEqual([]);
        await eventually(() => expect(server.emits.size).toBe(0));
      });

      test.each([
        ['an unknown call', { name: 'shell.run', params: { command: 'ls' } }],
        ['what every object has', { name: 'constructor' }],
        ['the prototype', { name: '__proto__' }],
        ['the wrong type', { name: 'boards.open', params: { board: 7 } }],
        ['a missing field', { name: 'boards.open', params: {} }],
        ['null for nothing', { name: 'settings.set', params: null }],
        [
          'an unknown intent',
          { name: 'document.submit', params: { board: 'b1', gesture: 'g', intents: [{ do: 'eval' }] } },
        ],
      ])('%s is answered with bad-request and the app never sees it', async (_, call) => {
        const raw = await transport.raw();
        raw.send(JSON.stringify({ t: 'call', id: 5, ...call }));
        await eventually(() => expect(raw.heard).toHaveLength(1));
        expect(JSON.parse(raw.heard[0] ?? '')).toMatchObject({ t: 'error', id: 5, code: 'bad-request' });
        expect(server.asked).toEqual([]);
        raw.close();
      });

      test('a node nested too deep for any checker is refused, and the server lives', async () => {
        const levels = 20_000;
        const open = '{"type":"element","name":"g","attrs":[],"children":[';
        const node = `${open.repeat(levels)}${']}'.repeat(levels)}`;
        const raw = await transport.raw();
        const intent = `{"do":"add","parent":"r.0","before":null,"node":${node}}`;
        const params = `{"board":"b1","gesture":"g","intents":[${intent}]}`;
        raw.send(`{"t":"call","id":1,"name":"document.submit","params":${params}}`);
        await eventually(() => expect(raw.heard).toHaveLength(1));
        expect(JSON.parse(raw.heard[0] ?? '')).toMatchObject({ t: 'error', id: 1, code: 'bad-request' });
        raw.close();
        const api = await connect();
        expect((await api.call('app.info')).boards).toBe(2);
      });

      test('__proto__ in parameters reaches nothing', async () => {
        const raw = await transport.raw();
        raw.send('{"t":"call","id":1,"name":"boards.open","params":{"board":"b1","__proto__":{"polluted":true}}}');
        await eventually(() => expect(raw.heard).toHaveLength(1));
        expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
        expect(server.asked[0]?.params).toEqual({ board: 'b1' });
        raw.close();
      });

      test('one id for two calls ends the connection', async () => {
        server.hold.add('app.info');
        const raw = await transport.raw();
        raw.send('{"t":"call","id":1,"name":"app.info"}');
        raw.send('{"t":"call","id":1,"name":"app.info"}');
        await raw.closed;
        expect(server.asked).toHaveLength(1);
      });

      test('more calls in flight than allowed end the connection', async () => {
        server.hold.add('app.info');
        const raw = await transport.raw();
        for (let id = 0; id < 200; id += 1) raw.send(JSON.stringify({ t: 'call', id, name: 'app.info' }));
        await raw.closed;
        expect(server.asked).toHaveLength(128);
      });

      test('an answer that comes after its client has gone is nobody’s', async () => {
        server.hold.add('app.info');
        const raw = await transport.raw();
        raw.send('{"t":"call","id":1,"name":"app.info"}');
        await eventually(() => expect(server.held).toHaveLength(1));
        raw.close();
        await eventually(() => expect(server.emits.size).toBe(0));
        server.held[0]?.settle({ version: '0.1.0', host: 'web', boards: 0 });
        const api = await connect();
        expect(await api.call('settings.get', { key: 'k' })).toBeNull();
        expect(faults).toEqual([]);
      });
    });
  });
}
