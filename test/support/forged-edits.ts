/** Edits that nobody honest would send: of records that are unknown, removed or another's, out of every range, and by hand. */
import fc from 'fast-check';
import type { Replica } from '#core/replica-port.ts';
import type { Edit, NodeType, Rid } from '#core/types.ts';

/** A recipe for a forged edit, made concrete against what a replica knows. */
export type Whim = readonly [kind: number, a: number, b: number, c: number];
export const whim: fc.Arbitrary<Whim> = fc.tuple(fc.nat(14), fc.nat(1000), fc.nat(1000), fc.nat(1000));

const TYPES: readonly NodeType[] = ['element', 'attr', 'text', 'comment', 'processinginstruction'];
/** Few names, so that they collide; outside the basic plane too, where UTF-16 and code points order differently. */
export const RIDS: readonly Rid[] = ['h1', 'h2', 'h3', 'h4', '\uffee', '\u{1f600}', '__proto__', 'nobody'];
const WEIGHTS = [0, 0, 1, 2, -1, 1e308, 5e-324, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const VERSIONS = [1, 2, 3, 0, -5, 1e12, Number.MAX_SAFE_INTEGER, 0.5];

/** A forged edit of what a replica knows, or of what nobody does. */
export function forged(target: Replica, [kind, a, b, c]: Whim): Edit {
  const present = target.state().records.map(({ rid }) => rid);
  const any = (n: number): Rid =>
    n % 3 === 0 ? (RIDS[n % RIDS.length] as Rid) : (present[n % present.length] ?? 'h1');
  const parent = c % 7 === 0 ? '' : any(c);
  const primaryWeight = WEIGHTS[b % WEIGHTS.length] as number;
  const type = TYPES[b % 5] as NodeType;
  const rid = RIDS[a % RIDS.length] as Rid;
  const version = VERSIONS[b % VERSIONS.length] as number;
  if (kind <= 3) {
    const base = { kind: 'new', rid, type, parent, primaryWeight } as const;
    if (type === 'element') return { ...base, name: ['g', 'svg', 'b@d'][c % 3] as string };
    if (type === 'attr')
      return { ...base, ...twinName(c), chdata: a % 5 === 0 ? `a\u{1f600}b` : `h${a}`, ...(a % 11 ? {} : BAD) };
    if (type === 'processinginstruction') return { ...base, pitarget: 'p', pidata: `h${a}` };
    return { ...base, chdata: b % 9 === 0 ? '\u0000' : `h${a}` };
  }
  if (kind <= 7)
    return { kind: 'set', rid: any(a), version, fields: kind <= 5 ? { parent } : { parent, primaryWeight } };
  if (kind === 8) return { kind: 'set', rid: any(a), version, fields: b % 4 === 3 ? { name: '' } : { ...twinName(b) } };
  if (kind === 9) return { kind: 'set', rid: any(a), version, fields: { chdata: 'zz' } };
  if (kind <= 11)
    return {
      kind: 'set',
      rid: any(a),
      version: 1 + (b % 5),
      fields: { chdata: 'q' },
      splice: { from: c % 4, count: b % 3 },
    };
  if (kind === 12) {
    const fields = c % 2 ? { chdata: 'correct' } : { primaryWeight: 0 };
    return { kind: 'set', rid: any(a), version, fields, ...(b % 2 ? { fix: true } : BAD) };
  }
  if (kind === 13) {
    const from = [-1, 1.5, Number.NaN, 1e9][c % 4] as number;
    return { kind: 'set', rid: any(a), version: 1 + (b % 5), fields: { chdata: 'r' }, splice: { from, count: b % 3 } };
  }
  return { kind: 'remove', rid: a % 11 === 0 ? (target.confirmed.root() ?? 'h1') : any(a) };
}

const BAD = { malformed: true } as const;

/** Names that meet: with and without a namespace, and one local name under two prefixes. */
function twinName(n: number): { name: string; ns?: string } {
  return n % 5 < 3
    ? { name: ['x', 'y', 'fill'][n % 5] as string }
    : { name: n % 5 === 3 ? 'p:x' : 'q:x', ns: 'urn:one' };
}
