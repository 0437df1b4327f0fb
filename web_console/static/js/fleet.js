// The fleet as a table, cards on a phone; who needs a technician stands first.

import { el, empty, keyed, setProps, setText, state } from "./dom.js";
import { ago, amount, moment } from "./format.js";
import { everySecond } from "./frame.js";
import { now } from "./live.js";
import { isThere, needItem, needsOf, settingsDiffer, sparesFor, updateState, urgency, whatAndWhere } from "./needs.js";
import { boardTone } from "./states.js";
import { technicianPage } from "./technician.js";
import { t, word } from "./texts.js";

const place = document.getElementById("fleet");
const summary = document.getElementById("summary");
const find = document.getElementById("find");
const onlyNeeds = document.getElementById("needs");

let fleet = null; // from the workshop
let boards = null; // from the gateway, until the workshop has told
let site = null;

const NONE = { spare: false, alerts: [], update: null, settings_wanted: null, settings_applied: null, number: null, stale: false };

const dash = (value, text) => [value === null || value === undefined || value === "" ? "–" : text ?? String(value)];

const COLUMNS = [
  ["board", (row) => [name(row)]],
  ["state", (row) => [el("ul", { class: "needs" }, ...states(row))]],
  ["version", (row) => dash(row.fw)],
  ["signal", (row) => row.wired ? t("fleet.wired") : dash(row.rssi_dbm, `${amount(row.rssi_dbm ?? 0)} dBm`)],
  ["memory", (row) => dash(row.free_bytes, `${amount((row.free_bytes ?? 0) / 1024)} KB`)],
  ["seen", (row) => [row.seen_ms === null ? "–" : el("time", { "data-at": row.seen_ms, title: moment(row.seen_ms, now()) }, ago(row.seen_ms, now()))]],
  ["settings", (row) => [row.settings_wanted === null ? "–" : t(settingsDiffer(row) ? "fleet.settings_differ" : "fleet.settings_same")]],
  ["update", (row) => [row.update?.st ? updateState({ state: row.update.st, got: row.update.got, size: row.update.size }) : "–"]],
];

function name(row) {
  return el("span", {},
    el("a", { class: "name", href: `/papan/${row.board}` }, row.board),
    el("span", { class: "quiet small" }, whatAndWhere(row)),
  );
}

function states(row) {
  const needs = needsOf(row);
  const items = needs.map(needItem);
  if (!needs.length || isThere(row)) items.unshift(el("li", {}, state(boardTone(row.state), word("board", row.state))));
  if (needs.length && !isThere(row) && sparesFor(row, rows()).length) {
    items.push(el("li", {}, el("a", { class: "button small-button", href: `/papan/${row.board}#ganti` }, t("fleet.replace"))));
  }
  return items;
}

function rows() {
  return fleet ?? boards ?? [];
}

function isWanted(row, words) {
  const text = [row.board, word("role", row.role), whatAndWhere(row), row.fw, row.chip, word("board", row.state), ...needsOf(row).map((need) => need.text)]
    .join(" ").toLowerCase();
  return words.every((each) => text.includes(each));
}

function show() {
  if (!site || (!fleet && !boards)) return;
  const all = rows().map((row) => ({ row, rank: urgency(needsOf(row)) }));
  const needing = all.filter(({ rank }) => rank < 2).length;
  const text = needing ? t("fleet.some_need", { n: needing, all: all.length }) : all.length ? t("fleet.all_well", { n: all.length }) : "";
  setText(summary, [text, fleet ? "" : t("fleet.from_gateway")].filter(Boolean).join(" · "));
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = all
    .filter(({ row, rank }) => isWanted(row, words) && (!onlyNeeds.checked || rank < 3))
    .sort((a, b) => a.rank - b.rank || a.row.board.localeCompare(b.row.board))
    .map(({ row }) => row);
  if (!shown.length) {
    place.replaceChildren(all.length ? empty(t("fleet.no_match"), t("fleet.no_match_hint")) : empty(t("fleet.none"), t("fleet.none_hint")));
    return;
  }
  if (!place.querySelector("tbody")) place.replaceChildren(makeTable());
  keyed(place.querySelector("tbody"), shown, (row) => row.board, makeRow, showRow);
}

function makeTable() {
  const heads = COLUMNS.map(([column]) => el("th", { scope: "col", "data-column": column }, t(`fleet.column.${column}`)));
  return el("table", { class: "fleet live" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody"));
}

function makeRow() {
  return el("tr", {}, ...COLUMNS.map(([column], i) => el(i ? "td" : "th", { "data-label": t(`fleet.column.${column}`), "data-column": column, scope: i ? null : "row" })));
}

function showRow(node, row) {
  const now_ = JSON.stringify([row, rows().length, sparesFor(row, rows()).length]);
  if (node.dataset.is === now_) return; // a link that is about to be tapped stays the same one
  node.dataset.is = now_;
  setProps(node, { "data-needs": urgency(needsOf(row)) < 2 });
  COLUMNS.forEach(([column, cell], i) => {
    const shown = cell(row);
    node.children[i].replaceChildren(...shown);
    // On a phone a card says what there is to say only.
    const isWell = (column === "settings" && !settingsDiffer(row)) || (column === "update" && row.update?.st === "committed");
    setProps(node.children[i], { "data-idle": shown[0] === "–" || isWell });
  });
}

find.addEventListener("input", show);
onlyNeeds.addEventListener("change", show);

everySecond((nowMs) => {
  for (const node of document.querySelectorAll("time[data-at]")) setText(node, ago(Number(node.dataset.at), nowMs));
});

technicianPage({
  site(data) {
    site = data;
    show();
  },
  boards(data) {
    boards = data.boards.map((row) => ({ ...NONE, ...row, alerts: Object.entries(row.alerts ?? {}).map(([code, part]) => ({ code, part })) }));
    show();
  },
  fleet(data) {
    fleet = data.boards;
    show();
  },
});
