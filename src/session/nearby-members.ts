/** Who is or was at a nearby board, in order of joining: who hosts next when the host goes, and whose half goes on when two meet. */
import { NS_LIMN_NEARBY } from '#xmpp/link-stream.ts';
import { attribute, childElements, type Element, parseCount, xml } from '#xmpp/xml-text.ts';

/** Somebody of the board. Without a port they have gone, or can't be called. */
export interface NearbyMember {
  /** SHA-256 of the public key, in hex. */
  readonly key: string;
  readonly port?: number | undefined;
  readonly addresses: readonly string[];
}

/** More are not remembered; those who have gone first. */
const MAX_MEMBERS = 100;
const MAX_ADDRESSES = 8;
const KEY = /^[0-9a-f]{64}$/;
const ADDRESS = /^[0-9a-fA-F.:]{2,45}$/;

export interface NearbyMembers {
  /** In order of joining, those who have gone among them. */
  all(): readonly NearbyMember[];
  has(key: string): boolean;
  /** Those who joined before this one. */
  before(key: string): readonly NearbyMember[];
  /** Whether one goes before another: who joined first, and of two of whom one isn't known, the lower key. */
  precedes(key: string, other: string): boolean;
  /** Came, or came back, or can be called elsewhere now. */
  put(member: NearbyMember): void;
  gone(key: string): void;
  /** Takes over the host's list. */
  replace(members: readonly NearbyMember[]): void;
}

/** Makes an empty list. */
export function createNearbyMembers(): NearbyMembers {
  let members: NearbyMember[] = [];
  const place = (key: string): number => members.findIndex((one) => one.key === key);
  return {
    all: () => members,
    has: (key) => place(key) >= 0,
    before: (key) => (place(key) < 0 ? members : members.slice(0, place(key))).filter((one) => one.key !== key),
    precedes(key, other) {
      const [one, two] = [place(key), place(other)];
      return one >= 0 && two >= 0 ? one < two : key < other;
    },
    put(member) {
      const at = place(member.key);
      if (at >= 0) members[at] = member;
      else members.push(member);
      while (members.length > MAX_MEMBERS) {
        const oldest = members.findIndex(({ port }) => port === undefined);
        members.splice(Math.max(oldest, 0), 1);
      }
    },
    gone(key) {
      members = members.map((one) => (one.key === key ? { ...one, port: undefined } : one));
    },
    replace(given) {
      members = [...given];
    },
  };
}

/** What the host tells its guests. Addresses that mean something on its own machine alone are left out. */
export function serializeMembers(members: readonly NearbyMember[]): Element {
  return xml(
    'members',
    { xmlns: NS_LIMN_NEARBY },
    ...members.map(({ key, port, addresses }) =>
      xml(
        'member',
        { key, ...(port === undefined ? {} : { port: String(port) }) },
        ...addresses.filter((one) => ADDRESS.test(one)).map((one) => xml('address', {}, one)),
      ),
    ),
  );
}

/** Reads the host's list; what isn't one, or is more than a list may be, is undefined. */
export function parseMembers(element: Element): readonly NearbyMember[] | undefined {
  const children = childElements(element);
  if (!element.is('members', NS_LIMN_NEARBY) || children.length > MAX_MEMBERS) return undefined;
  const members = new Map<string, NearbyMember>();
  for (const child of children) {
    const key = attribute(child, 'key') ?? '';
    if (!child.is('member', NS_LIMN_NEARBY) || !KEY.test(key) || members.has(key)) return undefined;
    const port = parseCount(attribute(child, 'port'), 65_535);
    const addresses = childElements(child)
      .slice(0, MAX_ADDRESSES)
      .map((one) => one.getText())
      .filter((one) => ADDRESS.test(one));
    members.set(key, { key, port, addresses });
  }
  return [...members.values()];
}
