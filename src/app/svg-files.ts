/** SVG files in and out: what a file holds as a replica's content, and a board or a file as a clean SVG text. */
import { createReplica } from '#core/replica.ts';
import type { Replica } from '#core/replica-port.ts';
import type { NodeTree, TreeView } from '#core/types.ts';
import { ApiError } from '#api/errors.ts';
import { type FaultInFile, faultsInTrees } from '#svg/content-model.ts';
import { parseSvg } from '#svg/parse.ts';
import { cleanTrees } from '#svg/safe.ts';
import { serializeSvg, type SerializeOptions } from '#svg/serialise.ts';

export interface ReadFile {
  readonly prolog: string;
  /** The root element, and the comments and processing instructions around it. */
  readonly nodes: readonly NodeTree[];
  /** Sentences about what was taken out. */
  readonly removed: string[];
}

/** Reads an SVG file through the allow-list. Throws ApiError 'bad-svg' or 'too-large'. */
export function readSvgFile(source: string | Uint8Array): ReadFile {
  const parsed = parseSvg(source);
  if (!parsed.ok) throw new ApiError(parsed.code, parsed.reason);
  const { nodes, removed } = cleanTrees(parsed.nodes);
  if (!nodes.some((node) => node.type === 'element')) {
    throw new ApiError('bad-svg', 'The file holds no drawing that Limn can keep. Choose an SVG file.');
  }
  return { prolog: parsed.prolog, nodes, removed: [...parsed.removed, ...removed] };
}

export interface CheckedFile {
  /** What breaks SVG's rules, in document order. */
  readonly faults: readonly FaultInFile[];
  /** Sentences about what a board would not take. */
  readonly removed: readonly string[];
}

/** Looks whether a file is sound, as it is. Throws ApiError 'bad-svg' or 'too-large' when it is no SVG. */
export function checkSvgFile(source: string | Uint8Array): CheckedFile {
  const parsed = parseSvg(source);
  if (!parsed.ok) throw new ApiError(parsed.code, parsed.reason);
  const { removed } = cleanTrees(parsed.nodes);
  return { faults: faultsInTrees(parsed.nodes), removed: [...parsed.removed, ...removed] };
}

/** A new replica, alone, that holds a file's content, all of it waiting. Throws ApiError 'bad-svg'. */
export function replicaOfFile(file: ReadFile, options: { prefix: string; author: string; now: () => number }): Replica {
  const state = { place: { epoch: options.prefix, seq: 0 }, records: [], known: {}, digest: '', prolog: file.prolog };
  const replica = createReplica({ ...options, state });
  const result = replica.submit(
    file.nodes.map((node) => ({ do: 'add', parent: '', before: null, node })),
    'import',
  );
  if (!result.ok) throw new ApiError('bad-svg', `The file can't be put on a board. ${result.reason}`);
  return replica;
}

/** The document as people see it, as an SVG file: valid on its own, and nothing unsafe in it. */
export function exportSvg(
  document: { readonly shown: TreeView; readonly prolog: string },
  options?: SerializeOptions,
): string {
  return serializeSvg(document.shown, document.prolog, options);
}

/** A file of anyone's as a board of it would be exported. Throws ApiError 'bad-svg' or 'too-large'. */
export function exportFile(
  source: string | Uint8Array,
  options?: SerializeOptions,
): { svg: string; removed: string[] } {
  const file = readSvgFile(source);
  const replica = replicaOfFile(file, { prefix: 'file0000', author: '', now: () => 0 });
  return { svg: exportSvg(replica, options), removed: file.removed };
}

/** A board's name as a file's, without what file systems refuse. */
export function fileName(name: string, extension: string): string {
  const base = name
    .normalize('NFC')
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]+/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[ .]+|[ .]+$/g, '')
    .slice(0, 100);
  return `${base === '' ? 'board' : base}.${extension}`;
}
