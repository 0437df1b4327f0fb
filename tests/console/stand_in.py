"""Stand-ins around a real console process: a gateway that only publishes, and virtual boards.

The broker is real, with the hall's own configuration, secrets and topic rules.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

from firmware.wire import topics
from tests.console import samples
from tests.support.rig import STARTED_S, Client, Rig, stop
from tests.support.tools import ROOT, free_port, wait_for

BEAT_S = 2.0


class Gateway:
    """Publishes hall parts and beats as the gateway does, and keeps no line at all."""

    def __init__(self, client: Client, epoch: int = samples.EPOCH) -> None:
        self.client = client
        self.epoch = epoch
        self._rev = 0
        self._quiet = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def publish_empty(self) -> None:
        """Publish a hall that has just opened."""
        self.publish("site", samples.site(self.epoch))
        self.publish("line", samples.empty_line(self.epoch))
        self.publish("facilities", {"epoch": self.epoch, "sensors": []})
        self.publish("boards", {"epoch": self.epoch, "boards": []})

    def start(self) -> None:
        """Publish an empty hall, say that all is ready, and go on beating."""
        self.publish_empty()
        self.client.publish_raw(topics.GW_STATE, {"s": "ready", "epoch": self.epoch}, retain=True)
        self._thread.start()

    def publish(self, part: str, content: dict[str, Any] | bytes) -> None:
        """Publish a part; a line gets the next `rev`."""
        if part == "line" and isinstance(content, dict):
            self._rev += 1
            content = content | {"rev": self._rev}
        self.client.publish_raw(topics.hall_part(part), content, retain=True)

    def lose(self) -> None:
        """Do what the broker does with the gateway's last will, and beat no more."""
        self.fall_silent()
        self.client.publish_raw(topics.GW_STATE, {"s": "lost"}, retain=True)

    def fall_silent(self) -> None:
        """Stop beating."""
        self._quiet.set()
        if self._thread.is_alive():
            self._thread.join()

    def return_with(self, epoch: int) -> None:
        """Start anew, as a gateway that was restarted."""
        self.epoch = epoch
        self._quiet = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self.start()

    def _beat(self) -> None:
        while not self._quiet.wait(BEAT_S):
            beat = {"epoch": self.epoch, "utc_ms": samples.now_ms()}
            self.client.publish_raw(topics.GW_BEAT, beat)


class Stage:
    """A broker, a stand-in for the gateway and a real console process. A context manager."""

    def __init__(self, demo: bool = True, console: bool = True, **env: str) -> None:
        # Not pytest's tmp_path: the path of a unix socket may have 107 characters only.
        self.home = Path(tempfile.mkdtemp(prefix="loket-"))
        self.http_port = free_port()
        self.rig = Rig(
            self.home,
            env={"LOKET_HTTP_PORT": str(self.http_port), "LOKET_DEMO": str(int(demo)), **env},
        )
        self._with_console = console
        self.console: subprocess.Popen[bytes] | None = None
        self.boards = VirtualBoards(self.rig.settings.paths.hall_socket)

    def __enter__(self) -> "Stage":
        with ExitStack() as ends:  # also where a start fails
            ends.callback(shutil.rmtree, self.home)
            ends.callback(self.rig.close)
            self.rig.start_broker()
            self.gateway = Gateway(self.rig.client("gw"))
            ends.callback(self._end_console)
            ends.callback(self.boards.close)
            ends.callback(self.gateway.fall_silent)
            if self._with_console:
                self.gateway.start()
                self.start_console()
                wait_for(
                    lambda: self.get("/healthz").status == 200, STARTED_S, "the console to be live"
                )
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def _end_console(self) -> None:
        if self.console:
            stop(self.console)

    def reset(self) -> None:
        """Put back an empty hall and take the virtual boards away."""
        self.boards.close()
        self.boards.orders.clear()
        self.gateway.publish_empty()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    def start_console(self) -> None:
        """Start the console process and wait until it answers."""
        with open(self.log_file, "ab") as log:
            self.console = subprocess.Popen(
                [sys.executable, "-m", "web_console"],
                cwd=ROOT,
                env={**os.environ, **self.rig.settings.to_env()},
                stdout=log,
                stderr=log,
            )
        wait_for(self._answers, STARTED_S, "the console to answer")

    @property
    def log_file(self) -> Path:
        return self.rig.settings.paths.log / "console.log"

    def get(self, path: str, headers: dict[str, str] | None = None) -> "Answer":
        """Give the answer to a GET."""
        return self.ask("GET", path, None, headers)

    def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> "Answer":
        """Give the answer to a POST as the console's own pages send it; `headers` overrule."""
        own = {"Content-Type": "application/json", "Origin": self.url}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, data, own | (headers or {}))

    def ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str] | None = None
    ) -> "Answer":
        """Give the answer to any request; a header with an empty value is left out."""
        connection = HTTPConnection("127.0.0.1", self.http_port, timeout=10)
        try:
            kept = {name: value for name, value in (headers or {}).items() if value}
            connection.request(method, path, body, kept)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def events(self, path: str = "/events", cookie: str = "") -> "Events":
        """Open an event stream."""
        return Events(self.http_port, path, cookie)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.http_port), timeout=1).close()
        except OSError:
            return False
        return True


class Answer:
    """An HTTP answer, read whole."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()


class Events:
    """A reader of one event stream. A context manager."""

    def __init__(self, port: int, path: str, cookie: str = "") -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=15)
        self._connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        self._response = self._connection.getresponse()
        self.status = self._response.status

    def __enter__(self) -> "Events":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave."""
        self._response.close()
        self._connection.close()

    def next(self) -> tuple[str, Any]:
        """Give the next event as (kind, data)."""
        kind = ""
        while True:
            line = self._response.readline().decode().rstrip("\n")
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("data: "):
                return kind, json.loads(line[6:])

    def until(self, kind: str, match: Any = lambda _: True) -> Any:
        """Give the data of the next event of `kind` that matches."""
        while True:
            got, data = self.next()
            if got == kind and match(data):
                return data


class VirtualBoards:
    """A stand-in for the hall of virtual boards: takes orders down, says what it is told to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._server: socket.socket | None = None
        self._peers: list[socket.socket] = []
        self._hall: list[dict[str, Any]] = []
        self.orders: list[dict[str, Any]] = []

    def start(self, hall: list[dict[str, Any]]) -> None:
        """Listen, and tell whoever comes of the boards in `hall`."""
        self._hall = hall
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(self._path))
        self._server.listen()
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def close(self) -> None:
        """Go away."""
        if self._server:
            # A blocked accept() does not notice close(); shutdown() wakes it.
            self._server.shutdown(socket.SHUT_RDWR)
            self._server.close()
            self._server = None
            self._path.unlink(missing_ok=True)
        for peer in list(self._peers):
            with suppress(OSError):  # it left first
                peer.shutdown(socket.SHUT_RDWR)
        wait_for(lambda: not self._peers, what="the readers to end")

    @property
    def connections(self) -> int:
        """How many are connected."""
        return len(self._peers)

    def say(self, message: dict[str, Any] | bytes) -> None:
        """Tell everybody; waits until there is somebody."""
        wait_for(lambda: self._peers, what="the console to look at the boards")
        data = message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n"
        for peer in list(self._peers):
            with suppress(OSError):  # it left, perhaps because of what it was told
                peer.sendall(data)

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            peer.sendall(json.dumps({"hall": self._hall}).encode() + b"\n")
            self._peers.append(peer)
            threading.Thread(target=self._read, args=(peer,), daemon=True).start()

    def _read(self, peer: socket.socket) -> None:
        with peer.makefile("rb") as lines:
            try:
                for line in lines:
                    self.orders.append(json.loads(line))
            except OSError:
                return  # closed from here
            finally:
                if peer in self._peers:
                    self._peers.remove(peer)
                    peer.close()


def bench_hall() -> list[dict[str, Any]]:
    """Give a hall of virtual boards: two ticket boards, three counters, two dispensers."""
    look: dict[str, Any] = {"matrix": "0" * 64, "w": 32, "h": 8, "lamps": {}, "state": "ready"}
    door = {**look, "lamps": {f"queue{n}": "on" for n in range(1, 5)}, "printer": "ready"}
    lit = {**look, "lamps": {"next": "off", "status": "off"}}
    level = {"lamps": {}, "state": "ready", "level_pct": 63, "battery_mv": 3710}
    keys = ["next", "recall", "no_show", "park", "pause"]
    door_keys = ["queue1", "queue2", "queue3", "queue4", "queue5", "priority"]
    return [
        *(
            _board(
                f"ticket-{n:02}", "ticket_button", door_keys, ["keys", "matrix", "printer"], door
            )
            | {"place": "Pintu utama"}
            for n in (1, 2)
        ),
        *(
            _board(f"counter-{n:02}", "counter_led", keys, ["keys", "lamps", "matrix"], lit)
            | {"counter": n}
            for n in (1, 2, 3)
        ),
        *(
            _board(f"dispenser-{n:02}", "refill_sensor", [], ["battery", "level", "power"], level)
            | {"asleep": n == 2}
            for n in (1, 2)
        ),
    ]


def door_hall() -> list[dict[str, Any]]:
    """Give the boards of a hall's door and desk: rating, panel, hall, gate, a dispenser's lever."""
    ready: dict[str, Any] = {"lamps": {}, "state": "ready"}
    scores = [f"score{n}" for n in (1, 2, 3, 4)]
    asks = {**ready, "lamps": dict.fromkeys(scores, "on")}
    glass = {**ready, "matrix": "0" * 384, "w": 96, "h": 16}
    counts = {**ready, "lamps": {"light": "green", "in": "off", "out": "off"}, "digits": "7"}
    checks = {**ready, "lamps": {"light": "off", "mask": "off", "no_mask": "off"}}
    checks |= {"digits": "", "temp_c": 36.5}
    level = {**ready, "level_pct": 63, "battery_mv": 3710}
    signals = ["buzzer", "digits", "keys", "lamps"]
    return [
        _board("rating-01", "rating_keys", scores, ["buzzer", "keys"], asks) | {"counter": 1},
        _board("panel-01", "panel_p10", [], ["matrix"], glass) | {"place": "Ruang tunggu"},
        _board("hall-01", "hall_door", ["outer", "inner", "in", "out"], signals, counts)
        | {"place": "Pintu utama"},
        _board("gate-01", "gate_check", ["mask", "no_mask"], [*signals, "thermometer"], checks)
        | {"place": "Pintu utama"},
        _board("dispenser-01", "refill_distance", ["dose"], ["battery", "keys", "level"], level)
        | {"place": "Toilet"},
    ]


def _board(
    name: str, kind: str, keys: list[str], parts: list[str], look: dict[str, Any]
) -> dict[str, Any]:
    return {
        "board": name,
        "role": name.partition("-")[0],
        "counter": None,
        "kind": kind,
        "keys": keys,
        "parts": parts,
        "look": look,
        "asleep": False,
    }
