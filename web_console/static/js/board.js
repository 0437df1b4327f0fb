// One virtual board as it looks: its matrix, lamps, keys, level, paper.

import { el, keyed, setProps, setText, state } from "./dom.js";
import { amount, counterName } from "./format.js";
import { draw, makeMatrix } from "./matrix.js";
import { asKey, order } from "./orders.js";
import { boardTone } from "./states.js";
import { t, word } from "./texts.js";

const BATTERY_MV = [3000, 4200];

/** Give what a board is made of: its picture is made anew when that changes. */
export function shapeOf(look) {
  return [look.board, look.matrix !== null, look.paper !== null, look.level_pct !== null, look.keys.length > 0].join("/");
}

/** Give a board's picture; `queueOf(look, n)` gives the queue {q, name} of a ticket board's n-th key. */
export function makeBoard(look, queueOf) {
  const parts = {};
  const node = el("li", { class: "board", "data-role": look.role, "data-board": look.board },
    el("div", { class: "label" },
      (parts.lamps = el("span", { class: "lamps" })),
      (parts.name = el("h3")),
      (parts.state = el("p", { class: "small" })),
    ),
    (parts.body = el("div", { class: "body" })),
  );
  if (look.matrix !== null) parts.body.append((parts.matrix = makeMatrix(t("bench.matrix", { board: look.board }))));
  if (look.paper !== null) addPrinter(parts, look.board);
  if (look.level_pct !== null) addBottle(parts, look.board);
  if (look.keys.length) parts.body.append((parts.keys = el("div", { class: "keys" })));
  node.parts = parts;
  node.keysShown = "";
  node.queueOf = queueOf;
  return node;
}

/** Bring a board's picture up to date. */
export function showBoard(node, look) {
  const { parts } = node;
  setText(parts.name, look.counter === null ? look.place || look.board : counterName(look.counter));
  setProps(parts.name, { title: look.board });
  parts.state.replaceChildren(condition(look));
  setProps(node, { "data-asleep": look.asleep, "data-died": look.died });
  if (parts.matrix) draw(parts.matrix, look.died ? "" : (look.matrix ?? ""));
  if (parts.slip) parts.slip = showSlip(parts.slip, look.slip);
  if (parts.hasPaper) parts.hasPaper.checked = look.paper ?? true;
  if (parts.level) showLevels(parts, look);
  if (parts.keys) showKeys(node, look);
  showLamps(parts, look);
}

function condition(look) {
  if (look.died) return state("trouble", t("bench.died"));
  if (look.asleep) return el("span", { title: t("bench.asleep_hint") }, state("away", t("bench.asleep")));
  return look.state ? state(boardTone(look.state), word("board", look.state)) : "";
}

function showKeys(node, look) {
  const labels = look.keys.map((key) => labelOf(node, look, key)).filter(Boolean);
  if (node.keysShown !== JSON.stringify(labels)) {
    node.keysShown = JSON.stringify(labels);
    node.parts.keys.replaceChildren(...labels.map((label) => makeKey(look.board, label)));
  }
  for (const button of node.parts.keys.children) {
    const { key } = button.dataset;
    const lamp = button.firstElementChild;
    setProps(lamp, { "data-show": look.lamps[key] ?? "none" });
    flash(lamp, look.flashes[key] ?? 0);
  }
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
    letter ? el("span", { class: "number letter" }, letter) : null,
    el("span", {}, name),
  );
  asKey(button, board, key);
  return button;
}

/** Lamps that belong to no key, such as the one that a counter shows to the hall. */
function showLamps(parts, look) {
  const lamps = Object.entries(look.lamps).filter(([name]) => !look.keys.includes(name));
  keyed(
    parts.lamps,
    lamps,
    ([name]) => name,
    () => el("span", { class: "lamp", role: "img" }),
    (lamp, [name, show]) => {
      const label = t("bench.lamp", { name: word("lamp", name), show: word("show", show) });
      setProps(lamp, { "data-show": show, "aria-label": label });
      flash(lamp, look.flashes[name] ?? 0);
    },
  );
}

/** Light a lamp once for each news of `times`. */
function flash(lamp, times) {
  const before = Number(lamp.dataset.flashes ?? times);
  lamp.dataset.flashes = times;
  if (times === before) return;
  lamp.classList.add("flash");
  lamp.addEventListener("animationend", () => lamp.classList.remove("flash"), { once: true });
}

function addPrinter(parts, board) {
  parts.slip = el("p", { class: "paper" });
  parts.hasPaper = el("input", { type: "checkbox" });
  parts.hasPaper.addEventListener("change", () => order(board, { do: "paper", ok: parts.hasPaper.checked }));
  parts.body.append(
    el("div", { class: "slot" }, parts.slip),
    el("label", { class: "switch small" }, parts.hasPaper, el("span", {}, t("bench.has_paper"))),
  );
}

/** Show the newest slip and give the element that does. */
function showSlip(paper, slip) {
  if (!slip) {
    setText(paper, t("bench.paper_none"));
    return paper;
  }
  if (paper.dataset.n === String(slip.n)) return paper;
  const fresh = el("p", { class: "paper printed", "data-n": slip.n },
    el("span", { class: "small" }, t("bench.paper")),
    el("strong", { class: "number" }, slip.text),
  );
  paper.replaceWith(fresh);
  return fresh;
}

function addBottle(parts, board) {
  parts.level = slider(t("bench.level"), 0, 100, 1, (value) => order(board, { do: "level", pct: value }));
  parts.battery = slider(t("bench.battery"), ...BATTERY_MV, 10, (value) => order(board, { do: "battery", mv: value }));
  parts.fill = el("div", { class: "fill" });
  parts.body.append(
    el("div", { class: "bottle", "aria-hidden": true }, parts.fill),
    el("div", { class: "sliders" }, parts.level, parts.battery),
  );
}

function slider(label, min, max, step, send) {
  const input = el("input", { type: "range", min, max, step, "aria-label": label });
  let waiting = null; // the newest value, while an earlier one is on its way
  let sending = false;
  input.addEventListener("input", async () => {
    waiting = Number(input.value);
    if (sending) return;
    sending = true;
    while (waiting !== null) {
      const value = waiting;
      waiting = null;
      await send(value);
    }
    sending = false;
  });
  return el("label", { class: "slider" }, el("span", { class: "small quiet" }, label), el("output", { class: "number" }), input);
}

function showLevels(parts, look) {
  setSlider(parts.level, look.level_pct, (n) => `${amount(n)} %`);
  setSlider(parts.battery, look.battery_mv, (n) => `${amount(n / 1000, 2)} V`);
  parts.fill.style.height = `${look.level_pct ?? 0}%`;
}

function setSlider(label, value, say) {
  const [, figure, input] = label.children;
  setText(figure, value === null ? "–" : say(value));
  // A hand that drags is not contradicted by news of where it was.
  if (value !== null && !input.matches(":active")) input.value = value;
}
