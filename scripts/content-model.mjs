/**
 * Makes src/svg/content-model-table.ts from the SVG 1.1 DTD (Second Edition, 2011-08-16), as Debian's package w3c-sgml-lib
 * has it: `node scripts/content-model.mjs [FOLDER OF THE DTD]`, then `npx biome format --write` the file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const folder = process.argv[2] ?? '/usr/share/xml/w3c-sgml-lib/schema/dtd/REC-SVG11-20110816';
const target = new URL('../src/svg/content-model-table.ts', import.meta.url);

/** Parameter entities: their text, or the file that holds it. The first declaration of a name counts. */
const entities = new Map();
const elements = new Map();
const attributes = new Map();

/** Replaces parameter entities in a literal or a declaration. */
function expand(text) {
  return text.replace(/%([\w.-]+);/g, (_, name) => {
    const entity = entities.get(name);
    if (entity === undefined) throw new Error(`%${name}; is not declared`);
    return expand(entity.text ?? '');
  });
}

/** Reads declarations, those that entities between them stand for included. */
function read(source) {
  const text = source.replace(/<!--[\s\S]*?-->/g, '');
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const space = /^\s+/.exec(rest);
    const reference = /^%([\w.-]+);/.exec(rest);
    const section = /^<!\[\s*(%?[\w.-]+;?)\s*\[/.exec(rest);
    if (space) at += space[0].length;
    else if (reference) {
      const entity = entities.get(reference[1]);
      if (entity === undefined) throw new Error(`%${reference[1]}; is not declared`);
      read(entity.file === undefined ? entity.text : readFileSync(join(folder, entity.file), 'utf8'));
      at += reference[0].length;
    } else if (section) {
      const end = endOfSection(text, at + section[0].length);
      if (expand(section[1]).trim() === 'INCLUDE') read(text.slice(at + section[0].length, end));
      at = end + 3;
    } else {
      const end = text.indexOf('>', at);
      if (end < 0) throw new Error(`unfinished: ${rest.slice(0, 60)}`);
      // A literal may hold a `>`.
      let close = end;
      while ((text.slice(at, close).match(/"/g) ?? []).length % 2 === 1) close = text.indexOf('>', close + 1);
      declare(text.slice(at, close + 1));
      at = close + 1;
    }
  }
}

function endOfSection(text, from) {
  for (let at = from, depth = 1; at < text.length; at++) {
    if (text.startsWith('<![', at)) depth++;
    else if (text.startsWith(']]>', at) && --depth === 0) return at;
  }
  throw new Error('unfinished section');
}

function declare(declaration) {
  const entity = /^<!ENTITY\s+%\s+([\w.-]+)\s+([\s\S]*?)\s*>$/.exec(declaration);
  if (entity) {
    if (entities.has(entity[1])) return;
    const literals = [...entity[2].matchAll(/"([^"]*)"|'([^']*)'/g)].map((match) => match[1] ?? match[2]);
    const external = /^(?:PUBLIC|SYSTEM)/.test(entity[2]);
    entities.set(entity[1], external ? { file: basename(literals.at(-1)) } : { text: expand(literals[0]) });
    return;
  }
  const element = /^<!ELEMENT\s+([\s\S]+?)>$/.exec(declaration);
  if (element) {
    const [, name, model] = /^(\S+)\s+([\s\S]*)$/.exec(expand(element[1]).trim());
    elements.set(name, new Set(model.match(/#PCDATA|ANY|[\w:.-]+/g)?.filter((word) => word !== 'EMPTY') ?? []));
    return;
  }
  const list = /^<!ATTLIST\s+([\s\S]+?)>$/.exec(declaration);
  if (list) {
    const [, name, rest] = /^(\S+)\s*([\s\S]*)$/.exec(expand(list[1]).trim());
    const known = attributes.get(name) ?? new Map();
    attributes.set(name, known);
    const each = /([\w:.-]+)\s+(\([^)]*\)|[A-Z]+)\s+(?:#REQUIRED|#IMPLIED|(?:#FIXED\s+)?(?:"[^"]*"|'[^']*'))/g;
    for (const [, attribute, type] of rest.matchAll(each)) if (!known.has(attribute)) known.set(attribute, type);
  }
}

read(readFileSync(join(folder, 'svg11.dtd'), 'utf8'));

function compare(a, b) {
  return a < b ? -1 : Number(a > b);
}

/** Pairs of what belongs together: `[members, owners]`, those with the same owners in one. */
function grouped(pairs) {
  const owners = new Map();
  for (const [member, owner] of pairs) owners.set(member, [...(owners.get(member) ?? []), owner]);
  const groups = new Map();
  for (const [member, list] of owners) {
    const key = list.toSorted().join(' ');
    groups.set(key, [...(groups.get(key) ?? []), member]);
  }
  return [...groups].map(([key, members]) => [members.toSorted().join(' '), key]).toSorted(([a], [b]) => compare(a, b));
}

const names = [...elements.keys()];
const children = grouped(
  names.flatMap((parent) =>
    [...elements.get(parent)].filter((child) => elements.has(child)).map((child) => [child, parent]),
  ),
);
const plain = (name) => !name.includes(':') && name !== 'xmlns';
const attrs = grouped(
  names.flatMap((element) =>
    [...(attributes.get(element) ?? new Map()).keys()].filter(plain).map((name) => [name, element]),
  ),
);
const enums = grouped(
  names.flatMap((element) =>
    [...(attributes.get(element) ?? [])]
      .filter(([name, type]) => plain(name) && type.startsWith('('))
      .map(([name, type]) => [`${name}=${type.match(/[\w.-]+/g).join('|')}`, element]),
  ),
);
const texts = names
  .filter((name) => elements.get(name).has('#PCDATA') || elements.get(name).has('ANY'))
  .toSorted(compare);

const table = (name, doc, rows) =>
  `/** ${doc} */\nexport const ${name}: readonly (readonly [string, string])[] = ${JSON.stringify(rows, null, 2)};\n`;
writeFileSync(
  target,
  `/**
 * SVG 1.1 as its DTD has it, made by scripts/content-model.mjs; not to be edited. What SVG 2 adds and what is judged more
 * leniently is in content-model.ts. Source: the SVG 1.1 DTD, Second Edition, 2011-08-16, copyright W3C (MIT, INRIA, Keio), as in
 * Debian's package w3c-sgml-lib. Each row: names, and the elements to which they belong.
 */

${table('CHILDREN', 'Elements, and those that may hold them.', children)}
${table('ATTRIBUTES', 'Attributes without a namespace, and the elements that may have them.', attrs)}
${table('VALUES', 'Attributes with all values that they may have (`name=one|other`), and the elements where that is so.', enums)}
/** Elements that may hold text. */
export const TEXTS = ${JSON.stringify(texts.join(' '))};
`,
);
console.log(`${names.length} elements, ${children.length} + ${attrs.length} + ${enums.length} rows`);
