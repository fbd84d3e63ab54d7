/** The elements of notes: what they may hold, and what of XHTML is let through (README.md). */

export const XHTML_NS = 'http://www.w3.org/1999/xhtml';

/** Elements inside one another, the root included. Notes are flat; this is for what others send. */
export const MAX_NESTING = 64;

/** Elements that hold a line of text and nothing but phrases. */
export const LINES: ReadonlySet<string> = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'pre']);
export const LISTS: ReadonlySet<string> = new Set(['ul', 'ol']);
export const PHRASES: ReadonlySet<string> = new Set(
  'strong em u s code a b i del ins mark sub sup small q cite kbd samp var abbr span'.split(' '),
);
/** Elements without content. */
export const EMPTY: ReadonlySet<string> = new Set(['br', 'hr']);
export const ELEMENTS: ReadonlySet<string> = new Set([
  ...['html', 'body', 'div', 'blockquote', 'li'],
  ...LINES,
  ...LISTS,
  ...PHRASES,
  ...EMPTY,
]);

/** Elements that are left out with all that they hold: they run, load, embed, ask, or say things that aren't text. */
export const LEFT_OUT: ReadonlySet<string> = new Set(
  (
    'head title script style link meta base template slot noscript iframe frame frameset noframes object embed applet param ' +
    'audio video source track canvas map area img picture form input button select option optgroup textarea datalist ' +
    'output progress meter dialog details svg math portal fencedframe'
  ).split(' '),
);
