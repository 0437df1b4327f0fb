// What the world does to a board's sensors: sliders, and plugs that come off.

import { el, setProps, setText } from "./dom.js";
import { amount } from "./format.js";
import { order } from "./orders.js";
import { t } from "./texts.js";

const SENSORS = {
  level: {
    field: "level_pct", text: "bench.level", range: [0, 100, 1],
    order: (pct) => ({ do: "level", pct }), say: (n) => `${amount(n)} %`,
  },
  thermometer: {
    field: "temp_c", text: "bench.temp", range: [34, 41, 0.1],
    order: (c) => ({ do: "temp", c }), say: (n) => `${amount(n, 1)} °C`,
  },
  battery: {
    field: "battery_mv", text: "bench.battery", range: [3000, 4200, 10], stays: true,
    order: (mv) => ({ do: "battery", mv }), say: (n) => `${amount(n / 1000, 2)} V`,
  },
};

/** Give the sliders of a board's sensors, or nothing if it has none. */
export function makeSensors(look) {
  const names = Object.keys(SENSORS).filter((name) => look.parts.includes(name));
  if (!names.length) return null;
  const node = el("div", { class: "sensors" }, ...names.map((name) => makeSensor(look.board, SENSORS[name])));
  if (names[0] === "level") {
    node.fill = el("div", { class: "fill" });
    node.prepend(el("div", { class: "bottle", "aria-hidden": true }, node.fill));
  }
  return node;
}

/** Bring them up to date. */
export function showSensors(node, look) {
  for (const one of node.querySelectorAll(".sensor")) showSensor(one, look[one.sensor.field]);
  if (node.fill) node.fill.style.height = `${look.level_pct ?? 0}%`;
}

function makeSensor(board, sensor) {
  const [min, max, step] = sensor.range;
  const input = el("input", { type: "range", min, max, step, "aria-label": t(sensor.text) });
  sendNewest(input, (value) => order(board, sensor.order(value)));
  const figure = el("output", { class: "number" });
  const slider = el("label", { class: "slider" }, el("span", { class: "small quiet" }, t(sensor.text)), figure, input);
  const node = el("div", { class: "sensor" }, slider);
  Object.assign(node, { sensor, input, figure });
  if (!sensor.stays) {
    node.off = el("input", { type: "checkbox" });
    node.off.addEventListener("change", () => order(board, sensor.order(node.off.checked ? null : Number(input.value))));
    node.append(el("label", { class: "switch small" }, node.off, el("span", {}, t("bench.sensor_off"))));
  }
  return node;
}

function showSensor({ sensor, input, figure, off }, value) {
  setText(figure, value === null ? "–" : sensor.say(value));
  if (off) {
    off.checked = value === null;
    setProps(input, { disabled: value === null });
  }
  // A hand that drags is not contradicted by news of where it was.
  if (value !== null && !input.matches(":active")) input.value = value;
}

/** Send the newest value of a slider, once the one before has arrived. */
function sendNewest(input, send) {
  let waiting = null;
  let sending = false;
  input.addEventListener("input", async () => {
    waiting = Number(input.value);
    if (sending) return;
    sending = true;
    while (waiting !== null) {
      const value = waiting;
      waiting = null;
      await send(value);
    }
    sending = false;
  });
}
