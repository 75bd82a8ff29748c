// Cameras that would stand on each other become one mark with a count, and come apart when the map is nearer. Pure.

/** A camera's health as the map keeps it. */
export const HEALTH = /** @type {const} */ ({ online: 0, offline: 1, fault: 2 });

/**
 * @typedef {object} Cluster
 * @property {number} x @property {number} y the middle of its cameras, Mercator
 * @property {number} count @property {number} out how many of them do not work
 * @property {[number, number, number, number]} box minX, minY, maxX, maxY, Mercator
 * @property {number[]} members
 */

/**
 * The size of a cell, in the width of the world. Halved with every second zoom and fixed to the world, so that nothing
 * regroups while the map is only moved.
 * @param {number} scale device pixels to the width of the world @param {number} least_px a cell is this large at least
 */
export function cellSize(scale, least_px) {
  return 2 ** -Math.floor(Math.log2(scale / least_px));
}

/**
 * Groups cameras by cells. Returns the clusters, and the numbers of cameras that stand alone.
 * @param {{count: number, x: Float64Array, y: Float64Array, health: Uint8Array}} cameras @param {number} cell
 * @param {number} [alone] so many in a cell are still drawn one by one
 */
export function clusterCameras(cameras, cell, alone = 3) {
  /** @type {Map<number, number[]>} */
  const cells = new Map();
  const columns = Math.ceil(1 / cell) + 1;
  for (let i = 0; i < cameras.count; i += 1) {
    const key = Math.floor(cameras.y[i] / cell) * columns + Math.floor(cameras.x[i] / cell);
    const members = cells.get(key);
    if (members) members.push(i);
    else cells.set(key, [i]);
  }
  /** @type {Cluster[]} */
  const clusters = [];
  /** @type {number[]} */
  const single = [];
  for (const members of cells.values()) {
    if (members.length <= alone) single.push(...members);
    else clusters.push(clusterOf(cameras, members));
  }
  return { clusters, single };
}

/** @param {{x: Float64Array, y: Float64Array, health: Uint8Array}} cameras @param {number[]} members @returns {Cluster} */
function clusterOf({ x, y, health }, members) {
  let [sumX, sumY, out] = [0, 0, 0];
  /** @type {[number, number, number, number]} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const i of members) {
    sumX += x[i];
    sumY += y[i];
    if (health[i] !== HEALTH.online) out += 1;
    box[0] = Math.min(box[0], x[i]);
    box[1] = Math.min(box[1], y[i]);
    box[2] = Math.max(box[2], x[i]);
    box[3] = Math.max(box[3], y[i]);
  }
  return { x: sumX / members.length, y: sumY / members.length, count: members.length, out, box, members };
}
