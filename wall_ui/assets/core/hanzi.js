// A phone has Chinese fonts of its own, and most desktops; where one has none, the product's own take over.

const SIDE = 24;

/**
 * Says whether Hanzi can be drawn: without a font every one of them is the same empty box.
 * @param {string} family
 */
export function drawsHanzi(family) {
  const sheet = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const context = sheet.getContext("2d", { willReadFrequently: true });
  if (!context) return true;
  const inked = ["\u4e00", "\u56fd"].map((sign) => {
    context.clearRect(0, 0, SIDE, SIDE);
    context.font = `${SIDE - 4}px ${family}`;
    context.fillText(sign, 2, SIDE - 5);
    return context.getImageData(0, 0, SIDE, SIDE).data.join();
  });
  return inked[0] !== inked[1];
}

/** Fetches the product's fonts for a page that comes without them, if this device cannot write Chinese. */
export function bringFontsWhereMissing() {
  const family = getComputedStyle(document.body).fontFamily;
  if (family.includes("Wall Hanzi") || drawsHanzi(family)) return;
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/assets/fonts.css" });
  document.head.append(sheet);
  // In front: what stands behind a generic family is not drawn again when it arrives.
  document.body.style.fontFamily = `"Wall Hanzi", ${family}`;
  document.documentElement.style.setProperty("--font", `"Wall Hanzi", ${family}`);
}
