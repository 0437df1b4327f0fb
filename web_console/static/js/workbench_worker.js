// One board of the workbench: the firmware in MicroPython, in a thread of its own. Ending the
// worker is pulling its plug.
//
// In: {start: {role, settings, flash}}, {do: line}. Out: {see} what the board shows, {says} what it
// says on its console, {kept, data} a file of its flash, {packet, out} on its link, {ended} with
// its status, {failed} with the reason why it could not start.

import { loadMicroPython } from "../micropython/micropython.mjs";
import { Packets } from "./mqtt.js";

const FIRMWARE = "/bengkel/firmware/";
const LINK = "/bengkel/link";
const HEAP_BYTES = 1_048_576; // it grows by itself: no test of memory
const MOST_UNSENT_BYTES = 65_536;
// What boots a real board, with the page's backend. This port's os lacks what the firmware needs of
// it: chance, which the page lends, and an environment, which is empty.
const START = `
import sys
import os
import page
class Os:
    def __getattr__(self, name):
        return getattr(os, name)
    def urandom(self, n):
        return bytes(page.random(n))
    def getenv(self, name):
        return None
sys.modules["os"] = Os()
sys.path.insert(0, "/")
import asyncio
from firmware.hal.browser import FLASH, Browser
from firmware.hal.store import FileStore
from firmware.main import Main, read_settings
settings = read_settings(FileStore(FLASH + "/"))
hardware = Browser(settings)
asyncio.create_task(Main(hardware, settings).run())
do = hardware.do
happened = hardware.network.happened
`;

let board = null;
let ended = false;
const early = []; // lines from before the board could take them
const sockets = new Map();
let count = 0;

onmessage = ({ data }) => {
  if (data.start) start(data.start).catch(fail);
  else if (board) board.do(data.do);
  else early.push(data.do);
};

// A board ends itself by SystemExit, in whatever it was doing: that leaves Python as an error.
addEventListener("error", (event) => {
  event.preventDefault();
  fail(event.error ?? new Error(event.message));
});

function fail(error) {
  if (ended) return;
  ended = true;
  for (const { socket } of sockets.values()) socket.close();
  const status = /SystemExit: (\d+)/.exec(error?.message ?? "");
  if (status) postMessage({ ended: Number(status[1]) });
  else postMessage({ failed: lastLine(error) });
}

/** Give the last line of what Python says of a fault: the lines above say where. */
function lastLine(error) {
  return String(error?.message ?? error).trim().split("\n").at(-1);
}

async function start({ role, flash }) {
  const [python, files] = await Promise.all([
    loadMicroPython({ heapsize: HEAP_BYTES, linebuffer: true, stdout: saw, stderr: (says) => postMessage({ says }) }),
    firmware(role),
  ]);
  for (const [path, data] of files) put(python.FS, `/${path}`, data);
  python.FS.mkdirTree("/flash");
  for (const [name, data] of flash) put(python.FS, `/flash/${name}`, data);
  python.registerJsModule("page", {
    connect,
    send,
    hang_up: (n) => sockets.get(n)?.socket.close(),
    kept: (name) => postMessage({ kept: name, data: python.FS.readFile(`/flash/${name}`) }),
    random: (n) => crypto.getRandomValues(new Uint8Array(n)),
  });
  python.runPython(START);
  const [take, happened] = ["do", "happened"].map((name) => python.globals.get(name));
  board = { do: guarded(take), happened: guarded(happened) };
  for (const line of early) board.do(line);
}

/** Give the project's own files of a role, as [path, bytes]. */
async function firmware(role) {
  const { files } = await (await got(FIRMWARE + role)).json();
  return Promise.all(
    files.map(async ({ path, sha }) => {
      const file = await got(`${FIRMWARE}${role}/${path}?sha=${sha}`);
      return [path, new Uint8Array(await file.arrayBuffer())];
    }),
  );
}

async function got(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer;
}

function put(fs, path, data) {
  fs.mkdirTree(path.slice(0, path.lastIndexOf("/")) || "/");
  fs.writeFile(path, data);
}

function saw(line) {
  const see = line.startsWith("{") ? parsed(line) : null;
  postMessage(see?.see ? { see } : { says: line });
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null; // what a board prints for people
  }
}

function guarded(call) {
  return (...args) => {
    if (ended) return;
    try {
      call(...args);
    } catch (error) {
      fail(error);
    }
  };
}

// The link: bytes both ways, watched.

function connect() {
  const n = (count += 1);
  const socket = new WebSocket(new URL(LINK, location.href.replace(/^http/, "ws")));
  socket.binaryType = "arraybuffer";
  const one = { socket, out: new Packets(), in: new Packets() };
  sockets.set(n, one);
  socket.onopen = () => board.happened("opened", n, "");
  socket.onmessage = ({ data }) => {
    const bytes = new Uint8Array(data);
    watch(one.in, bytes, false);
    board.happened("came", n, toHex(bytes));
  };
  socket.onclose = ({ code }) => {
    sockets.delete(n);
    if (!ended) postMessage({ closed: code });
    board.happened("ended", n, "");
  };
  return n;
}

function send(n, hex) {
  const one = sockets.get(n);
  if (one?.socket.readyState !== WebSocket.OPEN) return;
  if (one.socket.bufferedAmount > MOST_UNSENT_BYTES) {
    one.socket.close(); // the console takes nothing any more
    return;
  }
  const bytes = fromHex(hex);
  watch(one.out, bytes, true);
  one.socket.send(bytes);
}

function watch(packets, bytes, out) {
  for (const packet of packets.take(bytes)) postMessage({ packet, out });
}

const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (two) => parseInt(two, 16));
