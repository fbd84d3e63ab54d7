/**
 * What I made inside of something and moved out of it before anybody saw it, while others removed that something: its New names a
 * parent that is gone, yet it ended elsewhere, so it is made there. Of what waits for the first time the New is put right; what was
 * sent before keeps its words (an id always means the same edits), comes to nothing, and is said anew behind it.
 */
import type { Layer } from './layer.ts';
import type { Waiting } from './outbox.ts';
import type { Edit, NewEdit, Rid } from './types.ts';

type Home = Pick<NewEdit, 'parent' | 'primaryWeight'>;

/** Whether it is for strict peers alone, and takes nothing anywhere. */
const isCorrection = (edit: Edit): boolean => edit.kind !== 'new' && edit.fix === true;

/** Where what waits ends up, looked up only when a New has lost its parent. */
export class MovedOut {
  readonly #layer: Layer;
  readonly #stanzas: readonly Waiting[];
  #homes: Map<Rid, Home> | undefined;
  /** What stanzas that were sent before say in vain about records that don't come about; and those records. */
  #vain: Edit[] = [];
  readonly #unborn = new Set<Rid>();
  /** What they remove of these. */
  readonly #removed = new Set<Rid>();

  constructor(layer: Layer, stanzas: readonly Waiting[]) {
    this.#layer = layer;
    this.#stanzas = stanzas;
  }

  /** A New of mine as it can come about, if its parent is gone and it ended elsewhere. */
  outside(edit: Edit): Edit {
    if (edit.kind !== 'new' || this.#isThere(edit.parent) || this.#layer.get(edit.rid) || !this.#ends(edit.rid))
      return edit;
    return { ...edit, ...this.#place(edit) };
  }

  /** Takes note of what a stanza that was sent before says in vain. */
  ignored(edit: Edit): void {
    if (edit.kind === 'new' && !this.#layer.get(edit.rid)) this.#unborn.add(edit.rid);
    if (!this.#unborn.has(edit.rid) || isCorrection(edit)) return;
    if (edit.kind !== 'remove') this.#vain.push(edit);
    else this.#removed.add(edit.rid);
  }

  /** Of what was said in vain, that which ended elsewhere, to be said anew before what hasn't been sent yet. */
  again(): readonly Edit[] {
    if (this.#vain.length === 0) return [];
    const waiting = new Set<Rid>();
    for (const { frozen, edits } of this.#stanzas)
      if (!frozen) for (const { kind, rid } of edits) if (kind === 'new') waiting.add(rid);
    const made = new Set<Rid>();
    return this.#vain.flatMap((edit): readonly Edit[] => {
      if (edit.kind !== 'new') return made.has(edit.rid) ? [edit] : [];
      if (waiting.has(edit.rid) || !this.#ends(edit.rid)) return [];
      made.add(edit.rid);
      return [made.has(edit.parent) || this.#isThere(edit.parent) ? edit : { ...edit, ...this.#place(edit) }];
    });
  }

  /** Where it ended; under the root until a Set of mine takes it there, if that place isn't made yet. */
  #place(edit: NewEdit): Home {
    const home = this.#home(edit.rid) ?? edit;
    const { parent } = home;
    return this.#isThere(parent) ? home : { ...home, parent: this.#layer.root() ?? parent };
  }

  #isThere(parent: Rid): boolean {
    return parent === '' || this.#layer.get(parent) !== undefined;
  }

  /** Whether a record of mine ends up in something that is there. */
  #ends(rid: Rid): boolean {
    const passed = new Set<Rid>();
    for (let at = rid; !passed.has(at); ) {
      passed.add(at);
      const home = this.#home(at);
      if (home === undefined || this.#removed.has(at)) return false;
      if (this.#isThere(home.parent)) return true;
      at = home.parent;
    }
    return false;
  }

  #home(rid: Rid): Home | undefined {
    if (this.#homes === undefined) {
      this.#homes = new Map();
      for (const { edits } of this.#stanzas) {
        for (const edit of edits) {
          if (edit.kind === 'remove' || isCorrection(edit)) continue;
          const home = edit.kind === 'new' ? edit : this.#homes.get(edit.rid);
          // What somebody else had made and removed is nowhere, wherever I moved it.
          if (home === undefined) continue;
          const { parent = home.parent, primaryWeight = home.primaryWeight } = edit.kind === 'new' ? edit : edit.fields;
          this.#homes.set(edit.rid, { parent, primaryWeight });
        }
      }
    }
    return this.#homes.get(rid);
  }
}
