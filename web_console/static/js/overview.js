// The hall as staff work with it: last calls, queues, counters.

import { troubleThere } from "./alerts.js";
import { bulletin } from "./bulletin.js";
import { el, empty, keyed, listIn, setProps, setText, state } from "./dom.js";
import { ago, clock, counterName, counterTitle, span, wait } from "./format.js";
import { everySecond, frame } from "./frame.js";
import { connect, now } from "./live.js";
import { counterTone } from "./states.js";
import { t, word } from "./texts.js";

const PULSE_MS = 3000;
const EARLIER = 5;
const OF_FACILITIES = ["level_low", "battery_low"]; // told on their page

const places = {
  notices: document.getElementById("notices"),
  calls: document.getElementById("calls"),
  queues: document.getElementById("queues"),
  counters: document.getElementById("counters"),
  active: document.getElementById("active"),
  word: document.getElementById("counter-word"),
};
let site = null;
let line = null;
let alerts = [];
let callsShown = "";

function showNotices() {
  const troubles = alerts.filter((alert) => !OF_FACILITIES.includes(alert.code)).map(troubleThere);
  const words = [...[...line.notices, ...site.notices].map(notify), ...troubles];
  const notices = words.map((text) => el("p", { class: "notice" }, state("attention", text)));
  const said = bulletin(site, line).map((text) => el("li", {}, text));
  const told = said.length ? [el("ul", { class: "bulletin" }, ...said)] : [];
  places.notices.replaceChildren(...(line.break ? [breakNotice(line.break)] : []), ...notices, ...told);
}

function showCalls() {
  // Drawn anew only for news of its own, or a pulse would start over with every change elsewhere.
  const news = JSON.stringify([line.calls, site]);
  if (news === callsShown) return;
  callsShown = news;
  const [last, ...earlier] = line.calls;
  const parts = [];
  if (!last) {
    parts.push(empty(t("overview.no_calls"), t("overview.no_calls_hint")));
  } else {
    const fresh = now() - last.at_ms < PULSE_MS;
    parts.push(
      el("p", { class: `last live${fresh ? " pulse" : ""}` },
        el("span", { class: "number ticket" }, last.ticket),
        el("span", { class: "to" }, el("span", { class: "number" }, counterName(last.counter)), callNote(last)),
      ),
    );
    if (earlier.length) {
      parts.push(
        el("h3", { class: "quiet small" }, t("overview.earlier")),
        el("ol", { class: "earlier live" }, ...earlier.slice(0, EARLIER).map(earlierCall)),
      );
    }
  }
  places.calls.replaceChildren(...parts);
}

function notify({ code, text }) {
  if (code === "help") return t("notice.help", { counter: counterName(text) });
  if (code === "no_lease") return t("notice.no_lease", { text });
  return code === "site_refused" ? t("notice.site_refused", { text }) : text;
}

function callNote(call) {
  const words = [];
  if (call.priority) words.push(t("overview.priority"));
  if (call.times > 1) words.push(t("overview.again", { n: call.times }));
  return el("span", { class: "quiet note" },
    el("time", { "data-at": call.at_ms }, ago(call.at_ms, now())),
    ...words.map((text) => ` · ${text}`),
  );
}

function earlierCall(call) {
  return el("li", {},
    el("span", { class: "number" }, call.ticket),
    el("span", {}, counterName(call.counter)),
    el("span", { class: "quiet small" }, clock(call.at_ms)),
  );
}

function breakNotice(pause) {
  const until = pause.until_ms === null ? t("overview.break_open") : t("overview.break_until", { time: clock(pause.until_ms) });
  return el("p", { class: "notice break" }, el("strong", {}, t("overview.break", { name: pause.name })), ` ${until}`);
}

function showQueues() {
  const named = new Map(site.queues.map((queue) => [queue.q, queue]));
  if (!line.queues.length) {
    places.queues.replaceChildren(empty(t("overview.no_queues"), t("overview.no_queues_hint")));
    return;
  }
  const list = listIn(places.queues, "queue-list live");
  keyed(list, line.queues, (queue) => queue.q, makeQueue, (node, queue) => {
    const about = named.get(queue.q);
    node.classList.toggle("shut", !queue.open);
    node.classList.toggle("clear", !queue.waiting);
    const [letter, name, figure, note] = node.children;
    setText(letter, queue.q);
    setText(name.firstElementChild, about?.name ?? "");
    setText(name.lastElementChild, about?.agency ?? "");
    setText(figure.firstElementChild, String(queue.waiting));
    setText(figure.lastElementChild, t("overview.waiting"));
    note.replaceChildren(...queueNote(queue));
  });
}

function makeQueue() {
  return el("li", { class: "queue" },
    el("span", { class: "number letter" }),
    el("span", { class: "name" }, el("span"), el("span", { class: "quiet small" })),
    el("span", { class: "figure" }, el("span", { class: "number" }), el("span", { class: "quiet small" })),
    el("span", { class: "note small" }),
  );
}

function queueNote(queue) {
  const parts = [];
  if (queue.held) parts.push(state("attention", t("overview.held", { time: clock(queue.held.since_ms) })));
  else if (queue.closing) parts.push(state("away", word("closing", queue.closing)));
  else if (!queue.open) parts.push(state("away", t("overview.queue_closed")));
  if (queue.waiting) {
    if (queue.wait_s) parts.push(el("span", {}, wait(queue.wait_s)));
    if (queue.next) parts.push(el("span", {}, t("overview.next", { ticket: queue.next })));
    if (queue.priority) parts.push(el("span", {}, t("overview.priority_waiting", { n: queue.priority })));
  } else if (queue.issued) {
    parts.push(el("span", {}, t("overview.all_called")));
  } else if (queue.open) {
    parts.push(el("span", {}, t("overview.nobody")));
  }
  if (queue.issued) parts.push(el("span", { class: "quiet" }, t("overview.issued", { n: queue.issued })));
  return parts;
}

function showCounters() {
  const named = new Map(site.counters.map((counter) => [counter.counter, counter]));
  setText(places.word, counterTitle());
  const busy = line.counters.filter((counter) => counter.ticket).length;
  setText(places.active, line.counters.length ? t("overview.active", { n: busy, all: line.counters.length }) : "");
  if (!line.counters.length) {
    places.counters.replaceChildren(empty(t("overview.no_counters"), t("overview.no_counters_hint")));
    return;
  }
  const list = listIn(places.counters, "counter-list live");
  keyed(list, line.counters, (counter) => counter.counter, makeCounter, (node, counter) => {
    const about = named.get(counter.counter);
    const [name, figure, condition, foot, warning] = node.children;
    setProps(node, { "data-state": counter.state, "data-ticket": counter.ticket || null });
    setText(name, counterName(counter.counter));
    setText(figure, counter.ticket);
    figure.hidden = !counter.ticket;
    condition.replaceChildren(
      state(counterTone(counter.state), word("state", counter.state)),
      el("span", { class: "quiet" }, counter.ticket && counter.since_ms ? el("time", { "data-since": counter.since_ms }, span(now() - counter.since_ms)) : ""),
      el("span", {}, counter.priority ? t("overview.priority") : ""),
    );
    setText(foot, [about?.agency, about?.place, counter.by].filter(Boolean).join(" · "));
    const text = counter.ticket
      ? t("overview.not_shown", { counter: counterName(counter.counter).toLowerCase(), ticket: counter.ticket })
      : t("overview.not_shown_empty", { counter: counterName(counter.counter).toLowerCase() });
    warning.hidden = counter.shown !== false; // the gateway gives a display time before it says so
    warning.replaceChildren(warning.hidden ? "" : state("attention", text));
  });
}

function makeCounter() {
  return el("li", { class: "counter" },
    el("h3", { class: "name" }),
    el("p", { class: "number ticket" }),
    el("p", { class: "condition" }),
    el("p", { class: "quiet small" }),
    el("p", { class: "warning small", hidden: true }),
  );
}

function show() {
  if (!site || !line) return;
  showNotices();
  showCalls();
  showQueues();
  showCounters();
}

everySecond((nowMs) => {
  for (const node of document.querySelectorAll("time[data-at]")) setText(node, ago(Number(node.dataset.at), nowMs));
  for (const node of document.querySelectorAll("time[data-since]")) setText(node, span(nowMs - Number(node.dataset.since)));
});

const { handlers, onLink } = frame();
connect("/events", {
  link: handlers.link,
  site(data) {
    handlers.site(data);
    site = data;
    show();
  },
  line(data) {
    handlers.line(data);
    line = data;
    show();
  },
  facilities(data) {
    alerts = data.alerts;
    show();
  },
}, onLink);
