// What a board at a port is to become: which board, of which kind, on which network.

import { el } from "./dom.js";
import { counterName } from "./format.js";
import { busy, button, complain } from "./technician.js";
import { t, word } from "./texts.js";

const NEW = "+"; // no id begins so
const WIRELESS = ["rp2", "esp32"];

/** Give the form of a port; `start(fields)` is asked with what was chosen. */
export function makeForm(port, known, start) {
  const which = el("select", { name: "board" });
  const id = el("input", { type: "text", name: "id", maxlength: 32, autocapitalize: "none", spellcheck: "false", autocomplete: "off" });
  const kind = el("select", { name: "kind" });
  const counter = el("input", { type: "number", name: "counter", min: 1, max: 999, inputmode: "numeric" });
  const spare = el("input", { type: "checkbox", name: "spare" });
  const network = el("select", { name: "network" });
  const ssid = el("input", { type: "text", name: "ssid", maxlength: 32, autocapitalize: "none", spellcheck: "false", autocomplete: "off" });
  const password = el("input", { type: "password", name: "wifi", maxlength: 63, autocomplete: "off" });
  const keep = el("input", { type: "checkbox", name: "keep", checked: true });
  const go = button(t("flash.start"), () => busy(go, () => send(form, start)), { class: "button wide" });
  const form = el("form", { class: "form", autocomplete: "off", onsubmit: (event) => event.preventDefault() });
  const fields = {
    which: field("flash.which", which), id: field("flash.id", id), kind: field("flash.kind", kind),
    spare: el("label", { class: "tick" }, spare, el("span", {}, t("flash.spare"))),
    counter: field("flash.counter", counter),
    network: field("flash.network", network), ssid: field("plan.ssid", ssid), password: field("plan.wifi_password", password),
    keep: el("label", { class: "tick" }, keep, el("span", {}, t("flash.keep"))),
  };
  form.append(...Object.values(fields), go);
  Object.assign(form, { port, known, fields, go, inputs: { which, id, kind, counter, spare, network, ssid, password, keep } });
  which.addEventListener("change", () => (form.touched = true));
  for (const input of [which, kind, network, spare]) input.addEventListener("change", () => arrange(form));
  return form;
}

/** Bring the choices up to date; what was chosen stays chosen. */
export function refreshForm(form, port, known, isTaken) {
  Object.assign(form, { port, known });
  const waiting = waitingBoards(known);
  const again = known.registered.map(({ board }) => board);
  options(form.inputs.which, [
    ...waiting.map((one) => [one.board, [one.board, one.counter === null ? "" : counterName(one.counter), one.place].filter(Boolean).join(" · ")]),
    [NEW, t("flash.new")],
    ...again.map((board) => [board, t("flash.again", { board })]),
  ], form.touched ? undefined : waiting.find(({ board }) => !isTaken(board))?.board ?? NEW);
  const kept = known.networks.length ? t("flash.network_kept", { names: known.networks.join(", ") }) : t("flash.network_as_kept");
  options(form.inputs.network, [["kept", kept], ["new", t("flash.network_new")]]);
  arrange(form);
}

/** Give the boards that the site has a place for and nobody registered: its own list, else its counters. */
function waitingBoards({ boards, registered, counters }) {
  const ids = new Set(registered.map(({ board }) => board));
  if (boards.length) return boards.filter(({ board }) => !ids.has(board));
  const served = new Set(registered.map(({ counter }) => counter));
  return counters
    .filter(({ counter }) => !served.has(counter))
    .map(({ counter, place }) => ({ board: `counter-${String(counter).padStart(2, "0")}`, role: "counter", counter, place, kind: null }))
    .filter(({ board }) => !ids.has(board));
}

function chosen({ inputs, known }) {
  const id = inputs.which.value;
  const one = waitingBoards(known).find(({ board }) => board === id) ?? known.registered.find(({ board }) => board === id);
  return one ? { ...one, kind: one.kind ?? one.hw ?? null } : null;
}

function arrange(form) {
  const { inputs, fields, known, port } = form;
  const one = chosen(form);
  const fitting = known.kinds.filter((each) => (!one || each.role === one.role) && (!port.chip || port.chip === "virtual" || !each.chip || each.chip === port.chip));
  options(inputs.kind, fitting.map(({ kind, role }) => [kind, `${kind} · ${word("role", role)}`]), one?.kind);
  const role = known.kinds.find(({ kind }) => kind === inputs.kind.value)?.role ?? "";
  fields.id.hidden = one !== null;
  fields.kind.hidden = Boolean(one?.kind) && fitting.length <= 1;
  fields.spare.hidden = one !== null || role !== "counter";
  fields.counter.hidden = one !== null || role !== "counter" || inputs.spare.checked;
  fields.network.hidden = Boolean(port.chip) && !WIRELESS.includes(port.chip);
  const isNew = !fields.network.hidden && inputs.network.value === "new";
  fields.ssid.hidden = fields.password.hidden = fields.keep.hidden = !isNew;
  form.go.disabled = Boolean(form.go.busy || port.in_use_by);
}

async function send(form, start) {
  const { inputs, fields, port } = form;
  const one = chosen(form);
  const board = one?.board ?? inputs.id.value.trim();
  if (!board || !inputs.kind.value) {
    complain(t("flash.missing"));
    return;
  }
  const counter = fields.counter.hidden ? one?.counter ?? null : Number(inputs.counter.value) || null;
  const wish = { port: port.device, board, kind: inputs.kind.value, counter, spare: !fields.spare.hidden && inputs.spare.checked };
  if (!fields.network.hidden && inputs.network.value !== "kept") {
    wish.wifi = [{ ssid: inputs.ssid.value, password: inputs.password.value }];
    wish.keep = inputs.keep.checked;
  }
  await start(wish);
}

function field(key, input) {
  return el("label", { class: "field" }, el("span", {}, t(key)), input);
}

/** Make a list offer [value, text]s, keeping what is chosen; `wanted` is chosen when it is new there. */
function options(select, pairs, wanted) {
  const is = JSON.stringify([pairs, wanted]);
  if (select.dataset.is === is) return;
  select.dataset.is = is;
  const before = select.value;
  select.replaceChildren(...pairs.map(([value, text]) => el("option", { value }, text)));
  const values = pairs.map(([value]) => value);
  if (wanted && values.includes(wanted)) select.value = wanted;
  else if (values.includes(before)) select.value = before;
}
