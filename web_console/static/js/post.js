// Asking the console to do something: JSON there, JSON back, and a text where it cannot be.

import { t } from "./texts.js";

/** Give the answer to a POST: `ok`, and a `text` for people where it is not. */
export async function post(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const type = answer.headers.get("Content-Type") ?? "";
    if (!type.startsWith("application/json")) return { ok: false, text: t("bench.unreachable") };
    return await answer.json();
  } catch (error) {
    // fetch's way to say: no answer; or one that ended early
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    return { ok: false, text: t("bench.unreachable") };
  }
}
