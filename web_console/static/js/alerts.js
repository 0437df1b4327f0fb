// The boards' own troubles, in words.

import { t, word } from "./texts.js";

/** Give what is wrong, with the part at fault where the board names one. */
export function trouble({ code, part }) {
  const what = word("alert", code);
  return part ? `${what} (${word("key", part)})` : what;
}

/** Give what is wrong and where, for who must go there. */
export function troubleThere(alert) {
  const where = [alert.place, alert.board].filter(Boolean).join(" · ");
  return t("notice.trouble", { what: trouble(alert), where });
}
