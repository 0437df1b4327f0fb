# mypy: ignore-errors
# ruff: noqa: SIM115
# (runs inside MicroPython only)
"""What is around a board: broker, gateway and workshop, who has its glass and its keys."""

import binascii
import io
import json
import os
import sys

from flashes import Log
from made_time import made

OVER = 77
STILL_MS = 3_000  # so long nothing happens: it is settled
MOST_MS = 900_000  # of one start


class World:
    """Broker, gateway and workshop; `steps` come from the test, `blobs` by their hash."""

    def __init__(self, said, log):
        self._log = log
        self.steps = said["steps"]
        self.board = said["board"]
        self.blobs = said["blobs"]
        self.face = said["face"]
        self.sleeps = said["sleeps"]
        self.stream = None
        self.live = True  # the gateway is there
        self._keys = open(int(os.getenv("LOKET_WORLD").split(",")[2]), "wb")
        self._kept = []  # or they would be closed for the next start
        self.moved_ms = 0
        self.about = {}
        self.told = {}
        self.boots = 0

    def seen(self, what, more=None):
        if self._log:
            self._log.note(Log.SEEN, 0, 0, json.dumps([what, more]).encode())
        print(json.dumps([what, more]))

    # What the board says.

    def subscribed(self):
        if self.live:
            self._gateway("ready")

    def heard(self, topic, data):
        self.moved_ms = made.now_ms
        leaf = topic.split("/", 3)[3]
        payload = json.loads(data) if data else None
        if leaf == "up/about":
            self.about = payload
        elif leaf == "up/update":
            self.told = payload
        elif leaf == "up/want":
            if payload["sha"] in self.blobs:  # else the workshop is gone
                self._serve(payload)
        elif leaf == "up/event" and self.live:
            if payload["ev"] == "offline":
                self.seen("offline", payload["ticket"])
            if payload["ev"] == "hello" and self.sleeps:
                self._next()  # before it falls asleep
            answer = {"boot": payload["boot"], "seq": payload["seq"], "st": "accepted"}
            self.say("dn/receipt", answer)

    def _serve(self, want):
        piece = self.blobs[want["sha"]][want["at"] : want["at"] + want["n"]]
        answer = {"id": want["id"], "sha": want["sha"], "at": want["at"]}
        answer["data"] = binascii.b2a_base64(piece).decode().strip()
        self.say("dn/chunk", answer)

    def say(self, leaf, payload, retain=False):
        data = json.dumps(payload).encode()
        self.stream.publish("loket/1/" + self.board + "/" + leaf, data, retain)

    def _gateway(self, s):
        self.live = s == "ready"
        state = {"s": s, "epoch": 7} if self.live else {"s": s}
        self.stream.publish("loket/1/gw/state", json.dumps(state).encode(), True)
        if self.live:
            if self.face:
                self.say("dn/face", self.face)
            beat = {"epoch": 7, "utc_ms": 1_700_000_000_000 + made.now_ms}
            self.stream.publish("loket/1/gw/beat", json.dumps(beat).encode())

    # What is done to it.

    async def run(self):
        try:
            await self._run()
        except Exception as why:  # noqa: BLE001 - nobody waits for this task
            sys.print_exception(why, sys.stderr)
            sys.exit("the world has an end")

    def _look_on(self):
        # Private names are letters on a board: known by what they are.
        backend = sys.modules["firmware.hal.virtual"]
        for name in dir(backend):
            value = getattr(backend, name)
            if type(value) in (type(self._keys), type(sys.stdout)):
                self._kept.append(value)
            if type(value) is type(sys.stdout):
                setattr(backend, name, _Silent(self))

    async def _run(self):
        import asyncio

        self._look_on()
        began_ms = made.now_ms
        beat_ms = 0
        while True:
            await asyncio.sleep_ms(500)
            if made.now_ms - began_ms > MOST_MS:
                sys.exit("it does not settle: " + json.dumps(self.told))
            if not self.stream or made.now_ms - self.moved_ms < STILL_MS:
                continue
            if self.live and made.now_ms - beat_ms > 5_000:
                beat_ms = made.now_ms
                self._gateway("ready")
            self._next()

    def _next(self):
        if b'"now"' in self.read("boot.json"):
            return
        if not self.steps:
            sys.exit(OVER)
        self._do(*self.steps.pop(0))
        self.moved_ms = made.now_ms

    def _do(self, what, *args):
        if what == "say":
            self.say(*args)
        elif what == "gateway":
            self._gateway(*args)
        elif what == "press":
            self._keys.write(b'{"do":"press","key":"%s"}\n' % args[0])
        elif what == "report":
            config = json.loads(self.read("config.json") or b"{}")
            settings = json.loads(self.read("settings.json"))
            report = {"n": self.about.get("n"), "config": config.get("rev", 0)}
            report["link"] = settings.get("link", 0)
            report["host"] = settings["host"]
            report["st"] = self.told.get("st")
            report["boots"] = self.boots
            self.seen("report", report)
        else:
            sys.exit("no step: " + what)

    @staticmethod
    def read(name):
        try:
            with open("/" + name, "rb") as f:
                return f.read()
        except OSError:
            return b""


class _Silent(io.IOBase):
    """Nobody looks at the board's glass; its paper is kept."""

    def __init__(self, world):
        self._world = world
        self._line = ""

    def write(self, text):
        self._line += str(text, "utf-8") if isinstance(text, (bytes, bytearray)) else text
        if self._line.endswith("\n"):
            line, self._line = self._line, ""
            if '"paper"' in line:
                self._world.seen("paper", json.loads(line)["ticket"])
        return len(text)
