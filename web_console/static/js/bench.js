// The bench: every virtual board, to be pressed and looked at.

import { el, empty, keyed, setText } from "./dom.js";
import { makeBoard, shapeOf, showBoard } from "./board.js";
import { counterTitle } from "./format.js";
import { frame } from "./frame.js";
import { connect } from "./live.js";
import { t } from "./texts.js";

const ROLES = ["ticket", "counter", "rating", "panel", "hall", "gate", "dispenser"];

const bench = document.getElementById("bench");
const jump = document.getElementById("jump");
const looks = new Map();
let ids = [];
let known = false; // the hall of virtual boards has been heard, or has been found away
let up = false;
let queues = [];

const { handlers, onLink } = frame();

/** Give the queue of a ticket board's n-th key: the board's own list, else the site's in order. */
function queueOf(look, n) {
  const letters = look.queues ?? queues.map((queue) => queue.q);
  return queues.find((queue) => queue.q === letters[n - 1]);
}

function showAll() {
  if (!known) return;
  if (!ids.length) {
    bench.replaceChildren(empty(t("bench.empty"), t("bench.empty_hint")));
    jump.replaceChildren();
    return;
  }
  if (!bench.querySelector("section")) bench.replaceChildren();
  bench.classList.toggle("away", !up);
  const boards = ids.map((id) => looks.get(id)).filter(Boolean);
  const groups = [...ROLES, "other"]
    .map((role) => ({ role, boards: boards.filter((look) => (ROLES.includes(look.role) ? look.role : "other") === role) }))
    .filter((group) => group.boards.length);
  keyed(
    jump,
    groups,
    (group) => group.role,
    (group) => el("a", { href: `#${group.role}` }),
    (link, group) => setText(link, title(group.role)),
  );
  keyed(bench, groups, (group) => group.role, makeGroup, (section, group) => {
    setText(section.firstElementChild, title(group.role));
    keyed(section.lastElementChild, group.boards, shapeOf, (look) => makeBoard(look, queueOf), showBoard);
  });
}

/** Give a group's name; counters are called as the site calls them. */
function title(role) {
  return t(`bench.${role}`, { word: counterTitle() });
}

function makeGroup({ role }) {
  return el("section", { class: role, id: role }, el("h2"), el("ul", { class: "boards" }));
}

function showAway() {
  const away = document.getElementById("away");
  if (up) away?.remove();
  else if (!away) document.getElementById("banners").after(el("p", { id: "away", class: "banner trouble", role: "status" }, t("bench.away")));
}

connect("/bangku/events", {
  link: handlers.link,
  line: handlers.line,
  site(data) {
    handlers.site(data);
    queues = data.queues;
    showAll();
  },
  bench(data) {
    known = true;
    ids = data.boards;
    up = data.up;
    showAway();
    showAll();
  },
  board(look) {
    looks.set(look.board, look);
    const node = bench.querySelector(`[data-key="${CSS.escape(shapeOf(look))}"]`);
    if (node) showBoard(node, look);
    else showAll();
  },
}, onLink);
