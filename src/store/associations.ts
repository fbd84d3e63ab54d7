/** Which documents belong together: in memory as a whole, since they are few, and written with everything else. */
import type { Association } from '#app/ports.ts';
import type { BoardTables } from './board-tables.ts';

type Which = Omit<Association, 'title'>;

export interface Associations {
  of(source: string): Association[];
  put(association: Association): void;
  drop(which: Which): void;
  /** A document is gone: so are its associations, in both directions. */
  forget(id: string): void;
  /** Whether something waits to be written. */
  waiting(): boolean;
  /** Writes what waits, inside a transaction. */
  write(): void;
  /** The transaction went through. */
  written(): void;
}

/** Reads all associations. Throws SQLite's errors. */
export function createAssociations(tables: BoardTables): Associations {
  const all = new Map(tables.associations().map((association) => [key(association), association]));
  /** What differs from the disk, in order; without a title: gone. */
  const changed = new Map<string, Association | Which>();

  const change = (to: Association | Which): void => {
    const id = key(to);
    if ('title' in to) all.set(id, to);
    else all.delete(id);
    changed.set(id, to);
  };

  return {
    of: (source) => [...all.values()].filter((association) => association.source === source),
    put: change,
    drop: ({ source, kind, target }) => change({ source, kind, target }),
    forget(id) {
      for (const { source, kind, target } of [...all.values()])
        if (source === id || target === id) change({ source, kind, target });
    },
    waiting: () => changed.size > 0,
    write() {
      for (const to of changed.values()) {
        if ('title' in to) tables.associate(to);
        else tables.dissociate(to);
      }
    },
    written: () => changed.clear(),
  };
}

const key = ({ source, kind, target }: Which): string => JSON.stringify([source, kind, target]);
