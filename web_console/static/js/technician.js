// What every technicians' page has: the stream, asking the workshop, its away, and signing out.

import { el, setText } from "./dom.js";
import { frame } from "./frame.js";
import { connect } from "./live.js";
import { post } from "./post.js";
import { language, t } from "./texts.js";

const SAID_MS = 12_000;

const refusal = document.getElementById("refusal");
const said = document.getElementById("said");
let hide = 0;

/** Open the page's stream; `handlers` get its events besides the frame's. */
export function technicianPage(handlers) {
  const { handlers: own, onLink } = frame();
  const both = { ...handlers };
  for (const [kind, handle] of Object.entries(own)) {
    const also = handlers[kind];
    both[kind] = (data) => {
      handle(data);
      also?.(data);
    };
  }
  both.workshop = ({ up }) => showWorkshop(up);
  connect("/teknisi/events", both, (up, sinceMs) => {
    onLink(up, sinceMs);
    // A stream that does not open may be one that needs signing in: an ask would tell.
    if (!up) post("/teknisi/tanya", {}).then(signInIfNeeded);
  });
}

/** Ask the workshop; gives its answer, `ok` among it. A refusal is told unless `quiet`. */
export async function ask(name, fields = {}, { quiet = false } = {}) {
  const answer = await post("/teknisi/tanya", { ...fields, ask: name });
  signInIfNeeded(answer);
  if (!quiet) tell(refusal, answer.ok ? "" : answer.text);
  return answer;
}

/** Tell what was done, for a while. */
export function say(text) {
  tell(refusal, "");
  tell(said, text);
  clearTimeout(hide);
  hide = setTimeout(() => tell(said, ""), SAID_MS);
}

/** Tell what is in the way. */
export function complain(text) {
  tell(said, "");
  tell(refusal, text);
}

/** Give the text of `item` in the reader's language: `what_id` or `what_en`. */
export function inWords(item, what) {
  return item[`${what}_${language}`] || item[`${what}_en`] || item[`${what}_id`] || "";
}

/** Give a button; `quiet` ones are outlined. */
export function button(text, onclick, { quiet = false, danger = false, ...props } = {}) {
  const kind = [quiet && "quiet-button", danger && "danger"].filter(Boolean).join(" ");
  return el("button", { type: "button", class: `button ${kind}`.trim(), onclick, ...props }, text);
}

/** Do what takes a while with a button: it waits, and cannot be pressed twice. */
export async function busy(node, work) {
  if (node.disabled) return undefined;
  const text = node.textContent;
  node.disabled = node.busy = true; // whoever enables buttons leaves those alone that are busy
  setText(node, t("act.wait"));
  try {
    return await work();
  } finally {
    node.disabled = node.busy = false;
    setText(node, text);
  }
}

/** Call `work` now and every `everyMs` after it ended, while the page is seen. */
export function whileSeen(everyMs, work) {
  let running = false;
  let timer = 0;
  async function go() {
    clearTimeout(timer);
    if (running || document.hidden) return;
    running = true;
    try {
      await work();
    } finally {
      running = false;
      timer = setTimeout(go, everyMs);
    }
  }
  document.addEventListener("visibilitychange", go);
  go();
  return go;
}

function signInIfNeeded(answer) {
  if (answer.sign_in) location.assign(`/masuk?ke=${encodeURIComponent(location.pathname + location.search)}`);
}

function tell(node, text) {
  if (!node) return;
  setText(node, text ?? "");
  node.hidden = !text;
  if (text && node === refusal) node.scrollIntoView({ block: "nearest" });
}

function showWorkshop(up) {
  const there = document.getElementById("workshop-down");
  if (up) there?.remove();
  else if (!there) document.getElementById("banners").after(el("p", { id: "workshop-down", class: "banner trouble", role: "status" }, t("workshop.down")));
}
