/** Where the window is. Kept for the session, so that a reload comes back to the board. */
import { boardIdSchema } from '#api/values.ts';
import * as v from 'valibot';

const routeSchema = v.variant('screen', [
  v.object({
    screen: v.literal('welcome'),
    step: v.picklist(['start', 'sign-in', 'join']),
    /** The room to join, from a link or typed before signing in. */
    room: v.optional(v.string()),
    /** The board that one came from, and goes back to. */
    from: v.optional(boardIdSchema),
  }),
  v.object({ screen: v.literal('board'), board: boardIdSchema }),
]);
export type Route = v.InferOutput<typeof routeSchema>;

const KEY = 'limn.route';
export const WELCOME: Route = { screen: 'welcome', step: 'start' };

/** The route this window had before its reload, else the welcome screen. */
export function loadRoute(): Route {
  try {
    const kept = v.safeParse(routeSchema, JSON.parse(sessionStorage.getItem(KEY) ?? 'null'));
    return kept.success ? kept.output : WELCOME;
  } catch {
    return WELCOME; // Storage is off, or holds something else: only the return after a reload is lost.
  }
}

export function saveRoute(route: Route): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(route));
  } catch {
    // As above.
  }
}
