import { describe, expect, it } from 'vitest';
import { type ExportPorts, runExport } from '#hosts/cli/export.ts';
import type { ExportOptions } from '#hosts/cli/program.ts';
import { renderPng } from '#hosts/cli/png.ts';

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30" fill="#0f0"/></svg>';

interface Ran {
  readonly files: Map<string, string | Uint8Array>;
  readonly out: string[];
  readonly err: string[];
  readonly fault: unknown;
}

async function run(sources: readonly string[], options: Partial<ExportOptions> & { output: string }): Promise<Ran> {
  const files = new Map<string, string | Uint8Array>();
  const out: string[] = [];
  const err: string[] = [];
  const ports: ExportPorts = {
    read: async (source) => {
      if (source.startsWith('bad')) throw new Error('It is not well-formed.');
      return {
        name: source.split('/').at(-1) ?? '',
        content: SVG,
        removed: source === 'odd' ? ['1 script was taken out.'] : [],
      };
    },
    write: async (file, content) => void files.set(file, content),
    render: renderPng,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  };
  const fault = await runExport(sources, { scale: 1, ...options }, ports).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { files, out, err, fault };
}

describe('limn export', () => {
  it('writes one drawing and names the file', async () => {
    const { files, out, fault } = await run(['a'], { output: 'x.svg' });
    expect(fault).toBeUndefined();
    expect([...files]).toEqual([['x.svg', SVG]]);
    expect(out).toEqual(['x.svg']);
  });

  it('writes a PNG of the size that the scale asks for', async () => {
    const { files } = await run(['a'], { output: 'x.png', scale: 2 });
    const png = Buffer.from(files.get('x.png') as Uint8Array);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([80, 60]);
  });

  it('writes notes as XHTML, and nothing else', async () => {
    expect([...(await run(['a'], { output: 'x.xhtml', notes: true })).files.keys()]).toEqual(['x.xhtml']);
    expect([...(await run(['a', 'b'], { output: 'out/', notes: true })).files.keys()]).toEqual([
      'out/a.xhtml',
      'out/b.xhtml',
    ]);
    expect((await run(['a'], { output: 'x.svg', notes: true })).fault).toMatchObject({ status: 2 });
  });

  it('goes on after a bad one, and fails at the end', async () => {
    const { files, out, err, fault } = await run(['a', 'bad', 'b'], { output: 'out/', to: 'svg' });
    expect([...files.keys()]).toEqual(['out/a.svg', 'out/b.svg']);
    expect(out).toEqual(['out/a.svg', 'out/b.svg']);
    expect(err).toEqual(['bad: It is not well-formed.']);
    expect(fault).toMatchObject({ status: 1, message: '1 of 3 drawings could not be exported.' });
  });

  it('gives drawings of one name files of their own, inside the folder', async () => {
    const { files } = await run(['a', 'x/a', 'x/A', 'y/..'], { output: 'out/', to: 'svg' });
    expect([...files.keys()]).toEqual(['out/a.svg', 'out/a-2.svg', 'out/A-3.svg', 'out/drawing.svg']);
  });

  it('says what was taken out', async () => {
    expect((await run(['odd'], { output: 'x.svg' })).err).toEqual(['odd: 1 script was taken out.']);
    const { out } = await run(['odd', 'bad'], { output: 'o/', to: 'svg', json: true });
    expect(out.map((line) => JSON.parse(line) as unknown)).toEqual([
      { ok: true, source: 'odd', file: 'o/odd.svg', removed: ['1 script was taken out.'] },
      { ok: false, source: 'bad', message: 'It is not well-formed.' },
    ]);
  });

  it.each([
    [['a', 'b'], { output: 'x.svg' }, 2],
    [['a'], { output: 'out/' }, 2],
    [['a'], { output: 'x.gif' }, 2],
    [['a'], { output: 'x.pdf' }, 1],
    [['a'], { output: 'x.svg', outlines: true as const }, 1],
    [['bad'], { output: 'x.svg' }, undefined],
  ])('refuses %j with %j', async (sources, options, status) => {
    const { files, fault } = await run(sources, options);
    expect(files.size).toBe(0);
    expect(fault).toBeInstanceOf(Error);
    expect((fault as { status?: number }).status).toBe(status);
  });

  it('refuses a picture that would fill the memory', async () => {
    const huge = '<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"/>';
    await expect(renderPng(huge, 1)).rejects.toThrow(/smaller --scale/);
  });
});
