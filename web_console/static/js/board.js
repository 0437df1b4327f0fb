// One virtual board as it looks, put together from the parts that it has.

import { el, keyed, setProps, setText, state } from "./dom.js";
import { makeDigits, showDigits } from "./digits.js";
import { counterName } from "./format.js";
import { flash, makeKeys, showKeys } from "./keys.js";
import { draw, makeMatrix } from "./matrix.js";
import { makePrinter, showPrinter } from "./printer.js";
import { makeSensors, showSensors } from "./sensors.js";
import { hasLight, isOfLight, makeLight, makeSound, ratingWords, showLight, showSound } from "./signals.js";
import { boardTone } from "./states.js";
import { t, word } from "./texts.js";

/** Give what a board is made of: its picture is made anew when that changes. */
export function shapeOf(look) {
  return [look.board, look.w, look.h, hasLight(look), look.keys.length > 0, ...look.parts].join("/");
}

/** Give a board's picture; `queueOf(look, n)` gives the queue {q, name} of a ticket board's n-th key. */
export function makeBoard(look, queueOf) {
  const has = (part) => look.parts.includes(part);
  const parts = {
    lamps: el("span", { class: "lamps" }),
    name: el("h3"),
    state: el("p", { class: "small" }),
    matrix: look.w && makeMatrix(t("bench.matrix", { board: look.board }), look.w, look.h),
    light: hasLight(look) && makeLight(),
    digits: has("digits") && makeDigits(),
    printer: has("printer") && makePrinter(look.board),
    words: look.role === "rating" && el("p", { class: "words", role: "status" }),
    sensors: makeSensors(look),
    keys: makeKeys(look, queueOf),
    sound: has("buzzer") && makeSound(),
  };
  const { lamps, name, state, ...body } = parts;
  const node = el("li", { class: "board", "data-role": look.role, "data-board": look.board },
    el("div", { class: "label" }, lamps, name, state),
    el("div", { class: "body" }, ...Object.values(body).filter(Boolean)),
  );
  return Object.assign(node, { parts });
}

/** Bring a board's picture up to date. */
export function showBoard(node, look) {
  const { parts } = node;
  setText(parts.name, look.counter === null ? look.place || look.board : counterName(look.counter));
  setProps(parts.name, { title: look.board });
  parts.state.replaceChildren(condition(look));
  setProps(node, { "data-asleep": look.asleep, "data-died": look.died });
  if (parts.matrix) draw(parts.matrix, look.died ? "" : (look.matrix ?? ""));
  if (parts.light) showLight(parts.light, look);
  if (parts.digits) showDigits(parts.digits, look.digits ?? "", t("bench.digits", { text: look.digits || "–" }));
  if (parts.printer) showPrinter(parts.printer, look);
  if (parts.words) setText(parts.words, ratingWords(look));
  if (parts.sensors) showSensors(parts.sensors, look);
  if (parts.keys) showKeys(parts.keys, look);
  if (parts.sound) showSound(parts.sound, look.sound);
  showLamps(parts.lamps, look);
}

function condition(look) {
  if (look.died) return state("trouble", t("bench.died"));
  if (look.asleep) return el("span", { title: t("bench.asleep_hint") }, state("away", t("bench.asleep")));
  return look.state ? state(boardTone(look.state), word("board", look.state)) : "";
}

/** Lamps that belong to no key, such as the one that a counter shows to the hall. */
function showLamps(node, look) {
  const lamps = Object.entries(look.lamps).filter(([name]) => !look.keys.includes(name) && !isOfLight(name));
  keyed(
    node,
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
