// A moment as long lists tell it, in the county's time.
import { civil } from "./civil.js";

const two = (/** @type {number} */ n) => String(n).padStart(2, "0");

/** A moment as month, day and time; the year where it is another than now's. @param {string} at @param {number} now_ms */
export function monthDayTime(at, now_ms) {
  const { year, month, day, time } = civil(Date.parse(at));
  return `${year === civil(now_ms).year ? "" : `${year}-`}${two(month)}-${two(day)} ${time}`;
}
