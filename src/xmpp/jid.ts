/** Addresses (RFC 7622): parsed, prepared and compared. Not XEP-0106: a backslash means a backslash. */

export interface Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
}

/** The prepared parts, or undefined when the text is no address. The local part and the domain lose their case. */
export function parseJid(text: string): Jid | undefined {
  if (text.length > 3071) return undefined;
  const slash = text.indexOf('/');
  const bare = slash === -1 ? text : text.slice(0, slash);
  const resource = slash === -1 ? '' : text.slice(slash + 1).normalize('NFC');
  if (slash !== -1 && resource === '') return undefined;
  const sign = bare.indexOf('@');
  const local = sign === -1 ? '' : bare.slice(0, sign).normalize('NFKC').toLowerCase().normalize('NFC');
  const domain = bare
    .slice(sign + 1)
    .normalize('NFC')
    .toLowerCase()
    .replace(/\.$/, '');
  if (sign === 0 || domain === '' || /[\s@/"&'<>]/u.test(domain) || /[\s"&'/:<>@]/u.test(local)) return undefined;
  if ([local, domain, resource].some((part) => new TextEncoder().encode(part).length > 1023)) return undefined;
  return { local, domain, resource };
}

/** The address as text. */
export function formatJid({ local, domain, resource }: Jid): string {
  return `${local === '' ? '' : `${local}@`}${domain}${resource === '' ? '' : `/${resource}`}`;
}

/** The prepared bare JID, or undefined when the text is no address. */
export function bareJid(text: string): string | undefined {
  const jid = parseJid(text);
  return jid && formatJid({ ...jid, resource: '' });
}

/** Whether two texts are one full address. */
export function sameJid(a: string, b: string): boolean {
  const [one, other] = [parseJid(a), parseJid(b)];
  return one !== undefined && other !== undefined && formatJid(one) === formatJid(other);
}
