/** The root of new notes. */
import type { ElementTree } from '#core/types.ts';
import { safeAttribute } from './allow-list.ts';
import { XHTML_NS } from './vocabulary.ts';

/** A document with an empty paragraph. `language`: a BCP 47 tag; one that isn't is left out. */
export function emptyNotes(title: string, language: string | undefined): ElementTree {
  const lang = safeAttribute('html', undefined, 'lang', language ?? '');
  const element = (name: string, children: ElementTree['children']): ElementTree => ({
    ...{ type: 'element', ns: XHTML_NS, name, attrs: [], children },
  });
  return {
    ...element('html', [
      element('head', [element('title', [{ type: 'text', chdata: title }])]),
      element('body', [element('p', [{ type: 'text', chdata: '' }])]),
    ]),
    attrs: lang === null ? [] : [{ name: 'lang', value: lang }],
  };
}
