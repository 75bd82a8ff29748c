// Open cases as pulses on the drawing of the county.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Where a place lies on a drawing 1000 wide. Over one county degrees are straight enough for a pulse.
 * @param {string} frame "west south east north height" @param {number} lon @param {number} lat @returns {[number, number]}
 */
export function onDrawing(frame, lon, lat) {
  const [west, south, east, north, height] = frame.split(" ").map(Number);
  return [((lon - west) / (east - west)) * 1000, ((north - lat) / (north - south)) * height];
}

/** @param {Document} page @param {{lon: number, lat: number, priority: number}[]} pins */
export function drawPins(page, pins) {
  const group = page.querySelector('[data-place="pins"]');
  const frame = /** @type {SVGElement|null} */ (page.querySelector("svg.county"))?.dataset.frame;
  if (!group || !frame) return;
  const old = new Map([...group.children].map((node) => [node.getAttribute("data-key"), node]));
  for (const pin of pins) {
    const key = `${pin.lon} ${pin.lat} ${pin.priority}`;
    if (old.delete(key)) continue;
    group.append(pulse(page, key, onDrawing(frame, pin.lon, pin.lat), pin.priority));
  }
  for (const node of old.values()) node.remove();
}

/** @param {Document} page @param {string} key @param {[number, number]} at @param {number} priority */
function pulse(page, key, [x, y], priority) {
  const node = page.createElementNS(SVG, "g");
  node.setAttribute("data-key", key);
  node.setAttribute("class", `pin priority-${priority}`);
  node.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
  for (const css of ["wave", "dot"]) {
    const circle = page.createElementNS(SVG, "circle");
    circle.setAttribute("class", css);
    circle.setAttribute("r", css === "dot" ? "3.2" : "4");
    if (css === "wave") circle.style.animationDelay = `${-((x * 7 + y * 13) % 40) / 10}s`;
    node.append(circle);
  }
  return node;
}
