/** XEP-0004: Data Forms, version 2.13.1: the fields of a form and their values. */
import xml, { type Element } from '@xmpp/xml';
import { attribute, childElements } from './xml-text.ts';

export const NS_DATA = 'jabber:x:data';

/** The values of each field, by its `var`. */
export type Fields = ReadonlyMap<string, readonly string[]>;

/** Reads the fields of an `<x/>`. */
export function parseFields(x: Element): Fields {
  const fields = new Map<string, readonly string[]>();
  for (const field of childElements(x)) {
    const name = field.getName() === 'field' ? attribute(field, 'var') : undefined;
    if (name === undefined) continue;
    const values = childElements(field).filter((value) => value.getName() === 'value');
    fields.set(
      name,
      values.map((value) => value.getText()),
    );
  }
  return fields;
}

/** The `<x/>` that hands a form in. */
export function serializeFields(fields: Fields): Element {
  const all = [...fields].map(([name, values]) =>
    xml('field', { var: name }, ...values.map((value) => xml('value', {}, value))),
  );
  return xml('x', { xmlns: NS_DATA, type: 'submit' }, ...all);
}

/** Whether a field says yes (section 3.3, boolean). */
export function isTrue(fields: Fields, name: string): boolean {
  const [value] = fields.get(name) ?? [];
  return value === '1' || value === 'true';
}
