// One board: what it shows, what was pressed, how it fares, what it says, and what can be done.

import { closePanel, openRename, openReplace, openRetire, openUpdate, order, sure, tellFailed } from "./board_panels.js";
import { showAway, showCounter, showLook, watchGlass } from "./board_glass.js";
import { charts } from "./charts.js";
import { el, empty, keyed, setProps, setText, state } from "./dom.js";
import { ago, amount, clock } from "./format.js";
import { everySecond } from "./frame.js";
import { now } from "./live.js";
import { isThere, needItem, needsOf, updateState, updateWhy, whatAndWhere } from "./needs.js";
import { boardTone } from "./states.js";
import { ask, busy, button, inWords, say, technicianPage, whileSeen } from "./technician.js";
import { t, word } from "./texts.js";

const READ_EVERY_MS = 3_000;
const LOG_MS = 10 * 60_000; // a board says its lines for so long
const LEVELS = { ok: "well", attention: "attention", trouble: "trouble" };
const OUTCOMES = ["committed", "rolled_back", "refused", "failed", "skipped"];

const place = (id) => document.getElementById(id);
const { board } = place("who").dataset;

let row = null;
let rows = [];
let line = null;
let site = null;
let logs = false;
let replacing = ""; // the spare that is taking over
let lookNow = () => {};

function showRow() {
  if (!site || !row) return;
  const where = whatAndWhere(row);
  place("state").replaceChildren(state(boardTone(row.state), word("board", row.state)), el("span", { class: "quiet" }, where));
  place("needs").replaceChildren(...needsOf(row).filter(({ text }) => text !== word("board", row.state)).map(needItem));
  showCounter(row, line);
  if (!isThere(row)) showAway();
  const facts = [
    ["version", [row.fw, row.number === null ? "" : row.number ? t("plan.number", { n: row.number }) : t("board.from_source")].filter(Boolean).join(" · ")],
    ["update", row.update?.st ? updateState({ state: row.update.st, got: row.update.got, size: row.update.size }) : ""],
    ["settings", row.settings_wanted === null ? "" : settingsOf(row)],
    ["link", !row.link_rev ? "" : t("board.link_rev", { n: row.link_rev })],
    ["seen", row.seen_ms === null ? t("boards.never_seen") : el("time", { "data-at": row.seen_ms }, ago(row.seen_ms, now()))],
    ["reconnects", row.reconnects === null ? "" : amount(row.reconnects)],
    ["kind", row.kind],
    ["chip", row.chip],
    ["hw", row.hw],
    ["slot", row.slot],
  ];
  const shown = facts.filter(([, value]) => value);
  place("facts").replaceChildren(...shown.flatMap(([name, value]) => [el("dt", {}, t(`board.fact.${name}`)), el("dd", {}, value)]));
  for (const node of document.querySelectorAll("#actions [data-live]")) node.disabled = Boolean(node.busy) || !isThere(row);
}

/** Say whether the settings are applied, and which: the revision that a board has, and should have. */
function settingsOf({ settings_wanted: wanted, settings_applied: applied }) {
  return wanted === applied ? `${t("fleet.settings_same")} · ${wanted}` : `${t("fleet.settings_differ")} · ${applied ?? "–"} → ${wanted}`;
}

function showPresses(presses) {
  if (!presses.length) {
    place("presses").replaceChildren(empty(t("board.no_presses"), t("board.no_presses_hint")));
    return;
  }
  let list = place("presses").querySelector("ol");
  if (!list) place("presses").replaceChildren((list = el("ol", { class: "press-list" })));
  const newest = [...presses].sort((a, b) => (b.utc_ms ?? 0) - (a.utc_ms ?? 0));
  keyed(list, newest, (press) => JSON.stringify(press), (press) => el("li", {},
    el("span", { class: "quiet number" }, press.utc_ms === null ? "–" : clock(press.utc_ms)),
    el("strong", {}, word("key", press.ev)),
    el("span", { class: "quiet small" }, aboutPress(press.fields)),
  ), () => {});
}

/** Give what a press said besides its key: the ticket that was in hand stands for itself. */
function aboutPress(fields) {
  const said = Object.entries(fields).filter(([, value]) => value !== "" && value !== null);
  return said.map(([name, value]) => (name === "has" ? value : `${name} ${value}`)).join(", ");
}

function showHealth(samples) {
  const drawn = charts(samples);
  place("health").replaceChildren(...(drawn.length ? drawn : [empty(t("board.no_health"), t("board.no_health_hint"))]));
}

function showLog(lines) {
  const box = place("log");
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
  if (!lines.length) box.replaceChildren(el("p", { class: "quiet" }, t("board.log_empty")));
  else {
    // Lines that stay are left alone: who hears the page read hears the new ones only.
    const times = new Map();
    const keyOf = ({ utc_ms: ms, text }) => {
      const said = `${ms} ${text}`;
      times.set(said, (times.get(said) ?? 0) + 1);
      return `${said} ${times.get(said)}`;
    };
    keyed(box, lines, keyOf, ({ utc_ms: ms, text }) => el("p", {}, el("span", { class: "quiet" }, ms === null ? "" : clock(ms)), ` ${text}`), () => {});
  }
  if (atEnd) box.scrollTop = box.scrollHeight;
}

async function readBoard() {
  const answer = await ask("board", { board }, { quiet: true });
  if (answer.ok || answer.why) place("one-board").hidden = answer.why === "unknown_board";
  if (!answer.ok) {
    if (answer.why === "unknown_board") place("state").replaceChildren(empty(t("board.unknown"), t("board.unknown_hint")));
    return;
  }
  const got = answer.board;
  const isFirst = row === null;
  row = { ...row, ...got };
  showRow();
  if (isFirst) lookNow();
  showPresses(got.presses);
  showHealth(got.health);
  if (!logs) showLog(got.log);
  if (got.look && !isThere(row)) showLook(board, got.look);
}

async function examine() {
  const answer = await ask("doctor", { board }, { quiet: true });
  const list = place("findings");
  if (!answer.ok) {
    list.replaceChildren(el("li", { class: "quiet" }, answer.text));
    return;
  }
  setText(place("via"), answer.via === "network" ? t("board.via") : "");
  const items = answer.findings.map((finding) => el("li", { class: "finding" },
    state(LEVELS[finding.level] ?? "attention", inWords(finding, "title")),
    el("p", { class: "quiet" }, inWords(finding, "evidence")),
    inWords(finding, "next") ? el("p", {}, t("board.next", { text: inWords(finding, "next") })) : null,
  ));
  list.replaceChildren(...(items.length ? items : [el("li", {}, state("well", t("board.all_well")))]));
}

function began(spare) {
  replacing = spare;
  say(t("board.replacing", { spare, board }));
}

function showActions() {
  const live = { "data-live": true };
  const act = (name, work, options = {}) => button(t(`board.do.${name}`), work, { quiet: true, "data-do": name, ...options });
  const obey = (cmd) => () => (cmd === "identify" ? order(board, cmd) : sure(t(`board.sure.${cmd}`), t("act.yes"), () => order(board, cmd)));
  const check = act("doctor", () => busy(check, examine));
  const show = act("identify", () => busy(show, () => order(board, "identify")), live);
  const update = act("update", () => busy(update, () => openUpdate(row ?? { board, number: null })));
  place("actions").replaceChildren(
    show,
    act("restart", obey("restart"), live),
    act("self_test", obey("self_test"), live),
    check,
    update,
    act("replace", () => row && openReplace(row, rows, began)),
    act("rename", () => row && openRename(row), live),
    act("retire", () => openRetire({ board }), { danger: true }),
  );
}

function watchLog() {
  const change = place("log-switch");
  let ends = 0;
  change.addEventListener("click", () => busy(change, async () => {
    const answer = await ask("log", { board, on: !logs });
    if (!answer.ok) return;
    logs = !logs;
    clearTimeout(ends);
    if (logs) ends = setTimeout(() => {
      logs = false;
      show();
    }, LOG_MS);
  }).then(show));

  function show() {
    setProps(change, { "aria-pressed": String(logs) });
    setText(change, t(logs ? "board.log_off" : "board.log_on"));
  }
}

/** Follow a plan that this board is in: above all, a spare that becomes it. */
function showPlan(plan) {
  if (!plan || !replacing) return;
  const mine = plan.boards.find((one) => one.board === replacing && one.as_board === board);
  if (!mine || !OUTCOMES.includes(mine.state)) return;
  if (mine.state === "committed") say(t("board.replaced", { board }));
  else tellFailed(updateWhy(mine) || word("upd", mine.state));
  replacing = "";
}

function fromHash() {
  if (location.hash !== "#ganti" || !row) return;
  history.replaceState(null, "", location.pathname);
  openReplace(row, rows, began);
}

everySecond((nowMs) => {
  for (const node of document.querySelectorAll("time[data-at]")) setText(node, ago(Number(node.dataset.at), nowMs));
});

showActions();
watchLog();
closePanel();
technicianPage({
  site(data) {
    site = data;
    showRow();
  },
  line(data) {
    const before = JSON.stringify(line?.counters.find((one) => one.counter === row?.counter) ?? null);
    line = data;
    showCounter(row, line);
    if (row && before !== JSON.stringify(line.counters.find((one) => one.counter === row.counter) ?? null)) lookNow();
  },
  fleet(data) {
    rows = data.boards;
    const found = rows.find((one) => one.board === board);
    if (!found) return;
    const isFirst = row === null;
    row = { ...row, ...found };
    showRow();
    fromHash();
    if (isFirst) lookNow();
  },
  update: ({ plan }) => showPlan(plan),
  log(data) {
    if (data.board === board && logs) showLog(data.lines);
  },
});
lookNow = watchGlass(board, () => row !== null && isThere(row));
whileSeen(READ_EVERY_MS, readBoard);
examine();
