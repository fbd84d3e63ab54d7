/** Golden pairs: `NAME.xml` beside `NAME.json`, found by themselves and checked both ways. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Element } from '@xmpp/xml';
import { expect, test } from 'vitest';
import { comparable, readElement } from './elements.ts';

const FOLDER = path.join(import.meta.dirname, '..', 'fixtures', 'stanzas');

/** Bytes stand in JSON as `{ "base64": … }`. */
function revive(_: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null && 'base64' in value && typeof value.base64 === 'string') {
    return new Uint8Array(Buffer.from(value.base64, 'base64'));
  }
  return value;
}

const load = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8').trim();

/** The folders that hold pairs. */
export const goldenFolders = (): readonly string[] => readdirSync(FOLDER).sort();

/** The names of a folder's pairs, and a test that each is complete. */
function pairsOf(folder: string): readonly string[] {
  const files = readdirSync(path.join(FOLDER, folder));
  const names = files.filter((file) => file.endsWith('.xml')).map((file) => file.slice(0, -4));
  test(`${folder} has pairs, each complete`, () => {
    expect(names.length).toBeGreaterThan(0);
    expect(files.sort()).toEqual(names.flatMap((name) => [`${name}.json`, `${name}.xml`]).sort());
  });
  return names;
}

/** A test for each pair of the folder; fails when there is none, or one without its other half. */
export function goldenPairs<T>(folder: string, parse: (element: Element) => T, serialize: (data: T) => Element): void {
  test.each(pairsOf(folder))(`${folder}/%s reads and writes`, (name) => {
    const element = readElement(load(`${folder}/${name}.xml`));
    const data = JSON.parse(load(`${folder}/${name}.json`), revive) as T;
    expect(parse(element)).toEqual(data);
    expect(comparable(serialize(data))).toEqual(comparable(element));
  });
}

/** How a stanza of one kind is read, written, or both. */
export interface GoldenKind {
  readonly read?: (element: Element) => unknown;
  readonly write?: (data: never) => Element | Promise<Element>;
}

/** A kind from what its module offers; the pair's data is trusted to be `T`. */
export function kind<T>(ways: {
  readonly read?: (element: Element) => T | Promise<T>;
  readonly write?: (data: T) => Element | Promise<Element>;
}): GoldenKind {
  return ways;
}

/** A test for each pair of the folder, whose JSON is `{ "kind": …, "data": … }`; fails for a kind without a pair, too. */
export function goldenKinds(folder: string, kinds: Readonly<Record<string, GoldenKind>>): void {
  const pairs = pairsOf(folder).map((name) => {
    const pair: unknown = JSON.parse(load(`${folder}/${name}.json`));
    if (typeof pair !== 'object' || !pair || !('kind' in pair) || !('data' in pair)) {
      throw new TypeError(`${folder}/${name}.json has no kind or no data`);
    }
    return { name, kind: String(pair.kind), data: pair.data };
  });
  test(`${folder} has a pair of each kind`, () => {
    expect(new Set(pairs.map((pair) => pair.kind))).toEqual(new Set(Object.keys(kinds)));
  });
  test.each(pairs)(`${folder}/$name`, async ({ name, kind: wanted, data }) => {
    const { read, write } = kinds[wanted] ?? {};
    const element = readElement(load(`${folder}/${name}.xml`));
    // What neither reads nor writes would pass unseen.
    expect(read ?? write).toBeDefined();
    expect(read ? await read(element) : data).toEqual(data);
    // Read back as a server would: on a stream, what says no namespace is jabber:client.
    const written = write ? readElement((await write(data as never)).toString()) : element;
    expect(comparable(written)).toEqual(comparable(element));
  });
}
