/**
 * My attribute writes from the gesture to their echo. They show at once, so that the next gesture starts from what will be,
 * and stay on top of what others write meanwhile: main puts mine after theirs. A write that fails or brings no echo gives
 * way to what main said last.
 */
import type { IntentInput, ViewChange } from '#api/contract.ts';

type Write = Extract<ViewChange, { op: 'attr' }>;

interface Field {
  readonly rid: string;
  readonly name: string;
  /** What main said last. */
  said: string | null;
  /** What I wrote since, oldest first. */
  readonly mine: { readonly gesture: object; readonly value: string | null }[];
}

export interface OwnWrites {
  /** Takes a gesture's writes and answers with the changes that show them. `read` gives an attribute as main has it. */
  add(
    gesture: object,
    intents: readonly IntentInput[],
    read: (rid: string, name: string) => string | null,
  ): ViewChange[];
  /** Takes what main said and answers with what must be shown again on top of it. */
  arrived(changes: readonly ViewChange[]): ViewChange[];
  /** Expects nothing more of a gesture and answers with what shows the board without it. */
  drop(gesture: object): ViewChange[];
}

export function createOwnWrites(): OwnWrites {
  const fields = new Map<string, Field>();
  const keyOf = (rid: string, name: string): string => `${name} ${rid}`;
  const write = ({ rid, name }: Field, value: string | null): Write => ({ op: 'attr', rid, name, value });

  function heard(change: Write, again: ViewChange[]): void {
    const key = keyOf(change.rid, change.name);
    const field = fields.get(key);
    if (!field) return;
    field.said = change.value;
    field.mine.splice(0, field.mine.findIndex((mine) => mine.value === change.value) + 1);
    const last = field.mine.at(-1);
    if (last) again.push(write(field, last.value));
    else fields.delete(key);
  }

  return {
    add(gesture, intents, read) {
      const out: ViewChange[] = [];
      for (const intent of intents) {
        if (intent.do !== 'set' || intent.ns !== undefined) continue;
        const { rid, name, value } = intent;
        const key = keyOf(rid, name);
        const field = fields.get(key) ?? { rid, name, said: read(rid, name), mine: [] };
        fields.set(key, field);
        field.mine.push({ gesture, value });
        out.push(write(field, value));
      }
      return out;
    },
    arrived(changes) {
      const again: ViewChange[] = [];
      for (const change of changes) {
        if (change.op === 'reset') fields.clear();
        else if (change.op === 'attr' && change.ns === undefined && fields.size > 0) heard(change, again);
      }
      return again;
    },
    drop(gesture) {
      const out: ViewChange[] = [];
      for (const [key, field] of fields) {
        const left = field.mine.filter((mine) => mine.gesture !== gesture);
        if (left.length === field.mine.length) continue;
        field.mine.splice(0, field.mine.length, ...left);
        const last = left.at(-1);
        out.push(write(field, last ? last.value : field.said));
        if (!last) fields.delete(key);
      }
      return out;
    },
  };
}
