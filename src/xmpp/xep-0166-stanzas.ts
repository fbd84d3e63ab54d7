/**
 * XEP-0166: Jingle, version 1.1.2, as far as shared editing needs it, with the transport of XEP-0284, version 0.1.4
 * (`urn:xmpp:jingle:transports:sxe`): `<jingle/>` as data and back. Reading never throws, whatever a peer sends.
 */
import xml, { type Element } from '@xmpp/xml';
import { NS_JINGLE_SXE } from './xep-0284.ts';
import { attribute, childElements, isXmlText, toXmlText } from './xml-text.ts';

export const NS_JINGLE = 'urn:xmpp:jingle:1';
export const NS_JINGLE_ERRORS = 'urn:xmpp:jingle:errors:1';

/** The actions that Limn acts on; what else XEP-0166 knows (section 7.2) is answered with an error. */
export type JingleAction = 'session-initiate' | 'session-accept' | 'session-info' | 'session-terminate';

/** Why a session ends (section 7.4). */
export const JINGLE_REASONS = [
  'alternative-session',
  'busy',
  'cancel',
  'connectivity-error',
  'decline',
  'expired',
  'failed-application',
  'failed-transport',
  'general-error',
  'gone',
  'incompatible-parameters',
  'media-error',
  'security-error',
  'success',
  'timeout',
  'unsupported-applications',
  'unsupported-transports',
] as const;
export type JingleReason = (typeof JINGLE_REASONS)[number];

export interface JingleContent {
  readonly creator: 'initiator' | 'responder';
  readonly name: string;
  /** Namespaces of the application types, `http://www.w3.org/2000/svg` for a board. */
  readonly descriptions: readonly string[];
  /** Who serves as the host: the initiator, a room, or a component. Empty when the transport isn't SXE's. */
  readonly hosts: readonly string[];
}

export interface Jingle {
  readonly action: JingleAction;
  readonly sid: string;
  readonly initiator?: string;
  readonly responder?: string;
  readonly contents: readonly JingleContent[];
  readonly reason?: { readonly condition: JingleReason; readonly text?: string; readonly alternative?: string };
  /** Whether a session-info says something that Limn doesn't know (section 6.8). */
  readonly unknownInfo?: true;
}

const ACTIONS: ReadonlySet<string> = new Set<JingleAction>([
  'session-initiate',
  'session-accept',
  'session-info',
  'session-terminate',
]);
const REASONS: ReadonlySet<string> = new Set(JINGLE_REASONS);
const MAX_ID = 1024;
const MAX_CONTENTS = 16;

/** Reads a `<jingle/>`; `'unsupported'` for an action that Limn doesn't know, undefined for what says nothing. */
export function parseJingle(element: Element): Jingle | 'unsupported' | undefined {
  const action = attribute(element, 'action') ?? '';
  const sid = readId(element, 'sid');
  if (action === '' || sid === undefined) return undefined;
  if (!ACTIONS.has(action)) return 'unsupported';
  const children = childElements(element);
  const contents = children.filter((child) => child.is('content', NS_JINGLE)).slice(0, MAX_CONTENTS);
  const reason = children.find((child) => child.is('reason', NS_JINGLE));
  const initiator = readId(element, 'initiator');
  const responder = readId(element, 'responder');
  return {
    action: action as JingleAction,
    sid,
    ...(initiator === undefined ? {} : { initiator }),
    ...(responder === undefined ? {} : { responder }),
    contents: contents.map(parseContent),
    ...(reason ? { reason: parseReason(reason) } : {}),
    ...(action === 'session-info' && children.length > 0 ? { unknownInfo: true as const } : {}),
  };
}

function readId(element: Element, name: string): string | undefined {
  const value = attribute(element, name);
  return value === undefined || value === '' || value.length > MAX_ID || !isXmlText(value) ? undefined : value;
}

function parseContent(content: Element): JingleContent {
  const children = childElements(content);
  const transport = children.find((child) => child.is('transport', NS_JINGLE_SXE));
  return {
    creator: attribute(content, 'creator') === 'responder' ? 'responder' : 'initiator',
    name: attribute(content, 'name') ?? '',
    descriptions: children.filter((child) => child.getName() === 'description').map((child) => child.getNS() ?? ''),
    hosts: transport
      ? childElements(transport)
          .filter((child) => child.is('host', NS_JINGLE_SXE))
          .map((host) => host.getText().trim())
          .filter((host) => host !== '' && host.length <= MAX_ID)
      : [],
  };
}

function parseReason(reason: Element): NonNullable<Jingle['reason']> {
  const children = childElements(reason);
  const told = children.find((child) => REASONS.has(child.getName()));
  const condition = (told?.getName() as JingleReason | undefined) ?? 'general-error';
  const text = children.find((child) => child.is('text', NS_JINGLE))?.getText();
  const alternative =
    condition === 'alternative-session'
      ? told &&
        childElements(told)
          .find((child) => child.is('sid', NS_JINGLE))
          ?.getText()
      : undefined;
  return {
    condition,
    ...(text ? { text: text.slice(0, MAX_ID) } : {}),
    ...(alternative ? { alternative: alternative.slice(0, MAX_ID) } : {}),
  };
}

/** The `<jingle/>` that says this. */
export function serializeJingle(jingle: Jingle): Element {
  const { action, sid, initiator, responder, contents, reason } = jingle;
  return xml(
    'jingle',
    {
      xmlns: NS_JINGLE,
      action,
      ...(initiator === undefined ? {} : { initiator: toXmlText(initiator) }),
      ...(responder === undefined ? {} : { responder: toXmlText(responder) }),
      sid: toXmlText(sid),
    },
    ...contents.map((content) =>
      xml(
        'content',
        { creator: content.creator, name: toXmlText(content.name) },
        ...content.descriptions.map((xmlns) => xml('description', { xmlns })),
        xml('transport', { xmlns: NS_JINGLE_SXE }, ...content.hosts.map((host) => xml('host', {}, toXmlText(host)))),
      ),
    ),
    ...(reason
      ? [
          xml(
            'reason',
            {},
            xml(
              reason.condition,
              {},
              ...(reason.alternative === undefined ? [] : [xml('sid', {}, toXmlText(reason.alternative))]),
            ),
            ...(reason.text === undefined ? [] : [xml('text', {}, toXmlText(reason.text))]),
          ),
        ]
      : []),
  );
}
