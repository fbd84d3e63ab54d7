import { describe, expect, it } from 'vitest';
import { type BotBoard, runBot } from '#hosts/cli/bot.ts';
import { ApiError } from '#api/errors.ts';

type Line = Record<string, unknown>;

/** A board that says what it was asked; `until` is answered by `release`. */
function fakeBoard(): { board: BotBoard; asked: string[]; release: () => void } {
  const asked: string[] = [];
  let release = (): void => undefined;
  const confirmed = new Promise<void>((resolve) => {
    release = resolve;
  });
  const place = { epoch: 'e', seq: 7, digest: 'd0' };
  const note = async (what: string): Promise<void> => void asked.push(what);
  return {
    asked,
    release: () => release(),
    board: {
      async edit(command) {
        asked.push(command.do);
        if (command.do === 'remove') throw new ApiError('not-found', 'There is no node with this rid.');
        return { rids: ['a.1', 'a.2'], sxe: 'a.9' };
      },
      tree: () => ({ rid: 'root' }),
      svg: () => '<svg/>',
      log: (since) => [{ since }],
      until: async () => {
        await confirmed;
        return place;
      },
      idle: async () => place,
      view: (rect) => void note(`view ${String(rect)}`),
      present: (on) => void note(`present ${on}`),
      say: (body) => note(`say ${body}`),
      cut: () => note('cut'),
      link: () => note('link'),
      leave: () => note('leave'),
    },
  };
}

async function talk(input: readonly (string | Line)[]): Promise<{ out: Line[]; asked: string[] }> {
  const { board, asked } = fakeBoard();
  const out: Line[] = [];
  async function* lines(): AsyncGenerator<string> {
    for (const line of input) yield typeof line === 'string' ? line : JSON.stringify(line);
  }
  await runBot(board, lines(), (line) => out.push(line));
  return { out, asked };
}

describe('limn bot', () => {
  it('answers edits with their rids and stanza id, and gives the id back', async () => {
    const { out } = await talk([
      { do: 'add', id: 'x', parent: 'root', before: null, xml: '<rect/>' },
      { do: 'set', rid: 'a.1', name: 'x', value: null },
    ]);
    expect(out).toEqual([
      { id: 'x', ok: true, rids: ['a.1', 'a.2'], sxe: 'a.9' },
      { ok: true, sxe: 'a.9' },
    ]);
  });

  it('declares a part complete and opens it again', async () => {
    const { out, asked } = await talk([
      { do: 'complete', rid: 'a.1', on: true },
      { do: 'complete', rid: 'root', on: false, id: 'r' },
      { do: 'complete', rid: 'a.1' },
    ]);
    expect(out.map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(out[1]).toEqual({ id: 'r', ok: true, sxe: 'a.9' });
    expect(asked.slice(0, 2)).toEqual(['complete', 'complete']);
  });

  it('goes on after lines that can not be read, and says why', async () => {
    const { out } = await talk(['{', '7', { do: 'fly', id: 'y' }, { do: 'set', rid: 'a.1' }, { do: 'svg' }]);
    expect(out.map(({ ok }) => ok)).toEqual([false, false, false, false, true]);
    expect(out[0]?.message).toMatch(/not JSON/);
    expect(out[2]).toMatchObject({ id: 'y', code: 'bad-request' });
    expect(out[3]?.message).toMatch(/^name: /);
    expect(out[4]).toEqual({ ok: true, svg: '<svg/>' });
  });

  it('presents, and shows another part', async () => {
    const { out, asked } = await talk([
      { do: 'present', on: true },
      { do: 'view', rect: [1, 2, 3, 4] },
      { do: 'view', rect: [1, 2, 3] },
    ]);
    expect(asked).toEqual(['present true', 'view 1,2,3,4', 'leave']);
    expect(out.map(({ ok }) => ok)).toEqual([true, true, false]);
  });

  it('answers a failure with its code and sentence', async () => {
    const { out } = await talk([{ do: 'remove', rid: 'z.1', id: '1' }]);
    expect(out).toEqual([{ id: '1', ok: false, code: 'not-found', message: 'There is no node with this rid.' }]);
  });

  it('lets `until` wait without holding up what comes after it', async () => {
    const { board, release } = fakeBoard();
    const out: Line[] = [];
    let answered = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      answered = resolve;
    });
    async function* lines(): AsyncGenerator<string> {
      yield '{"do":"until","sender":"j","sxe":"a.9","id":"u"}';
      yield '{"do":"cut"}';
      release();
      await done;
    }
    await runBot(board, lines(), (line) => {
      out.push(line);
      if (line.id === 'u') answered();
    });
    expect(out).toEqual([{ ok: true }, { id: 'u', ok: true, place: { epoch: 'e', seq: 7 }, digest: 'd0' }]);
  });

  it('leaves at `quit` and at the end of its input', async () => {
    expect((await talk([{ do: 'quit', id: 'q' }, { do: 'cut' }])).asked).toEqual(['leave']);
    expect((await talk([{ do: 'say', body: 'hello' }])).asked).toEqual(['say hello', 'leave']);
  });
});
