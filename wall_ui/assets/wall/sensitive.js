// What a screen for all to see does not tell: behind whose door a dispute lies. Such cases stand in the middle of their
// village, a little apart from one another; the console has the true place.

const GROUPS = new Set(["dispute"]);
const CATEGORIES = new Set(["fraud", "help"]);
// Apart by up to this much, so that two cases of a village are two marks (degrees: about 250 m).
const APART_DEG = 0.0025;
// Without the village's shape a place is rounded to about a kilometre.
const COARSE_DEG = 0.01;

/** @param {any} record @param {Record<string, string>} groups category → group */
export function isSensitive(record, groups) {
  return CATEGORIES.has(record.category) || GROUPS.has(groups[record.category]);
}

/** A number from 0 to 1 that belongs to a text. @param {string} text */
function chanceOf(text) {
  let h = 2166136261;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  return (h >>> 0) / 2 ** 32;
}

/**
 * Where the wall shows a case. @param {any} record @param {Record<string, string>} groups
 * @param {(code: string) => [number, number]|null} middleOf the middle of a village by its code @returns {[number, number]}
 */
export function shownPlace(record, groups, middleOf) {
  if (!isSensitive(record, groups)) return [record.lon, record.lat];
  const middle = middleOf(record.area_code.slice(0, 12));
  const [lon, lat] = middle ?? [Math.round(record.lon / COARSE_DEG) * COARSE_DEG, Math.round(record.lat / COARSE_DEG) * COARSE_DEG];
  const turn = chanceOf(record.id) * 2 * Math.PI;
  const far = APART_DEG * (0.3 + 0.7 * chanceOf(`${record.id}.`));
  return [lon + far * Math.cos(turn), lat + far * Math.sin(turn)];
}
