/** Which log entries concern which node: an element with its attributes and texts, and what it was before it was brought back. */
import type { BaseLayer } from './layer.ts';
import type { LogEntry, Selves } from './replica-port.ts';
import type { Edit, Rid } from './types.ts';

/** Which records were brought back as which others: a record may come back more than once. */
export class KnownSelves implements Selves {
  readonly #later = new Map<Rid, Rid[]>();
  readonly #earlier = new Map<Rid, Rid>();

  note(edit: Edit): void {
    if (edit.kind !== 'new' || edit.restores === undefined || this.#earlier.has(edit.rid)) return;
    this.#earlier.set(edit.rid, edit.restores);
    const later = this.#later.get(edit.restores);
    if (later) later.push(edit.rid);
    else this.#later.set(edit.restores, [edit.rid]);
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

export class NodeLog {
  readonly #entries = new Map<Rid, number[]>();
  readonly selves = new KnownSelves();

  /** Notes an entry that the layer has just taken, with its journal begun before that entry. */
  note(index: number, entry: LogEntry, layer: BaseLayer): void {
    for (const edit of entry.edits) {
      this.selves.note(edit);
      const node = layer.get(edit.rid) ?? layer.journal.get(edit.rid);
      if (edit.kind === 'remove') continue;
      this.#put(edit.rid, index);
      if (node && node.type !== 'element' && node.parent !== '') this.#put(node.parent, index);
    }
    for (const [rid, was] of layer.journal) {
      if (was === null || layer.get(rid)) continue;
      this.#put(rid, index);
      if (was.type !== 'element' && was.parent !== '') this.#put(was.parent, index);
    }
  }

  /** Indices of the entries that made, changed or removed the node, ascending; those of its earlier and later selves, too. */
  of(rid: Rid): readonly number[] {
    const indices = new Set<number>();
    for (const self of this.selves.of(rid)) for (const index of this.#entries.get(self) ?? []) indices.add(index);
    return [...indices].sort((a, b) => a - b);
  }

  #put(rid: Rid, index: number): void {
    const indices = this.#entries.get(rid);
    if (indices === undefined) this.#entries.set(rid, [index]);
    else if (indices.at(-1) !== index) indices.push(index);
  }
}
