// Updates over the fleet: releases to choose from, what is under way board by board, stop and go.

import { el, empty, keyed, setProps, setText, state } from "./dom.js";
import { updateState, updateWhy } from "./needs.js";
import { ask, busy, button, inWords, say, technicianPage, whileSeen } from "./technician.js";
import { t, word } from "./texts.js";
import { linkForm, refreshTargets, secretForm, updateForm } from "./update_forms.js";

const READ_EVERY_MS = 30_000;
const TONES = { waiting: "away", running: "well", stopped: "trouble", done: "well" };
const ORDER = ["failed", "rolled_back", "refused", "trial", "loading", "loaded", "offered", "waiting", "skipped", "cancelled", "committed"];

const place = (id) => document.getElementById(id);
let rows = [];

function showPlan(plan) {
  if (!plan) {
    place("plan").replaceChildren(empty(t("plan.none"), t("plan.none_hint")));
    return;
  }
  let node = place("plan").querySelector(".plan");
  if (!node) place("plan").replaceChildren((node = makePlan()));
  setProps(node, { "data-state": plan.state });
  const moved = plan.boards.find((one) => one.as_board);
  setText(node.heading, moved ? t("plan.moves", { board: moved.board, to: moved.as_board }) : t(`plan.kind.${plan.kind}`, { version: plan.version ?? "" }));
  const done = plan.boards.filter((one) => one.state === "committed").length;
  node.how.replaceChildren(
    state(TONES[plan.state] ?? "away", word("plan.state", plan.state)),
    el("span", {}, t("plan.count", { n: done, all: plan.boards.length })),
    plan.state === "running" && stagesOf(plan) > 1 ? el("span", { class: "quiet" }, t("plan.stage", { n: (plan.stage ?? 0) + 1, all: stagesOf(plan) })) : "",
  );
  node.bar.max = Math.max(1, plan.boards.length);
  node.bar.value = done;
  const why = updateWhy(plan);
  setText(node.why, why);
  node.why.hidden = !why;
  node.stop.hidden = !["running", "waiting"].includes(plan.state);
  node.go.hidden = node.hint.hidden = plan.state !== "stopped";
  const sorted = [...plan.boards].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.board.localeCompare(b.board));
  keyed(node.list, sorted, (one) => one.board, makeOne, showOne);
}

/** Give how many stages there are: those of given sizes, and one for the rest. */
function stagesOf({ stages, boards }) {
  let left = boards.length;
  let n = 0;
  while (left > 0 && n < stages.length) left -= stages[n++];
  return n + (left > 0 ? 1 : 0);
}

function makePlan() {
  const parts = {
    heading: el("h2"),
    how: el("p", { class: "how", role: "status" }),
    bar: el("progress", { "aria-label": t("plan.title") }),
    why: el("p", { hidden: true }),
    stop: button(t("plan.stop"), () => busy(parts.stop, () => ask("update_stop")), { danger: true }),
    go: button(t("plan.go"), () => busy(parts.go, () => ask("update_go"))),
    hint: el("p", { class: "quiet small" }, t("plan.go_hint")),
    list: el("ul", { class: "plan-boards" }),
  };
  return Object.assign(el("section", { class: "plan live" }, ...Object.values(parts)), parts);
}

function makeOne({ board }) {
  const how = el("span");
  const why = el("span", { class: "quiet small" });
  const bar = el("progress", { max: 1, "aria-label": board });
  return Object.assign(el("li", {}, el("a", { href: `/papan/${board}` }, board), how, why, bar), { how, why, bar });
}

function showOne(node, one) {
  node.how.replaceChildren(updateState(one));
  setText(node.why, updateWhy(one));
  node.bar.hidden = one.state !== "loading";
  if (one.size) node.bar.value = Math.min(1, (one.got ?? 0) / one.size);
}

function showReleases(releases) {
  if (!releases.length) {
    place("releases").replaceChildren(empty(t("plan.no_releases"), t("plan.no_releases_hint")));
    return;
  }
  let list = place("releases").querySelector("ul");
  if (!list) place("releases").replaceChildren((list = el("ul", { class: "releases" })));
  const newest = [...releases].sort((a, b) => (b.number ?? 0) - (a.number ?? 0));
  keyed(list, newest, (release) => JSON.stringify(release), makeRelease, () => {});
}

function makeRelease(release) {
  const about = [
    release.number === null ? "" : t("plan.number", { n: release.number }),
    release.own ? t("plan.own") : "",
    release.signed_by && !release.own ? t("plan.signed", { by: release.signed_by }) : "",
  ].filter(Boolean).join(" · ");
  const choose = button(t("plan.choose"), () => {
    const form = updateForm(release, rows, begun);
    place("wish").replaceChildren(form);
    form.scrollIntoView({ block: "start" });
  });
  return el("li", {},
    el("span", { class: "release" }, el("strong", {}, release.version), el("span", { class: "quiet small" }, about)),
    release.ok ? choose : state("trouble", t("plan.bad_release", { why: inWords(release, "why") || release.why || "" })),
  );
}

function begun() {
  place("wish").replaceChildren();
  for (const more of document.querySelectorAll("details.more")) more.open = false;
  say(t("plan.started"));
  place("plan").scrollIntoView({ block: "start" });
}

async function readReleases() {
  const answer = await ask("releases", {}, { quiet: true });
  if (answer.ok) showReleases(answer.releases);
  else if (place("releases").querySelector(".loading")) place("releases").replaceChildren(el("p", { class: "quiet" }, answer.text));
}

const build = place("build");
build.addEventListener("click", () => busy(build, async () => {
  const answer = await ask("release_build");
  if (answer.ok) say(t("plan.built"));
  await readReleases();
}));

place("link").lastElementChild.replaceChildren(linkForm(rows, begun));
place("secret").lastElementChild.replaceChildren(secretForm(rows, begun));
technicianPage({
  fleet(data) {
    rows = data.boards;
    refreshTargets(rows);
  },
  update: ({ plan }) => showPlan(plan),
});
whileSeen(READ_EVERY_MS, readReleases);
