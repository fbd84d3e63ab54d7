/**
 * SVG files and fragments to trees of nodes. saxes does the reading: it is strict, knows namespaces and keeps nothing, so
 * limits bite while a file is being read. What it leaves open (entities, attribute defaults, encodings, lone surrogates)
 * is settled before the text reaches it. Nothing is judged here but well-formedness and size; `cleanTrees` takes out what
 * is unsafe.
 */
import type { ElementTree, NodeTree } from '#core/types.ts';
import { readDoctype } from '#xml/doctype.ts';
import { decodeXml } from './encoding.ts';
import { type Expansion, expand } from '#xml/expand.ts';
import { DEFAULT_LIMITS, type ParseLimits } from '#xml/limits.ts';
import { localName, SVG_NS } from '#xml/names.ts';
import { placeOf, XmlProblem } from '#xml/problem.ts';
import { prologOf } from './prolog.ts';
import { refuseLoneSurrogates, TreeReader } from '#xml/tree-reader.ts';

/** A refusal: `reason` is one or two sentences for a person, saying where, why and what to do. */
export interface ParseFailure {
  readonly ok: false;
  readonly code: 'bad-svg' | 'too-large';
  readonly reason: string;
}

export interface ParsedSvg {
  readonly ok: true;
  /** XML declaration and document type as text, `''` for none (see prolog.ts). */
  readonly prolog: string;
  /** The top level: the root element, and the comments and processing instructions around it. */
  readonly nodes: NodeTree[];
  /** Sentences about what could not be kept. */
  readonly removed: string[];
}

export interface ParsedFragment {
  readonly ok: true;
  /** One or more elements, with texts, comments and processing instructions between them. */
  readonly nodes: NodeTree[];
  readonly removed: string[];
}

/** Reads an SVG file. Never throws for what a file contains. */
export function parseSvg(source: string | Uint8Array, limits: Partial<ParseLimits> = {}): ParsedSvg | ParseFailure {
  const all = { ...DEFAULT_LIMITS, ...limits };
  return guarded('The file', () => {
    if (source.length > all.bytes) throw tooLarge(source.length, all.bytes);
    const text = typeof source === 'string' ? source : decodeXml(source);
    return readFile(text, all);
  });
}

/** Reads a paste or a bot's `xml`: a whole file, or any number of elements, in the SVG namespace unless they say otherwise. */
export function parseFragment(source: string, limits: Partial<ParseLimits> = {}): ParsedFragment | ParseFailure {
  const all = { ...DEFAULT_LIMITS, ...limits };
  return guarded('The fragment', () => {
    if (source.length > all.bytes) throw tooLarge(source.length, all.bytes);
    if (/^\s*<(?:\?xml\s|!DOCTYPE)/.test(source)) {
      const { nodes, removed } = readFile(source.trimStart(), all);
      return { ok: true, nodes, removed };
    }
    const nodes = new TreeReader(all, { fragment: true, defaultNamespace: SVG_NS }).read(source);
    if (!nodes.some((node) => node.type === 'element')) {
      throw new XmlProblem(
        'malformed',
        'There is no element in it. Give one or more SVG elements, such as <rect width="10" height="10"/>.',
      );
    }
    return { ok: true, nodes, removed: [] };
  });
}

/** Bytes (or UTF-16 units) of a file that is refused unread, or undefined when it may be read: ask before loading it. */
export function refuseBySize(bytes: number, limits: Partial<ParseLimits> = {}): ParseFailure | undefined {
  const limit = limits.bytes ?? DEFAULT_LIMITS.bytes;
  return bytes > limit ? { ok: false, code: 'too-large', reason: tooLarge(bytes, limit).message } : undefined;
}

function guarded<T>(what: string, read: () => T): T | ParseFailure {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof XmlProblem)) throw error;
    const reason = error.offset === undefined ? error.message : `${what} can't be read: ${error.message}.`;
    return { ok: false, code: error.code === 'malformed' ? 'bad-svg' : error.code, reason };
  }
}

function tooLarge(bytes: number, limit: number): XmlProblem {
  const mega = (n: number): string => `${Math.round((n / 1024 / 1024) * 10) / 10} MB`;
  return new XmlProblem(
    'too-large',
    `The drawing is ${mega(bytes)}, and Limn opens up to ${mega(limit)}. Make its images smaller or split it, then open it again.`,
  );
}

function readFile(text: string, limits: ParseLimits): ParsedSvg {
  try {
    refuseLoneSurrogates(text);
    const doctype = readDoctype(text);
    const known = doctype?.declarations;
    const expansion =
      doctype !== undefined &&
      known !== undefined &&
      (known.entities.size > 0 || known.defaults.size > 0 || known.incomplete)
        ? expand(text, doctype.end, known, limits.expansion)
        : undefined;
    const nodes = readNodes(expansion?.text ?? text, limits, expansion);
    const removed: string[] = [];
    if (nodes.assumed) removed.push('The SVG namespace was missing and was added.');
    const lost = expansion?.unresolved ?? 0;
    if (lost > 0)
      removed.push(
        `${lost} ${lost === 1 ? 'reference' : 'references'} to text outside the file ${lost === 1 ? 'was' : 'were'} taken out.`,
      );
    return { ok: true, prolog: prologOf(text, doctype), nodes: nodes.nodes, removed };
  } catch (error) {
    if (!(error instanceof XmlProblem) || error.offset === undefined) throw error;
    const advice = error.code === 'malformed' ? '. Open it in the program that made it and save it again as SVG' : '';
    throw new XmlProblem(error.code, `${placeOf(text, error.offset)}: ${error.message}${advice}`, error.offset);
  }
}

function readNodes(
  text: string,
  limits: ParseLimits,
  expansion: Expansion | undefined,
): { nodes: NodeTree[]; assumed: boolean } {
  try {
    const nodes = new TreeReader(limits, {}).read(text);
    const root = nodes.find((node): node is ElementTree => node.type === 'element');
    if (root?.ns === SVG_NS && localName(root.name) === 'svg') return { nodes, assumed: false };
    if (root?.ns === '' && root.name === 'svg')
      return { nodes: new TreeReader(limits, { defaultNamespace: SVG_NS }).read(text), assumed: true };
    throw new XmlProblem(
      'malformed',
      `The file is XML but not SVG: its first element is <${(root?.name ?? '').slice(0, 60)}>. Choose a file whose first element is <svg>.`,
    );
  } catch (error) {
    if (!(error instanceof XmlProblem) || error.offset === undefined || expansion === undefined) throw error;
    throw new XmlProblem(error.code, error.message, expansion.original(error.offset));
  }
}
