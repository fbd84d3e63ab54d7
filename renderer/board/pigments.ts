/**
 * Dark is a view: each pigment of the palette, and black and white, has a dark pair, and the file keeps the light value
 * (ui/UI.md, principle 4). On a dark board a style sheet that matches presentation attributes shows the pairs; on a light
 * one there is none, so it costs nothing.
 */

/** Light value to dark value. The names are tokens of ui/tokens.css. */
const PIGMENTS: ReadonlyMap<string, string> = new Map([
  ['#1d1f24', '#eceef1'],
  ['#6b7280', '#9aa1ad'],
  ['#2f56d9', '#8fa9ff'],
  ['#0b7d78', '#55cabf'],
  ['#2e8540', '#7ccf8c'],
  ['#b57a00', '#f0c04c'],
  ['#d2452b', '#ff9077'],
  ['#c22c6a', '#ff8fb9'],
  ['#7e3fb0', '#cba0f2'],
  ['#ffffff', '#1f2125'],
  ['#eceef2', '#2b2e35'],
  ['#e6ecff', '#232e54'],
  ['#dbf3f0', '#15393a'],
  ['#e0f3e3', '#1d3a25'],
  ['#fff1cf', '#3b2f13'],
  ['#ffe6e0', '#45231b'],
  ['#ffe4ee', '#481f33'],
  ['#f1e6fb', '#37254a'],
  ['#ffe694', '#5b4a14'],
  ['#c9edcf', '#22492c'],
  ['#cfe0ff', '#26406f'],
  ['#ffd0dd', '#632b40'],
  ['#e2d5fb', '#463163'],
  ['#24262b', '#f3f3f1'],
  ['#000000', '#eceef1'],
]);
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['black', '#000000'],
  ['#000', '#000000'],
  ['rgb(0,0,0)', '#000000'],
  ['white', '#ffffff'],
  ['#fff', '#ffffff'],
  ['rgb(255,255,255)', '#ffffff'],
]);

/** The colour to show for a colour of the file. */
export function shown(colour: string, dark: boolean): string {
  if (!dark) return colour;
  const key = colour.trim().toLowerCase().replace(/\s+/g, '');
  return PIGMENTS.get(SPELLINGS.get(key) ?? key) ?? colour;
}

/** The rules for a dark board, in the lowest cascade layer of the drawing's shadow tree. */
export function darkSheet(): string {
  const rules: string[] = [];
  const pairs = [...PIGMENTS, ...[...SPELLINGS].map(([s, l]) => [s, PIGMENTS.get(l) as string] as const)];
  for (const [light, dark] of pairs) {
    for (const property of ['fill', 'stroke', 'stop-color', 'color']) {
      rules.push(`[${property}="${light}" i]{${property}:${dark}}`);
    }
  }
  rules.push('svg.chunk:not([fill]){fill:#eceef1}', 'image{filter:brightness(.86)}');
  return `@layer view{${rules.join('')}}`;
}

const DECLARED = /\b(fill|stroke|stop-color|color)(\s*:\s*)([^;{}!]+)/gi;

/** CSS text of the drawing with its pigments as pairs, which the board's colour scheme then chooses from. */
export function pairedCss(css: string): string {
  return css.replace(DECLARED, (all, property: string, colon: string, value: string) => {
    const dark = shown(value, true);
    return dark === value ? all : `${property}${colon}light-dark(${value.trim()}, ${dark})`;
  });
}
