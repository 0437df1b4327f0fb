// Setting boards up: ports as they are plugged in, a choice for each, and each job's progress.

import { el, keyed, setProps, setText, state } from "./dom.js";
import { makeForm, refreshForm } from "./flash_form.js";
import { amount } from "./format.js";
import { ask, busy, button, inWords, technicianPage, whileSeen } from "./technician.js";
import { t, word } from "./texts.js";

const LOOK_EVERY_MS = 2_000;
const CHOOSE_EVERY_MS = 10_000;
const WHERE_ASKED = "interpreter"; // a step that is taken on the command line only
const SHOWN = ["running", "done", "failed", "stopped"];

const place = (id) => document.getElementById(id);
const known = { kinds: [], boards: [], networks: [], registered: [], counters: [] };
const asked = new Map(); // port -> what was asked for it, to be asked again
const dismissed = new Set(); // jobs that were put away
let ports = [];
let jobs = [];

function running(device) {
  return jobs.some((job) => job.port === device && job.state === "running");
}

function showPorts() {
  const free = ports.filter(({ device }) => !running(device));
  place("looking").hidden = free.length > 0;
  keyed(place("ports"), free, (port) => port.device, makePort, (node, port) => {
    const serves = port.serves ? t("flash.serves", { board: port.serves }) : "";
    const used = port.in_use_by ? t("flash.in_use", { by: port.in_use_by }) : serves;
    setText(node.used, used);
    node.used.hidden = !used;
    setText(node.about, [port.product, port.chip, port.serial_number].filter(Boolean).join(" · "));
    refreshForm(node.form, port, known, isTaken(port.device));
  });
}

/** Tell which boards are being made at other ports, or chosen there. */
function isTaken(device) {
  const others = [...place("ports").children].filter((node) => node.dataset.key !== device);
  const taken = new Set([
    ...others.map((node) => node.form?.inputs.which.value),
    ...jobs.filter((job) => job.state === "running").map((job) => job.board),
  ]);
  return (board) => taken.has(board);
}

function makePort(port) {
  const about = el("p", { class: "quiet small" });
  const used = el("p", { hidden: true });
  const form = makeForm(port, known, start);
  const node = el("li", { class: "port" },
    el("h3", { class: "device" }, port.device),
    about,
    used,
    form,
  );
  return Object.assign(node, { about, used, form });
}

async function start(fields) {
  asked.set(fields.port, fields);
  const answer = await ask("flash", fields);
  // Older jobs of this port are over: what counts is the new one.
  if (answer.ok) for (const job of jobs) if (job.port === fields.port && job.job !== answer.job) dismissed.add(job.job);
  showJobs();
  return answer.ok;
}

function showJobs() {
  // Of a port or a board what counts is the newest.
  const isNewest = (job, i) => !jobs.slice(i + 1).some((later) => later.port === job.port || later.board === job.board);
  const shown = jobs.filter((job, i) => SHOWN.includes(job.state) && !dismissed.has(job.job) && isNewest(job, i));
  keyed(place("jobs"), [...shown].reverse(), (job) => job.job, makeJob, showJob);
}

function makeJob() {
  const heading = el("h2");
  const port = el("p", { class: "quiet small" });
  const steps = el("ol", { class: "steps" });
  const end = el("div", { class: "end", role: "status" });
  return Object.assign(el("li", { class: "job" }, heading, port, steps, end), { heading, port, steps, end });
}

function showJob(node, job) {
  setProps(node, { "data-state": job.state, "data-board": job.board });
  setText(node.heading, job.state === "done" ? t("flash.ready", { board: job.board }) : job.board ?? "");
  setText(node.port, t("flash.on_port", { port: job.port }));
  const steps = job.steps.length ? job.steps : [job.step].filter(Boolean);
  const names = steps.filter((name) => name !== WHERE_ASKED || job.step === WHERE_ASKED);
  const at = job.state === "done" ? names.length : Math.max(0, names.indexOf(job.step));
  // Something that a person is asked to do stands in no list of steps.
  const extra = job.step && !names.includes(job.step) ? [job.step] : [];
  keyed(node.steps, [...names, ...extra], (name) => name, makeStep, (item, name) => {
    const place_ = names.indexOf(name);
    const how = place_ === -1 || place_ === at ? (job.state === "running" ? "now" : "halt") : place_ < at ? "past" : "ahead";
    showStep(item, name, how, job);
  });
  node.steps.hidden = job.state === "done";
  const is = JSON.stringify([job.state, job.text_id, job.next_id]);
  if (node.dataset.is !== is) {
    node.dataset.is = is;
    node.end.replaceChildren(...ending(job));
  }
}

function makeStep() {
  const words = el("span");
  const far = el("span", { class: "quiet number" });
  const bar = el("progress", { max: 1 });
  return Object.assign(el("li", { class: "step" }, el("p", {}, words, far), bar), { words, far, bar });
}

function showStep(item, name, how, { done, of }) {
  setProps(item, { "data-how": how, "aria-current": how === "now" ? "step" : null });
  setText(item.words, word("step", name));
  const counted = (how === "now" || how === "halt") && of > 0;
  setText(item.far, counted ? `${amount(Math.floor((100 * Math.min(done ?? 0, of)) / of))} %` : "");
  item.bar.hidden = how !== "now";
  setProps(item.bar, { "aria-label": word("step", name) });
  if (counted) item.bar.value = Math.min(done ?? 0, of) / of;
  else item.bar.removeAttribute("value");
}

function ending(job) {
  const again = asked.get(job.port);
  const put = () => {
    dismissed.add(job.job);
    showJobs();
  };
  if (job.state === "running") {
    const stop = button(t("flash.stop"), () => busy(stop, () => ask("flash_stop", { job: job.job })), { quiet: true });
    return [stop];
  }
  if (job.state === "done") {
    return [
      el("p", {}, t("flash.ready_hint")),
      el("a", { class: "button", href: `/papan/${job.board}` }, job.board),
      el("a", { class: "button quiet-button", href: `/papan/${job.board}/label` }, t("board.do.label")),
    ];
  }
  const retry = again && button(t("flash.retry"), () => busy(retry, () => start(again)));
  return [
    state(job.state === "failed" ? "trouble" : "away", t(`flash.${job.state}`)),
    inWords(job, "text") ? el("p", {}, inWords(job, "text")) : null,
    inWords(job, "next") ? el("p", {}, t("board.next", { text: inWords(job, "next") })) : null,
    el("p", { class: "quiet small" }, t("flash.again_safe")),
    retry,
    button(t("act.close"), put, { quiet: true }),
  ].filter(Boolean);
}

technicianPage({
  site(data) {
    known.counters = data.counters;
    showPorts();
  },
  fleet(data) {
    known.registered = data.boards;
    showPorts();
  },
  jobs(data) {
    ({ jobs } = data);
    showJobs();
    showPorts();
  },
});
whileSeen(LOOK_EVERY_MS, async () => {
  const answer = await ask("ports", {}, { quiet: true });
  if (!answer.ok) return;
  ({ ports } = answer);
  Object.assign(known, { kinds: answer.kinds, networks: answer.networks });
  showPorts();
});
whileSeen(CHOOSE_EVERY_MS, async () => {
  const answer = await ask("site_boards", {}, { quiet: true });
  if (!answer.ok) return;
  known.boards = answer.boards;
  showPorts();
});
