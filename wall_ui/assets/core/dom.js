// Making and updating elements. Text always goes in as text: nothing here parses HTML.

/**
 * @param {string} tag @param {Record<string, any>} [attributes] `on…` are listeners, `dataset` an object, null is left out
 * @param {...(Node|string|number|null|undefined|false)} children
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2).toLowerCase(), value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Writes text only when it differs: an unchanged text must not cost a layout. @param {Element|null} element @param {string|number} text */
export function write(element, text) {
  const value = String(text);
  if (element && element.textContent !== value) element.textContent = value;
}

/**
 * Keeps a list of rows in step with items: same key, same element; order follows the items.
 * @template T
 * @param {Element} parent @param {T[]} items @param {(item: T) => string} keyOf
 * @param {(item: T) => HTMLElement} make @param {(row: HTMLElement, item: T) => void} update
 */
export function syncRows(parent, items, keyOf, make, update) {
  const old = new Map([...parent.children].map((row) => [/** @type {HTMLElement} */ (row).dataset.key, row]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let row = /** @type {HTMLElement|undefined} */ (old.get(key));
    if (row) old.delete(key);
    else {
      row = make(item);
      row.dataset.key = key;
    }
    update(row, item);
    if (row === place) place = row.nextElementSibling;
    else parent.insertBefore(row, place);
  }
  for (const row of old.values()) row.remove();
}

/** A mark from the sprite as inline SVG: `#name` of icons.svg, coloured by currentColor. @param {string} name @param {string} [classes] */
export function mark(name, classes = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `mark ${classes}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/assets/icons.svg#${name}`);
  svg.append(use);
  return svg;
}
