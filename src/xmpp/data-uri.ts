/** The prolog of a document as a data: URI (RFC 2397), as `document-begin` carries it (XEP-0284, "Sending the State of the Document"). */
import { decodeBase64, toXmlText } from './xml-text.ts';

/** A prolog as a percent-encoded `data:text/xml,` URI; characters that XML forbids become U+FFFD. */
export function serializeProlog(prolog: string): string {
  const escaped = encodeURIComponent(toXmlText(prolog));
  return `data:text/xml,${escaped.replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)}`;
}

/** A prolog written raw after the comma, as Psi writes and reads it. */
export function serializeRawProlog(prolog: string): string {
  return `data:text/xml,${toXmlText(prolog)}`;
}

/** The text of a data: URI: percent-encoded, base64, or raw as Psi has it. What is no data: URI, or damaged, gives ''. */
export function parseProlog(uri: string): string {
  const match = /^data:([^,]*),([\s\S]*)$/i.exec(uri);
  if (!match) return '';
  const [, type = '', body = ''] = match;
  if (/;\s*base64\s*$/i.test(type)) {
    const bytes = decodeBase64(percentDecode(body) ?? body);
    return bytes ? toXmlText(new TextDecoder().decode(bytes)) : '';
  }
  return toXmlText(percentDecode(body) ?? body);
}

/** Undefined when a percent sign begins no UTF-8: the text is raw then. */
function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
