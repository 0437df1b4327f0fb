// The page's line to the console: state at connect, then news; it mends itself.

const SILENT_MS = 25_000; // the console beats every 10 s
const RETRY_MS = [1000, 8000];

let offsetMs = 0; // what the console's clock is ahead of this one's

/** Give the time on the console's clock. */
export function now() {
  return Date.now() + offsetMs;
}

/**
 * Keep a stream open. `handlers[kind](data)` gets each event; `onLink(up, sinceMs)` each change of
 * the connection. `keepHidden` is for displays, which may think that nobody looks at them.
 */
export function connect(url, handlers, onLink, { keepHidden = false } = {}) {
  let source = null;
  let retryMs = RETRY_MS[0];
  let heardMs = Date.now();
  let up = null;
  let timer = 0;

  function heard() {
    heardMs = Date.now();
    retryMs = RETRY_MS[0];
    if (up !== true) onLink((up = true), heardMs);
  }

  function open() {
    clearTimeout(timer);
    source?.close();
    source = new EventSource(url);
    source.addEventListener("now", (event) => {
      const { utc_ms, build } = JSON.parse(event.data);
      offsetMs = utc_ms - Date.now();
      heard();
      // The console was renewed while this page stayed open: get the page that belongs to it.
      if (build !== document.documentElement.dataset.build) location.reload();
    });
    for (const [kind, handle] of Object.entries(handlers)) {
      source.addEventListener(kind, (event) => {
        heard();
        handle(JSON.parse(event.data));
      });
    }
    source.onerror = failed;
  }

  function failed() {
    source?.close();
    source = null;
    if (up !== false) onLink((up = false), heardMs);
    clearTimeout(timer);
    timer = setTimeout(open, retryMs);
    retryMs = Math.min(retryMs * 2, RETRY_MS[1]);
  }

  // A browser keeps few connections to one place: a page that nobody sees gives its own back.
  function seen() {
    if (document.hidden && !keepHidden) {
      clearTimeout(timer);
      source?.close();
      source = null;
    } else if (!source) {
      open();
    }
  }

  document.addEventListener("visibilitychange", seen);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => event.persisted && open());
  setInterval(() => {
    if (source && Date.now() - heardMs > SILENT_MS) failed();
  }, 5000);
  seen();
}
