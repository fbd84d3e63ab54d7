/**
 * XEP-0353: Jingle Message Initiation, version 0.8.0: an invitation to an account, whichever of its clients answers. The
 * session itself follows by XEP-0166 under the same id.
 */
import xml, { type Element } from '@xmpp/xml';
import { NS_HINTS } from './xep-0203.ts';
import { JINGLE_REASONS, type JingleReason, NS_JINGLE } from './xep-0166-stanzas.ts';
import { attribute, childElements, isXmlText, toXmlText } from './xml-text.ts';

export const NS_JINGLE_MESSAGE = 'urn:xmpp:jingle-message:0';

export type JingleMessage =
  | { readonly kind: 'propose'; readonly id: string; readonly descriptions: readonly string[] }
  | { readonly kind: 'ringing' | 'proceed'; readonly id: string }
  | {
      readonly kind: 'retract' | 'reject' | 'finish';
      readonly id: string;
      readonly reason?: JingleReason;
      /** Both invited each other, and the other's invitation stands. */
      readonly tieBreak?: true;
    };

const MAX_ID = 1024;
const ENDS: readonly string[] = ['retract', 'reject', 'finish'];
const isReason = (name: string): name is JingleReason => JINGLE_REASONS.some((reason) => reason === name);

/** Reads what a message says of an invitation; undefined when it says nothing of one. */
export function parseJingleMessage(stanza: Element): JingleMessage | undefined {
  if (stanza.name !== 'message' || attribute(stanza, 'type') === 'error') return undefined;
  const element = childElements(stanza).find((child) => child.getNS() === NS_JINGLE_MESSAGE);
  const id = element && attribute(element, 'id');
  if (!element || !id || id.length > MAX_ID || !isXmlText(id)) return undefined;
  const kind = element.getName();
  const children = childElements(element);
  if (kind === 'propose') {
    const descriptions = children.filter((child) => child.getName() === 'description');
    return { kind, id, descriptions: descriptions.map((child) => child.getNS() ?? '') };
  }
  if (kind === 'ringing' || kind === 'proceed') return { kind, id };
  if (!ENDS.includes(kind)) return undefined;
  const told = children.find((child) => child.is('reason', NS_JINGLE));
  const reason =
    told &&
    childElements(told)
      .map((child) => child.getName())
      .find(isReason);
  return {
    kind: kind as 'retract' | 'reject' | 'finish',
    id,
    ...(reason ? { reason } : {}),
    ...(children.some((child) => child.is('tie-break', NS_JINGLE_MESSAGE)) ? { tieBreak: true as const } : {}),
  };
}

/** The message that says this. */
export function serializeJingleMessage(to: string, message: JingleMessage): Element {
  const children: Element[] = [];
  if (message.kind === 'propose') children.push(...message.descriptions.map((xmlns) => xml('description', { xmlns })));
  else if ('reason' in message || 'tieBreak' in message) {
    if (message.reason) children.push(xml('reason', { xmlns: NS_JINGLE }, xml(message.reason, {})));
    if (message.tieBreak) children.push(xml('tie-break', {}));
  }
  return xml(
    'message',
    { to, type: 'chat' },
    xml(message.kind, { xmlns: NS_JINGLE_MESSAGE, id: toXmlText(message.id) }, ...children),
    xml('store', { xmlns: NS_HINTS }),
  );
}
