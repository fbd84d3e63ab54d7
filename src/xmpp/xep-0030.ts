/** XEP-0030: Service Discovery, version 2.5.0: what an entity is and can, asked and answered. */
import xml, { type Element } from '@xmpp/xml';
import type { Entity } from './entity.ts';
import { StanzaError } from './errors.ts';
import { attribute, childElements } from './xml-text.ts';

export const NS_DISCO_INFO = 'http://jabber.org/protocol/disco#info';
const NS_DISCO_ITEMS = 'http://jabber.org/protocol/disco#items';

export interface DiscoIdentity {
  readonly category: string;
  readonly type: string;
  readonly name?: string;
  readonly lang?: string;
}

export interface DiscoInfo {
  readonly identities: readonly DiscoIdentity[];
  readonly features: readonly string[];
  /** Data forms (XEP-0128), as FORM_TYPE and fields with their values. */
  readonly forms: readonly {
    readonly type: string;
    readonly fields: readonly (readonly [string, readonly string[]])[];
  }[];
}

/** So many features, identities, forms, fields and values are read: programs have a tenth of it, and what is cut has another hash (XEP-0115). */
const MOST = 1000;

/** A `<query/>` of disco#info as data. */
export function parseDiscoInfo(query: Element): DiscoInfo {
  const identities: DiscoIdentity[] = [];
  const features: string[] = [];
  const forms: { type: string; fields: [string, string[]][] }[] = [];
  for (const child of childElements(query).slice(0, MOST)) {
    if (child.is('identity', NS_DISCO_INFO)) {
      const name = attribute(child, 'name');
      const lang = attribute(child, 'xml:lang');
      identities.push({
        category: attribute(child, 'category') ?? '',
        type: attribute(child, 'type') ?? '',
        ...(name === undefined ? {} : { name }),
        ...(lang === undefined ? {} : { lang }),
      });
    } else if (child.is('feature', NS_DISCO_INFO)) {
      const feature = attribute(child, 'var');
      if (feature !== undefined) features.push(feature);
    } else if (child.is('x', 'jabber:x:data')) {
      const fields = childElements(child)
        .filter((field) => field.getName() === 'field')
        .slice(0, MOST)
        .map((field): [string, string[]] => [
          attribute(field, 'var') ?? '',
          childElements(field)
            .filter((value) => value.getName() === 'value')
            .slice(0, MOST)
            .map((value) => value.getText()),
        ]);
      const type = fields.find(([name]) => name === 'FORM_TYPE')?.[1][0] ?? '';
      forms.push({ type, fields: fields.filter(([name]) => name !== 'FORM_TYPE') });
    }
  }
  return { identities, features, forms };
}

/** The `<query/>` that says this. */
export function serializeDiscoInfo(info: DiscoInfo, node?: string): Element {
  return xml(
    'query',
    { xmlns: NS_DISCO_INFO, ...(node === undefined ? {} : { node }) },
    ...info.identities.map(({ lang, ...identity }) =>
      xml('identity', { ...identity, ...(lang === undefined ? {} : { 'xml:lang': lang }) }),
    ),
    ...info.features.map((feature) => xml('feature', { var: feature })),
    ...info.forms.map(({ type, fields }) =>
      xml(
        'x',
        { xmlns: 'jabber:x:data', type: 'result' },
        xml('field', { var: 'FORM_TYPE', type: 'hidden' }, xml('value', {}, type)),
        ...fields.map(([name, values]) =>
          xml('field', { var: name }, ...values.map((value) => xml('value', {}, value))),
        ),
      ),
    ),
  );
}

/** Asks what an entity is and can. Rejects as `Entity.request`. */
export async function queryDiscoInfo(entity: Entity, to: string, node?: string): Promise<DiscoInfo> {
  const query = xml('query', { xmlns: NS_DISCO_INFO, ...(node === undefined ? {} : { node }) });
  const result = await entity.request('get', to, query);
  const answer = result.getChild('query', NS_DISCO_INFO);
  return answer ? parseDiscoInfo(answer) : { identities: [], features: [], forms: [] };
}

/** What belongs to an entity, and what it is called. */
export interface DiscoItem {
  readonly jid: string;
  readonly node?: string;
  readonly name?: string;
}

/** Asks what belongs to an entity. Rejects as `Entity.request`. */
export async function queryDiscoItems(entity: Entity, to: string): Promise<readonly DiscoItem[]> {
  const result = await entity.request('get', to, xml('query', { xmlns: NS_DISCO_ITEMS }));
  const query = result.getChild('query', NS_DISCO_ITEMS);
  return (query ? childElements(query) : []).slice(0, MOST).flatMap((item) => {
    const jid = item.is('item', NS_DISCO_ITEMS) ? attribute(item, 'jid') : undefined;
    const name = attribute(item, 'name');
    const node = attribute(item, 'node');
    return jid ? [{ jid, ...(node ? { node } : {}), ...(name ? { name } : {}) }] : [];
  });
}

export interface DiscoAnswers {
  /** What is so at the time. */
  readonly info: () => DiscoInfo;
  /** Nodes under which the same is so; they have no items. */
  readonly isNode: (node: string) => boolean;
  /** What whoever asks may know of, here or under another node; undefined where there is no such node for them. Nothing unless given. */
  readonly items?: ((from: string, node: string | undefined) => readonly DiscoItem[] | undefined) | undefined;
}

/** What a node that only has items says of itself. */
const BRANCH: DiscoInfo = {
  identities: [{ category: 'hierarchy', type: 'branch' }],
  features: [NS_DISCO_INFO, NS_DISCO_ITEMS],
  forms: [],
};

/** Answers disco#info and disco#items. */
export function answerDisco(entity: Entity, { info, isNode, items }: DiscoAnswers): () => void {
  const listed = (iq: Element, node: string | undefined): readonly DiscoItem[] => {
    const found = items?.(attribute(iq, 'from') ?? '', node);
    if (found === undefined && node !== undefined) throw new StanzaError('item-not-found', 'cancel');
    return found ?? [];
  };
  const stopInfo = entity.handle('get', 'query', NS_DISCO_INFO, (iq, query) => {
    const node = attribute(query, 'node');
    if (node === undefined || isNode(node)) return serializeDiscoInfo(info(), node);
    listed(iq, node);
    return serializeDiscoInfo(BRANCH, node);
  });
  const stopItems = entity.handle('get', 'query', NS_DISCO_ITEMS, (iq, query) => {
    const node = attribute(query, 'node');
    const told = node !== undefined && isNode(node) ? [] : listed(iq, node);
    const attributes = { xmlns: NS_DISCO_ITEMS, ...(node === undefined ? {} : { node }) };
    return xml('query', attributes, ...told.map((item) => xml('item', { ...item })));
  });
  return () => {
    stopInfo();
    stopItems();
  };
}
