// What is to go over the fleet: which boards, in which stages, and what they get.

import { el, keyed, setText } from "./dom.js";
import { whereIs } from "./needs.js";
import { ask, busy, button, complain } from "./technician.js";
import { t, word } from "./texts.js";

const STAGES = { one_few: [1, 5], one: [1], all: [] };
const forms = new Set();
let number = 0;

/** Give the form that starts an update to a release. */
export function updateForm({ version }, rows, begun) {
  const form = staged(rows, {
    all: t("plan.all_differ"),
    start: t("plan.start"),
    send: (how) => ask("update_start", { ...how, version }),
    begun,
  });
  return el("section", { class: "wish" }, el("h2", {}, t("plan.start_title", { version })), form);
}

/** Give the form that moves boards to another network or broker. */
export function linkForm(rows, begun) {
  const text = (props) => el("input", { type: "text", autocapitalize: "none", spellcheck: "false", autocomplete: "off", ...props });
  const networks = [0, 1].map(() => ({
    ssid: text({ maxlength: 32 }),
    password: el("input", { type: "password", maxlength: 63, autocomplete: "off" }),
  }));
  const host = text({ maxlength: 253 });
  const port = el("input", { type: "number", min: 1, max: 65535, inputmode: "numeric" });
  const [first, second] = networks;
  const fields = [
    field("plan.ssid", first.ssid),
    field("plan.wifi_password", first.password),
    el("fieldset", {}, el("legend", {}, t("plan.second")), field("plan.ssid", second.ssid), field("plan.wifi_password", second.password)),
    field("plan.host", host),
    field("plan.port", port),
  ];
  return staged(rows, {
    fields,
    all: t("plan.all"),
    start: t("plan.link_start"),
    begun,
    send(how) {
      const wifi = networks.filter(({ ssid }) => ssid.value).map(({ ssid, password }) => ({ ssid: ssid.value, password: password.value }));
      if (!wifi.length && !host.value.trim() && !port.value) {
        complain(t("plan.link_nothing"));
        return { ok: false };
      }
      return ask("link_start", {
        ...how,
        wifi: wifi.length ? wifi : null,
        host: host.value.trim() || null,
        port: Number(port.value) || null,
      });
    },
  });
}

/** Give the form that changes boards' secrets. */
export function secretForm(rows, begun) {
  return staged(rows, { all: t("plan.all"), start: t("plan.secret_start"), begun, send: (how) => ask("secret_start", how) });
}

/** Let every form offer the boards that there are now. */
export function refreshTargets(rows) {
  for (const form of [...forms]) {
    form.seen ||= form.isConnected;
    if (form.seen && !form.isConnected) forms.delete(form);
    else form.refresh(rows);
  }
}

function staged(rows, { fields = [], all, start, send, begun }) {
  const group = `which-${(number += 1)}`;
  const every = el("input", { type: "radio", name: group, value: "all", checked: true });
  const some = el("input", { type: "radio", name: group, value: "some" });
  const list = el("ul", { class: "targets", hidden: true });
  const stages = el("select", {}, ...Object.keys(STAGES).map((name) => el("option", { value: name }, t(`plan.stages_${name}`))));
  const service = el("input", { type: "checkbox" });
  const go = button(start, () => busy(go, async () => {
    // None named are all; of a release, all that differ.
    const boards = some.checked ? [...list.querySelectorAll("input:checked")].map((box) => box.value) : [];
    if (some.checked && !boards.length) {
      complain(t("plan.none_chosen"));
      return;
    }
    const answer = await send({ boards, stages: STAGES[stages.value], in_service: service.checked });
    if (answer.ok) begun();
  }));
  const show = () => (list.hidden = !some.checked);
  every.addEventListener("change", show);
  some.addEventListener("change", show);
  const form = el("form", { class: "form", autocomplete: "off", onsubmit: (event) => event.preventDefault() },
    ...fields,
    el("fieldset", {}, el("legend", {}, t("plan.which")),
      el("label", { class: "tick" }, every, el("span", {}, all)),
      el("label", { class: "tick" }, some, el("span", {}, t("plan.some"))),
      list,
    ),
    field("plan.how", stages),
    el("p", { class: "quiet small" }, t("plan.stops")),
    el("label", { class: "tick" }, service, el("span", {}, t("plan.in_service"))),
    el("p", { class: "quiet small" }, t("plan.in_service_hint")),
    go,
  );
  form.refresh = (now) => {
    keyed(list, now, (row) => row.board, makeTarget, (node, row) => setText(node.about, [row.fw, whereIs(row), word("board", row.state)].filter(Boolean).join(" · ")));
  };
  form.refresh(rows);
  forms.add(form);
  return form;
}

function makeTarget({ board }) {
  const about = el("span", { class: "quiet small" });
  const node = el("li", {}, el("label", { class: "tick" }, el("input", { type: "checkbox", value: board }), el("span", {}, el("strong", {}, board), about)));
  return Object.assign(node, { about });
}

function field(key, input) {
  return el("label", { class: "field" }, el("span", {}, t(key)), input);
}
