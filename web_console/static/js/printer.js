// A ticket printer: its paper, and what can be wrong with it.

import { el, setText } from "./dom.js";
import { order } from "./orders.js";
import { t, word } from "./texts.js";

const STATES = ["ready", "paper_low", "paper_out", "cover_open", "silent"];

/** Give a printer that `showPrinter` brings up to date. */
export function makePrinter(board) {
  const paper = el("p", { class: "paper" });
  const select = el("select", {}, ...STATES.map((state) => el("option", { value: state }, word("printer", state))));
  select.addEventListener("change", () => order(board, { do: "printer", state: select.value }));
  const node = el("div", { class: "printer" },
    el("div", { class: "slot" }, paper),
    el("label", { class: "choice" }, el("span", { class: "small quiet" }, t("bench.printer")), select),
  );
  return Object.assign(node, { paper, select });
}

/** Show the newest slip and the printer's state. */
export function showPrinter(node, look) {
  // Set only at news of it: a list that is open would jump at each pixel of the matrix.
  if (look.printer && node.select.dataset.is !== look.printer) {
    node.select.dataset.is = look.printer;
    node.select.value = look.printer;
  }
  if (!look.slip) setText(node.paper, t("bench.paper_none"));
  else if (node.paper.dataset.n !== String(look.slip.n)) {
    const fresh = makeSlip(look.slip);
    node.paper.replaceWith(fresh);
    node.paper = fresh;
  }
}

function makeSlip({ ticket, head, lines, qr, foot, n, pictures = "/bangku/qr" }) {
  const picture = qr && el("img", { class: "qr", src: `${pictures}?text=${encodeURIComponent(qr)}`, alt: t("bench.qr", { text: qr }), title: qr });
  return el("div", { class: "paper printed", "data-n": n },
    el("span", { class: "small" }, head || t("bench.paper")),
    el("strong", { class: "number" }, ticket),
    ...lines.map((line) => el("span", { class: "line" }, line)),
    picture,
    foot && el("span", { class: "small foot" }, foot),
  );
}
