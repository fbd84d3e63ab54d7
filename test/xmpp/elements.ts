/** XML text to elements as a stream would give them, and elements as plain data to compare. */
import { type Element, Parser } from '@xmpp/xml';

/** The children of a stream whose root has this default namespace. */
export function readElements(text: string, ns = 'jabber:client'): Element[] {
  const parser = new Parser();
  const elements: Element[] = [];
  parser.on('element', (element: Element) => elements.push(element));
  parser.on('error', (error: Error) => {
    throw error;
  });
  parser.write(`<stream xmlns='${ns}'>${text}`);
  return elements;
}

/** The one element of the text. */
export function readElement(text: string, ns?: string): Element {
  const [element, ...more] = readElements(text, ns);
  if (!element || more.length > 0) throw new RangeError(`not one element: ${text}`);
  return element;
}

/** An element as comparable data: attributes sorted, white space between elements dropped. */
export function comparable(element: Element): unknown {
  const children = element.children.filter((child) => typeof child === 'object');
  const text = children.length > 0 ? '' : element.getText();
  return {
    name: element.getName(),
    ns: element.getNS() ?? '',
    attrs: Object.fromEntries(
      Object.entries(element.attrs as Record<string, unknown>)
        .filter(([name, value]) => name !== 'xmlns' && !name.startsWith('xmlns:') && value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    ...(text === '' ? {} : { text }),
    children: children.map((child) => comparable(child as Element)),
  };
}
