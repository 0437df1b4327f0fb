// Which shape and colour a state has; its word is in the texts.

const COUNTER = { idle: "well", called: "attention", serving: "well", paused: "away", break: "away", closed: "away" };
const BOARD = { ready: "well", init: "well", sleeping: "well", gone: "away", lost: "trouble", never: "away" };
const READING = { fresh: "well", stale: "attention", away: "away", none: "away" };

/** Give the tone of a counter's state. */
export const counterTone = (state) => COUNTER[state] ?? "away";

/** Give the tone of a board's state. */
export const boardTone = (state) => BOARD[state] ?? "away";

/** Give the tone of a reading's status. */
export const readingTone = (status) => READING[status] ?? "away";
