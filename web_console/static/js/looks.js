// How a board in this page looks, from the lines with which it tells what it shows: the same lines
// and the same picture as those of the demo hall's boards (web_console/bench_looks.py).

/** Give the look of a board that has not shown anything yet. */
export function freshLook(settings, counter) {
  const { parts = {} } = settings;
  const keys = Object.entries(parts.keys ?? {}).sort(([, a], [, b]) => a.pin - b.pin);
  return {
    board: settings.id, role: settings.role, kind: settings.kind ?? "", place: "", counter, queues: null,
    keys: keys.map(([key]) => key), parts: Object.keys(parts).sort(),
    matrix: null, w: null, h: null, digits: null, lamps: {}, printer: "ready", state: null,
    level_pct: 80, battery_mv: 3900, temp_c: 36.5,
    asleep: false, died: false, slip: null, sound: null, flashes: {},
  };
}

/** Give what a line changes in a look. */
export function changes(look, see) {
  switch (see.see) {
    case "matrix":
      return { matrix: see.px, w: see.w, h: see.h, asleep: false };
    case "lamp":
      return see.show === "flash"
        ? { flashes: { ...look.flashes, [see.lamp]: (look.flashes[see.lamp] ?? 0) + 1 } }
        : { lamps: { ...look.lamps, [see.lamp]: see.show } };
    case "digits":
      return { digits: see.text };
    case "paper":
      return { slip: { head: "", lines: [], qr: "", foot: "", ...see, pictures: "/bengkel/qr", n: (look.slip?.n ?? 0) + 1 } };
    case "sound":
      return { sound: { ms: see.ms, n: (look.sound?.n ?? 0) + 1 } };
    case "state":
      return { state: see.s, died: false };
    case "look": {
      const { matrix, w, h, digits, lamps, state } = see;
      return { matrix, w, h, digits, lamps, state, died: false };
    }
    case "sleep":
      return { asleep: true };
    default:
      return {};
  }
}
