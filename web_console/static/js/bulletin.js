// What a hall must be told besides its calls: who may come in, what is held, closed or online.

import { clock } from "./format.js";
import { t } from "./texts.js";

/** Give the sentences of the moment, the most urgent first. */
export function bulletin(site, line) {
  const about = new Map(site.queues.map((queue) => [queue.q, queue]));
  const said = [];
  if (line.ask_in.length) said.push(t("bulletin.ask_in", { tickets: line.ask_in.join(", ") }));
  if (line.full) said.push(t("bulletin.full"));
  for (const queue of line.queues) {
    if (queue.held) said.push(held(queue, about.get(queue.q)));
  }
  for (const how of ["expire", "carry", "serve"]) {
    const closed = line.queues.filter((queue) => queue.closing === how).map((queue) => queue.q);
    if (closed.length) said.push(t(`closed.${how}`, { queues: closed.join(", ") }));
  }
  for (const queue of site.queues) {
    if (!queue.walk_in) said.push(elsewhere(queue));
  }
  return [...new Set(said)]; // an agency's queues say the same
}

function held(queue, about) {
  const words = { agency: about?.agency || queue.q, time: clock(queue.held.since_ms), reason: queue.held.reason };
  return t(queue.held.reason ? "bulletin.held_why" : "bulletin.held", words);
}

function elsewhere(queue) {
  const ways = [queue.online, queue.phone && t("bulletin.phone", { phone: queue.phone })].filter(Boolean);
  return t("bulletin.elsewhere", { agency: queue.agency || queue.name, ways: ways.join(", ") });
}
