// One virtual board as it looks: its matrix, lamps, keys, level, paper.

import { el, setProps, setText, state } from "./dom.js";
import { amount, counterName } from "./format.js";
import { draw, makeMatrix } from "./matrix.js";
import { asKey, order } from "./orders.js";
import { boardTone } from "./states.js";
import { t, word } from "./texts.js";

const BATTERY_MV = [3000, 4200];

/** Give a board's picture; `queueName(letter)` names what a ticket board's key is for. */
export function makeBoard(look, queueName) {
  const parts = {};
  const node = el("li", { class: "board", "data-role": look.role, "data-board": look.board },
    el("div", { class: "label" }, (parts.name = el("h3")), (parts.state = el("p", { class: "small" }))),
    (parts.body = el("div", { class: "body" })),
  );
  if (look.matrix !== null) parts.body.append((parts.matrix = makeMatrix(t("bench.matrix", { board: look.board }))));
  if (look.role === "ticket") parts.body.append((parts.slot = el("div", { class: "slot" }, (parts.paper = el("p", { class: "paper" })))));
  if (look.level_pct !== null || look.role === "dispenser") addBottle(parts, look.board);
  if (look.keys.length) parts.body.append((parts.keys = el("div", { class: "keys" })));
  node.parts = parts;
  node.keyNames = "";
  node.queueName = queueName;
  return node;
}

/** Bring a board's picture up to date. */
export function showBoard(node, look) {
  const { parts } = node;
  setText(parts.name, look.counter === null ? look.board : counterName(look.counter));
  setProps(parts.name, { title: look.board });
  parts.state.replaceChildren(condition(look));
  setProps(node, { "data-asleep": look.asleep, "data-died": look.died });
  if (parts.matrix) draw(parts.matrix, look.died ? "" : (look.matrix ?? ""));
  if (parts.paper) parts.paper = showPaper(parts.paper, look.paper);
  if (parts.level) showLevels(parts, look);
  if (parts.keys) showKeys(node, look);
}

function condition(look) {
  if (look.died) return state("trouble", t("bench.died"));
  if (look.asleep) return el("span", { title: t("bench.asleep_hint") }, state("away", t("bench.asleep")));
  return look.state ? state(boardTone(look.state), word("board", look.state)) : "";
}

function showKeys(node, look) {
  const names = look.keys.map((key) => node.queueName(key) ?? word("key", key));
  if (node.keyNames !== JSON.stringify(names)) {
    node.keyNames = JSON.stringify(names);
    node.parts.keys.replaceChildren(...look.keys.map((key, i) => makeKey(look.board, key, names[i])));
  }
  for (const button of node.parts.keys.children) {
    const show = look.lamps[button.dataset.key];
    setProps(button.firstElementChild, { "data-show": show ?? "none" });
  }
  const others = Object.entries(look.lamps).filter(([name]) => !look.keys.includes(name));
  showLamps(node, others);
}

function makeKey(board, key, name) {
  const letter = name === key || key.length > 1 ? null : el("span", { class: "number letter" }, key);
  const button = el("button", { type: "button", class: "key", "data-key": key }, el("span", { class: "lamp", "aria-hidden": true }), letter, el("span", {}, name));
  asKey(button, board, key);
  return button;
}

function showLamps(node, lamps) {
  if (!lamps.length && !node.parts.lamps) return;
  node.parts.lamps ??= node.parts.body.insertBefore(el("div", { class: "lamps" }), node.parts.keys);
  node.parts.lamps.replaceChildren(
    ...lamps.map(([name, show]) => el("span", { class: "lamp", "data-show": show, role: "img", "aria-label": t("bench.lamp", { name, show }) })),
  );
}

function showPaper(paper, printed) {
  if (!printed) {
    setText(paper, t("bench.paper_none"));
    return paper;
  }
  if (paper.dataset.n === String(printed.n)) return paper;
  const fresh = el("p", { class: "paper printed", "data-n": printed.n }, el("span", { class: "small" }, t("bench.paper")), el("strong", { class: "number" }, printed.text));
  paper.replaceWith(fresh);
  return fresh;
}

function addBottle(parts, board) {
  parts.level = slider(t("bench.level"), 0, 100, 1, (value) => order(board, { do: "level", pct: value }));
  parts.battery = slider(t("bench.battery"), ...BATTERY_MV, 10, (value) => order(board, { do: "battery", mv: value }));
  parts.fill = el("div", { class: "fill" });
  parts.body.append(el("div", { class: "bottle", "aria-hidden": true }, parts.fill), el("div", { class: "sliders" }, parts.level, parts.battery));
}

function slider(label, min, max, step, send) {
  const figure = el("output", { class: "number" });
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
  return el("label", { class: "slider" }, el("span", { class: "small quiet" }, label), figure, input);
}

function showLevels(parts, look) {
  setSlider(parts.level, look.level_pct, (n) => `${amount(n)} %`);
  setSlider(parts.battery, look.battery_mv, (n) => `${amount(n / 1000, 2)} V`);
  parts.fill.style.height = `${look.level_pct ?? 0}%`;
}

function setSlider(label, value, say) {
  const [, figure, input] = label.children;
  setText(figure, value === null ? "–" : say(value));
  if (value !== null && document.activeElement !== input) input.value = value;
}
