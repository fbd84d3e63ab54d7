/**
 * What peers of the compact form (urn:x-limn:compact:0) know beforehand: names and values that boards are full of, and the
 * preset dictionary of DEFLATE. The lists belong to version 1 of the form: they are never changed, only followed by others
 * under another version.
 */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Qualified names of elements and attributes; a name's number is its place here. At most 240. */
export const NAMES: readonly string[] = words(`
  rect ellipse circle line polyline polygon path text tspan g svg image use defs symbol title desc style marker a
  id class d x y width height rx ry cx cy r x1 y1 x2 y2 points transform fill stroke stroke-width opacity href
  stroke-linecap stroke-linejoin stroke-dasharray stroke-dashoffset stroke-opacity stroke-miterlimit fill-opacity fill-rule
  clip-path clip-rule mask filter marker-start marker-mid marker-end visibility display overflow viewBox version
  preserveAspectRatio xml:space xml:lang xml:id lang font-family font-size font-weight font-style text-anchor
  dominant-baseline text-decoration letter-spacing word-spacing dx dy rotate textLength lengthAdjust writing-mode
  linearGradient radialGradient stop offset stop-color stop-opacity gradientUnits gradientTransform spreadMethod fx fy
  pattern patternUnits patternTransform clipPath clipPathUnits foreignObject switch view script textPath startOffset
  method spacing xlink:href xlink:title xlink:type xmlns xmlns:xlink xmlns:inkscape xmlns:sodipodi inkscape:label
  inkscape:groupmode sodipodi:insensitive data-name data-id label role aria-label aria-hidden tabindex color
  pointer-events vector-effect paint-order shape-rendering text-rendering image-rendering mix-blend-mode isolation
  markerWidth markerHeight markerUnits orient refX refY filterUnits primitiveUnits result in in2 stdDeviation
  feGaussianBlur feOffset feMerge feMergeNode feColorMatrix feFlood feComposite feBlend flood-color flood-opacity
  operator values mode type media baseProfile systemLanguage requiredFeatures requiredExtensions externalResourcesRequired
  alignment-baseline baseline-shift direction unicode-bidi kerning font-variant font-stretch line-height white-space
  animate animateTransform animateMotion attributeName from to by dur begin end repeatCount calcMode keyTimes keySplines
  p span div br ul ol li h1 h2 h3 strong em code pre blockquote table tr td th img src alt body html head
`);

/** Values, the commonest 64 first: those take one byte, the others two. */
export const VALUES: readonly string[] = [
  ...['', '0', '1', '2', 'none', 'round', '#ffffff', '#000000', '#1d1f24', '#1e1e1e', 'black', 'white', '#fff', '#000'],
  ...['sans-serif', 'translate(0 0)', 'translate(0,0)', 'middle', 'start', 'end', 'bold', 'normal', 'italic', '0.5'],
  ...[
    "Inter, 'Inter Variable', sans-serif",
    'currentColor',
    'http://www.w3.org/2000/svg',
    'http://www.w3.org/1999/xlink',
  ],
  ...[
    '16',
    '20',
    '4',
    '3',
    '8',
    '12',
    '24',
    '100%',
    'preserve',
    'evenodd',
    'nonzero',
    'butt',
    'square',
    'bevel',
    'miter',
  ],
  ...['#e03131', '#1971c2', '#2f9e44', '#f08c00', '#6b7280', '#2f56d9', '#0b7d78', '#2e8540', '#b57a00', '#d2452b'],
  ...[
    '#c22c6a',
    '#e6ecff',
    '#dbf3f0',
    '#e0f3e3',
    '#fff1cf',
    '#ffe6e0',
    '#ffe4ee',
    'central',
    'hanging',
    'visible',
    'hidden',
  ],
  ...[
    'inline',
    'block',
    'auto',
    'inherit',
    'transparent',
    'red',
    'green',
    'blue',
    'yellow',
    'orange',
    'purple',
    'gray',
  ],
  ...['serif', 'monospace', 'Arial', 'Helvetica', 'Inter', 'xMidYMid meet', 'xMidYMid slice', 'objectBoundingBox'],
  ...[
    'userSpaceOnUse',
    'pad',
    'reflect',
    'repeat',
    'non-scaling-stroke',
    'ltr',
    'rtl',
    'en',
    'de',
    'es',
    'fr',
    'ja',
    'ar',
  ],
  ...['layer', 'true', 'false', 'px', 'em', 'multiply', 'screen', 'strokeWidth', 'auto-start-reverse', 'alphabetic'],
  ...['http://www.w3.org/XML/1998/namespace', 'http://www.w3.org/2000/xmlns/', 'http://www.w3.org/1999/xhtml'],
  ...[
    'http://www.inkscape.org/namespaces/inkscape',
    'http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd',
    '0.25',
    '0.75',
  ],
  ...['urn:x-limn:rid:0', 'urn:x-limn:complete:0', 'complete', ' ', '\n'],
];

/** What stands between the numbers of path data, points and transforms; a separator's number is its place here. */
export const SEPARATORS: readonly string[] = [
  ...['', ' ', ',', ', ', 'L', ' L', 'l', ' l', 'M', ' M', 'm', ' m', 'C', ' C', 'c', ' c', 'Q', ' Q', 'q', ' q'],
  ...['S', ' S', 's', ' s', 'T', ' T', 't', ' t', 'A', ' A', 'a', ' a', 'H', ' H', 'h', ' h', 'V', ' V', 'v', ' v'],
  ...['Z', ' Z', 'z', ' z', 'ZM', 'Z M', ' Z M', 'zm', 'zM', 'z m', ' z m', '.', 'L ', ' L ', 'M ', ' M ', 'C ', ' C '],
  ...[
    'translate(',
    'rotate(',
    'scale(',
    'matrix(',
    'skewX(',
    'skewY(',
    ')',
    ') ',
    ') translate(',
    ') rotate(',
    ') scale(',
  ],
  ...[')translate(', ')rotate(', ')scale(', 'px', 'px ', '%', 'pt', 'em', 'cm', 'mm', '#', 'rgb(', 'rgba(', 'url(#'],
];

/** Whole texts of few numbers (#), so common that one byte says the pattern and, up to hundredths, the scale. Exactly 8. */
export const PATTERNS: readonly string[] = [
  ...[
    'translate(# #)',
    'translate(#,#)',
    'rotate(# # #)',
    'matrix(# # # # # #)',
    'scale(# #)',
    'L# #',
    '# #',
    '# # # #',
  ],
];

/** For DEFLATE: text of boards that the lists above don't hold, the commonest last (RFC 1951 reaches back more cheaply there). */
export const PRESET = [
  'data:image/svg+xml;base64,data:image/jpeg;base64,/9j/4AAQSkZJRgABAQdata:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA',
  'AAAAAAAA https://www.example.org/ http:// xmpp: mailto: .html .png .jpg .svg ?join # & < > [ ] { } "',
  'font-family:sans-serif;font-size:12px;font-weight:bold;fill:none;stroke:#000000;stroke-width:1px;stroke-linecap:butt;',
  'stroke-linejoin:miter;stroke-opacity:1;fill-opacity:1;fill-rule:evenodd;opacity:1;display:inline;text-anchor:middle;',
  'Und der die das ist nicht mit ein eine von zu auf für; le la les des une est pas pour dans que qui avec sur; el los las una con por para ',
  ' and the of to a in is that it for on with as are this be we at from or by an not have you will what which can when how who ',
  'The This We It Is What When How Who Why Where Todo Done Next Idea Plan Note Question Answer Problem Goal Step Label Title Text ',
].join('');
