/** The linter itself is tested: each import that DESIGN section 1 forbids is written to a file, and must be reported. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const OXLINT = path.join(ROOT, 'node_modules/oxlint/bin/oxlint');

const FORBIDDEN: readonly (readonly [file: string, code: string])[] = [
  ['src/core/a.ts', `import { x } from '#svg/x.ts'; x();`],
  ['src/core/b.ts', `import { readFile } from 'node:fs'; readFile();`],
  ['src/core/c.ts', `import type { Person } from '#api/contract.ts'; export type P = Person;`],
  ['src/core/d.ts', `export * from '../api/errors.ts';`],
  ['src/core/e.ts', `export const load = () => import('../svg/x.ts');`],
  ['src/core/f.ts', `export type P = import('#api/contract.ts').Person;`],
  ['src/core/sub/g.ts', `import { x } from '../../svg/x.ts'; x();`],
  ['src/svg/a.ts', `import { x } from '#session/x.ts'; x();`],
  ['src/svg/c.ts', `import { x } from '#xhtml/x.ts'; x();`],
  ['src/xhtml/a.ts', `import { x } from '#svg/x.ts'; x();`],
  ['src/xml/a.ts', `import { x } from '#svg/x.ts'; x();`],
  ['src/svg/b.ts', `import React from 'react'; React();`],
  ['src/xmpp/a.ts', `import { x } from '#core/replica.ts'; x();`],
  ['src/xmpp/b.ts', `import { x } from '#session/x.ts'; x();`],
  ['src/xmpp/c.ts', `import { connect } from 'node:tls'; connect();`],
  ['src/session/a.ts', `import { x } from '#app/x.ts'; x();`],
  ['src/session/b.ts', `import { x } from '#platform/x.ts'; x();`],
  ['src/store/a.ts', `import { x } from '#core/replica.ts'; x();`],
  ['src/store/b.ts', `import { x } from '#app/ports.ts'; x();`],
  ['src/store/c.ts', `import type { X } from '#app/boards.ts'; export type Y = X;`],
  ['src/platform/a.ts', `import { x } from '#session/x.ts'; x();`],
  ['src/platform/b.ts', `import { x } from '#hosts/web/x.ts'; x();`],
  ['src/api/a.ts', `import { x } from '#core/replica.ts'; x();`],
  ['src/api/b.ts', `import { x } from '#app/x.ts'; x();`],
  ['src/api/c-client.ts', `import { WebSocket } from 'ws'; WebSocket();`],
  ['src/app/a.ts', `import { x } from '#store/x.ts'; x();`],
  ['src/app/b.ts', `import type { X } from '#xmpp/x.ts'; export type Y = X;`],
  ['src/app/c.ts', `import { x } from '#platform/x.ts'; x();`],
  ['src/app/d.ts', `import { x } from '#hosts/cli/x.ts'; x();`],
  ['src/hosts/web/a.ts', `import { x } from '../electron/x.ts'; x();`],
  ['src/hosts/web/b.ts', `import { x } from '#core/replica.ts'; x();`],
  ['src/hosts/electron/a.ts', `import { x } from '#hosts/cli/x.ts'; x();`],
  ['src/hosts/cli/a.ts', `import { x } from '#store/x.ts'; x();`],
  ['src/hosts/shared.ts', `import { x } from '#core/x.ts'; x();`],
  ['src/hosts/web/c.ts', `import { x } from '../compose.ts'; x();`],
  ['src/hosts/cli/main.ts', `import { x } from '#renderer/x.ts'; x();`],
  ['src/hosts/component/a.ts', `import { x } from '#session/x.ts'; x();`],
  ['renderer/board/a.ts', `import { x } from '#core/replica.ts'; x();`],
  ['renderer/board/b.ts', `import { x } from '../../src/app/x.ts'; x();`],
  ['renderer/ui/c.tsx', `import { readFile } from 'node:fs'; readFile();`],
  ['renderer/ui/d.tsx', `import { app } from 'electron'; app();`],
  ['src/app/ring/one.ts', `import { two } from './two.ts'; export const one = () => two;`],
];

const ALLOWED: readonly (readonly [file: string, code: string])[] = [
  ['src/core/z.ts', `import { y } from './y.ts'; y();`],
  ['src/core/sub/z.ts', `import { y } from '../y.ts'; y();`],
  ['src/svg/z.ts', `import { y } from '#core/y.ts'; import { p } from '@xmldom/xmldom'; y(p);`],
  [
    'src/xmpp/z.ts',
    `import type { Edit } from '#core/types.ts'; import xml from '@xmpp/xml'; export type E = Edit; xml();`,
  ],
  ['src/session/z.ts', `import { y } from '#core/y.ts'; import { c } from '#xmpp/c.ts'; y(c);`],
  [
    'src/store/z.ts',
    `import type { BoardStore } from '#app/ports.ts'; import D from 'libsql'; export type B = BoardStore; D();`,
  ],
  ['src/platform/z.ts', `import net from 'node:net'; net();`],
  [
    'src/api/z.ts',
    `import type { Rid } from '#core/types.ts'; import * as v from 'valibot'; export type R = Rid; v.x();`,
  ],
  ['src/api/z-server.ts', `import { WebSocketServer } from 'ws'; WebSocketServer();`],
  ['src/app/z.ts', `import { s } from '#session/s.ts'; import { c } from '#core/y.ts'; s(c);`],
  ['src/hosts/web/main.ts', `import { x } from '#store/x.ts'; import { y } from '#xmpp/y.ts'; x(y);`],
  [
    'src/hosts/compose.ts',
    `import { x } from '#store/x.ts'; import { version } from '../../package.json'; x(version);`,
  ],
  ['src/hosts/web/z.ts', `import { x } from '#app/x.ts'; import { w } from 'ws'; x(w);`],
  ['renderer/board/z.ts', `import { x } from '../tools/x.ts'; import { SVG } from '@svgdotjs/svg.js'; x(SVG);`],
  ['test/core/z.test.ts', `import { x } from '#core/x.ts'; import { y } from '#store/y.ts'; x(y);`],
];

let folder: string;
const reported = new Map<string, string[]>();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'limn-lint-'));
  for (const name of ['.oxlintrc.json', 'scripts/import-rules.mjs', 'package.json', 'tsconfig.json']) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await cp(path.join(ROOT, name), path.join(folder, name));
  }
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  const ring = ['src/app/ring/two.ts', `import { one } from './one.ts'; export const two = () => one;`] as const;
  for (const [file, code] of [...FORBIDDEN, ...ALLOWED, ring]) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), `${code}\n`);
  }
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, [OXLINT, '--format', 'json', '.'], { cwd: folder, maxBuffer: 1 << 26 }, (_, out) =>
      resolve(out),
    );
  });
  const { diagnostics } = JSON.parse(output) as { diagnostics: { code: string; filename: string }[] };
  for (const { code, filename } of diagnostics) {
    if (!/limn\(imports\)|import\(no-cycle\)/.test(code)) continue;
    const file = path.relative(folder, path.resolve(folder, filename)).split(path.sep).join('/');
    reported.set(file, [...(reported.get(file) ?? []), code]);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('import rules', () => {
  it.each(FORBIDDEN)('reports in %s: %s', (file) => {
    expect(reported.get(file) ?? []).not.toEqual([]);
  });

  it.each(ALLOWED)('lets pass in %s: %s', (file) => {
    expect(reported.get(file) ?? []).toEqual([]);
  });
});
