// The hall display: the called number, read from ten metres.

import { el, keyed, setText } from "./dom.js";
import { bulletin } from "./bulletin.js";
import { clock, counterName, wait } from "./format.js";
import { frame } from "./frame.js";
import { connect, now } from "./live.js";
import { t } from "./texts.js";

const PULSE_MS = 3000;
const EARLIER = 5;
const WORDS = { starting: "display.starting", clock: "display.clock" }; // else the gateway is lost
const QUEUES = 8; // more do not fit in the foot in a size that can be read
const SENTENCE_MS = 8000; // long enough to read one aloud

const hero = document.getElementById("hero");
const earlier = document.getElementById("earlier");
const queues = document.getElementById("queues");
const news = document.getElementById("news");
let site = null;
let line = null;
let shown = "";
let turn = 0; // of the sentences

function show() {
  if (!site || !line) return;
  const [last, ...rest] = line.calls;
  const key = JSON.stringify([last ?? null, line.break, site.zone, site.counter_word]);
  if (key !== shown) {
    shown = key;
    hero.replaceChildren(...(last ? call(last) : waiting()));
    if (line.break) hero.prepend(pause(line.break));
  }
  hero.classList.toggle("resting", Boolean(line.break));
  showEarlier(rest.slice(0, EARLIER));
  showNews();
  showFoot();
}

function call(last) {
  const fresh = now() - last.at_ms < PULSE_MS;
  const number = el("p", { class: `number ticket${fresh ? " pulse" : ""}` }, last.ticket);
  number.style.setProperty("--chars", Math.max(4, last.ticket.length));
  const counter = el("p", { class: "number counter" }, counterName(last.counter), place(last.counter));
  counter.style.setProperty("--chars", counterName(last.counter).length);
  return [
    el("p", { class: "label" }, t("display.now"), last.priority ? el("span", { class: "tag" }, t("overview.priority")) : null),
    number,
    el("p", { class: "label" }, t("display.please")),
    counter,
  ];
}

function place(n) {
  const about = site.counters.find((counter) => counter.counter === n);
  return about?.place ? el("span", { class: "place" }, about.place) : null;
}

function waiting() {
  return [el("p", { class: "wait" }, t("display.no_calls")), el("p", { class: "label" }, t("display.no_calls_hint"))];
}

function pause(rest) {
  const until = rest.until_ms === null ? t("overview.break_open") : t("overview.break_until", { time: clock(rest.until_ms) });
  return el("p", { class: "break" }, el("strong", {}, t("overview.break", { name: rest.name })), el("span", {}, until));
}

function showEarlier(calls) {
  if (!calls.length) {
    earlier.replaceChildren();
    return;
  }
  if (!earlier.firstElementChild) earlier.append(el("h2", {}, t("display.earlier")), el("ol"));
  keyed(
    earlier.lastElementChild,
    calls,
    (item) => `${item.ticket}/${item.counter}`,
    () => el("li", {}, el("span", { class: "number" }), el("span", { class: "to" })),
    (node, item) => {
      setText(node.firstElementChild, item.ticket);
      setText(node.lastElementChild, counterName(item.counter));
    },
  );
}

// One sentence at a time, in turn: several at once could not be read from ten metres.
function showNews() {
  if (!site || !line) return;
  const said = bulletin(site, line);
  news.hidden = !said.length;
  setText(news, said.length ? said[turn % said.length] : "");
}

function showFoot() {
  const all = line.queues.filter((queue) => queue.open || queue.held || (queue.closing && queue.waiting));
  const most = all.length > QUEUES ? [...all].sort((a, b) => b.waiting - a.waiting).slice(0, QUEUES) : all;
  keyed(
    queues,
    most,
    (queue) => queue.q,
    (queue) => el("p", { class: "queue" }, el("span", { class: "number" }, queue.q), el("span"), el("span", { class: "about" })),
    (node, queue) => {
      setText(node.children[1], t("display.waiting", { n: queue.waiting }));
      setText(node.lastElementChild, condition(queue));
    },
  );
}

function condition(queue) {
  if (queue.held) return t("display.held");
  if (queue.closing) return t("display.closed_today");
  return queue.waiting ? wait(queue.wait_s) : "";
}

setInterval(() => {
  turn += 1;
  showNews();
}, SENTENCE_MS);

const { handlers, onLink } = frame({
  say: (key, time) => t(WORDS[key] ?? "display.lost", { time }),
});
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
}, onLink, { keepHidden: true });
