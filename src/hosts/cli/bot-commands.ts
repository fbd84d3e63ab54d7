/** What `limn bot` reads: one JSON object a line, checked once, here (CLI.md, "JSON Lines of bot"). */
import * as v from 'valibot';
import { rectSchema } from '#api/contract-presenting.ts';

const rid = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const id = v.optional(v.string());

const command = v.variant('do', [
  v.strictObject({ do: v.literal('add'), id, parent: rid, before: v.nullable(rid), xml: v.string() }),
  v.strictObject({
    do: v.literal('set'),
    id,
    rid,
    ns: v.optional(v.string()),
    name: v.pipe(v.string(), v.minLength(1)),
    value: v.nullable(v.string()),
  }),
  v.strictObject({
    do: v.literal('text'),
    id,
    rid,
    from: count,
    count,
    insert: v.string(),
    ns: v.optional(v.string()),
    name: v.optional(v.string()),
  }),
  v.strictObject({ do: v.literal('move'), id, rid, parent: rid, before: v.nullable(rid) }),
  v.strictObject({ do: v.literal('remove'), id, rid }),
  v.strictObject({ do: v.literal('complete'), id, rid, on: v.boolean() }),
  v.strictObject({ do: v.literal('undo'), id }),
  v.strictObject({ do: v.literal('redo'), id }),
  v.strictObject({ do: v.literal('tree'), id }),
  v.strictObject({ do: v.literal('svg'), id }),
  v.strictObject({ do: v.literal('log'), id, since: v.optional(count, 0) }),
  v.strictObject({ do: v.literal('until'), id, sender: v.string(), sxe: v.pipe(v.string(), v.minLength(1)) }),
  v.strictObject({ do: v.literal('idle'), id }),
  v.strictObject({ do: v.literal('view'), id, rect: rectSchema }),
  v.strictObject({ do: v.literal('present'), id, on: v.boolean() }),
  v.strictObject({ do: v.literal('say'), id, body: v.pipe(v.string(), v.minLength(1)) }),
  v.strictObject({ do: v.literal('cut'), id }),
  v.strictObject({ do: v.literal('link'), id }),
  v.strictObject({ do: v.literal('quit'), id }),
]);

/** One thing to do; `id` comes back on its answer. */
export type BotCommand = v.InferOutput<typeof command>;

/** A line as a command, or why it is none. `id` is the line's own where it could be read. */
export type ReadLine =
  | { readonly ok: true; readonly command: BotCommand }
  | { readonly ok: false; readonly id: string | undefined; readonly message: string };

/** Reads a line of input. Never throws. */
export function readCommand(line: string): ReadLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { ok: false, id: undefined, message: `The line is not JSON: ${(error as Error).message}` };
  }
  const fields = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const own = typeof fields.id === 'string' ? fields.id : undefined;
  const result = v.safeParse(command, value);
  if (result.success) return { ok: true, command: result.output };
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  return { ok: false, id: own, message: where === null ? issue.message : `${where}: ${issue.message}` };
}
