// Four faces, from "tidak baik" to "sangat baik", for the keys of a rating board.

import { svg } from "./dom.js";

const MOUTHS = {
  score1: "M8,23 Q16,14 24,23",
  score2: "M9,22 Q16,18 23,22",
  score3: "M9,20 Q16,24 23,20",
  score4: "M8,18 Q16,29 24,18 Z",
};

/** Give the face of a rating key; nothing for any other key. */
export function face(key) {
  if (!MOUTHS[key]) return null;
  return svg("svg", { class: "face", viewBox: "0 0 32 32", "aria-hidden": true },
    svg("circle", { cx: 16, cy: 16, r: 14 }),
    svg("circle", { class: "eye", cx: 11, cy: 12.5, r: 1.8 }),
    svg("circle", { class: "eye", cx: 21, cy: 12.5, r: 1.8 }),
    svg("path", { d: MOUTHS[key] }),
  );
}
