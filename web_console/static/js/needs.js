// What a board needs from a technician, the most urgent first; and how far an update of it is.

import { trouble } from "./alerts.js";
import { el, state } from "./dom.js";
import { amount, counterName, moment } from "./format.js";
import { now } from "./live.js";
import { inWords } from "./technician.js";
import { t, word } from "./texts.js";

const WEAK_DBM = -75;
const SCARCE_BYTES = 6 * 1024;
const WORST = ["trouble", "attention", "away"];

const TONES = {
  committed: "well", rolled_back: "trouble", refused: "trouble", failed: "trouble", skipped: "attention", cancelled: "attention",
};

/** Give [{tone, text}] of what is wrong with a row of the fleet. */
export function needsOf(row) {
  const found = [];
  const add = (tone, text) => found.push({ tone, text });
  if (row.state === "lost") add("trouble", row.seen_ms === null ? t("need.lost_never") : t("need.lost", { time: moment(row.seen_ms, now()) }));
  else if (row.state === "never" && !row.spare) add("away", t("need.never"));
  else if (row.stale) add("attention", t("need.stale"));
  for (const alert of row.alerts ?? []) add("trouble", trouble(alert));
  const { update } = row;
  if (update?.st === "rolled_back") add("trouble", withWhy(t("need.rolled_back"), update));
  else if (["failed", "refused"].includes(update?.st) && update.why !== "already") add("trouble", withWhy(t("need.update"), update));
  if (isThere(row)) {
    if (settingsDiffer(row)) add("attention", t("need.settings"));
    if (row.rssi_dbm !== null && row.rssi_dbm < WEAK_DBM) add("attention", t("need.signal", { n: amount(row.rssi_dbm) }));
    if (row.free_bytes !== null && row.free_bytes < SCARCE_BYTES) add("attention", t("need.memory", { n: amount(row.free_bytes / 1024) }));
  }
  return found.sort((a, b) => WORST.indexOf(a.tone) - WORST.indexOf(b.tone));
}

/** Give how urgent a board is: smaller is more. */
export function urgency(needs) {
  return needs.length ? WORST.indexOf(needs[0].tone) : WORST.length;
}

/** Tell whether a board is connected now, or asleep. */
export function isThere(row) {
  return ["ready", "sleeping", "init"].includes(row.state);
}

/** Give the spares that can take over the place of `row` now. */
export function sparesFor(row, rows) {
  return rows.filter((other) => other.spare && other.board !== row.board && other.role === row.role && other.state === "ready");
}

/** Tell whether a board has not applied the settings that it should have. */
export function settingsDiffer(row) {
  return row.settings_wanted !== null && row.settings_wanted !== undefined && row.settings_wanted !== row.settings_applied;
}

/** Give a state of the parts of an update, with how far it is while it loads. */
export function updateState({ state: name, got, size }) {
  const loading = name === "loading" && size ? ` ${amount(Math.floor((100 * (got ?? 0)) / size))} %` : "";
  return state(TONES[name] ?? "away", word("upd", name) + loading);
}

/** Give why an update did not come to be, in words; nothing where there is no reason. */
export function updateWhy(item) {
  return inWords(item, "why") || item.why || "";
}

/** Give the place of a board: its counter and where it stands. */
export function whereIs({ counter, place, spare }) {
  if (spare) return t("fleet.spare");
  const name = counter === null || counter === undefined ? "" : counterName(counter);
  return [name, place === name ? "" : place].filter(Boolean).join(" · ");
}

/** Give what a board is and where: of a counter's, the counter says both. */
export function whatAndWhere(row) {
  return [row.counter === null || row.counter === undefined ? word("role", row.role) : "", whereIs(row)].filter(Boolean).join(" · ");
}

/** Give the list entry of a need. */
export function needItem({ tone, text }) {
  return el("li", {}, state(tone, text));
}

function withWhy(text, update) {
  return [text, updateWhy(update)].filter(Boolean).join(": ");
}
