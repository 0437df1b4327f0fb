// What a board's display shows now: the board itself is asked, again and again while it answers.

import { el, setText } from "./dom.js";
import { makeDigits, showDigits } from "./digits.js";
import { clock, counterName } from "./format.js";
import { now } from "./live.js";
import { draw, makeMatrix } from "./matrix.js";
import { ask, button, whileSeen } from "./technician.js";
import { t, word } from "./texts.js";

const LOOK_EVERY_MS = 4_000;
const SKIP_AFTER_A_REFUSAL = 7;

const glass = document.getElementById("glass");
const inWords = document.getElementById("in-words");
const looked = el("p", { class: "small" });
let shape = "";
let picture = null;
let digits = null;

/** Look at `board` while `mayLook()`; gives what looks once more, at once. */
export function watchGlass(board, mayLook) {
  const again = button(t("board.look_again"), () => look(true), { quiet: true });
  glass.replaceChildren(el("p", { class: "loading" }, t("link.waiting")), el("div", { class: "foot" }, looked, again));

  let skip = 0; // a board that does not answer is not asked all the time

  async function look(told = false) {
    if (!told && (!mayLook() || skip-- > 0)) return;
    const answer = await ask("look", { board }, { quiet: !told });
    skip = answer.ok ? 0 : SKIP_AFTER_A_REFUSAL;
    if (answer.ok) showLook(board, { ...answer, utc_ms: answer.utc_ms ?? now() });
    else if (!picture && !digits) showNothing(answer.text);
  }

  whileSeen(LOOK_EVERY_MS, () => look());
  return () => {
    skip = 0;
    look();
  };
}

/** Show what a board's display showed at `look.utc_ms`. */
export function showLook(board, look) {
  const has = `${look.w ?? ""}/${look.h ?? ""}/${Boolean(look.digits)}`;
  if (has !== shape || !picture) {
    shape = has;
    picture = look.w ? makeMatrix(t("board.glass", { board }), look.w, look.h) : null;
    digits = look.digits && !look.w ? makeDigits() : null;
    const shown = [picture, digits].filter(Boolean);
    if (shown.length) replace(...shown);
    else showNothing(t("board.look_none"));
  }
  if (picture) draw(picture, look.px ?? "");
  if (digits) showDigits(digits, look.digits ?? "", t("bench.digits", { text: look.digits || "–" }));
  setText(looked, look.utc_ms ? t("board.looked", { time: clock(look.utc_ms) }) : "");
}

/** Say that there is nothing to see of a board that is not connected; what was seen stays. */
export function showAway() {
  if (!picture && !digits && !shape) showNothing(t("board.look_away"));
}

function showNothing(text) {
  replace(el("p", { class: "nothing" }, text));
}

function replace(...shown) {
  for (const node of [...glass.children].slice(0, -1)) node.remove();
  glass.prepend(...shown);
}

/** Say in words what the hall wants the display of a counter's board to show. */
export function showCounter(row, line) {
  const counter = row?.counter === null ? null : line?.counters.find((one) => one.counter === row?.counter);
  const words = counter ? [counterName(counter.counter), word("state", counter.state), counter.ticket] : [];
  setText(inWords, words.filter(Boolean).join(" · "));
}
