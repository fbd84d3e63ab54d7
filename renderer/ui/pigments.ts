/** The drawing palette. Files hold the light value; dark mode shows another one without touching the document. */
import type { TextKey } from '#renderer/i18n/i18n.ts';

export interface Pigment {
  readonly name: TextKey;
  /** What the file says. */
  readonly value: string;
  /** The token that shows it, in light or dark. */
  readonly token: string;
}

export const strokePigments: readonly Pigment[] = [
  { name: 'colour.ink', value: '#1d1f24', token: '--ink' },
  { name: 'colour.graphite', value: '#6b7280', token: '--graphite' },
  { name: 'colour.lapis', value: '#2f56d9', token: '--lapis' },
  { name: 'colour.verdigris', value: '#0b7d78', token: '--verdigris' },
  { name: 'colour.malachite', value: '#2e8540', token: '--malachite' },
  { name: 'colour.gilt', value: '#b57a00', token: '--gilt' },
  { name: 'colour.vermilion', value: '#d2452b', token: '--vermilion' },
  { name: 'colour.madder', value: '#c22c6a', token: '--madder' },
];

export const fillPigments: readonly Pigment[] = [
  { name: 'colour.none', value: 'none', token: '' },
  { name: 'colour.paper', value: '#ffffff', token: '--paper' },
  { name: 'colour.lapis', value: '#e6ecff', token: '--lapis-soft' },
  { name: 'colour.verdigris', value: '#dbf3f0', token: '--verdigris-soft' },
  { name: 'colour.malachite', value: '#e0f3e3', token: '--malachite-soft' },
  { name: 'colour.gilt', value: '#fff1cf', token: '--gilt-soft' },
  { name: 'colour.vermilion', value: '#ffe6e0', token: '--vermilion-soft' },
  { name: 'colour.madder', value: '#ffe4ee', token: '--madder-soft' },
];
