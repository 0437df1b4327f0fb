// What every page shows: the site's name, the clock, and banners for what holds for all of it.

import { el, keyed, setText } from "./dom.js";
import { clock, dayOf, moment, stamp, useSite, zoneName } from "./format.js";
import { now } from "./live.js";
import { t } from "./texts.js";

const banners = document.getElementById("banners");
const siteName = document.getElementById("site-name");
const clockPlace = document.getElementById("clock");

let consoleLost = 0; // since when this page hears nothing, 0 while it does
let link = null;
let insecure = false;
let held = null; // what the gateway says of a clock that it does not believe
let heldDay = "";
const ticks = [];

/** Call `tick(nowMs)` now and every second: for ages, which grow while nothing happens. */
export function everySecond(tick) {
  ticks.push(tick);
}

/** Handlers of the events that the frame itself shows, and `onLink`; `say` may reword banners. */
export function frame({ say = () => null } = {}) {
  function show() {
    const list = [];
    const trouble = consoleLost
      ? ["console", consoleLost]
      : link && link.state !== "ready"
        ? [link.state, link.since_ms]
        : null;
    if (trouble) {
      const [key, since] = trouble;
      const tone = key === "starting" ? "attention" : "trouble";
      const time = moment(since, now());
      list.push({ key, tone, text: say(key, time) ?? t(`link.${key}`, { time }) });
    } else if (held) {
      const text = say("clock");
      list.push({ key: "clock", tone: text ? "attention" : "trouble", text: text ?? aboutClock() });
    }
    if (insecure) list.push({ key: "insecure_lan", tone: "attention", text: t("link.insecure_lan") });
    keyed(
      banners,
      list,
      (item) => item.key,
      (item) => el("p", { class: `banner ${item.tone}` }),
      (node, item) => setText(node, item.text),
    );
    banners.dataset.n = list.length;
    document.body.classList.toggle("old", Boolean(trouble));
  }

  function aboutClock() {
    return t(held.state === "ahead" ? "clock.ahead" : "clock.behind", { system: stamp(held.system_ms), held: stamp(held.held_ms), day: dayOf(heldDay) });
  }

  function tick() {
    if (clockPlace) setText(clockPlace, `${clock(now())} ${zoneName()}`.trim());
    for (const each of ticks) each(now());
  }
  setInterval(tick, 1000);
  tick();

  return {
    handlers: {
      link(data) {
        link = data;
        show();
      },
      site(data) {
        useSite(data);
        insecure = data.insecure_lan;
        setText(siteName, data.name);
        show();
        tick();
      },
      line(data) {
        held = data.clock;
        heldDay = data.day;
        show();
      },
    },
    onLink(up, sinceMs) {
      consoleLost = up ? 0 : sinceMs;
      show();
    },
  };
}
