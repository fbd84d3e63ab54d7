/** Addresses in documents that a person may follow. */

/** A reference into the same document. Characters that readers strip or decode differently make it none. */
export function isFragment(url: string): boolean {
  return /^#[^\s\\"'()<>]+$/.test(url) && isPlain(url);
}

/** What a link may lead to when a person chooses to follow it outside Limn. */
export function isLink(url: string): boolean {
  return (
    isFragment(url) || (/^(?:https?:\/\/[^/]|mailto:.|xmpp:.)/i.test(url) && isPlain(url) && !/[\s\\<>"]/.test(url))
  );
}

/** Of a bearable length, and without characters that can't be seen or that readers take off. */
export function isPlain(url: string): boolean {
  return (
    url.length <= 8192 &&
    !/[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]/.test(url)
  );
}
