// Seven-segment digits, drawn segment by segment.

import { svg } from "./dom.js";

// Segments of 0 to 9 and A to Z, as in firmware/drivers/tm1637.py: bit 0 is the top one, then
// clockwise; bit 6 the middle one.
const CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
const SHAPES = [
  0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f,
  0x77, 0x7c, 0x39, 0x5e, 0x79, 0x71, 0x3d, 0x76, 0x30, 0x1e, 0x75, 0x38, 0x15,
  0x54, 0x5c, 0x73, 0x67, 0x50, 0x6d, 0x78, 0x3e, 0x1c, 0x2a, 0x76, 0x6e, 0x5b, 0x40,
];

const ACROSS = "l2,-2 h10 l2,2 l-2,2 h-10z";
const DOWN = "l2,2 v11 l-2,2 l-2,-2 v-11z";
const PATHS = [
  `M5,4 ${ACROSS}`, `M20,5 ${DOWN}`, `M20,21 ${DOWN}`, `M5,37 ${ACROSS}`, `M4,21 ${DOWN}`, `M4,5 ${DOWN}`, `M5,20.5 ${ACROSS}`,
];
const PITCH = 29;
const LENGTHS = [4, 6];

/** Give digits that `showDigits` lights. */
export function makeDigits() {
  return svg("svg", { class: "digits", role: "img" });
}

/** Light `text`; a point belongs to the digit before it. */
export function showDigits(node, text, label) {
  node.setAttribute("aria-label", label);
  if (node.dataset.text === text) return;
  node.dataset.text = text;
  const shown = [...text.matchAll(/([^.]?)(\.?)/g)].filter(([whole]) => whole);
  const length = LENGTHS.find((n) => n >= shown.length) ?? LENGTHS.at(-1);
  while (shown.length < length) shown.unshift(["", " ", ""]);
  node.setAttribute("viewBox", `0 0 ${length * PITCH} 42`);
  node.replaceChildren(...shown.slice(0, length).map(digit));
}

function digit([, character, point], place) {
  const lit = SHAPES[CHARACTERS.indexOf(character.toUpperCase() || " ")] ?? 0;
  return svg("g", { transform: `translate(${place * PITCH + 1})` },
    ...PATHS.map((d, i) => svg("path", { d, class: (lit >> i) & 1 ? "lit" : null })),
    svg("circle", { cx: 25.5, cy: 37, r: 2.2, class: point ? "lit" : null }),
  );
}
