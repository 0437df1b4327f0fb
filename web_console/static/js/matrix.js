// An LED matrix of any size, pixel by pixel: glowing dots on a dark face.
//
// A dot is a whole number of the screen's own pixels, whatever the width: so a panel of 128 columns
// on a telephone is as crisp as four modules on a desk.

import { el } from "./dom.js";

const FINEST = 2;
const FIRST = 8; // until the page knows how wide it is
const ROUND_FROM = 4; // smaller dots are squares
const LIT = "255, 91, 58";
const UNLIT = "#2a1714";
const FACE = "#120b0b";

/** Give a matrix that `draw` fills. */
export function makeMatrix(label, columns, rows) {
  const canvas = el("canvas", { role: "img", "aria-label": label });
  const glass = el("div", { class: "matrix" }, canvas);
  Object.assign(glass, { canvas, columns, rows, dot: 0 });
  fit(glass, FIRST * columns);
  new ResizeObserver(([entry]) => fit(glass, entry.contentRect.width)).observe(glass);
  return glass;
}

/** Draw hex digits (row by row, the highest bit leftmost); nothing lit if there are none. */
export function draw(glass, px) {
  if (glass.canvas.dataset.px === px) return;
  glass.canvas.dataset.px = px;
  paint(glass);
}

function fit(glass, width) {
  const sharp = devicePixelRatio;
  const dot = Math.max(FINEST, Math.floor((width * sharp) / glass.columns));
  if (!width || dot === glass.dot) return;
  const { canvas, columns, rows } = glass;
  glass.dot = dot;
  glass.lit = dot < ROUND_FROM ? square(dot) : glow(dot);
  glass.unlit = face(columns, rows, dot);
  canvas.width = columns * dot;
  canvas.height = rows * dot;
  canvas.style.width = `${canvas.width / sharp}px`;
  paint(glass);
}

// The dark face and a lit dot are drawn once and then copied: a text that scrolls costs copies.
function paint({ canvas, columns, rows, dot, lit, unlit }) {
  const px = canvas.dataset.px ?? "";
  const context = canvas.getContext("2d");
  context.drawImage(unlit, 0, 0);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const digit = parseInt(px[(row * columns + column) >> 2] ?? "0", 16);
      if (digit & (8 >> (column & 3))) context.drawImage(lit, (column - 0.5) * dot, (row - 0.5) * dot);
    }
  }
}

function face(columns, rows, dot) {
  return picture(columns * dot, rows * dot, (context) => {
    context.fillStyle = FACE;
    context.fillRect(0, 0, columns * dot, rows * dot);
    context.fillStyle = UNLIT;
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        if (dot < ROUND_FROM) context.fillRect(column * dot, row * dot, dot - 1, dot - 1);
        else disc(context, (column + 0.5) * dot, (row + 0.5) * dot, 0.3 * dot);
      }
    }
  });
}

function glow(dot) {
  return picture(2 * dot, 2 * dot, (context) => {
    const light = context.createRadialGradient(dot, dot, 0.3 * dot, dot, dot, dot);
    light.addColorStop(0, `rgba(${LIT}, 0.55)`);
    light.addColorStop(1, `rgba(${LIT}, 0)`);
    context.fillStyle = light;
    disc(context, dot, dot, dot);
    context.fillStyle = `rgb(${LIT})`;
    disc(context, dot, dot, 0.4 * dot);
  });
}

function square(dot) {
  return picture(2 * dot, 2 * dot, (context) => {
    context.fillStyle = `rgb(${LIT})`;
    context.fillRect(0.5 * dot, 0.5 * dot, dot, dot);
  });
}

function picture(width, height, draw) {
  const canvas = el("canvas", { width, height });
  draw(canvas.getContext("2d"));
  return canvas;
}

function disc(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
