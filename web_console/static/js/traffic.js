// What a board says and hears: newest first, and never more than so many. Packets that say nothing,
// and the gateway's beats, are there for who wants them.

import { el, setText } from "./dom.js";
import { t } from "./texts.js";

const MOST = 100; // of what says something, and of what does not
const BEAT = "loket/1/gw/beat";
const MOST_CHARS = 600;

/** Give {node, add}: `add({packet, out})` or `add({says})` puts one more on top. */
export function makeTraffic(board) {
  const all = el("input", { type: "checkbox" });
  const rows = el("ol", { class: "rows", reversed: true });
  const node = el("div", { class: "talk" },
    el("label", { class: "switch small" }, all, el("span", {}, t("workbench.all_packets"))),
    rows,
  );
  all.addEventListener("change", () => node.classList.toggle("all", all.checked));

  function add(what) {
    rows.prepend(what.packet ? makePacket(board, what) : makeWords(what.says));
    const alike = rows.querySelectorAll(rows.firstElementChild.matches(".packet") ? ".packet" : ":scope > :not(.packet)");
    if (alike.length > MOST) alike[MOST].remove();
    setText(summaryOf(node), t("workbench.traffic_n", { n: rows.querySelectorAll(":scope > :not(.packet)").length }));
  }
  return { node, add };
}

const summaryOf = (node) => node.closest("details")?.querySelector("summary") ?? node.lastChild;

function makePacket(board, { packet, out }) {
  const { name, topic = "", text = "", code, retained } = packet;
  const isMessage = name === "PUBLISH";
  const said = code ? `${text} ${code}` : text;
  return row(isMessage && topic !== BEAT ? "told" : "packet", out ? "out" : "in",
    el("code", { class: "topic", title: topic }, isMessage ? short(board, topic) : name),
    retained ? el("span", { class: "small quiet" }, t("workbench.retained")) : "",
    el("code", { class: "payload" }, said.length > MOST_CHARS ? `${said.slice(0, MOST_CHARS)}…` : said),
  );
}

const makeWords = (text) => row("log", "says", el("code", { class: "payload" }, text.slice(0, MOST_CHARS)));

function row(kind, way, ...content) {
  const arrow = el("span", { class: "way", role: "img", "aria-label": t(`workbench.way_${way}`), title: t(`workbench.way_${way}`) });
  return el("li", { class: kind, "data-way": way }, arrow, ...content);
}

/** Give a topic without what all of a board's have in common. */
const short = (board, topic) => topic.replace(/^loket\/1\//, "").replace(`${board}/`, "");
