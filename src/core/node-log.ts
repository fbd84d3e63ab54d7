/** Which log entries concern which node: an element with its attributes and texts, and what it was before it was brought back. */
import type { BaseLayer } from './layer.ts';
import type { NodeEntry } from './history-port.ts';
import type { LogEntry, Selves } from './replica-port.ts';
import type { Edit, Rid } from './types.ts';

/** Which records were brought back as which others: a record may come back more than once. */
export class KnownSelves implements Selves {
  readonly #later = new Map<Rid, Rid[]>();
  readonly #earlier = new Map<Rid, Rid>();

  note(edit: Edit): void {
    if (edit.kind === 'new' && edit.restores !== undefined) this.link(edit.rid, edit.restores);
  }

  /** Notes that a node is another one that came back. */
  link(rid: Rid, restores: Rid): void {
    if (this.#earlier.has(rid)) return;
    this.#earlier.set(rid, restores);
    const later = this.#later.get(restores);
    if (later) later.push(rid);
    else this.#later.set(restores, [rid]);
  }

  /** Which of the records that `stays` names restore which, and these which before them. */
  links(stays: (rid: Rid) => boolean): readonly (readonly [Rid, Rid])[] {
    const found = new Map<Rid, Rid>();
    for (const rid of this.#earlier.keys()) {
      if (!stays(rid)) continue;
      for (let at: Rid | undefined = rid; at !== undefined && !found.has(at); ) {
        const before = this.#earlier.get(at);
        if (before !== undefined) found.set(at, before);
        at = before;
      }
    }
    return [...found];
  }

  of(rid: Rid): readonly Rid[] {
    let first = rid;
    const climbed = new Set([first]);
    for (let at = this.#earlier.get(first); at !== undefined && !climbed.has(at); at = this.#earlier.get(at)) {
      first = at;
      climbed.add(at);
    }
    const selves = new Set([first]);
    for (const self of selves) for (const later of this.#later.get(self) ?? []) selves.add(later);
    return [...selves];
  }
}

/** What entries did to a node, as bits beside the entry's index, so that 100,000 of them cost no more than numbers. */
const BITS = { added: 1, changed: 2, moved: 4, removed: 8 } as const;
const ROOM = 16;

export class NodeLog {
  readonly #entries = new Map<Rid, number[]>();
  readonly selves = new KnownSelves();

  /** Notes an entry that the layer has just taken, with its journal begun before that entry. */
  note(index: number, entry: LogEntry, layer: BaseLayer): void {
    const isNew = (rid: Rid): boolean => layer.journal.get(rid) === null;
    for (const edit of entry.edits) {
      this.selves.note(edit);
      if (edit.kind === 'remove' || (edit.kind === 'set' && edit.fix)) continue;
      const node = layer.get(edit.rid) ?? layer.journal.get(edit.rid);
      const own = node === null || node === undefined || node.type === 'element' || node.parent === '';
      const moves = edit.kind === 'set' && (edit.fields.parent ?? edit.fields.primaryWeight) !== undefined;
      this.#put(edit.rid, index, edit.kind === 'new' ? 'added' : own && moves ? 'moved' : 'changed');
      if (!own && !isNew(node.parent)) this.#put(node.parent, index, 'changed');
    }
    for (const [rid, was] of layer.journal) {
      if (was === null || layer.get(rid)) continue;
      this.#put(rid, index, 'removed');
      if (was.type !== 'element' && layer.get(was.parent)) this.#put(was.parent, index, 'changed');
    }
  }

  /** What made, changed or removed a node, oldest first; its earlier and later selves count, too. */
  of(rid: Rid): readonly NodeEntry[] {
    const found = new Map<number, number>();
    for (const self of this.selves.of(rid)) {
      for (const packed of this.#entries.get(self) ?? []) {
        const index = Math.floor(packed / ROOM);
        found.set(index, (found.get(index) ?? 0) | (packed % ROOM));
      }
    }
    return [...found]
      .sort(([a], [b]) => a - b)
      .map(([index, bits]) => ({ index, kinds: KINDS.filter((kind) => (bits & BITS[kind]) !== 0) }));
  }

  #put(rid: Rid, index: number, kind: NodeEntry['kinds'][number]): void {
    const entries = this.#entries.get(rid);
    const last = entries?.at(-1);
    if (entries === undefined) this.#entries.set(rid, [index * ROOM + BITS[kind]]);
    else if (last !== undefined && Math.floor(last / ROOM) === index)
      entries[entries.length - 1] = index * ROOM + ((last % ROOM) | BITS[kind]);
    else entries.push(index * ROOM + BITS[kind]);
  }
}

const KINDS = ['added', 'changed', 'moved', 'removed'] as const;
