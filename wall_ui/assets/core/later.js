// Work that may wait until the frame is out: lists and figures stand back for the pin that must appear now.

/**
 * Returns a function that has `work` done soon, in a task of its own and not more often than every `gap_ms`, however often it is
 * called. `stop()` on it forgets what still waits.
 * @param {() => void} work @param {number} [gap_ms] @param {() => number} [now]
 */
export function later(work, gap_ms = 500, now = () => performance.now()) {
  let last = -Infinity;
  let timer = /** @type {any} */ (null);
  const ask = () => {
    if (timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      last = now();
      work();
    }, Math.max(0, last + gap_ms - now()));
  };
  return Object.assign(ask, {
    stop() {
      clearTimeout(timer);
      timer = null;
    },
  });
}
