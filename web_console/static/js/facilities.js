// Facilities: what runs out, what is silent, and every board.

import { trouble } from "./alerts.js";
import { el, empty, keyed, listIn, setProps, setText, state } from "./dom.js";
import { ago, amount, counterName, moment } from "./format.js";
import { everySecond, frame } from "./frame.js";
import { connect, now } from "./live.js";
import { boardTone, readingTone } from "./states.js";
import { t, word } from "./texts.js";

const LOW = ["level_low", "level_critical", "empty"];
const BATTERY_LOW = ["battery_low", "battery_critical"];

const places = {
  dispensers: document.getElementById("dispensers"),
  summary: document.getElementById("summary"),
  boards: document.getElementById("boards"),
  connected: document.getElementById("connected"),
};

const has = (sensor, codes) => sensor.alerts.some((code) => codes.includes(code));
const needsCheck = (sensor) => sensor.status === "stale" || sensor.status === "away";
const urgency = (sensor) => (has(sensor, LOW) ? 0 : needsCheck(sensor) || sensor.alerts.length ? 1 : 2);

function showDispensers({ sensors }) {
  const low = sensors.filter((sensor) => has(sensor, LOW)).length;
  const check = sensors.filter((sensor) => !has(sensor, LOW) && urgency(sensor) === 1).length;
  const words = [low && t("facilities.to_refill", { n: low }), check && t("facilities.to_check", { n: check })];
  const said = words.filter(Boolean).join(" · ");
  setText(places.summary, sensors.length ? said || t("facilities.all_well") : "");
  if (!sensors.length) {
    places.dispensers.replaceChildren(empty(t("facilities.none"), t("facilities.none_hint")));
    return;
  }
  const sorted = [...sensors].sort((a, b) => urgency(a) - urgency(b) || a.board.localeCompare(b.board));
  const list = listIn(places.dispensers, "dispenser-list live");
  keyed(list, sorted, (sensor) => `${sensor.board}/${sensor.sensor}`, makeDispenser, updateDispenser);
}

function makeDispenser() {
  return el("li", { class: "dispenser" },
    el("div", { class: "gauge", "aria-hidden": true }, el("div", { class: "fill" })),
    el("div", { class: "about" },
      el("h3"),
      el("p", { class: "quiet small" }),
      el("p", { class: "number level" }),
      el("p", { class: "condition" }),
      el("p", { class: "battery small" }),
    ),
  );
}

function updateDispenser(node, sensor) {
  const [gauge, about] = node.children;
  const [name, place, level, condition, battery] = about.children;
  const low = has(sensor, LOW);
  const known = sensor.level_pct !== null;
  setProps(node, { "data-status": sensor.status, "data-low": low });
  gauge.firstElementChild.style.height = `${known ? sensor.level_pct : 0}%`;
  setText(name, sensor.place || sensor.board);
  setText(place, [word("sensor", sensor.sensor), sensor.place ? sensor.board : ""].filter(Boolean).join(" · "));
  setText(level, known ? `${amount(sensor.level_pct)} %` : "–");
  const others = sensor.alerts.filter((code) => !LOW.includes(code) && !BATTERY_LOW.includes(code));
  condition.replaceChildren(
    low ? state("trouble", t("facilities.refill")) : "",
    ...others.map((code) => state("trouble", word("alert", code))),
    state(readingTone(sensor.status), word("status", sensor.status)),
    sensor.at_ms === null ? "" : el("span", { class: "quiet" }, ageOf(sensor.at_ms)),
  );
  battery.replaceChildren(...batteryWords(sensor));
}

function batteryWords(sensor) {
  if (sensor.battery_mv === null) return [];
  const volts = `${t("facilities.battery")} ${amount(sensor.battery_mv / 1000, 2)} V`;
  return has(sensor, BATTERY_LOW) ? [state("attention", `${t("facilities.battery_low")} · ${volts}`)] : [el("span", { class: "quiet" }, volts)];
}

function ageOf(ms) {
  return el("time", { "data-at": ms, title: moment(ms, now()) }, ago(ms, now()));
}

const COLUMNS = [
  ["board", (board) => [el("strong", {}, board.board), el("span", { class: "quiet small" }, word("role", board.role))]],
  ["where", (board) => [whereIs(board)]],
  ["state", (board) => [state(boardTone(board.state), word("board", board.state)), ...troublesOf(board)]],
  ["seen", (board) => [board.seen_ms === null ? t("boards.never_seen") : ageOf(board.seen_ms)]],
  ["firmware", (board) => [board.fw || "–"]],
  ["signal", (board) => [board.rssi_dbm === null ? "–" : `${amount(board.rssi_dbm)} dBm`]],
  ["memory", (board) => [board.free_bytes === null ? "–" : `${amount(board.free_bytes / 1024)} KB`]],
  ["reconnects", (board) => [board.reconnects === null ? "–" : amount(board.reconnects)]],
  ["bad", (board) => bad(board.bad)],
];

function troublesOf({ board }) {
  const own = (sensors?.alerts ?? []).filter((alert) => alert.board === board);
  return own.map((alert) => state("trouble", trouble(alert)));
}

function whereIs({ counter, place }) {
  const name = counter === null ? "" : counterName(counter);
  return [name, place === name ? "" : place].filter(Boolean).join(" · ") || "–";
}

function bad(counts) {
  const entries = Object.entries(counts).filter(([, n]) => n > 0);
  if (!entries.length) return ["0"];
  const total = entries.reduce((sum, [, n]) => sum + n, 0);
  return [state("attention", amount(total)), el("span", { class: "quiet small" }, entries.map(([why, n]) => `${why} ${n}`).join(", "))];
}

function showBoards({ boards }) {
  const up = boards.filter((board) => ["ready", "sleeping", "init"].includes(board.state)).length;
  setText(places.connected, boards.length ? t("facilities.connected", { n: up, all: boards.length }) : "");
  if (!boards.length) {
    places.boards.replaceChildren(empty(t("facilities.no_boards"), t("facilities.no_boards_hint")));
    return;
  }
  if (!places.boards.querySelector("tbody")) places.boards.replaceChildren(makeTable());
  keyed(
    places.boards.querySelector("tbody"),
    boards,
    (board) => board.board,
    () => el("tr", {}, ...COLUMNS.map(([name], i) => el(i ? "td" : "th", { "data-label": t(`boards.${name}`), "data-column": name, scope: i ? null : "row" }))),
    (row, board) => COLUMNS.forEach(([, cell], i) => {
      const shown = cell(board);
      row.children[i].replaceChildren(el("span", {}, ...shown));
      setProps(row.children[i], { "data-idle": shown[0] === "–" || shown[0] === "0" });
    }),
  );
}

function makeTable() {
  const heads = COLUMNS.map(([name]) => el("th", { scope: "col", "data-column": name }, t(`boards.${name}`)));
  return el("table", { class: "live" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody"));
}

everySecond((nowMs) => {
  for (const node of document.querySelectorAll("time[data-at]")) setText(node, ago(Number(node.dataset.at), nowMs));
});

const { handlers, onLink } = frame();
let sensors = null;
let boards = null;
connect("/events", {
  link: handlers.link,
  line: handlers.line,
  site(data) {
    handlers.site(data);
    if (sensors) showDispensers(sensors);
    if (boards) showBoards(boards);
  },
  facilities(data) {
    showDispensers((sensors = data));
    if (boards) showBoards(boards);
  },
  boards(data) {
    showBoards((boards = data));
  },
}, onLink);
