// The keys of a virtual board, with their lamps; and the door, whose keys are two beams.

import { el, setProps } from "./dom.js";
import { face } from "./faces.js";
import { asKey, inTurn, later, order } from "./orders.js";
import { t, word } from "./texts.js";

const BEAMS = ["outer", "inner"];
const STEP_MS = 150; // a body reaches the next beam

/** Give a board's keys, or nothing if it has none; `queueOf(look, n)` gives the queue {q, name} of
 * a ticket board's n-th key. */
export function makeKeys(look, queueOf) {
  if (!look.keys.length) return null;
  const hasDoor = BEAMS.every((beam) => look.keys.includes(beam));
  const node = el("div", { class: "controls" }, ...(hasDoor ? makeDoor(look.board) : []));
  if (hasDoor) node.append(caption("bench.guard"));
  node.keys = group(hasDoor ? "bench.guard" : "bench.keys");
  node.append(node.keys);
  return Object.assign(node, { queueOf, shown: "" });
}

/** Bring them up to date. */
export function showKeys(node, look) {
  const labels = look.keys.filter((key) => !BEAMS.includes(key)).map((key) => labelOf(node, look, key)).filter(Boolean);
  if (node.shown !== JSON.stringify(labels)) {
    node.shown = JSON.stringify(labels);
    node.keys.replaceChildren(...labels.map((label) => makeKey(look.board, label)));
  }
  for (const button of node.keys.children) {
    const { key } = button.dataset;
    const lamp = button.querySelector(".lamp");
    setProps(lamp, { "data-show": look.lamps[key] ?? "none" });
    flash(lamp, look.flashes[key] ?? 0);
  }
}

/** Light a lamp once for each news of `times`. */
export function flash(lamp, times) {
  const before = Number(lamp.dataset.flashes ?? times);
  lamp.dataset.flashes = times;
  if (times === before) return;
  lamp.classList.add("flash");
  lamp.addEventListener("animationend", () => lamp.classList.remove("flash"), { once: true });
}

/** Give {key, letter, name} of a key; nothing for the key of a queue that the site does not have. */
function labelOf(node, look, key) {
  const [, n] = /^queue(\d+)$/.exec(key) ?? [];
  if (!n) return { key, letter: "", name: word("key", key) };
  const queue = node.queueOf(look, Number(n));
  return queue && { key, letter: queue.q, name: queue.name };
}

function makeKey(board, { key, letter, name }) {
  const button = el("button", { type: "button", class: "key", "data-key": key },
    el("span", { class: "lamp", "aria-hidden": true }),
    face(key),
    letter ? el("span", { class: "number letter" }, letter) : null,
    el("span", {}, name),
  );
  asKey(button, board, key);
  return button;
}

function makeDoor(board) {
  const walks = [["in", BEAMS], ["out", [...BEAMS].reverse()]].map(([way, beams]) => {
    const button = el("button", { type: "button", class: "key walk", "data-walk": way },
      el("span", { class: "arrow", "aria-hidden": true }),
      el("span", {}, t(`bench.walk_${way}`)),
    );
    button.addEventListener("click", () => walk(board, beams));
    return button;
  });
  const beams = BEAMS.map((key) => makeKey(board, { key, letter: "", name: word("key", key) }));
  for (const beam of beams) beam.querySelector(".lamp").dataset.show = "none";
  return [caption("bench.door"), group("bench.door", walks), caption("bench.beams"), group("bench.beams", beams)];
}

function caption(key) {
  return el("p", { class: "caption small", "aria-hidden": true }, t(key));
}

function group(key, keys = []) {
  return el("div", { class: "keys", role: "group", "aria-label": t(key) }, ...keys);
}

/** One person through the door: breaks the one beam, then the other, and leaves them in that order. */
function walk(board, [first, last]) {
  const steps = [["down", first], ["down", last], ["up", first], ["up", last]];
  const broken = new Set();
  // Sent past the line of orders, which is the walk itself, and even by a page that goes.
  const say = (what, key) => order(board, { do: what, key }, { leaving: true });
  const free = () => broken.forEach((key) => say("up", key));
  inTurn(board, async () => {
    addEventListener("pagehide", free);
    for (const [what, key] of steps) {
      if (what === "down") broken.add(key);
      else broken.delete(key);
      await say(what, key);
      await later(STEP_MS);
    }
    removeEventListener("pagehide", free);
  });
}
