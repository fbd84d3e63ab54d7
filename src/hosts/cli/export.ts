/** `limn export`: drawings to files, one or many. Where drawings come from and files go is given, so that this is only the rules. */
import path from 'node:path';
import { CommandFailure, sentenceOf } from './failure.ts';
import type { ExportOptions } from './program.ts';

/** A drawing as it is exported, safe and canonical: SVG, or, of its notes, XHTML. */
export interface Drawing {
  /** For a file name: without folders or extension. */
  readonly name: string;
  readonly content: string;
  /** Sentences about what the allow-list took out. */
  readonly removed: readonly string[];
}

export interface ExportPorts {
  readonly read: (source: string) => Promise<Drawing>;
  readonly write: (file: string, content: string | Uint8Array) => Promise<void>;
  /** SVG to PNG at so many pixels per user unit. */
  readonly render: (svg: string, scale: number) => Promise<Uint8Array>;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

type Format = 'svg' | 'png' | 'xhtml';

/**
 * Writes every source that can be read and goes on after one that can't.
 * @throws CommandFailure status 2 when the words are off, status 1 at the end when any source failed.
 */
export async function runExport(sources: readonly string[], options: ExportOptions, ports: ExportPorts): Promise<void> {
  if (options.outlines) throw new CommandFailure('Text as outlines is not there yet: leave out --outlines.');
  const plan = planOf(sources, options);
  const taken = new Set<string>();
  let failed = 0;
  for (const source of sources) {
    try {
      const drawing = await ports.read(source);
      const file =
        plan.folder === undefined ? plan.file : path.join(plan.folder, freeName(drawing.name, plan.format, taken));
      await ports.write(
        file,
        plan.format === 'png' ? await ports.render(drawing.content, options.scale) : drawing.content,
      );
      ports.out(options.json ? JSON.stringify({ ok: true, source, file, removed: drawing.removed }) : file);
      if (!options.json) for (const sentence of drawing.removed) ports.err(`${source}: ${sentence}`);
    } catch (error) {
      failed += 1;
      const message = sentenceOf(error);
      if (options.json) ports.out(JSON.stringify({ ok: false, source, message }));
      else if (sources.length > 1) ports.err(`${source}: ${message}`);
      else throw error;
    }
  }
  if (failed > 0) throw new CommandFailure(`${failed} of ${sources.length} drawings could not be exported.`);
}

type Plan =
  | { readonly folder: string; readonly file?: undefined; readonly format: Format }
  | { readonly folder?: undefined; readonly file: string; readonly format: Format };

function planOf(sources: readonly string[], options: ExportOptions): Plan {
  const { output } = options;
  const to = options.notes ? 'xhtml' : options.to;
  if (output.endsWith('/') || output.endsWith(path.sep)) {
    if (to === undefined) throw new CommandFailure('Say with --to which format the files in the folder shall have.', 2);
    return { folder: output, format: to };
  }
  if (sources.length > 1)
    throw new CommandFailure('Several drawings go into a folder: end -o with a slash and add --to svg.', 2);
  const extension = path.extname(output).toLowerCase();
  if (extension === '.pdf') throw new CommandFailure('PDF is not there yet: export to .svg or .png.');
  if (options.notes) {
    if (extension === '.xhtml') return { file: output, format: 'xhtml' };
    throw new CommandFailure('Notes are XHTML: the name after -o must end in .xhtml.', 2);
  }
  const format = extension === '.svg' || extension === '.png' ? (extension.slice(1) as Format) : to;
  if (format === undefined) throw new CommandFailure('The name after -o must end in .svg or .png.', 2);
  return { file: output, format };
}

/** A name that no earlier drawing of this run got, without characters that file systems refuse. */
function freeName(name: string, format: Format, taken: Set<string>): string {
  const base =
    name
      .replace(/[\\/:*?"<>|\p{Cc}]+/gu, '-')
      .replace(/^\.+/, '')
      .slice(0, 120) || 'drawing';
  for (let n = 1; ; n++) {
    const file = `${base}${n === 1 ? '' : `-${n}`}.${format}`;
    if (taken.has(file.toLowerCase())) continue;
    taken.add(file.toLowerCase());
    return file;
  }
}
