/** XEP-0115: Entity Capabilities, version 1.6.0: what an entity can, told by a hash in its presence and checked against it. */
import xml, { type Element } from '@xmpp/xml';
import type { Entity } from './entity.ts';
import { answerDisco, type DiscoInfo, type DiscoItem, queryDiscoInfo } from './xep-0030.ts';
import { attribute, encodeBase64 } from './xml-text.ts';

export const NS_CAPS = 'http://jabber.org/protocol/caps';
const MAX_KNOWN = 500;
/** So many characters of features are remembered of an answer: programs have a tenth of it. */
const MAX_TEXT = 32 * 1024;
/** So many are asked at one time, and so many times one of them. */
const MAX_ASKED = 500;
const MAX_ASKED_EACH = 3;

const byCode = (a: string, b: string): number => {
  const [one, other] = [new TextEncoder().encode(a), new TextEncoder().encode(b)];
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
};

/** The verification string's SHA-1 in base64 (section 5.1), or undefined for an answer that section 5.4 calls ill-formed. */
export async function capsHash(info: DiscoInfo): Promise<string | undefined> {
  const identities = info.identities.map(
    ({ category, type, lang = '', name = '' }) => `${category}/${type}/${lang}/${name}`,
  );
  const types = info.forms.map((form) => form.type);
  for (const list of [identities, info.features, types]) if (new Set(list).size !== list.length) return undefined;
  // A "<" would let one answer pass for another (section 5.2 joins by it).
  const parts = [...identities.sort(byCode), ...[...info.features].sort(byCode)];
  for (const form of [...info.forms].filter(({ type }) => type !== '').sort((a, b) => byCode(a.type, b.type))) {
    parts.push(form.type);
    for (const [name, values] of [...form.fields].sort((a, b) => byCode(a[0], b[0]))) {
      parts.push(name, ...[...values].sort(byCode));
    }
  }
  if (parts.some((part) => part.includes('<'))) return undefined;
  const text = new TextEncoder().encode(parts.map((part) => `${part}<`).join(''));
  return encodeBase64(new Uint8Array(await crypto.subtle.digest('SHA-1', text)));
}

export interface Caps {
  /** The `<c/>` for our presence. */
  element(): Element;
  /** The features of whoever sent this presence: from its `<c/>` if the answer matches the hash, else as this JID alone says.
   *  Undefined when there is no `<c/>` or no answer. */
  featuresOf(presence: Element): Promise<ReadonlySet<string> | undefined>;
  /** The same without asking, where it is known. */
  known(presence: Element): ReadonlySet<string> | undefined;
  stop(): void;
}

/** Announces `info` at `node` (a URI of the program), answers who asks with it and with `items`, and reads what others announce. */
export async function createCaps(
  entity: Entity,
  node: string,
  info: DiscoInfo,
  items?: (from: string, node: string | undefined) => readonly DiscoItem[] | undefined,
): Promise<Caps> {
  const ver = (await capsHash(info)) ?? '';
  const found = new Map<string, ReadonlySet<string>>([[`sha-1 ${ver}`, new Set(info.features)]]);
  const asking = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  const isNode = (asked: string): boolean => asked === `${node}#${ver}` || asked === node;
  const stop = answerDisco(entity, { info: () => info, isNode, items });

  const read = (presence: Element): { key: string; node: string; hash: string; ver: string } | undefined => {
    const c = presence.getChild('c', NS_CAPS);
    const theirs = c && attribute(c, 'ver');
    if (!c || theirs === undefined) return undefined;
    const hash = attribute(c, 'hash') ?? '';
    return { key: `${hash} ${theirs}`, node: `${attribute(c, 'node') ?? ''}#${theirs}`, hash, ver: theirs };
  };
  const remember = (key: string, features: ReadonlySet<string>): void => {
    const oldest = found.size >= MAX_KNOWN ? [...found.keys()][1] : undefined;
    if (oldest !== undefined) found.delete(oldest);
    found.set(key, features);
  };
  const ask = async (
    from: string,
    c: { key: string; node: string; hash: string; ver: string },
  ): Promise<ReadonlySet<string> | undefined> => {
    try {
      const answer = await queryDiscoInfo(entity, from, c.node);
      const features = new Set(answer.features);
      // Only what matches its hash holds for others who show the same one.
      const short = answer.features.reduce((sum, feature) => sum + feature.length, 0) <= MAX_TEXT;
      if (short && c.hash === 'sha-1' && (await capsHash(answer)) === c.ver) remember(c.key, features);
      return features;
    } catch {
      return undefined;
    }
  };
  return {
    element: () => xml('c', { xmlns: NS_CAPS, hash: 'sha-1', node, ver }),
    known: (presence) => found.get(read(presence)?.key ?? ''),
    featuresOf: (presence) => {
      const c = read(presence);
      const from = attribute(presence, 'from');
      if (!c || from === undefined) return Promise.resolve(undefined);
      const already = found.get(c.key);
      if (already) return Promise.resolve(already);
      const key = `${from} ${c.key}`;
      const running = asking.get(key);
      if (running) return running;
      const each = [...asking.keys()].filter((one) => one.startsWith(`${from} `)).length;
      if (asking.size >= MAX_ASKED || each >= MAX_ASKED_EACH) return Promise.resolve(undefined);
      const begun = ask(from, c).finally(() => asking.delete(key));
      asking.set(key, begun);
      return begun;
    },
    stop,
  };
}
