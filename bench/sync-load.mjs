/** A fresh process loads a saved form and reads it whole: `node --expose-gc bench/sync-load.mjs ADAPTER FORM FILE`. Prints JSON. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [adapterFile, form, file] = process.argv.slice(2);
const adapter = await import(pathToFileURL(path.resolve(adapterFile)).href);
const bytes = adapter.text ? readFileSync(file, 'utf8') : new Uint8Array(readFileSync(file));
// Whatever an engine does once (compiling, loading its wasm) is not part of loading a document.
await adapter.create(9);
globalThis.gc();
const before = process.memoryUsage().rss;
const begun = process.cpuUsage();
const start = performance.now();
const replica = await adapter.load(bytes, form);
const loaded = performance.now();
const shapes = replica.tree().flat().length;
const read = performance.now();
const { user, system } = process.cpuUsage(begun);
globalThis.gc();
const rssMB = (process.memoryUsage().rss - before) / 1e6;
process.stdout.write(
  JSON.stringify({
    form,
    bytes: bytes.length,
    loadMs: loaded - start,
    readMs: read - loaded,
    ms: read - start,
    cpuMs: (user + system) / 1000,
    shapes,
    rssMB,
  }),
);
