/** A log told in steps that a person remembers: what one author did without a long pause. */
import type { BaseLayer } from './layer.ts';
import type { Gap, Version } from './history-port.ts';
import type { LogEntry } from './replica-port.ts';

/** Silence after which the same author begins a new version, and the longest time that one spans, milliseconds. */
const PAUSE = 5 * 60_000;
const LONGEST = 60 * 60_000;

type Counts = { -readonly [K in keyof Version]: Version[K] };

export class Versions {
  readonly #versions: Counts[] = [];

  /** All so far, oldest first. */
  get all(): readonly Version[] {
    return this.#versions;
  }

  /** Adds an entry; `layer` has taken it with a journal of its own, unless there is a gap. */
  add(index: number, entry: LogEntry, layer: BaseLayer, gap: Gap | undefined): void {
    const version = this.#open(index, entry, gap);
    version.to = index + 1;
    version.end = Math.max(version.end, entry.time);
    version.entries++;
    version.edits += entry.edits.length;
    for (const edit of entry.edits) if (edit.void) version.voids++;
    if (gap === undefined) count(version, layer);
    else version.gap = gap;
  }

  /** What came from this index on can't be shown after all. */
  mark(from: number, gap: Gap): void {
    for (const version of this.#versions) if (version.from >= from) version.gap = gap;
  }

  #open(index: number, { author, time }: LogEntry, gap: Gap | undefined): Counts {
    const last = this.#versions.at(-1);
    const goesOn =
      last !== undefined &&
      last.to === index &&
      last.author === author &&
      last.gap === gap &&
      Math.abs(time - last.end) < PAUSE &&
      time - last.begin < LONGEST;
    if (goesOn) return last;
    const fresh: Counts = {
      ...{ from: index, to: index, author, begin: time, end: time, entries: 0, edits: 0 },
      ...{ added: 0, changed: 0, moved: 0, removed: 0, voids: 0 },
    };
    this.#versions.push(fresh);
    return fresh;
  }
}

function count(version: Counts, layer: BaseLayer): void {
  const changed = new Set<string>();
  for (const [rid, was] of layer.journal) {
    const is = layer.get(rid);
    const node = is ?? was;
    if (!node || node.inert) continue;
    if (node.type === 'attr') {
      // An attribute that came or went with its element is part of that.
      const owner = node.parent;
      if (layer.journal.get(owner) === undefined || (layer.journal.get(owner) !== null && layer.get(owner)))
        changed.add(owner);
    } else if (!was) version.added++;
    else if (!is) version.removed++;
    else {
      if (was.home !== is.home || was.primaryWeight !== is.primaryWeight) version.moved++;
      if (
        was.chdata !== is.chdata ||
        was.name !== is.name ||
        was.ns !== is.ns ||
        was.pidata !== is.pidata ||
        was.pitarget !== is.pitarget
      )
        changed.add(is.type === 'text' ? is.parent : rid);
    }
  }
  version.changed += changed.size;
}
