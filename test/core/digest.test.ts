/** What the digest of a document holds: replicas that differ in any of it would go apart later. */
import { describe, expect, it } from 'vitest';
import { Digest } from '#core/digest.ts';
import { BaseLayer } from '#core/layer.ts';
import { Node } from '#core/node.ts';

function digestOf(change: (node: Node) => void): string {
  const digest = new Digest();
  const layer = new BaseLayer(digest.touch);
  const node = new Node('a.1', 'element', '', 0);
  node.name = 'svg';
  change(node);
  layer.add(node);
  return digest.read(layer);
}

describe('a digest', () => {
  it.each<[string, (node: Node) => void]>([
    ['how often a record was written', (node) => (node.version = 1)],
    ['how often its text was, by which splices are void', (node) => (node.chdataVersion = 1)],
    ['what it hangs under', (node) => (node.parent = 'b')],
    ['its place', (node) => (node.primaryWeight = 0.5)],
    ['its name', (node) => (node.name = 'g')],
    ['its namespace', (node) => (node.ns = 'urn:x')],
    ['its text', (node) => (node.chdata = 'text')],
    ['whether it is void', (node) => (node.inert = true)],
  ])('holds %s', (_, change) => {
    expect(digestOf(change)).not.toBe(digestOf(() => undefined));
  });

  it('does not hold who wrote a record, and when', () => {
    expect(digestOf((node) => Object.assign(node, { creator: 'somebody', created: 5, lastModifiedBy: 'x' }))).toBe(
      digestOf(() => undefined),
    );
  });
});
