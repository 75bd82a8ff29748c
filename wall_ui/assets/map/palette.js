// Colours of theme.css for the canvas, read once: the style sheet stays the only place that says a colour.

const NAMES = [
  "accent", "green", "amber", "red", "text", "muted", "camera",
  "priority-1", "priority-2", "priority-3", "priority-4",
  "unit-available", "unit-dispatched", "unit-enroute", "unit-on_scene", "unit-off_duty",
  "map-ground", "map-county", "map-county-edge", "map-township", "map-village", "map-grid",
  "map-water", "map-road-trunk", "map-road", "map-label", "map-label-halo",
];

/** @typedef {Record<string, string>} Palette */

/** @returns {Palette} */
export function readPalette(element = document.documentElement) {
  const style = getComputedStyle(element);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** `#rrggbb` with an alpha. @param {string} hex @param {number} alpha */
export function withAlpha(hex, alpha) {
  const n = parseInt(hex.slice(1), 16);
  return `rgb(${n >> 16} ${(n >> 8) & 255} ${n & 255} / ${alpha})`;
}
