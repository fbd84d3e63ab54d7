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

/** A test for each pair of the folder; fails when there is none, or one without its other half. */
export function goldenPairs<T>(folder: string, parse: (element: Element) => T, serialize: (data: T) => Element): void {
  const files = readdirSync(path.join(FOLDER, folder));
  const names = files.filter((file) => file.endsWith('.xml')).map((file) => file.slice(0, -4));
  test(`${folder} has pairs, each complete`, () => {
    expect(names.length).toBeGreaterThan(0);
    expect(files.sort()).toEqual(names.flatMap((name) => [`${name}.json`, `${name}.xml`]).sort());
  });
  test.each(names)(`${folder}/%s reads and writes`, (name) => {
    const element = readElement(readFileSync(path.join(FOLDER, folder, `${name}.xml`), 'utf8').trim());
    const data = JSON.parse(readFileSync(path.join(FOLDER, folder, `${name}.json`), 'utf8'), revive) as T;
    expect(parse(element)).toEqual(data);
    expect(comparable(serialize(data))).toEqual(comparable(element));
  });
}
