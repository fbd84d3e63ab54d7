import { describe, expect, it } from 'vitest';
import { ApiError } from '#api/errors.ts';
import { CommandFailure } from '#hosts/cli/failure.ts';
import { type Actions, runProgram } from '#hosts/cli/program.ts';

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  readonly called: readonly unknown[][];
}

async function limn(words: readonly string[], fault?: Error): Promise<Ran> {
  const called: unknown[][] = [];
  const act =
    (name: string) =>
    async (...args: unknown[]): Promise<void> => {
      called.push([name, ...args]);
      if (fault !== undefined) throw fault;
    };
  const actions: Actions = {
    start: act('start'),
    demo: act('demo'),
    bot: act('bot'),
    export: act('export'),
    validate: act('validate'),
    log: act('log'),
    related: act('related'),
  };
  let out = '';
  let err = '';
  const status = await runProgram(words, actions, '0.1.0', {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { status, out, err, called };
}

describe('the command line', () => {
  it('passes options on as they are meant', async () => {
    const { status, called } = await limn(['start', '--web', '--port', '8080', '--no-open', '--profile', '/p']);
    expect(status).toBe(0);
    expect(called).toMatchObject([['start', { web: true, port: 8080, open: false, profile: '/p' }]]);
  });

  it('takes several sources', async () => {
    const { called } = await limn(['export', 'a.svg', 'b.svg', '-o', 'out/', '--to', 'svg']);
    expect(called).toMatchObject([['export', ['a.svg', 'b.svg'], { output: 'out/', to: 'svg', scale: 1 }]]);
  });

  it('takes a board whose log is told, and how', async () => {
    const words = ['log', 'Plan', '--since', '5', '--xml', '--node', 'a.1'];
    expect((await limn(words)).called).toMatchObject([['log', 'Plan', { since: 5, xml: true, node: 'a.1' }]]);
    for (const wrong of [['log'], ['log', 'Plan', '--since', '-1'], ['log', 'Plan', '--format', 'csv']])
      expect((await limn(wrong)).status).toBe(2);
  });

  it('takes one file to validate', async () => {
    expect((await limn(['validate', 'a.svg', '--json'])).called).toMatchObject([['validate', 'a.svg', { json: true }]]);
    expect((await limn(['validate'])).status).toBe(2);
  });

  it('answers every --help with status 0 on standard output', async () => {
    for (const words of [
      ['--help'],
      ['start', '--help'],
      ['bot', '--help'],
      ['export', '--help'],
      ['validate', '--help'],
      ['log', '--help'],
      ['demo', '--help'],
    ]) {
      const { status, out, err } = await limn(words);
      expect([status, err]).toEqual([0, '']);
      expect(out).toMatch(/^Usage: limn/);
    }
  });

  it.each([
    [[]],
    [['fly']],
    [['start', '--port', 'x']],
    [['start', '--port', '70000']],
    [['bot', '--jid', 'a@b']],
    [['export', 'a.svg']],
    [['export', 'a.svg', '-o', 'x.svg', '--scale', '0']],
    [['start', 'surplus']],
  ])('shows the usage and ends with 2 for %j', async (words) => {
    const { status, err, called } = await limn(words);
    expect(status).toBe(2);
    expect(err).toMatch(/Usage: limn/);
    expect(called).toEqual([]);
  });

  it('ends with 1 and one sentence when the work failed', async () => {
    const { status, err, out } = await limn(['demo'], new ApiError('storage', 'The disk is full.\nMake room.'));
    expect([status, err, out]).toEqual([1, 'The disk is full. Make room.\n', '']);
  });

  it('ends with 2 when a command finds its words off', async () => {
    expect((await limn(['demo'], new CommandFailure('Not so.', 2))).status).toBe(2);
  });
});
