/**
 * SVG 1.1 as its DTD has it, made by scripts/content-model.mjs; not to be edited. What SVG 2 adds and what is judged more
 * leniently is in content-model.ts. Source: the SVG 1.1 DTD, Second Edition, 2011-08-16, copyright W3C (MIT, INRIA, Keio), as in
 * Debian's package w3c-sgml-lib. Each row: names, and the elements to which they belong.
 */

/** Elements, and those that may hold them. */
export const CHILDREN: readonly (readonly [string, string])[] = [
  ['a', 'a defs g glyph marker mask missing-glyph pattern svg switch symbol text textPath tspan'],
  ['altGlyph tref tspan', 'text textPath tspan'],
  [
    'altGlyphDef clipPath color-profile cursor defs filter font linearGradient marker mask pattern radialGradient script style symbol view',
    'a defs g glyph marker mask missing-glyph pattern svg symbol',
  ],
  ['altGlyphItem', 'altGlyphDef'],
  [
    'animate set',
    'a circle clipPath defs ellipse feBlend feColorMatrix feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter g glyph image line linearGradient marker mask missing-glyph path pattern polygon polyline radialGradient rect stop svg switch symbol text textPath tref tspan use',
  ],
  [
    'animateColor',
    'a circle clipPath defs ellipse feDiffuseLighting feFlood feSpecularLighting g glyph image line marker mask missing-glyph path pattern polygon polyline rect stop svg switch symbol text textPath tref tspan use',
  ],
  [
    'animateMotion',
    'a circle clipPath defs ellipse g glyph image line marker mask missing-glyph path pattern polygon polyline rect svg switch symbol text use',
  ],
  [
    'animateTransform',
    'a circle clipPath defs ellipse feImage g glyph image line linearGradient marker mask missing-glyph path pattern polygon polyline radialGradient rect svg switch symbol text use',
  ],
  [
    'circle ellipse line path polygon polyline rect text use',
    'a clipPath defs g glyph marker mask missing-glyph pattern svg switch symbol',
  ],
  [
    'desc metadata title',
    'a animate animateColor animateMotion animateTransform circle clipPath color-profile cursor defs ellipse filter font font-face g glyph image line linearGradient marker mask missing-glyph mpath path pattern polygon polyline radialGradient rect set svg switch symbol text textPath tref tspan use view',
  ],
  [
    'feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feFlood feGaussianBlur feImage feMerge feMorphology feOffset feSpecularLighting feTile feTurbulence',
    'filter',
  ],
  ['feDistantLight fePointLight feSpotLight', 'feDiffuseLighting feSpecularLighting'],
  ['feFuncA feFuncB feFuncG feFuncR', 'feComponentTransfer'],
  ['feMergeNode', 'feMerge'],
  ['font-face', 'a defs font g glyph marker mask missing-glyph pattern svg symbol'],
  ['font-face-format', 'font-face-uri'],
  ['font-face-name font-face-uri', 'font-face-src'],
  ['font-face-src', 'font-face'],
  ['foreignObject g image svg switch', 'a defs g glyph marker mask missing-glyph pattern svg switch symbol'],
  ['glyph hkern missing-glyph vkern', 'font'],
  ['glyphRef', 'altGlyphDef altGlyphItem'],
  ['mpath', 'animateMotion'],
  ['stop', 'linearGradient radialGradient'],
  ['textPath', 'text'],
];

/** Attributes without a namespace, and the elements that may have them. */
export const ATTRIBUTES: readonly (readonly [string, string])[] = [
  [
    'accent-height alphabetic ascent bbox cap-height descent hanging ideographic mathematical overline-position overline-thickness panose-1 stemh stemv strikethrough-position strikethrough-thickness underline-position underline-thickness unicode-range units-per-em v-alphabetic v-hanging v-ideographic v-mathematical widths x-height',
    'font-face',
  ],
  ['accumulate additive by calcMode from keySplines keyTimes', 'animate animateColor animateMotion animateTransform'],
  [
    'alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation color-interpolation-filters color-profile color-rendering cursor direction display dominant-baseline enable-background fill-opacity fill-rule filter flood-color flood-opacity font-size-adjust glyph-orientation-horizontal glyph-orientation-vertical image-rendering kerning letter-spacing lighting-color marker-end marker-mid marker-start mask opacity overflow pointer-events shape-rendering stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration text-rendering unicode-bidi visibility word-spacing writing-mode',
    'a altGlyph circle clipPath defs ellipse feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feFlood feGaussianBlur feImage feMerge feMorphology feOffset feSpecularLighting feTile feTurbulence filter font foreignObject g glyph glyphRef image line linearGradient marker mask missing-glyph path pattern polygon polyline radialGradient rect stop svg switch symbol text textPath tref tspan use',
  ],
  ['amplitude exponent intercept tableValues', 'feFuncA feFuncB feFuncG feFuncR'],
  ['arabic-form glyph-name lang orientation unicode', 'glyph'],
  ['attributeName attributeType', 'animate animateColor animateTransform set'],
  ['azimuth elevation', 'feDistantLight'],
  ['baseFrequency numOctaves seed stitchTiles', 'feTurbulence'],
  ['baseProfile contentScriptType contentStyleType onabort onerror onresize onscroll onunload onzoom version', 'svg'],
  [
    'begin dur end max min onbegin onend onrepeat repeatCount repeatDur restart to',
    'animate animateColor animateMotion animateTransform set',
  ],
  ['bias divisor edgeMode kernelMatrix order preserveAlpha targetX targetY', 'feConvolveMatrix'],
  [
    'class style',
    'a altGlyph circle clipPath defs desc ellipse feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feFlood feGaussianBlur feImage feMerge feMorphology feOffset feSpecularLighting feTile feTurbulence filter font foreignObject g glyph glyphRef image line linearGradient marker mask missing-glyph path pattern polygon polyline radialGradient rect stop svg switch symbol text textPath title tref tspan use',
  ],
  ['clipPathUnits', 'clipPath'],
  ['cx cy', 'circle ellipse radialGradient'],
  ['d', 'glyph missing-glyph path'],
  ['diffuseConstant', 'feDiffuseLighting'],
  ['dx dy', 'altGlyph feOffset glyphRef text tref tspan'],
  [
    'externalResourcesRequired',
    'a altGlyph animate animateColor animateMotion animateTransform circle clipPath cursor defs ellipse feImage filter font foreignObject g image line linearGradient marker mask mpath path pattern polygon polyline radialGradient rect script set svg switch symbol text textPath tref tspan use view',
  ],
  [
    'fill',
    'a altGlyph animate animateColor animateMotion animateTransform circle clipPath defs ellipse feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feFlood feGaussianBlur feImage feMerge feMorphology feOffset feSpecularLighting feTile feTurbulence filter font foreignObject g glyph glyphRef image line linearGradient marker mask missing-glyph path pattern polygon polyline radialGradient rect set stop svg switch symbol text textPath tref tspan use',
  ],
  ['filterRes filterUnits primitiveUnits', 'filter'],
  [
    'font-family font-size font-stretch font-style font-variant font-weight',
    'a altGlyph circle clipPath defs ellipse feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feFlood feGaussianBlur feImage feMerge feMorphology feOffset feSpecularLighting feTile feTurbulence filter font font-face foreignObject g glyph glyphRef image line linearGradient marker mask missing-glyph path pattern polygon polyline radialGradient rect stop svg switch symbol text textPath tref tspan use',
  ],
  ['format glyphRef', 'altGlyph glyphRef'],
  ['fx fy', 'radialGradient'],
  ['g1 g2 k u1 u2', 'hkern vkern'],
  ['gradientTransform gradientUnits spreadMethod', 'linearGradient radialGradient'],
  [
    'height width',
    'feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feFlood feGaussianBlur feImage feMerge feMorphology feOffset feSpecularLighting feTile feTurbulence filter foreignObject image mask pattern rect svg use',
  ],
  ['horiz-adv-x vert-adv-y vert-origin-x vert-origin-y', 'font glyph missing-glyph'],
  ['horiz-origin-x horiz-origin-y', 'font'],
  [
    'id',
    'a altGlyph altGlyphDef altGlyphItem animate animateColor animateMotion animateTransform circle clipPath color-profile cursor defs desc ellipse feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter font font-face font-face-format font-face-name font-face-src font-face-uri foreignObject g glyph glyphRef hkern image line linearGradient marker mask metadata missing-glyph mpath path pattern polygon polyline radialGradient rect script set stop style svg switch symbol text textPath title tref tspan use view vkern',
  ],
  [
    'in',
    'feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feGaussianBlur feMergeNode feMorphology feOffset feSpecularLighting feTile',
  ],
  ['in2', 'feBlend feComposite feDisplacementMap'],
  ['k1 k2 k3 k4', 'feComposite'],
  ['kernelUnitLength', 'feConvolveMatrix feDiffuseLighting feSpecularLighting'],
  ['keyPoints origin path', 'animateMotion'],
  ['lengthAdjust textLength', 'text textPath tref tspan'],
  ['limitingConeAngle pointsAtX pointsAtY pointsAtZ', 'feSpotLight'],
  ['local rendering-intent', 'color-profile'],
  ['markerHeight markerUnits markerWidth orient refX refY', 'marker'],
  ['maskContentUnits maskUnits', 'mask'],
  ['media title', 'style'],
  ['method spacing startOffset', 'textPath'],
  ['mode', 'feBlend'],
  ['name', 'color-profile font-face-name'],
  ['offset', 'feFuncA feFuncB feFuncG feFuncR stop'],
  [
    'onactivate onclick onfocusin onfocusout onmousedown onmousemove onmouseout onmouseover onmouseup',
    'a altGlyph circle defs ellipse foreignObject g image line path polygon polyline rect svg switch symbol text textPath tref tspan use',
  ],
  [
    'onload',
    'a altGlyph animate animateColor animateMotion animateTransform circle defs ellipse foreignObject g image line path polygon polyline rect set svg switch symbol text textPath tref tspan use',
  ],
  ['operator', 'feComposite feMorphology'],
  ['pathLength', 'path'],
  ['patternContentUnits patternTransform patternUnits', 'pattern'],
  ['points', 'polygon polyline'],
  ['preserveAspectRatio', 'feImage image marker pattern svg symbol view'],
  ['r', 'circle radialGradient'],
  ['radius', 'feMorphology'],
  [
    'requiredExtensions requiredFeatures systemLanguage',
    'a altGlyph animate animateColor animateMotion animateTransform circle clipPath cursor defs ellipse foreignObject g image line mask path pattern polygon polyline rect set svg switch text textPath tref tspan use',
  ],
  [
    'result',
    'feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feFlood feGaussianBlur feImage feMerge feMorphology feOffset feSpecularLighting feTile feTurbulence',
  ],
  ['rotate', 'altGlyph animateMotion text tref tspan'],
  ['rx ry', 'ellipse rect'],
  ['scale xChannelSelector yChannelSelector', 'feDisplacementMap'],
  ['slope', 'feFuncA feFuncB feFuncG feFuncR font-face'],
  ['specularConstant', 'feSpecularLighting'],
  ['specularExponent', 'feSpecularLighting feSpotLight'],
  ['stdDeviation', 'feGaussianBlur'],
  ['string', 'font-face-format'],
  ['surfaceScale', 'feDiffuseLighting feSpecularLighting'],
  ['target', 'a'],
  ['transform', 'a circle clipPath defs ellipse foreignObject g image line path polygon polyline rect switch text use'],
  ['type', 'animateTransform feColorMatrix feFuncA feFuncB feFuncG feFuncR feTurbulence script style'],
  ['values', 'animate animateColor animateMotion animateTransform feColorMatrix'],
  ['viewBox', 'marker pattern svg symbol view'],
  ['viewTarget', 'view'],
  [
    'x y',
    'altGlyph cursor feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feFlood feGaussianBlur feImage feMerge feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter foreignObject glyphRef image mask pattern rect svg text tref tspan use',
  ],
  ['x1 x2 y1 y2', 'line linearGradient'],
  ['z', 'fePointLight feSpotLight'],
  ['zoomAndPan', 'svg view'],
];

/** Attributes with all values that they may have (`name=one|other`), and the elements where that is so. */
export const VALUES: readonly (readonly [string, string])[] = [
  [
    'accumulate=none|sum additive=replace|sum calcMode=discrete|linear|paced|spline',
    'animate animateColor animateMotion animateTransform',
  ],
  [
    'alignment-baseline=auto|baseline|before-edge|text-before-edge|middle|central|after-edge|text-after-edge|ideographic|alphabetic|hanging|mathematical|inherit clip-rule=nonzero|evenodd|inherit color-interpolation-filters=auto|sRGB|linearRGB|inherit color-interpolation=auto|sRGB|linearRGB|inherit color-rendering=auto|optimizeSpeed|optimizeQuality|inherit direction=ltr|rtl|inherit display=inline|block|list-item|run-in|compact|marker|table|inline-table|table-row-group|table-header-group|table-footer-group|table-row|table-column-group|table-column|table-cell|table-caption|none|inherit dominant-baseline=auto|use-script|no-change|reset-size|ideographic|alphabetic|hanging|mathematical|central|middle|text-after-edge|text-before-edge|inherit fill-rule=nonzero|evenodd|inherit font-stretch=normal|wider|narrower|ultra-condensed|extra-condensed|condensed|semi-condensed|semi-expanded|expanded|extra-expanded|ultra-expanded|inherit font-style=normal|italic|oblique|inherit font-variant=normal|small-caps|inherit font-weight=normal|bold|bolder|lighter|100|200|300|400|500|600|700|800|900|inherit image-rendering=auto|optimizeSpeed|optimizeQuality|inherit overflow=visible|hidden|scroll|auto|inherit pointer-events=visiblePainted|visibleFill|visibleStroke|visible|painted|fill|stroke|all|none|inherit shape-rendering=auto|optimizeSpeed|crispEdges|geometricPrecision|inherit stroke-linecap=butt|round|square|inherit stroke-linejoin=miter|round|bevel|inherit text-anchor=start|middle|end|inherit text-rendering=auto|optimizeSpeed|optimizeLegibility|geometricPrecision|inherit unicode-bidi=normal|embed|bidi-override|inherit visibility=visible|hidden|inherit writing-mode=lr-tb|rl-tb|tb-rl|lr|rl|tb|inherit',
    'a altGlyph circle clipPath defs ellipse feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feFlood feGaussianBlur feImage feMerge feMorphology feOffset feSpecularLighting feTile feTurbulence filter font foreignObject g glyph glyphRef image line linearGradient marker mask missing-glyph path pattern polygon polyline radialGradient rect stop svg switch symbol text textPath tref tspan use',
  ],
  ['clipPathUnits=userSpaceOnUse|objectBoundingBox', 'clipPath'],
  ['edgeMode=duplicate|wrap|none preserveAlpha=false|true', 'feConvolveMatrix'],
  [
    'externalResourcesRequired=false|true',
    'a altGlyph animate animateColor animateMotion animateTransform circle clipPath cursor defs ellipse feImage filter font foreignObject g image line linearGradient marker mask mpath path pattern polygon polyline radialGradient rect script set svg switch symbol text textPath tref tspan use view',
  ],
  ['fill=remove|freeze restart=always|never|whenNotActive', 'animate animateColor animateMotion animateTransform set'],
  ['filterUnits=userSpaceOnUse|objectBoundingBox primitiveUnits=userSpaceOnUse|objectBoundingBox', 'filter'],
  ['gradientUnits=userSpaceOnUse|objectBoundingBox spreadMethod=pad|reflect|repeat', 'linearGradient radialGradient'],
  ['lengthAdjust=spacing|spacingAndGlyphs', 'text textPath tref tspan'],
  ['markerUnits=strokeWidth|userSpaceOnUse', 'marker'],
  ['maskContentUnits=userSpaceOnUse|objectBoundingBox maskUnits=userSpaceOnUse|objectBoundingBox', 'mask'],
  ['method=align|stretch spacing=auto|exact', 'textPath'],
  ['mode=normal|multiply|screen|darken|lighten', 'feBlend'],
  ['operator=erode|dilate', 'feMorphology'],
  ['operator=over|in|out|atop|xor|arithmetic', 'feComposite'],
  ['patternContentUnits=userSpaceOnUse|objectBoundingBox patternUnits=userSpaceOnUse|objectBoundingBox', 'pattern'],
  ['rendering-intent=auto|perceptual|relative-colorimetric|saturation|absolute-colorimetric', 'color-profile'],
  ['stitchTiles=stitch|noStitch type=fractalNoise|turbulence', 'feTurbulence'],
  ['type=identity|table|discrete|linear|gamma', 'feFuncA feFuncB feFuncG feFuncR'],
  ['type=matrix|saturate|hueRotate|luminanceToAlpha', 'feColorMatrix'],
  ['type=translate|scale|rotate|skewX|skewY', 'animateTransform'],
  ['xChannelSelector=R|G|B|A yChannelSelector=R|G|B|A', 'feDisplacementMap'],
  ['zoomAndPan=disable|magnify', 'svg view'],
];

/** Elements that may hold text. */
export const TEXTS = 'a altGlyph desc foreignObject metadata script style text textPath title tspan';
