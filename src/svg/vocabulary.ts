/**
 * The elements, attributes and CSS properties that Limn draws and exports: those of SVG 1.1 and SVG 2 that describe a
 * picture. What is absent is absent on purpose: script, handler, listener, foreignObject, media, discard, and the
 * references to fonts outside the file.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** Local names of SVG elements. */
export const ELEMENTS = words(`
  a altGlyph altGlyphDef altGlyphItem animate animateColor animateMotion animateTransform circle clipPath cursor defs desc
  ellipse feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap
  feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode
  feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter font font-face
  font-face-format font-face-name font-face-src g glyph glyphRef hatch hatchpath hkern image line linearGradient marker mask
  mesh meshgradient meshpatch meshrow metadata missing-glyph mpath path pattern polygon polyline radialGradient rect set
  solidcolor stop style svg switch symbol text textPath title tref tspan use view vkern`);

/** Elements whose text children are shown or mean something; text elsewhere is white space between shapes. */
export const TEXT_ELEMENTS = words('a altGlyph desc style text textPath title tref tspan');

/** Elements that animate; their values are judged like the attribute they write. */
export const ANIMATIONS = words('animate animateColor animateMotion animateTransform set');

/** Attributes whose values are CSS: presentation attributes, and the geometry that SVG 2 made properties. */
export const PRESENTATION = words(`
  alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation color-interpolation-filters
  color-rendering cursor cx cy d direction display dominant-baseline enable-background fill fill-opacity fill-rule filter
  flood-color flood-opacity font font-family font-feature-settings font-kerning font-size font-size-adjust font-stretch
  font-style font-variant font-variant-ligatures font-variation-settings font-weight glyph-orientation-horizontal
  glyph-orientation-vertical height image-rendering inline-size isolation kerning letter-spacing lighting-color line-height
  marker marker-end marker-mid marker-start mask mask-type mix-blend-mode opacity overflow paint-order pointer-events r rx ry
  shape-inside shape-margin shape-padding shape-rendering shape-subtract solid-color solid-opacity stop-color stop-opacity
  stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width
  text-align text-anchor text-decoration text-decoration-color text-decoration-line text-decoration-style text-indent
  text-overflow text-rendering text-transform transform transform-box transform-origin unicode-bidi vector-effect
  visibility white-space width word-spacing writing-mode x y`);

/** CSS properties beyond those attributes that draw inside an SVG and nowhere else. */
const MORE_PROPERTIES = words(`
  -inkscape-font-specification -inkscape-stroke block-progression color-profile fill-color font-optical-sizing
  font-synthesis font-variant-alternates font-variant-caps font-variant-east-asian font-variant-numeric
  font-variant-position marker-offset mask-image rotate scale text-orientation text-shadow translate
  text-decoration-thickness text-underline-offset word-break overflow-wrap hyphens tab-size src unicode-range`);

/** True for a CSS property that a drawing may set. Custom properties are not: they would reach the page around it. */
export function isProperty(name: string): boolean {
  return PRESENTATION.has(name) || MORE_PROPERTIES.has(name);
}

/** Attributes without a namespace whose values are plain data on any SVG element. */
const DATA_ATTRIBUTES = words(`
  accent-height accumulate additive alphabetic amplitude arabic-form ascent attributeType azimuth baseFrequency baseProfile
  bbox begin bias by calcMode cap-height class clipPathUnits contentStyleType crossorigin descent diffuseConstant divisor
  dur dx dy edgeMode elevation end exponent externalResourcesRequired fill filterRes filterUnits focusable format fr from fx
  fy g1 g2 glyph-name glyphRef gradientTransform gradientUnits hanging hatchContentUnits hatchUnits horiz-adv-x
  horiz-origin-x horiz-origin-y hreflang id ideographic in in2 intercept k k1 k2 k3 k4 kernelMatrix kernelUnitLength keyPoints
  keySplines keyTimes lang lengthAdjust limitingConeAngle markerHeight markerUnits markerWidth maskContentUnits maskUnits
  mathematical max media method min mode name numOctaves offset operator order orient orientation origin overline-position
  overline-thickness panose-1 path pathLength patternContentUnits patternTransform patternUnits pitch points pointsAtX
  pointsAtY pointsAtZ preserveAlpha preserveAspectRatio primitiveUnits radius refX refY rel rendering-intent repeatCount
  repeatDur requiredExtensions requiredFeatures requiredFonts requiredFormats restart result role rotate scale seed side
  slope spacing specularConstant specularExponent spreadMethod startOffset stdDeviation stemh stemv stitchTiles
  strikethrough-position strikethrough-thickness string surfaceScale systemLanguage tabindex tableValues target targetX
  targetY textLength title to type u1 u2 underline-position underline-thickness unicode unicode-range units-per-em
  v-alphabetic v-hanging v-ideographic v-mathematical values version vert-adv-y vert-origin-x vert-origin-y viewBox viewTarget
  widths x-height x1 x2 xChannelSelector y1 y2 yChannelSelector z zoomAndPan`);

/** True for an attribute without a namespace that holds data and no reference, code or CSS. */
export function isDataAttribute(name: string): boolean {
  return DATA_ATTRIBUTES.has(name) || /^(?:data|aria)-[a-z0-9._-]+$/.test(name);
}

/** Attributes that an animation may write: what draws. `href`, `style`, `class` and handlers are none of them. */
export function isAnimatable(name: string): boolean {
  return PRESENTATION.has(name) || ANIMATED_DATA.has(name);
}

const ANIMATED_DATA = words(`
  amplitude azimuth baseFrequency bias diffuseConstant divisor dx dy elevation exponent fr fx fy gradientTransform
  gradientUnits intercept k1 k2 k3 k4 kernelMatrix limitingConeAngle markerHeight markerWidth numOctaves offset operator order
  orient pathLength patternTransform points pointsAtX pointsAtY pointsAtZ preserveAspectRatio radius refX refY rotate scale
  seed slope specularConstant specularExponent spreadMethod startOffset stdDeviation surfaceScale tableValues targetX targetY
  textLength values viewBox x1 x2 y1 y2 z`);

export const XLINK_DATA = words('actuate arcrole role show title type');
export const XML_DATA = words('id lang space');

/** HTML's element names: an element of another namespace that bears one without a prefix would become it where the file is pasted into a page. */
export const HTML_NAMES = words(`
  a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br button
  canvas caption center cite code col colgroup command content data datalist dd del details dfn dialog dir div dl dt element
  em embed fencedframe fieldset figcaption figure font footer foreignobject form frame frameset h1 h2 h3 h4 h5 h6 head header
  hgroup hr html i iframe image img input ins isindex kbd keygen label legend li link listing main map mark marquee math menu
  menuitem meta meter multicol nav nextid nobr noembed noframes noscript object ol optgroup option output p param picture
  plaintext portal pre progress q rb rp rt rtc ruby s samp script search section select selectedcontent shadow slot small
  source spacer span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr
  track tt u ul var video wbr xmp mi mo mn ms mtext annotation-xml handler listener`);
