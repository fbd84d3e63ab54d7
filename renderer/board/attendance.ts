/** Whether anybody is at the window: no press, key or movement for a while, or a window out of sight, and one is away. */

const AWAY_AFTER_MS = 5 * 60_000;
const HIDDEN_AFTER_MS = 60_000;
const SIGNS = ['pointerdown', 'pointermove', 'wheel', 'keydown', 'focus'] as const;

/** Watches the page and tells of changes; at first somebody is there. Returns what stops it. */
export function watchAttendance(page: Document, tell: (away: boolean) => void): () => void {
  const stop = new AbortController();
  let away = false;
  let lastAt = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const patience = (): number => (page.hidden ? HIDDEN_AFTER_MS : AWAY_AFTER_MS);

  /** A timer is set anew only when it is due, since signs come with every movement of the pointer. */
  function look(): void {
    timer = undefined;
    const left = lastAt + patience() - performance.now();
    if (left > 0) timer = setTimeout(look, left);
    else if (!away) tell((away = true));
  }

  function sign(): void {
    lastAt = performance.now();
    if (away) tell((away = false));
    timer ??= setTimeout(look, patience());
  }

  for (const name of SIGNS) window.addEventListener(name, sign, { signal: stop.signal, capture: true, passive: true });
  page.addEventListener(
    'visibilitychange',
    () => {
      clearTimeout(timer);
      timer = undefined;
      if (page.hidden) timer = setTimeout(look, HIDDEN_AFTER_MS);
      else sign();
    },
    { signal: stop.signal },
  );
  timer = setTimeout(look, patience());
  return () => {
    stop.abort();
    clearTimeout(timer);
  };
}
