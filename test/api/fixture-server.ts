/** An ApiServer for tests: answers with what the test says, remembers what it was asked. */
import type { ApiServer, CallName, EventData, EventName, Params, ViewNode } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';

type Emit = <N extends EventName>(name: N, data: EventData<N>) => void;

export const status = {
  board: 'b1',
  name: 'Plan',
  connection: 'alone',
  saved: true,
  waiting: 0,
  canUndo: false,
  canRedo: false,
  canEdit: true,
} as const;

export const root: ViewNode = {
  rid: 'r.0',
  type: 'element',
  ns: 'http://www.w3.org/2000/svg',
  name: 'svg',
  attrs: [{ name: 'width', value: '640' }],
  children: [{ rid: 'r.1', type: 'text', data: 'a "quoted" \u2028 line, 漢字 and 🦊' }],
};

export class FixtureServer implements ApiServer {
  readonly emits = new Map<string, Emit>();
  readonly asked: { client: string; name: CallName; params: unknown }[] = [];
  /** Every client that was ever there and is gone, in order. */
  readonly gone: string[] = [];
  /** Answers that a test holds back. */
  readonly held: { name: CallName; settle: (value: unknown) => void }[] = [];
  readonly hold = new Set<CallName>();
  title = 'Plan';

  readonly #answers: Partial<Record<CallName, (params: never) => unknown>> = {
    'app.info': () => ({ version: '0.1.0', host: 'web', boards: 2 }),
    'account.status': () => ({ state: 'none' }),
    'settings.get': () => null,
    'boards.open': () => ({ status: { ...status, name: this.title }, root, people: [] }),
    'boards.rename': () => {
      throw new ApiError('storage', 'The disk is full. Free some space and try again.');
    },
    'boards.remove': () => {
      throw new TypeError('secret inner detail');
    },
    'boards.import': ({ name }: Params<'boards.import'>) => ({
      board: { id: 'imported', name, created: 0, modified: 0 },
      removed: [name],
    }),
    'boards.list': () => [{ id: 'NOT AN ID', name: 'x', modified: 0, created: 0 }],
  };

  connected(client: string, emit: Emit): void {
    this.emits.set(client, emit);
  }

  disconnected(client: string): void {
    this.emits.delete(client);
    this.gone.push(client);
  }

  /** Says it to all clients. */
  emit<N extends EventName>(name: N, data: EventData<N>): void {
    for (const emit of this.emits.values()) emit(name, data);
  }

  async call(client: string, name: CallName, params: unknown): Promise<unknown> {
    this.asked.push({ client, name, params });
    if (this.hold.has(name)) return await new Promise((settle) => this.held.push({ name, settle }));
    return this.#answers[name]?.(params as never);
  }
}
