// What somebody has set on the map of a screen, kept in this browser for the next time.

/** @typedef {{off: string[], basemap: string|null, system: string}} Kept */

/** @param {string} page @returns {Partial<Kept>} nothing where nothing sound is kept */
export function recall(page) {
  try {
    const kept = JSON.parse(localStorage.getItem(`wall_map_${page}`) ?? "{}");
    return {
      ...(Array.isArray(kept.off) ? { off: kept.off.filter((/** @type {unknown} */ one) => typeof one === "string") } : {}),
      ...(typeof kept.basemap === "string" ? { basemap: kept.basemap } : {}),
      ...(typeof kept.system === "string" ? { system: kept.system } : {}),
    };
  } catch {
    return {};
  }
}

/** @param {string} page @param {Kept} kept */
export function keep(page, kept) {
  try {
    localStorage.setItem(`wall_map_${page}`, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing starts afresh each time.
  }
}
