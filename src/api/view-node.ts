/** What is drawn of a document, as it crosses the border between main and renderer. */
import * as v from 'valibot';

export const ridSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));

/** What is drawn: only what the allow-list lets through (svg/safe). Elements carry every drawable attribute. */
export type ViewNode =
  | {
      rid: string;
      type: 'element';
      ns: string;
      name: string;
      attrs: { ns?: string | undefined; name: string; value: string }[];
      children: ViewNode[];
    }
  | { rid: string; type: 'text'; data: string };
export const viewNode: v.GenericSchema<ViewNode> = v.variant('type', [
  v.object({
    rid: ridSchema,
    type: v.literal('element'),
    ns: v.string(),
    name: v.string(),
    attrs: v.array(v.object({ ns: v.optional(v.string()), name: v.string(), value: v.string() })),
    children: v.array(v.lazy(() => viewNode)),
  }),
  v.object({ rid: ridSchema, type: v.literal('text'), data: v.string() }),
]) as v.GenericSchema<ViewNode>;
