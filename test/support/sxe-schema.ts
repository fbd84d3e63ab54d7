/**
 * XEP-0284's XML Schema ("XML Schema"), and what its tables say of `<new/>` beyond it ("Creating New Nodes"), as a check of one
 * `<sxe/>`. What stands in other namespaces is left out before, as a peer does that knows only the XEP.
 */
import type { Element } from '@xmpp/xml';

const NS = 'urn:xmpp:sxe:0';
const KINDS = ['connect', 'state-offer', 'accept-state', 'refuse-state', 'state'];
const FLOAT = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|-?INF|NaN)$/;
const COUNT = /^\d+$/;
const FIELDS = ['parent', 'primary-weight', 'ns', 'name', 'chdata', 'pitarget', 'pidata'];

/** Per element: its attributes, those it must have, and the children it may have. */
const RULES: Readonly<
  Record<
    string,
    { readonly may: readonly string[]; readonly must: readonly string[]; readonly children?: readonly string[] }
  >
> = {
  sxe: { may: ['session', 'id', 'name'], must: ['session', 'id'], children: KINDS },
  connect: { may: [], must: [] },
  'accept-state': { may: [], must: [] },
  'refuse-state': { may: [], must: [] },
  state: { may: [], must: [], children: ['document-begin', 'new', 'remove', 'set', 'document-end'] },
  'document-begin': { may: ['prolog'], must: ['prolog'] },
  'document-end': { may: ['last-sender', 'last-id'], must: ['last-sender', 'last-id'] },
  new: { may: ['rid', 'type', 'version', ...FIELDS, 'creator', 'last-modified-by'], must: ['rid', 'type'] },
  remove: { may: ['target'], must: ['target'] },
  set: { may: ['target', 'version', ...FIELDS, 'replacefrom', 'replacen'], must: ['target', 'version'] },
};
const FORMS: Readonly<Record<string, RegExp>> = {
  version: COUNT,
  replacefrom: COUNT,
  replacen: COUNT,
  'primary-weight': FLOAT,
  type: /^(?:element|attr|text|comment|processinginstruction)$/,
};
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  element: ['name'],
  attr: ['name', 'chdata'],
  text: ['chdata'],
  comment: ['chdata'],
  processinginstruction: ['pitarget', 'pidata'],
};

const elementsIn = (element: Element): Element[] => element.getChildElements();

/** Why this isn't what the schema allows, or undefined. */
export function schemaFault(element: Element): string | undefined {
  const name = element.getName();
  const rule = RULES[name];
  if (!rule || element.getNS() !== NS) return `<${name}/> is unknown`;
  const attrs = Object.entries(element.attrs as Record<string, string | undefined>).filter(
    ([key, value]) => key !== 'xmlns' && value !== undefined,
  );
  const given = new Map(attrs);
  const odd = attrs.find(([key, value]) => !rule.may.includes(key) || FORMS[key]?.test(value ?? '') === false);
  if (odd) return `<${name} ${odd.join('=')}/>`;
  const missing = rule.must.find((key) => !given.has(key));
  if (missing) return `<${name}/> without ${missing}`;
  if (name === 'new') {
    const lacks = NEEDS[given.get('type') ?? '']?.find((key) => !given.has(key));
    if (lacks) return `<new type=${given.get('type')}/> without ${lacks}`;
    if (given.has('name') !== (NEEDS[given.get('type') ?? '']?.includes('name') ?? false)) return '<new/> with a name';
  }
  if (name === 'set' && given.has('replacefrom') !== given.has('replacen')) return 'half a splice';
  if (element.children.some((child) => typeof child === 'string' && child.trim() !== '')) {
    if (elementsIn(element).every((child) => child.getNS() === NS)) return `<${name}/> holds text`;
  }
  const inside = elementsIn(element).filter((child) => child.getNS() === NS);
  if (name === 'sxe' && inside.length > 1) return '<sxe/> says two things';
  const stranger = inside.find((child) => !rule.children?.includes(child.getName()));
  if (stranger) return `<${stranger.getName()}/> in <${name}/>`;
  for (const child of inside) {
    if (child.getName() === 'state-offer') {
      if (elementsIn(child).filter((one) => one.getNS() !== NS).length !== 1) return 'an offer of not one description';
      continue;
    }
    const fault = schemaFault(child);
    if (fault) return fault;
  }
  return undefined;
}
