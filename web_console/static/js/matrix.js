// An 8 x 32 LED matrix, pixel by pixel: glowing dots on a dark face.

const ROWS = 8;
const COLUMNS = 32;
const DOT = 20; // canvas pixels from one dot to the next: sharp on phones too
const LIT = "255, 91, 58";
const UNLIT = "#2a1714";
const FACE = "#120b0b";

// Both dots are drawn once and then copied: a text that scrolls costs copies, not glows.
const unlit = dot((context) => {
  context.fillStyle = UNLIT;
  disc(context, 0.3 * DOT);
});
const lit = dot((context) => {
  const glow = context.createRadialGradient(DOT, DOT, 0.3 * DOT, DOT, DOT, DOT);
  glow.addColorStop(0, `rgba(${LIT}, 0.55)`);
  glow.addColorStop(1, `rgba(${LIT}, 0)`);
  context.fillStyle = glow;
  disc(context, DOT);
  context.fillStyle = `rgb(${LIT})`;
  disc(context, 0.4 * DOT);
});

function dot(draw) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 2 * DOT; // room for the glow
  draw(canvas.getContext("2d"));
  return canvas;
}

function disc(context, radius) {
  context.beginPath();
  context.arc(DOT, DOT, radius, 0, 2 * Math.PI);
  context.fill();
}

/** Give a canvas that `draw` fills. */
export function makeMatrix(label) {
  const canvas = document.createElement("canvas");
  canvas.className = "matrix";
  canvas.width = COLUMNS * DOT;
  canvas.height = ROWS * DOT;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  return canvas;
}

/** Draw 64 hex digits (row by row, the highest bit leftmost); nothing lit if there are none. */
export function draw(canvas, px) {
  if (canvas.dataset.px === px) return;
  canvas.dataset.px = px;
  const context = canvas.getContext("2d");
  context.fillStyle = FACE;
  context.fillRect(0, 0, canvas.width, canvas.height);
  copy(context, px, false, unlit);
  copy(context, px, true, lit); // last, so that a glow falls on its dark neighbours
}

function copy(context, px, wanted, sprite) {
  for (let row = 0; row < ROWS; row += 1) {
    for (let column = 0; column < COLUMNS; column += 1) {
      if (isLit(px, row, column) !== wanted) continue;
      context.drawImage(sprite, (column - 0.5) * DOT, (row - 0.5) * DOT);
    }
  }
}

function isLit(px, row, column) {
  const digit = parseInt(px[row * 8 + (column >> 2)] ?? "0", 16);
  return Boolean(digit & (8 >> (column & 3)));
}
