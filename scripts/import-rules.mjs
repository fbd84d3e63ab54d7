/**
 * Who may import whom (DESIGN section 1), as a rule of the linter. One table says it; the rule resolves every import
 * (static, re-export, dynamic, `import()` types) to a folder of ours or an npm package and looks it up. Types count too.
 */
import path from 'node:path';

const NODE = /^node:/;

/** `TYPES` are core's type-only modules; `ports` may be imported as types alone, by those who implement them. */
const TYPES = ['src/core/types.ts', 'src/core/replica-port.ts', 'src/core/history-port.ts'];

/**
 * What each folder may import besides itself. `folders`: any module there. `files`: these modules. `typesOf`: any module
 * there, but by `import type` only. `packages`: npm packages, or Node's modules. `server`: packages for `*-server.ts` alone.
 */
export const RULES = {
  'src/core': {},
  'src/xml': { files: TYPES, packages: ['saxes'] },
  'src/svg': { folders: ['src/core', 'src/xml'], packages: ['@xmldom/xmldom', 'xpath', 'css-tree'] },
  'src/xhtml': { folders: ['src/core', 'src/xml'] },
  'src/xmpp': { files: TYPES, packages: [/^@xmpp\//] },
  'src/session': { folders: ['src/core', 'src/xmpp'] },
  'src/store': { files: TYPES, typesOf: ['src/app/ports.ts'], packages: [NODE, 'libsql'] },
  'src/platform': {
    files: TYPES,
    typesOf: ['src/app/ports.ts', 'src/session', 'src/xmpp/ports.ts'],
    packages: [NODE, 'fflate', 'multicast-dns', 'pino', 'ws'],
  },
  // The server ends of the two transports speak to their transport's library; the client ends run in the page.
  'src/api': { files: TYPES, packages: ['valibot'], server: ['ws', 'electron', NODE] },
  'src/app': { folders: ['src/core', 'src/xml', 'src/svg', 'src/xhtml', 'src/session', 'src/api'] },
  'src/hosts/electron': {
    folders: ['src/app', 'src/api', 'src/platform'],
    files: ['src/hosts/page.ts'],
    packages: [NODE, 'electron'],
  },
  'src/hosts/web': {
    folders: ['src/app', 'src/api', 'src/platform'],
    files: ['src/hosts/page.ts'],
    packages: [NODE, 'ws'],
  },
  'src/hosts/component': { folders: ['src/app', 'src/api', 'src/platform'], packages: [NODE] },
  'src/hosts/cli': {
    folders: ['src/app', 'src/api', 'src/platform'],
    packages: [NODE, 'commander', '@resvg/resvg-js', 'valibot'],
  },
  // What hosts share: compose.ts, direct.ts, nearby.ts and network.ts are composition (COMPOSITION below).
  'src/hosts': { packages: [NODE] },
  renderer: {
    folders: ['src/api'],
    files: TYPES,
    packages: [
      '@svgdotjs/svg.js',
      /^@fontsource/,
      'perfect-freehand',
      /^prosemirror-/,
      'rbush',
      'react',
      'react-dom',
      'radix-ui',
      'lucide-react',
      'zustand',
      'i18next',
      'react-i18next',
      'valibot',
    ],
  },
};

/** Each host's main.ts, and what all of them compose alike. */
const COMPOSITION = /^src\/hosts\/(?:[a-z]+\/main|compose|direct|nearby|network)\.ts$/;

const ALIAS = /^#(core|xml|svg|xhtml|xmpp|session|store|platform|api|app|hosts|renderer|test)\//;

/** The repository path that a specifier names, or undefined for a package or a Node module. */
export function targetOf(specifier, file) {
  if (specifier.startsWith('.')) return path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
  const alias = ALIAS.exec(specifier);
  if (!alias) return undefined;
  const rest = specifier.slice(1);
  return path.posix.normalize(alias[1] === 'renderer' || alias[1] === 'test' ? rest : `src/${rest}`);
}

const within = (target, folder) => target === folder || target.startsWith(`${folder}/`);
const matches = (pattern, specifier) =>
  typeof pattern === 'string' ? specifier === pattern || specifier.startsWith(`${pattern}/`) : pattern.test(specifier);

/** Why `file` (repository path) may not import `specifier`, or undefined when it may. */
export function violation(file, specifier, typeOnly) {
  const folder = Object.keys(RULES).find((name) => within(file, name));
  if (folder === undefined) return undefined;
  if (COMPOSITION.test(file)) {
    const root = targetOf(specifier, file);
    if (root === undefined || within(root, 'src') || root === 'package.json') return undefined;
    return `${file} is a composition root: it imports modules under src and packages, not "${specifier}".`;
  }
  const rule = RULES[folder];
  const target = targetOf(specifier, file);
  if (target === undefined) {
    const packages = [...(rule.packages ?? []), ...(file.endsWith('-server.ts') ? (rule.server ?? []) : [])];
    if (packages.some((pattern) => matches(pattern, specifier))) return undefined;
  } else {
    if (within(target, folder)) return undefined;
    if ((rule.folders ?? []).some((name) => within(target, name))) return undefined;
    if ((rule.files ?? []).includes(target)) return undefined;
    if (typeOnly && (rule.typesOf ?? []).some((name) => within(target, name))) return undefined;
  }
  return `${folder} may not import "${specifier}" (scripts/import-rules.mjs has the table; DESIGN section 1).`;
}

const allTypes = (specifiers, kind) =>
  specifiers.length > 0 && specifiers.every((specifier) => specifier[kind] === 'type');

const rule = {
  meta: { type: 'problem', docs: { description: 'Folders import only what DESIGN section 1 allows.' } },
  create(context) {
    const root = process.cwd();
    const file = path
      .relative(root, context.physicalFilename ?? context.filename)
      .split(path.sep)
      .join('/');
    const check = (source, typeOnly) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const message = violation(file, source.value, typeOnly);
      if (message !== undefined) context.report({ node: source, message });
    };
    return {
      ImportDeclaration: (node) =>
        check(node.source, node.importKind === 'type' || allTypes(node.specifiers, 'importKind')),
      ExportNamedDeclaration: (node) => check(node.source, node.exportKind === 'type'),
      ExportAllDeclaration: (node) => check(node.source, node.exportKind === 'type'),
      ImportExpression: (node) => check(node.source, false),
      TSImportType: (node) => check(node.source ?? node.argument?.literal ?? node.argument, true),
      CallExpression: (node) => {
        const named = node.callee.type === 'Identifier' ? node.callee.name : node.callee.property?.name;
        if (named === 'require') check(node.arguments[0], false);
      },
    };
  },
};

export default { meta: { name: 'limn' }, rules: { imports: rule } };
