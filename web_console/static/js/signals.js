// What a board at a door or a desk tells people: a light of two colours, a sound, thanks.

import { el, setProps, setText } from "./dom.js";
import { t, word } from "./texts.js";

const LIGHTS = ["light", "light_red", "light_green"];
const HEARD_MS = 4000;
const MS_A_PIXEL = 8;

/** Tell whether a lamp belongs to the light. */
export const isOfLight = (lamp) => LIGHTS.includes(lamp);

/** Tell whether a board has a light. */
export const hasLight = (look) => LIGHTS.some((lamp) => lamp in look.lamps);

/** Give a light that `showLight` switches: red above green. */
export function makeLight() {
  const words = el("p", { class: "words" });
  const bulbs = el("div", { class: "bulbs", "aria-hidden": true }, el("span", { class: "red" }), el("span", { class: "green" }));
  return Object.assign(el("div", { class: "light", role: "status" }, bulbs, words), { words });
}

/** Switch it, and say in words what its colour says. */
export function showLight(node, { role, lamps }) {
  const one = lamps.light === "red" || lamps.light === "green" ? lamps.light : "off";
  const colour = lamps.light_red === "on" ? "red" : lamps.light_green === "on" ? "green" : one;
  setProps(node, { "data-show": colour });
  setText(node.words, word("light", role === "gate" && colour === "red" ? "wait" : colour));
}

/** Give a buzzer that `showSound` lets be heard with the eyes. */
export function makeSound() {
  const words = el("span", { class: "words" });
  const beat = el("span", { class: "beat", "aria-hidden": true });
  return Object.assign(el("p", { class: "sound small", role: "status" }, words, beat), { words, beat });
}

/** Show a sound that has come since; one from before the page was opened is past. */
export function showSound(node, sound) {
  const n = sound?.n ?? 0;
  const before = node.dataset.n ?? String(n);
  node.dataset.n = n;
  if (String(n) === before) {
    if (!node.words.textContent) quiet(node);
    return;
  }
  const tones = sound.ms.filter((_, i) => i % 2 === 0).length;
  setText(node.words, t("bench.sound", { n: tones }));
  node.beat.replaceChildren(...sound.ms.map((ms, i) => {
    const bar = el("span", { class: i % 2 ? "rest" : "tone" });
    bar.style.width = `${Math.min(Math.max(ms / MS_A_PIXEL, 3), 60)}px`;
    return bar;
  }));
  node.classList.remove("heard");
  requestAnimationFrame(() => node.classList.add("heard"));
  clearTimeout(node.hush);
  node.hush = setTimeout(() => quiet(node), HEARD_MS);
}

function quiet(node) {
  node.classList.remove("heard");
  setText(node.words, t("bench.no_sound"));
  node.beat.replaceChildren();
}

/** Say what a rating board's lamps say: all lit asks, the one that was pressed thanks. */
export function ratingWords({ keys, lamps }) {
  const lit = keys.filter((key) => lamps[key] === "on").length;
  if (lit > 1) return t("bench.rate");
  return lit ? t("bench.thanks") : t("bench.rate_none");
}
