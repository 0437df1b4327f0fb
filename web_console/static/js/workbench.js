// The workbench: boards that live in this page, to be pressed, wired in mind and listened to.

import { makeBoard, shapeOf, showBoard } from "./board.js";
import { el, keyed, setProps, setText } from "./dom.js";
import { counterName, counterTitle } from "./format.js";
import { carryBy } from "./orders.js";
import { post } from "./post.js";
import { complain as refuse, technicianPage } from "./technician.js";
import { t } from "./texts.js";
import { makeTraffic } from "./traffic.js";
import { Board } from "./workbench_board.js";

const KEEP_MS = 30_000;
const PATH = "/bengkel/papan";
const AT_A_COUNTER = ["counter", "rating"];
const NEEDED = ["id", "secret", "role", "parts"];
const TONES = { ready: "well", connected: "well", starting: "away", asleep: "away" };

const choose = document.getElementById("choose");
const own = document.getElementById("own");
const list = document.getElementById("workbench");
const wiring = document.getElementById("wiring");
const places = new Map(); // board id -> {board, node, ...}
let queues = [];

carryBy((order) => places.get(order.board)?.board.order(order));

// Choosing.

const chosen = () => choose.elements.kind.selectedOptions[0];
const drawingOf = (kind) => `/bengkel/kabel/${kind.value}`;

function showChoice() {
  const { role } = chosen().dataset;
  document.getElementById("where").hidden = !AT_A_COUNTER.includes(role);
  setProps(wiring, { src: drawingOf(chosen()), alt: t("workbench.wiring_of", { kind: chosen().text }) });
}

choose.elements.kind.addEventListener("change", showChoice);
showChoice();

choose.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = choose.querySelector("button");
  const { kind, counter } = choose.elements;
  const at = AT_A_COUNTER.includes(chosen().dataset.role) ? Number(counter.value) : null;
  if (at === 0) {
    refuse(t("workbench.no_counter"));
    return;
  }
  button.disabled = true;
  const startedMs = performance.now();
  const said = await post(PATH, { do: "add", kind: kind.value, ...(at && { counter: at }) });
  button.disabled = false;
  refuse(said.ok ? "" : said.text);
  if (said.ok) place(said.settings, at, { ours: true, startedMs });
});

own.addEventListener("submit", (event) => {
  event.preventDefault();
  const settings = readSettings(own.elements.settings.value);
  if (!settings) return;
  if (places.has(settings.id)) {
    refuse(t("workbench.here_already", { board: settings.id }));
    return;
  }
  place(settings, null, { ours: false, startedMs: performance.now() });
  own.reset();
});

/** Give the settings that a text holds; nothing, and say why, if it does not hold any. */
function readSettings(text) {
  let settings = null;
  try {
    settings = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    refuse(t("workbench.not_json", { why: error.message }));
    return null;
  }
  const missing = NEEDED.filter((name) => !settings?.[name]);
  refuse(missing.length ? t("workbench.missing", { names: missing.join(", ") }) : "");
  return missing.length ? null : settings;
}

// A board's place on the bench.

function place(settings, counter, { ours, startedMs }) {
  const traffic = makeTraffic(settings.id);
  const note = el("p", { class: "note", role: "status" });
  const text = el("textarea", { rows: 14, spellcheck: "false", autocomplete: "off", "aria-label": "settings.json" });
  text.value = JSON.stringify(settings, null, 1);
  const again = el("button", { type: "button", class: "button" }, t("workbench.again"));
  const unplug = el("button", { type: "button", class: "button plain" }, t("workbench.unplug"));
  const save = el("button", { type: "button", class: "button" }, t("workbench.save"));
  const boards = el("ul", { class: "boards" });
  const kind = [...choose.elements.kind.options].find((option) => option.value === settings.kind);
  const node = el("li", { class: "place", "data-place": settings.id }, el("article", {},
    el("div", { class: "side" },
      el("header", {}, el("h2", {}, settings.id), note),
      boards,
      el("div", { class: "acts" }, again, unplug),
      el("details", { class: "settings" }, el("summary", {}, t("workbench.settings")), text, save),
      kind && makeWiring(kind),
    ),
    el("details", { class: "side traffic", open: true }, el("summary", {}, t("workbench.traffic")), traffic.node),
  ));
  const board = new Board(settings, counter, {
    look: () => show(here),
    said: (_, what) => traffic.add(what),
    note(_, key, values) {
      if (key === "ready" && here.startedMs) {
        node.dataset.readyMs = Math.round(performance.now() - here.startedMs);
        here.startedMs = 0;
      }
      node.dataset.note = key;
      note.replaceChildren(el("span", { class: "state", "data-tone": TONES[key] ?? "trouble" }, t(`workbench.note_${key}`, values)));
    },
  });
  const here = { board, node, boards, ours, startedMs };
  again.addEventListener("click", () => board.start());
  unplug.addEventListener("click", () => remove(settings.id));
  save.addEventListener("click", () => {
    const changed = readSettings(text.value);
    if (!changed) return;
    if (changed.id !== settings.id) {
      refuse(t("workbench.other_id", { board: settings.id }));
      return;
    }
    board.use(changed);
    board.start();
  });
  places.set(settings.id, here);
  list.prepend(node);
  node.scrollIntoView({ block: "nearest" }); // on a phone it is below what was chosen
  board.start();
}

function makeWiring(kind) {
  const picture = el("img", { src: drawingOf(kind), alt: t("workbench.wiring_of", { kind: kind.text }), loading: "lazy" });
  return el("details", {}, el("summary", {}, t("workbench.wiring")), el("div", { class: "wiring" }, picture));
}

function show({ board, boards }) {
  if (board.look.state === null && !board.look.w && board.look.parts.includes("matrix")) return; // dark yet
  keyed(boards, [board.look], shapeOf, (look) => makeBoard(look, queueOf), showBoard);
}

/** Give the queue of a ticket board's n-th key: without a place in the site, the site's in order. */
const queueOf = (look, n) => queues[n - 1];

function remove(id) {
  const here = places.get(id);
  if (!here) return;
  places.delete(id);
  here.board.stop();
  here.node.remove();
  if (here.ours) end(id);
}

/** Let the hall retire a board; also said by a page that goes. */
function end(board) {
  const body = JSON.stringify({ do: "end", board });
  fetch(PATH, { method: "POST", headers: { "Content-Type": "application/json" }, body, keepalive: true }).catch(() => {});
}

setInterval(async () => {
  for (const [id, here] of places) {
    if (!here.ours) continue;
    const said = await post(PATH, { do: "keep", board: id });
    if (said.why === "unknown_board") {
      here.ours = false;
      here.board.stop();
      refuse(said.text);
    }
  }
}, KEEP_MS);

addEventListener("pagehide", () => {
  for (const [id, here] of places) {
    here.board.stop();
    if (here.ours) end(id);
  }
});
// The boards of a page that comes back have been retired meanwhile.
addEventListener("pageshow", (event) => event.persisted && location.reload());

technicianPage({
  site(data) {
    queues = data.queues;
    setText(document.getElementById("counter-word"), counterTitle());
    const { counter } = choose.elements;
    keyed(counter, data.counters, (one) => one.counter, (one) => el("option", { value: one.counter }), (option, one) => {
      setText(option, counterName(one.counter));
    });
    for (const here of places.values()) show(here);
  },
});
