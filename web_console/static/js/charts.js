// Small charts of a board's health, drawn as SVG; each says in words what it shows.

import { el, svg } from "./dom.js";
import { amount, moment } from "./format.js";
import { now } from "./live.js";
import { t } from "./texts.js";

const WIDTH = 300;
const HEIGHT = 64;
const PAD = 3;
const GAP_MS = 10 * 60_000; // longer without a word: the line is broken

// name, place in a sample, unit, how a figure is shown, the least range that is drawn
const FIGURES = [
  ["memory", 1, "KB", (n) => n / 1024, 4],
  ["signal", 2, "dBm", (n) => n, 10],
  ["reconnects", 3, () => t("chart.times"), (n) => n, 2],
];

/** Give charts of samples [utc_ms, free_bytes, rssi_dbm, reconnects, dropped], oldest first. */
export function charts(samples) {
  return FIGURES.map(([name, at, unit, scale, least]) => {
    const points = samples.filter((each) => each[at] !== null && each[0] !== null).map((each) => [each[0], scale(each[at])]);
    return points.length ? chart(name, typeof unit === "function" ? unit() : unit, points, least) : null;
  }).filter(Boolean);
}

function chart(name, unit, points, least) {
  const values = points.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const last = values.at(-1);
  const words = {
    name: t(`chart.${name}`), unit, now: amount(last), low: amount(low), high: amount(high),
    since: moment(points[0][0], now()), until: until(points.at(-1)[0]),
  };
  const said = t("chart.says", words);
  return el("figure", { class: "chart", "data-figure": name },
    el("figcaption", {},
      el("span", {}, words.name),
      el("strong", { class: "number" }, `${words.now} ${unit}`),
    ),
    drawing(points, low, high, least, said),
    el("p", { class: "quiet small foot" },
      el("span", {}, points.length > 1 ? words.since : ""),
      el("span", {}, t(words.low === words.high ? "chart.steady" : "chart.range", words)),
      el("span", {}, words.until),
    ),
  );
}

/** Give the end of the axis: that it is now, or since when nothing was heard. */
function until(ms) {
  return now() - ms < GAP_MS ? t("chart.until_now") : moment(ms, now());
}

function drawing(points, low, high, least, said) {
  const end = points.at(-1)[0];
  const start = Math.min(points[0][0], end - 1); // the only one stands at the end
  const range = Math.max(high - low, least);
  const base = (low + high - range) / 2;
  const at = ([ms, value]) => [
    PAD + ((WIDTH - 2 * PAD) * (ms - start)) / (end - start),
    HEIGHT - PAD - ((HEIGHT - 2 * PAD) * (value - base)) / range,
  ].map((n) => n.toFixed(1)).join(",");
  const d = points.map((point, i) => (i && point[0] - points[i - 1][0] < GAP_MS ? "L" : "M") + at(point)).join("");
  const [x, y] = at(points.at(-1)).split(",");
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": said, preserveAspectRatio: "none" },
    svg("title", {}, said),
    svg("path", { d, class: "line", "vector-effect": "non-scaling-stroke" }),
    svg("path", { d: `M${x},${y}l0.01,0`, class: "last", "vector-effect": "non-scaling-stroke" }),
  );
}
