// An 8 x 32 LED matrix, pixel by pixel: glowing dots on a dark face.

const ROWS = 8;
const COLUMNS = 32;
const DOT = 10; // canvas units from one dot to the next
const LIT = "#ff5b3a";
const UNLIT = "#2a1714";
const FACE = "#120b0b";

/** Give a canvas that `draw` fills. */
export function makeMatrix(label) {
  const canvas = document.createElement("canvas");
  canvas.className = "matrix";
  canvas.width = COLUMNS * DOT * 2;
  canvas.height = ROWS * DOT * 2;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  return canvas;
}

/** Draw 64 hex digits (row by row, the highest bit leftmost); nothing lit if there are none. */
export function draw(canvas, px) {
  if (canvas.dataset.px === px) return;
  canvas.dataset.px = px;
  const context = canvas.getContext("2d");
  context.setTransform(2, 0, 0, 2, 0, 0);
  context.shadowBlur = 0;
  context.fillStyle = FACE;
  context.fillRect(0, 0, COLUMNS * DOT, ROWS * DOT);
  const lit = [];
  context.fillStyle = UNLIT;
  context.beginPath();
  for (let row = 0; row < ROWS; row += 1) {
    for (let column = 0; column < COLUMNS; column += 1) {
      if (isLit(px, row, column)) lit.push([column, row]);
      else dot(context, column, row, 0.3);
    }
  }
  context.fill();
  context.fillStyle = LIT;
  context.shadowColor = LIT;
  context.shadowBlur = DOT * 1.2;
  context.beginPath();
  for (const [column, row] of lit) dot(context, column, row, 0.4);
  context.fill();
}

function isLit(px, row, column) {
  const digit = parseInt(px[row * 8 + (column >> 2)] ?? "0", 16);
  return Boolean(digit & (8 >> (column & 3)));
}

function dot(context, column, row, size) {
  const x = (column + 0.5) * DOT;
  const y = (row + 0.5) * DOT;
  context.moveTo(x + size * DOT, y);
  context.arc(x, y, size * DOT, 0, 2 * Math.PI);
}
