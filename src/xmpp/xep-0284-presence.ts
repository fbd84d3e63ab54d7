/** XEP-0284: Shared XML Editing, version 0.1.4, "Advertising a Session": in presence; Limn's further ones in its own namespace. */
import { NS_LIMN_SESSION, NS_SXE } from './xep-0284.ts';
import { attribute, type Element, xml } from './xml-text.ts';

/** A session as presence advertises it. */
export interface Advertised {
  readonly id: string;
  readonly name?: string;
}

/** How many further sessions of one occupant are looked at. */
const MAX_ALSO = 8;

/** What a presence says of the sender's sessions. */
export function parseAdvertised(presence: Element): { session?: Advertised; also: readonly Advertised[] } {
  const [session] = advertisedIn(presence, 'sxe', NS_SXE);
  return { ...(session ? { session } : {}), also: advertisedIn(presence, 'session', NS_LIMN_SESSION) };
}

/** The children of a presence that advertise these. */
export function serializeAdvertised(session: Advertised | undefined, also: readonly Advertised[]): Element[] {
  return [
    ...(session ? [xml('sxe', { xmlns: NS_SXE, session: session.id, name: session.name })] : []),
    ...also.map(({ id, name }) => xml('session', { xmlns: NS_LIMN_SESSION, session: id, name })),
  ];
}

function advertisedIn(presence: Element, element: string, xmlns: string): Advertised[] {
  return presence
    .getChildren(element, xmlns)
    .slice(0, MAX_ALSO)
    .flatMap((sxe) => {
      const id = attribute(sxe, 'session');
      const name = attribute(sxe, 'name');
      return id ? [{ id, ...(name === undefined ? {} : { name }) }] : [];
    });
}
