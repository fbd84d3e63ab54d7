/** The account's contacts, as they are offered where somebody is invited. */
import * as v from 'valibot';

export const contactSchema = v.object({
  /** Bare JID. */
  jid: v.string(),
  name: v.string(),
  /** `off` also where we may not see it. */
  show: v.picklist(['free', 'away', 'busy', 'off']),
});
export type Contact = v.InferOutput<typeof contactSchema>;
