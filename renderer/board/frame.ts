/** One writer per animation frame: whoever needs one asks, and all that changed is written in a fixed order, once. */

export interface Frame {
  request(): void;
  destroy(): void;
}

/** A hidden page gets no animation frames; it is written four times a second then, so that nothing piles up. */
export function createFrame(write: (now: number) => void, now: () => number): Frame {
  let raf = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  function run(): void {
    cancelAnimationFrame(raf);
    clearTimeout(timer);
    raf = 0;
    timer = undefined;
    if (!ended) write(now());
  }
  function onVisibility(): void {
    if (raf || timer) run();
  }
  document.addEventListener('visibilitychange', onVisibility);

  return {
    request() {
      if (raf || timer || ended) return;
      if (document.hidden) timer = setTimeout(run, 250);
      else raf = requestAnimationFrame(run);
    },
    destroy() {
      ended = true;
      cancelAnimationFrame(raf);
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibility);
    },
  };
}
