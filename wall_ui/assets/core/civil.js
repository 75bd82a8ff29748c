// The county's civil time, wherever the screen's own zone is: all of China runs on it.

const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
const ZONE = "Asia/Shanghai";

/** Hours, minutes, seconds, month, day and weekday (0 Sunday) of a moment in the county's time. @param {number} ms */
export function civil(ms) {
  // China has had no summer time since 1991, so a fixed shift is exact.
  const date = new Date(ms + 8 * 3_600_000);
  return {
    zone: ZONE,
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    time: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`,
  };
}

/** A moment as HH:MM in the county's time. @param {string|number} at */
export function hourMinute(at) {
  return civil(typeof at === "number" ? at : Date.parse(at)).time.slice(0, 5);
}
