/** What a strict peer may do to a document, from numbers that fast-check can shrink. */
import type { Edit } from '#core/types.ts';
import type { StrictPeer } from '#test/support/strict-peer.ts';
import type { Command } from './schedule.ts';

/** What Limn counts and doesn't write, and a strict peer takes for real. */
function voidEdit(peer: StrictPeer, target: string, [first, second]: [number, number], name: string): void {
  const add = (type: 'text' | 'element', parent: string): Edit => ({
    ...{ kind: 'new', rid: `${second % 2 ? '!' : 'z'}${name}`, type, parent, primaryWeight: 0 },
    ...(type === 'text' ? { chdata: name } : { name: 'svg' }),
  });
  const leaf = [...peer.records].find(([, { type }]) => type === 'attr')?.[0];
  const kind = first % 5;
  if (kind === 0) peer.edit([add('text', '')]);
  else if (kind === 1 && leaf !== undefined) peer.edit([add('element', leaf)]);
  else if (kind === 2) peer.edit([add('element', '')]);
  else if (kind === 3) peer.edit([{ kind: 'set', rid: target, version: 0, fields: { name: 'no name!' } }]);
  else if (leaf !== undefined) {
    peer.edit([{ kind: 'set', rid: leaf, version: 0, fields: { chdata: 'x' }, splice: { from: 999, count: 1 } }]);
  }
}

/** What strict peers do at random: everything the XEP has, each by its own view of the document. `spared`: an element that they leave alone. */
export function strictEdit(peer: StrictPeer, [what, , first, second]: Command, name: string, spared?: string): void {
  const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];
  const rids = [...peer.records.keys()];
  const elementsOf = rids.filter((rid) => peer.records.get(rid)?.type === 'element');
  const root = elementsOf.find((rid) => peer.fields(rid)?.parent === '');
  if (root === undefined) return;
  const target = pick(
    elementsOf.filter((rid) => rid !== root && rid !== spared),
    first,
  );
  // What would close a cycle in its own tree is not done.
  const homes = elementsOf.filter((rid) => target === undefined || !peer.subtree(target).includes(rid));
  const home = pick(homes, second) ?? root;
  const attrs = rids.filter((rid) => peer.records.get(rid)?.type === 'attr' && peer.fields(rid)?.name !== 'data-n');
  const kind = what % 8;
  if (kind <= 1 || target === undefined) {
    return peer.edit([
      {
        kind: 'new',
        rid: `s.${name}`,
        type: 'element',
        parent: home,
        primaryWeight: first % 7,
        name: kind ? 'g' : 'rect',
      },
      {
        kind: 'new',
        rid: `s.${name}n`,
        type: 'attr',
        parent: `s.${name}`,
        primaryWeight: 0,
        name: 'data-n',
        chdata: name,
      },
      { kind: 'new', rid: `s.${name}x`, type: 'attr', parent: `s.${name}`, primaryWeight: 1, name: 'x', chdata: '0' },
    ]);
  }
  if (what >= 90) return voidEdit(peer, target, [first, second], name);
  if (kind === 2)
    return peer.edit([{ kind: 'set', rid: target, version: 0, fields: { parent: home, primaryWeight: second % 9 } }]);
  if (kind === 3) return peer.edit(peer.subtree(target).map((rid): Edit => ({ kind: 'remove', rid })));
  const attr = pick(attrs, second);
  if (kind === 4) {
    const wanted = pick(['x', 'y', 'fill'], first) ?? 'x';
    const there = attrs.some((rid) => peer.fields(rid)?.parent === target && peer.fields(rid)?.name === wanted);
    if (there) return;
    // Lower than any of Limn's, or higher.
    const rid = `${second % 2 ? '!' : 'z'}${name}`;
    return peer.edit([
      { kind: 'new', rid, type: 'attr', parent: target, primaryWeight: 0, name: wanted, chdata: name },
    ]);
  }
  if (attr === undefined) return;
  if (kind === 5) return peer.edit([{ kind: 'remove', rid: attr }]);
  if (kind === 6) return peer.edit([{ kind: 'set', rid: attr, version: 0, fields: { chdata: name } }]);
  const text = peer.fields(attr)?.chdata ?? '';
  const from = second % (text.length + 1);
  const splice = { from, count: Math.min(first % 2, text.length - from) };
  peer.edit([{ kind: 'set', rid: attr, version: 0, fields: { chdata: `<${name}>` }, splice }]);
}
