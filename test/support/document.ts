/** Helpers to make, change and compare documents in tests. */
import fc from 'fast-check';
import { attributeKey } from '#core/node.ts';
import { createReplica, type ReplicaOptions } from '#core/replica.ts';
import type { Intent, Replica } from '#core/replica-port.ts';
import type { Change, ElementTree, NodeTree, Rid, TreeView } from '#core/types.ts';

export const SVG = 'http://www.w3.org/2000/svg';

/** An element tree from a name, attributes and children. */
export function element(
  name: string,
  attrs: Record<string, string> = {},
  children: (NodeTree | string)[] = [],
): ElementTree {
  return {
    type: 'element',
    ns: SVG,
    name,
    attrs: Object.entries(attrs).map(([key, value]) => ({ name: key, value })),
    children: children.map((child) => (typeof child === 'string' ? { type: 'text', chdata: child } : child)),
  };
}

/** A replica with a fixed clock. */
export function replica(prefix: string, options: Partial<ReplicaOptions> = {}): Replica {
  return createReplica({ prefix, author: `${prefix}@example`, now: () => 0, ...options });
}

/** A replica that holds an `<svg>` root, confirmed. */
export function withRoot(prefix: string, children: (NodeTree | string)[] = []): Replica {
  const made = replica(prefix);
  submit(made, { do: 'add', parent: '', before: null, node: element('svg', {}, children) });
  made.confirmAlone();
  return made;
}

/** Submits intents that must be possible; returns the rids. */
export function submit(target: Replica, ...intents: Intent[]): readonly (readonly Rid[])[] {
  const result = target.submit(intents, 'g');
  if (!result.ok) throw new Error(result.reason);
  return result.rids;
}

/** What a tree shows, as text that two equal documents share. With `rids`, their identities too. */
export function outline(view: TreeView, parent: Rid = '', rids = true): string {
  const name = (rid: Rid): string => (rids ? `${rid} ` : '');
  return view
    .children(parent)
    .map((rid) => {
      const node = view.get(rid);
      if (node?.type !== 'element')
        return `${name(rid)}${node?.type}(${node?.chdata ?? `${node?.pitarget} ${node?.pidata}`})`;
      const attrs = view.attributes(rid).map((attr) => {
        const record = view.get(attr);
        return `${name(attr)}${record?.ns ?? ''}:${record?.name}=${record?.chdata}`;
      });
      return `${name(rid)}<${node.name} ${attrs.sort().join(' ')}>[${outline(view, rid, rids)}]`;
    })
    .join('|');
}

/** A mirror that follows Changes alone, as a DOM would: proves that changes say everything. */
export class Mirror {
  readonly #look: () => TreeView;
  readonly kids = new Map<Rid, Rid[]>();
  readonly data = new Map<Rid, string>();
  readonly attrs = new Map<Rid, Map<string, string>>();

  /** `look` gives what is seen at each time, where that isn't one view. */
  constructor(view: TreeView, look: () => TreeView = () => view) {
    this.#look = look;
    this.kids.set('', []);
    for (const rid of view.children('')) this.#insert('', rid, null);
  }

  follow(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === 'inserted' || change.kind === 'moved') {
        if (change.kind === 'moved') this.#detach(change.rid);
        this.#insert(change.parent, change.rid, change.before, change.kind === 'moved');
      } else if (change.kind === 'removed') this.#drop(change.rid);
      else if (change.kind === 'attr') {
        const attrs = this.attrs.get(change.rid);
        if (!attrs) throw new Error(`attribute of unknown ${change.rid}`);
        if (change.value === null) attrs.delete(attributeKey(change.ns, change.name));
        else attrs.set(attributeKey(change.ns, change.name), change.value);
      } else if (change.kind === 'data') this.data.set(change.rid, this.#look().get(change.rid)?.chdata ?? '');
    }
  }

  outline(parent: Rid = ''): string {
    return (this.kids.get(parent) ?? [])
      .map(
        (rid) =>
          `${rid}{${[...(this.attrs.get(rid) ?? [])].map(String).sort().join(' ')}}(${this.data.get(rid) ?? ''})[${this.outline(rid)}]`,
      )
      .join('|');
  }

  #insert(parent: Rid, rid: Rid, before: Rid | null, known = false): void {
    const kids = this.kids.get(parent);
    if (!kids) throw new Error(`${rid} into unknown ${parent}`);
    const at = before === null ? kids.length : kids.indexOf(before);
    if (at < 0) throw new Error(`${rid} before ${before}, which isn't in ${parent}`);
    kids.splice(at, 0, rid);
    if (known) return;
    if (this.kids.has(rid)) throw new Error(`${rid} inserted twice`);
    this.kids.set(rid, []);
    this.data.set(rid, this.#look().get(rid)?.chdata ?? '');
    this.attrs.set(
      rid,
      new Map(
        this.#look()
          .attributes(rid)
          .map((attr) => {
            const record = this.#look().get(attr);
            return [attributeKey(record?.ns, record?.name ?? ''), record?.chdata ?? ''];
          }),
      ),
    );
    for (const kid of this.#look().children(rid)) this.#insert(rid, kid, null);
  }

  #detach(rid: Rid): void {
    for (const kids of this.kids.values()) {
      const at = kids.indexOf(rid);
      if (at >= 0) return void kids.splice(at, 1);
    }
    throw new Error(`unknown ${rid} moved`);
  }

  #drop(rid: Rid): void {
    if (!this.kids.has(rid)) return;
    this.#detach(rid);
    const stack = [rid];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      stack.push(...(this.kids.get(at) ?? []));
      this.kids.delete(at);
      this.attrs.delete(at);
      this.data.delete(at);
    }
  }
}

/** All elements shown. */
export function elements(view: TreeView): Rid[] {
  const found: Rid[] = [];
  const walk = (parent: Rid): void => {
    for (const rid of view.children(parent)) {
      if (view.get(rid)?.type !== 'element') continue;
      found.push(rid);
      walk(rid);
    }
  };
  walk('');
  return found;
}

/** A recipe for an intent, made concrete against what a replica shows when it is used. */
export type Recipe = readonly [kind: number, a: number, b: number, value: string];
export const recipe: fc.Arbitrary<Recipe> = fc.tuple(
  fc.nat(9),
  fc.nat(1000),
  fc.nat(1000),
  fc.constantFrom('a', 'bc', 'def', '10', ''),
);

/** An intent that can be done on what is shown, or undefined when there is none of that kind. */
export function concrete(view: TreeView, [kind, a, b, value]: Recipe): Intent | undefined {
  const all = elements(view);
  const root = view.root();
  if (root === undefined) return undefined;
  const pick = (n: number): Rid => all[n % all.length] ?? root;
  const one = pick(a);
  const name = ['x', 'y', 'fill'][b % 3] as string;
  if (kind <= 1) {
    const kids = view.children(one);
    return {
      do: 'add',
      parent: one,
      before: kids[b % (kids.length + 1)] ?? null,
      node: element(b % 2 ? 'g' : 'rect', { x: value }, value ? [value] : []),
    };
  }
  if (kind <= 3) return { do: 'set', rid: one, name, value };
  if (kind === 4) return { do: 'set', rid: one, name, value: null };
  if (kind <= 6) {
    const text = view
      .children(one)
      .map((rid) => view.get(rid))
      .filter((node) => node?.type === 'text')
      .map((node) => node?.chdata)
      .join('');
    const from = a % (text.length + 1);
    return { do: 'text', rid: one, from, count: Math.min(b % 3, text.length - from), insert: value };
  }
  if (one === root) return undefined;
  if (kind <= 8) {
    const parent = pick(b);
    for (let at: Rid | undefined = parent; at; at = view.parentOf(at)) if (at === one) return undefined;
    const kids = view.children(parent).filter((rid) => rid !== one);
    return { do: 'move', rid: one, parent, before: kids[a % (kids.length + 1)] ?? null };
  }
  return b % 4 === 0 ? { do: 'remove', rid: one } : undefined;
}
