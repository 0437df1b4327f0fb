// Times and amounts as people read them. Times of day are those of the site, not of the reader.

import { language, t, word } from "./texts.js";

const locale = language === "id" ? "id-ID" : "en-GB";
const ZONES = { "Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT" };
let zone = "Asia/Jakarta";
let clockFormat = makeClock();
let dayFormat = makeDay();
let stampFormat = makeStamp();
let counterWord = "loket";

function makeClock() {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
}

function makeDay() {
  return new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: zone });
}

function makeStamp() {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", hourCycle: "h23", timeZone: zone });
}

/** Take the site's time zone and its word for a counter. */
export function useSite(site) {
  counterWord = site.counter_word;
  if (site.zone === zone) return;
  const before = zone;
  zone = site.zone;
  try {
    clockFormat = makeClock();
    dayFormat = makeDay();
    stampFormat = makeStamp();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    zone = before; // a zone this browser does not know: keep showing times in the last one
  }
}

/** Give a time of day, such as 14.05. */
export function clock(ms) {
  return clockFormat.format(ms);
}

/** Give a day, such as Sabtu, 21 November. */
export function day(ms) {
  return dayFormat.format(ms);
}

/** Give a day and time with its year, such as 21 November 2026 pukul 14.05. */
export function stamp(ms) {
  return stampFormat.format(ms);
}

/** Give the day of a date such as 2026-11-21; nothing of what is none. */
export function dayOf(date) {
  const ms = Date.parse(`${date}T12:00:00Z`);
  return Number.isNaN(ms) ? date : new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(ms);
}

/** Give the Indonesian short name of the site's zone (WIB, WITA, WIT), or nothing. */
export function zoneName() {
  return ZONES[zone] ?? "";
}

/** Give a time of day, with its day if that is not today. */
export function moment(ms, nowMs) {
  return day(ms) === day(nowMs) ? clock(ms) : `${day(ms)}, ${clock(ms)}`;
}

/** Give a duration in its largest sensible unit. */
export function span(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return t("time.s", { n: s });
  if (s < 3600) return t("time.min", { n: Math.floor(s / 60) });
  if (s < 86_400) return t("time.h", { n: Math.floor(s / 3600) });
  return t("time.d", { n: Math.floor(s / 86_400) });
}

/** Give how long ago something was. */
export function ago(ms, nowMs) {
  const age = nowMs - ms;
  return age < 10_000 ? t("time.now") : t("time.ago", { age: span(age) });
}

/** Give a waiting time [low, high] in seconds as minutes, or nothing. */
export function wait(range) {
  if (!range) return "";
  const [low, high] = range.map((s) => Math.ceil(s / 60));
  if (!low) return t("time.most_min", { high });
  return low === high ? t("time.about_min", { n: low }) : t("time.range_min", { low, high });
}

/** Give the name of a counter, such as Loket 3. */
export function counterName(n) {
  return t("counter.n", { word: counterTitle(), n });
}

/** Give the site's word for a counter, such as Loket or Gerai. */
export function counterTitle() {
  const name = word("word", counterWord);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Give a number with at most `digits` decimals, as the language writes it. */
export function amount(n, digits = 0) {
  return n.toLocaleString(locale, { maximumFractionDigits: digits, minimumFractionDigits: digits });
}
