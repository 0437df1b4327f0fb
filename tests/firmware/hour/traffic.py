"""What happens to a board of each role in an hour: presses, faces, settings, and troubles."""

import itertools
from collections.abc import Callable
from dataclasses import replace

from firmware.wire import topics
from firmware.wire.leases import MAX_LEASES, write_leases
from gateway.config import DEMO_SITE
from gateway.domain.hall import Board, Hall
from gateway.fleet.settings import board_config
from gateway.site.load import load_site
from tests.firmware.hour.partner import EPOCH, START_UTC_MS, Partner, Payload

_CUTS_MS = (700_000, 1_400_000, 2_100_000, 2_800_000)


def _common(partner: Partner, role: str) -> None:
    hall = Hall()
    hall.site = replace(load_site(DEMO_SITE), visitor_url="https://mpp.example/t/{ticket}")
    hall.rebuild()
    topic = topics.of_board(partner.board, topics.DN_CONFIG)
    partner.retained[topic] = board_config(hall, Board(partner.board, role, 1))
    for cut_ms in _CUTS_MS:
        partner.at(cut_ms, partner.cut)
    again = {"id": "x", "name": "identify", "arg": {}, "ttl_ms": 5_000}
    numbers = itertools.count()
    partner.every(300_000, lambda: partner.say(topics.DN_CMD, {**again, "id": str(next(numbers))}))
    partner.every(450_000, lambda: partner.say(topics.DN_FACE, {"epoch": EPOCH, "rev": "no"}))


def _counter(partner: Partner) -> None:
    _common(partner, "counter")
    rev = itertools.count(1)
    presses = itertools.count(1)

    def face(ticket: str, text: str, state: str) -> None:
        shown: Payload = {"epoch": EPOCH, "rev": next(rev), "state": state, "text": text}
        shown.update(blink=state == "called", lamp="green", ticket=ticket)
        partner.say(topics.DN_FACE, shown, retain=True)

    def answer(event: Payload) -> Payload | None:
        n = next(presses)
        if n % 11 == 0:
            return None  # it is resent, and given up
        if n % 7 == 0:
            return {"st": "refused", "why": "nobody_waiting"}
        if event["ev"] == "next":
            ticket = f"A{n % 400:03}"
            face(ticket, ticket, "called")
            return {"ticket": ticket, "done": None}
        if event["ev"] == "pause":
            face("", "TUTUP SEMENTARA", "paused")
        return {}

    partner.answer = answer
    keys = itertools.cycle(["next", "recall", "next", "no_show", "next", "park", "pause", "pause"])
    partner.every(15_000, lambda: partner.do("press", key=next(keys)))


def _ticket(partner: Partner) -> None:
    _common(partner, "ticket")
    rev = itertools.count(1)
    taken = itertools.count(1)
    alone: list[str] = []

    def face() -> None:
        queues = [{"q": q, "open": True, "waiting": next(rev) % 50} for q in "ABC"]
        shown = {"epoch": EPOCH, "rev": next(rev), "queues": queues}
        partner.say(topics.DN_FACE, shown, retain=True)

    def answer(event: Payload) -> Payload | None:
        if event["ev"] == "offline":
            alone.append(event["ticket"])
        if event["ev"] != "take":
            return {}
        n = next(taken)
        if n % 13 == 0:
            return None
        if n % 9 == 0:
            return {"st": "refused", "why": "quota_reached"}
        face()
        number = {"ticket": f"{event['queue']}{n % 400:03}", "queue": event["queue"]}
        return {**number, "ahead": n % 30, "wait_s": [300, 900]}

    partner.answer = answer

    def lease() -> None:
        # As much as there can be; of its own queues the board has the first ones.
        until_ms = START_UTC_MS + 86_400_000
        queues = ["A", "A", "B", "B", "C", "C", *(f"WW{sign}" for sign in "ABCDEFGHIJ")]
        blocks = [
            (q, 100 * i, 100 * i + 99, "2026-11-23", until_ms) for i, q in enumerate(queues, 7)
        ]
        assert len(blocks) == MAX_LEASES
        said = write_leases(EPOCH, next(rev), START_UTC_MS + partner.now_ms, blocks)
        partner.say(topics.DN_LEASE, said, retain=True)

    def all_came() -> None:
        assert len(alone) == len(set(alone)) > 50, alone

    def outage(at_ms: int, for_ms: int) -> None:
        partner.at(at_ms, lambda: partner.say(topics.GW_STATE, {"s": "lost"}, retain=True))
        ready = {"s": "ready", "epoch": EPOCH}
        partner.at(at_ms + for_ms, lambda: partner.say(topics.GW_STATE, ready, retain=True))

    partner.at(100, face)
    partner.at(1_000, lease)
    partner.every(600_000, lease)
    outage(150_000, 200_000)
    outage(1_000_000, 900_000)  # with a cut of the line in it
    outage(2_300_000, 400_000)
    partner.at(3_500_000, all_came)
    keys = itertools.cycle(["queue1", "queue2", "queue3", "priority", "queue1"])
    partner.every(15_000, lambda: partner.do("press", key=next(keys)))
    paper = itertools.cycle([False, True])
    partner.every(400_000, lambda: partner.do("paper", ok=next(paper)))


def _dispenser(partner: Partner) -> None:
    _common(partner, "dispenser")
    levels = itertools.cycle([80, 60, None, 40, 12, 30, 90])
    partner.every(20_000, lambda: partner.do("level", pct=next(levels)))
    partner.every(7_000, lambda: partner.do("press", key="dose"))
    points = itertools.cycle(["empty", "full"])
    numbers = itertools.count()

    def calibrate() -> None:
        arg = {"point": next(points)}
        order = {"id": f"c{next(numbers)}", "name": "calibrate", "arg": arg, "ttl_ms": 5_000}
        partner.say(topics.DN_CMD, order)

    partner.every(500_000, calibrate)


def _rating(partner: Partner) -> None:
    _common(partner, "rating")
    rev = itertools.count(1)

    def face() -> None:
        n = next(rev)
        ticket = "" if n % 5 == 0 else f"A{n // 2 % 400:03}"
        shown = {"epoch": EPOCH, "rev": n, "ask": ticket != "", "ticket": ticket}
        partner.say(topics.DN_FACE, shown, retain=True)

    keys = itertools.cycle(["score4", "score3", "score4", "score1", "score2"])
    partner.at(100, face)
    partner.every(20_000, face)
    partner.every(15_000, lambda: partner.do("press", key=next(keys)))


def _hall(partner: Partner) -> None:
    _common(partner, "hall")
    rev = itertools.count(1)

    def face() -> None:
        n = next(rev)
        light = "red" if n % 4 == 0 else "green"
        shown = {"epoch": EPOCH, "rev": n, "light": light, "inside": n % 90}
        partner.say(topics.DN_FACE, shown, retain=True)

    edges = itertools.cycle(
        [("down", "outer"), ("down", "inner"), ("up", "outer"), ("up", "inner")] * 3
        + [("down", "inner"), ("down", "outer"), ("up", "inner"), ("up", "outer")]
    )

    def edge() -> None:
        what, beam = next(edges)
        partner.do(what, key=beam)

    partner.at(100, face)
    partner.every(20_000, face)
    partner.every(2_500, edge)
    partner.every(90_000, lambda: partner.do("press", key="in"))
    partner.at(1_800_000, lambda: partner.do("down", key="out"))  # and held ever after


def _gate(partner: Partner) -> None:
    _common(partner, "gate")
    rev = itertools.count(1)
    screened = itertools.count(1)

    def face() -> None:
        n = next(rev)
        partner.say(topics.DN_FACE, {"epoch": EPOCH, "rev": n, "open": n % 9 != 0}, retain=True)

    def answer(event: Payload) -> Payload | None:
        if event["ev"] != "screen":
            return {}
        n = next(screened)
        return None if n % 9 == 0 else {"pass": n % 5 != 0}

    partner.answer = answer
    temps = itertools.cycle([36.4, 36.9, 38.5, 22.0, None, 36.0])
    keys = itertools.cycle(["mask", "mask", "no_mask"])
    partner.at(100, face)
    partner.every(60_000, face)
    partner.every(15_000, lambda: partner.do("press", key=next(keys)))
    partner.every(25_000, lambda: partner.do("temp", c=next(temps)))


def _panel(partner: Partner) -> None:
    _common(partner, "panel")
    rev = itertools.count(1)
    notice = "Antrean B, C dll. ditutup, yang menunggu tetap dilayani di loket yang sama"

    def face() -> None:
        n = next(rev)
        calls = [{"t": f"A{k % 400:03}", "c": k % 12 + 1, "n": 1} for k in range(n, n - 6, -1)]
        shown: Payload = {"epoch": EPOCH, "rev": n, "calls": calls if n % 7 else []}
        shown.update({"break": "Istirahat sampai 13:00" if n % 5 == 0 else ""})
        shown["notices"] = [notice, f"Silakan masuk A{n % 400:03}"][: n % 3]
        partner.say(topics.DN_FACE, shown, retain=True)

    partner.at(100, face)
    partner.every(12_000, face)


TRAFFIC: dict[str, Callable[[Partner], None]] = {
    "counter": _counter,
    "ticket": _ticket,
    "dispenser": _dispenser,
    "rating": _rating,
    "hall": _hall,
    "gate": _gate,
    "panel": _panel,
}
