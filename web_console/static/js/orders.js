// Orders to the virtual boards: one at a time for each board, so that an "up" never overtakes its
// "down"; and keys that can be pressed, held and let go by pointer and keyboard.

import { t } from "./texts.js";

const LEAST_HOLD_MS = 60; // a finger is never quicker; shorter would be taken for a bounce
const LEAST_APART_MS = 40; // so would be a press that comes sooner after another

const lines = new Map(); // board -> the promise after which its next order goes out
const refusal = document.getElementById("refusal");
let hide = 0;
let carry = post; // (order, whether the page is leaving)

/** Let orders be carried out by `how(order)`, for boards that are no processes of a demo hall. */
export function carryBy(how) {
  carry = how;
}

/** Send an order; a refusal is shown at the top of the page. */
export function order(board, what, { leaving = false } = {}) {
  const job = () => carry({ board, ...what }, leaving);
  return leaving ? job() : inTurn(board, job);
}

/** Do what takes a while with a board once its earlier orders are out, and before its later ones. */
export function inTurn(board, job) {
  const done = (lines.get(board) ?? Promise.resolve()).then(job);
  lines.set(board, done);
  return done;
}

/** Give a promise of so many milliseconds later. */
export function later(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

async function post(body, keepalive = false) {
  try {
    const answer = await fetch("/bangku/do", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      keepalive,
    });
    const type = answer.headers.get("Content-Type") ?? "";
    const said = type.startsWith("application/json") ? await answer.json() : null;
    if (!answer.ok) say(said?.text ?? t("bench.unreachable"));
    else refusal.hidden = true;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch's way to say: no answer
    say(t("bench.unreachable"));
  }
}

function say(text) {
  refusal.textContent = text;
  refusal.hidden = false;
  clearTimeout(hide);
  hide = setTimeout(() => (refusal.hidden = true), 8000);
}

/** Make a button a key of a board: down when pressed, up when let go. */
export function asKey(button, board, key) {
  let downMs = 0;

  function down() {
    if (downMs) return;
    downMs = performance.now();
    button.classList.add("held");
    order(board, { do: "down", key });
  }

  function up(leaving = false) {
    if (!downMs) return;
    const early = LEAST_HOLD_MS - (performance.now() - downMs);
    downMs = 0;
    button.classList.remove("held");
    if (early > 0 && !leaving) inTurn(board, () => later(early));
    order(board, { do: "up", key }, { leaving });
    inTurn(board, () => later(LEAST_APART_MS));
  }

  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId); // let go is heard wherever the finger went
    down();
  });
  button.addEventListener("pointerup", () => up());
  button.addEventListener("pointercancel", () => up());
  button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch is a hold
  button.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) down();
  });
  button.addEventListener("keyup", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault(); // or some browsers click as well
    up();
  });
  button.addEventListener("blur", () => up());
  button.addEventListener("click", (event) => {
    // Assistive technology clicks without pointer or keys.
    if (event.detail === 0 && event.isTrusted && !event.pointerType) order(board, { do: "press", key });
  });
  addEventListener("pagehide", () => up(true));
}
