/** What people call the elements of a drawing. */
import type { TextKey } from '#renderer/i18n/i18n.ts';

const KINDS: Readonly<Record<string, TextKey>> = {
  path: 'kind.path',
  rect: 'kind.rect',
  ellipse: 'kind.ellipse',
  circle: 'kind.circle',
  line: 'kind.line',
  polyline: 'kind.polyline',
  polygon: 'kind.polygon',
  text: 'kind.text',
  image: 'kind.image',
  g: 'kind.g',
  a: 'kind.a',
  svg: 'kind.svg',
};

/** The word for an element; undefined for one that has none. */
export function kindKey(element: string): TextKey | undefined {
  return KINDS[element];
}
