// One board of the workbench, seen from the page: its power, its flash, and the world around it.
// What boards/virtual/slot.py is to a board that is a process.

import { changes, freshLook } from "./looks.js";

const WORKER = new URL("./workbench_worker.js", import.meta.url);
const ASLEEP = 10; // exit status: deep sleep, start me again when it is time
const AGAIN_MS = 500;
const TOUCH_MS = 500; // falling asleep takes less
// What of the world a board finds at its start: order -> (the part it touches, its field, name in the look).
const WORLD = {
  level: ["level", "pct", "level_pct"],
  battery: ["battery", "mv", "battery_mv"],
  temp: ["thermometer", "c", "temp_c"],
  printer: ["printer", "state", "printer"],
};
const CLOSES = ["press", "down"];
const WAKES = ["level", "battery", ...CLOSES];

export class Board {
  #worker = null;
  #timer = 0;
  #forS = 0;
  #flash = new Map();
  #told; // {look(board), said(board, {packet, out} | {says}), note(board, key, values)}
  #hello = null;
  #touchedMs = -TOUCH_MS;
  #pressed = ""; // a key that no board took yet

  constructor(settings, counter, told) {
    this.#told = told;
    this.counter = counter;
    this.use(settings);
  }

  /** Give the board other settings; they hold from its next start. */
  use(settings) {
    this.settings = settings;
    this.id = settings.id;
    this.look = freshLook(settings, this.counter);
    this.#keep("settings.json", new TextEncoder().encode(JSON.stringify(settings)));
  }

  /** Give it power, anew if it has some. */
  start(woken = "") {
    this.stop();
    this.#hello = null;
    const wasAsleep = this.look.asleep;
    if (woken) this.#keep("woken", new TextEncoder().encode(woken));
    this.#change({ asleep: false, died: false, lamps: wasAsleep ? this.look.lamps : {} });
    this.#note("starting");
    const worker = (this.#worker = new Worker(WORKER, { type: "module" }));
    worker.onmessage = ({ data }) => worker === this.#worker && this.#heard(data);
    worker.onerror = (event) => worker === this.#worker && this.#heard({ failed: event.message || "worker" });
    worker.postMessage({ start: { role: this.settings.role, flash: [...this.#flash] } });
    for (const [name, [part, field, shown]] of Object.entries(WORLD)) {
      if (this.look.parts.includes(part)) this.#say({ do: name, [field]: this.look[shown] });
    }
    this.#say({ do: "look" });
  }

  /** Take its power away. */
  stop() {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = null;
  }

  /** Do something to the board or to the world around it. */
  order(what) {
    const [part, field, shown] = WORLD[what.do] ?? [];
    if (WAKES.includes(what.do)) this.#touchedMs = performance.now();
    if (CLOSES.includes(what.do)) this.#pressed = what.key;
    if (this.look.parts.includes(part)) this.#change({ [shown]: what[field] });
    if (this.look.asleep && WAKES.includes(what.do)) {
      // A contact that closes wakes the chip, and that is how the press is told.
      this.start(CLOSES.includes(what.do) ? what.key : "");
    } else {
      this.#say(what);
    }
  }

  #say(what) {
    this.#worker?.postMessage({ do: JSON.stringify(what) });
  }

  #heard(data) {
    if (data.see) this.#saw(data.see);
    else if (data.kept) this.#keep(data.kept, data.data);
    else if (data.packet) this.#said(data);
    else if (data.closed) this.#closed(data.closed);
    else if (data.failed) this.#failed(data.failed);
    else if ("ended" in data) this.#ended(data.ended);
    else if (data.says) this.#told.said(this, data);
  }

  #saw(see) {
    if (see.see === "sleep") this.#forS = see.for_s;
    if (see.see === "edge" && see.key === this.#pressed) this.#pressed = "";
    this.#change(changes(this.look, see));
  }

  #said({ packet, out }) {
    if (packet.name === "CONNACK") this.#note(!packet.code ? "connected" : packet.code > 3 ? "refused" : "away");
    if (packet.name === "PUBLISH") this.#greet(packet, out);
    this.#told.said(this, { packet, out });
  }

  /** Ready is who got an accepted receipt for its hello. */
  #greet({ topic, text }, out) {
    const wanted = out ? "/up/event" : "/dn/receipt";
    if (this.ready || !topic.endsWith(wanted)) return;
    const { ev, seq, st, why } = parsed(text);
    if (out && ev === "hello") this.#hello = seq;
    else if (!out && seq === this.#hello) this.#note(st === "accepted" ? "ready" : "unknown", { why: why ?? st });
  }

  #closed(code) {
    // A broker that refuses hangs up as well: the refusal is the reason.
    if (code !== CLOSED_BY_BOARD && this.why !== "refused") this.#note(CLOSED[code] ?? "away");
  }

  #failed(text) {
    this.stop();
    this.#change({ died: true, state: null });
    this.#note("failed", { text });
  }

  #ended(status) {
    this.stop();
    if (status === ASLEEP) {
      this.#change({ asleep: true });
      this.#note("asleep");
      const isTouched = performance.now() - this.#touchedMs < TOUCH_MS; // while it fell asleep
      if (isTouched) this.start(this.#pressed);
      else this.#timer = setTimeout(() => this.start(), this.#forS * 1000);
      return;
    }
    this.#change({ state: "gone" });
    this.#timer = setTimeout(() => this.start(), AGAIN_MS);
  }

  #keep(name, data) {
    this.#flash.set(name, data);
  }

  #change(what) {
    Object.assign(this.look, what);
    this.#told.look(this);
  }

  #note(key, values = {}) {
    this.why = key;
    this.ready = key === "ready";
    this.#told.note(this, key, values);
  }
}

const CLOSED_BY_BOARD = 1005; // without a code
// Close codes of the link (web_console/workbench_link.py) -> what they mean here.
const CLOSED = { 4001: "no_broker", 4002: "no_board", 4003: "silent", 4004: "signed_out", 4005: "too_many", 4006: "hung_up" };

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
