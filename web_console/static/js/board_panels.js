// The panels of one board's page: what is asked before something is done to a board.

import { el } from "./dom.js";
import { sparesFor } from "./needs.js";
import { ask, busy, button, complain, say } from "./technician.js";
import { t } from "./texts.js";

const place = document.getElementById("panel");
let opener = null; // where a keyboard was before, and is again

place.addEventListener("keydown", (event) => event.key === "Escape" && closePanel());

/** Close the panel. */
export function closePanel() {
  const wasIn = place.contains(document.activeElement);
  place.hidden = true;
  place.replaceChildren();
  if (wasIn) opener?.focus({ preventScroll: true });
}

/** Open the panel with what it says and asks; a way back is always the last. */
export function openPanel(...content) {
  if (!place.contains(document.activeElement)) opener = document.activeElement;
  place.replaceChildren(...content.filter(Boolean), button(t("act.no"), closePanel, { quiet: true }));
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
  place.querySelector("input, button")?.focus({ preventScroll: true });
}

/** Ask whether something is meant: the second tap. */
export function sure(text, yes, work, { danger = false } = {}) {
  const go = button(yes, () => busy(go, work), { danger });
  openPanel(el("p", {}, text), go);
}

/** Send a board one of its orders, and tell that it obeyed. */
export async function order(board, cmd) {
  const answer = await ask("cmd", { board, cmd });
  if (answer.ok) {
    closePanel();
    say(t(`board.did.${cmd}`));
  }
  return answer.ok;
}

/** Choose the spare that takes over; `replaced(spare)` is called when that has begun. */
export function openReplace(row, rows, replaced) {
  if (row.state === "ready") {
    openPanel(el("p", {}, t("board.replace_alive", { board: row.board })));
    return;
  }
  const spares = sparesFor(row, rows);
  if (!spares.length) {
    openPanel(
      el("p", {}, el("strong", {}, t("board.no_spare"))),
      el("p", { class: "quiet" }, t("board.no_spare_hint", { board: row.board })),
      el("a", { class: "button quiet-button", href: "/pasang" }, t("nav.flash")),
    );
    return;
  }
  const buttons = spares.map(({ board: spare }) => {
    const go = button(t("board.replace_by", { spare }), () => busy(go, async () => {
      const answer = await ask("replace", { board: row.board, spare });
      if (!answer.ok) return;
      closePanel();
      replaced(spare);
    }));
    return go;
  });
  openPanel(
    el("p", {}, t("board.replace_hint", { board: row.board })),
    ...buttons,
  );
}

/** Ask for a board's new name. */
export function openRename(row) {
  const input = el("input", { type: "text", maxlength: 32, value: row.board, autocapitalize: "none", spellcheck: "false", autocomplete: "off" });
  const go = button(t("board.do.rename"), () => busy(go, async () => {
    const to = input.value.trim();
    const answer = await ask("rename", { board: row.board, to });
    if (!answer.ok) return;
    closePanel();
    say(t("board.renaming", { to }));
  }));
  openPanel(
    el("label", { class: "field" }, el("span", {}, t("board.rename_to")), input),
    el("p", { class: "quiet small" }, t("board.rename_hint")),
    go,
  );
}

/** Withdraw a board, after a second tap. */
export function openRetire(row) {
  const { board } = row;
  sure(t("board.sure.retire", { board }), t("board.yes.retire", { board }), async () => {
    const answer = await ask("retire", { board });
    if (!answer.ok) return;
    say(t("board.retired", { board }));
    location.assign("/papan");
  }, { danger: true });
}

/** Offer the newest release to one board. */
export async function openUpdate(row) {
  const answer = await ask("releases");
  if (!answer.ok) return;
  const usable = answer.releases.filter((release) => release.ok).sort((a, b) => (b.number ?? 0) - (a.number ?? 0));
  if (!usable.length) {
    openPanel(el("p", {}, el("strong", {}, t("plan.no_releases"))), el("a", { class: "button quiet-button", href: "/pembaruan" }, t("nav.update")));
    return;
  }
  const [{ version, number }] = usable;
  if (row.number !== null && number !== null && row.number >= number) {
    closePanel();
    say(t("board.up_to_date", { version }));
    return;
  }
  const tick = el("input", { type: "checkbox" });
  const go = button(t("board.update_to", { version }), () => busy(go, async () => {
    const done = await ask("update_start", { version, boards: [row.board], stages: [1], in_service: tick.checked });
    if (!done.ok) return;
    closePanel();
    say(t("board.updating", { version }));
  }));
  openPanel(
    el("label", { class: "tick" }, tick, el("span", {}, t("plan.in_service"))),
    el("p", { class: "quiet small" }, t("plan.in_service_hint")),
    go,
  );
}

/** Tell why a replacement or another change of this board did not come to be. */
export function tellFailed(why) {
  complain(t("board.replace_failed", { why }));
}
