/** What a person does right now, between the API's shape and the session's. */
import type { Live } from '#api/contract.ts';
import type { Live as SessionLive } from '#session/live.ts';

/** The API's `Live` with optional fields absent rather than undefined. */
export function sessionLive({ cursor, selection, preview }: Live): SessionLive {
  return {
    ...(cursor === undefined ? {} : { cursor }),
    ...(selection === undefined ? {} : { selection }),
    ...(preview === undefined ? {} : { preview }),
  };
}

/** The session's `Live` as plain data for the API's clients. */
export function apiLive({ cursor, selection, preview }: SessionLive): Live {
  const live: Live = {};
  if (cursor !== undefined) live.cursor = cursor === null ? null : [cursor[0], cursor[1]];
  if (selection !== undefined) live.selection = [...selection];
  if (preview === null) live.preview = null;
  else if (preview?.kind === 'stroke') {
    live.preview = { ...preview, points: preview.points.map(([x, y, pressure]) => [x, y, pressure]) };
  } else if (preview !== undefined) {
    const [a, b, c, d, e, f] = preview.matrix;
    live.preview = { kind: 'drag', rids: [...preview.rids], matrix: [a, b, c, d, e, f] };
  }
  return live;
}
