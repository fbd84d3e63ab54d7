/** Tells the others what I do: the latest of each field, at most 15 times a second; points of a stroke are gathered. */
import type { Api, Live } from '#api/contract.ts';

const EVERY_MS = 66;
const MAX_POINTS = 512;
const MAX_LASER = 64;

export interface LiveSender {
  send(live: Live): void;
  destroy(): void;
}

/** Losing a message is harmless, so a failure is not reported: the status line says when the connection is down. */
export function createLiveSender(api: Api, board: string): LiveSender {
  let waiting: Live = {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  function flush(): void {
    timer = undefined;
    const live = waiting;
    waiting = {};
    if (ended || Object.keys(live).length === 0) return;
    api.call('document.live', { board, live }).catch(() => undefined);
    timer = setTimeout(flush, EVERY_MS);
  }

  return {
    send(live) {
      const { preview: before, laser: trail } = waiting;
      waiting = { ...waiting, ...live };
      if (before?.kind === 'stroke' && live.preview?.kind === 'stroke') {
        const points = [...before.points, ...live.preview.points];
        waiting.preview = { ...live.preview, points: points.slice(-MAX_POINTS) };
      }
      if (trail && live.laser) waiting.laser = [...trail, ...live.laser].slice(-MAX_LASER);
      if (timer === undefined) flush();
    },
    destroy() {
      ended = true;
      clearTimeout(timer);
    },
  };
}
