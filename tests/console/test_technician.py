"""The technicians' pages over a real console and broker: who gets in, what is asked, what flows."""

import json
import threading
from typing import Any

import pytest

from firmware.wire import topics
from gateway.config import USER_WORKSHOP
from tests.console import fleet_samples
from tests.console.stand_in import Stage
from tests.console.workshop_stand_in import Refuse, Workshop, let_in
from tests.support.tools import wait_for
from web_console import texts

PAGES = (
    "/papan",
    "/papan/counter-01",
    "/papan/counter-01/label",
    "/papan/counter-01/qr",
    "/pasang",
    "/pembaruan",
)


def ask(stage: Stage, cookie: str, name: str, **fields: Any) -> tuple[int, dict[str, Any]]:
    answer = stage.post("/teknisi/tanya", {"ask": name, **fields}, {"Cookie": cookie})
    return answer.status, json.loads(answer.text)


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_for_who_is_signed_in(stage: Stage, cookie: str, page: str) -> None:
    answer = stage.get(page)
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/masuk?ke=%2Fp")
    answer = stage.get(page, {"Cookie": cookie})
    assert answer.status == 200
    assert stage.get(page, {"Cookie": cookie[:-3]}).status == 303
    if answer.headers.get_content_type() == "text/html":
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["gw", "Counter-01", "x" * 33, "a%2Fb", "%3Cb%3E"])
def test_what_cannot_be_a_board_has_no_page(stage: Stage, cookie: str, name: str) -> None:
    assert stage.get(f"/papan/{name}", {"Cookie": cookie}).status == 404


def test_the_stream_is_for_who_is_signed_in(stage: Stage, workshop: Workshop, cookie: str) -> None:
    assert stage.get("/teknisi/events").status == 401
    workshop.publish("boards", fleet_samples.fleet())
    with stage.events("/teknisi/events", cookie) as events:
        assert events.until("fleet", lambda fleet: len(fleet["boards"]) == 8)
        workshop.publish("update", fleet_samples.plan())
        plan = events.until("update", lambda update: update["plan"])["plan"]
        assert [board["state"] for board in plan["boards"]] == ["committed", "loading", "waiting"]
        workshop.publish("jobs", {"jobs": [fleet_samples.job("j1", "counter-05", "/dev/x")]})
        assert events.until("jobs", lambda jobs: jobs["jobs"])["jobs"][0]["done"] == 40
        for n in range(30):
            workshop.say("counter-01", f"line {n}")
        log = events.until("log", lambda log: log["lines"][-1]["text"] == "line 29")
        assert [line["text"] for line in log["lines"]] == [f"line {n}" for n in range(30)]


def test_the_halls_pages_hear_nothing_of_the_fleet(stage: Stage, workshop: Workshop) -> None:
    with stage.events() as events:
        events.until("boards")
        workshop.publish("boards", fleet_samples.fleet())
        workshop.say("counter-01", "secret")
        stage.gateway.publish("facilities", {"epoch": 7, "sensors": [], "alerts": []})
        stage.gateway.publish("line", {**_line(), "day": "2026-11-22"})
        assert events.next()[0] == "line"


def _line() -> dict[str, Any]:
    from tests.console import samples

    return samples.empty_line()


def test_an_unusable_part_is_logged_and_the_last_good_one_stays(
    stage: Stage, workshop: Workshop, cookie: str
) -> None:
    workshop.publish("boards", fleet_samples.fleet())
    with stage.events("/teknisi/events", cookie) as events:
        events.until("fleet", lambda fleet: len(fleet["boards"]) == 8)
        # From here on what is unusable takes the place of nothing that is still on its way.
        workshop.publish("boards", b'{"boards":3}')
        workshop.publish("update", fleet_samples.plan())
        events.until("update", lambda update: update["plan"])
    with stage.events("/teknisi/events", cookie) as events:
        assert len(events.until("fleet")["boards"]) == 8
    said = "unusable message 1 on loket/1/gw/fleet/boards: fleet boards.boards"
    assert said in stage.log_file.read_text()


def test_an_ask_goes_to_the_workshop_with_the_persons_name(
    stage: Stage, workshop: Workshop, cookie: str
) -> None:
    status, said = ask(stage, cookie, "board", board="counter-01", by="somebody", key="k")
    assert (status, said["ok"], said["board"]["board"]) == (200, True, "counter-01")
    assert workshop.asked == [{"ask": "board", "board": "counter-01", "by": "teknisi"}]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_refusal_comes_in_the_readers_language(
    stage: Stage, workshop: Workshop, cookie: str, language: str
) -> None:
    def refuse(fields: dict[str, Any]) -> dict[str, Any]:
        raise Refuse("too_far", "Terlalu jauh.", "Too far.")

    workshop.answers["cmd"] = refuse
    both = f"{cookie}; bahasa={language}"
    status, said = ask(stage, both, "cmd", board="counter-01", cmd="restart")
    text = {"id": "Terlalu jauh.", "en": "Too far."}[language]
    assert (status, said) == (409, {"ok": False, "why": "too_far", "text": text})


def test_an_ask_that_nobody_knows_or_that_is_wrong_does_not_leave(
    stage: Stage, workshop: Workshop, cookie: str
) -> None:
    strange = {"ask": "cmd", "board": "counter-01", "cmd": "rm"}
    bodies: list[Any] = [{}, [], {"ask": "ping"}, strange]
    for body in bodies:
        answer = stage.post("/teknisi/tanya", body, {"Cookie": cookie})
        assert answer.status == 400
    assert workshop.asked == []


def test_an_answer_of_no_known_shape_is_said_plainly(
    stage: Stage, workshop: Workshop, cookie: str
) -> None:
    workshop.answers["ports"] = lambda fields: {"ports": "many"}
    status, said = ask(stage, cookie, "ports")
    assert (status, said["text"]) == (502, texts.catalogue("id")["workshop.strange"])


def test_withdrawing_goes_to_the_gateway(stage: Stage, workshop: Workshop, cookie: str) -> None:
    assert ask(stage, cookie, "retire", board="counter-01") == (200, {"ok": True})
    (order,) = workshop.ordered
    assert (order["ev"], order["by"]) == ("board_retire", "teknisi")


def test_who_is_not_signed_in_asks_nothing(stage: Stage, workshop: Workshop) -> None:
    answer = stage.post("/teknisi/tanya", {"ask": "retire", "board": "counter-01"})
    assert answer.status == 401
    assert (workshop.asked, workshop.ordered) == ([], [])


def test_another_site_asks_nothing_with_our_cookie(
    stage: Stage, workshop: Workshop, cookie: str
) -> None:
    wish = {"ask": "retire", "board": "counter-01"}
    headers = {"Cookie": cookie, "Origin": "http://evil.example"}
    assert stage.post("/teknisi/tanya", wish, headers).status == 403
    assert workshop.ordered == []


def test_no_workshop_is_said_in_words(own_stage: Stage) -> None:
    cookie = let_in(own_stage)
    with own_stage.events("/teknisi/events", cookie) as events:
        assert events.until("workshop") == {"up": False}
        status, said = ask(own_stage, cookie, "flash_stop", job="j1")
        assert (status, said["text"]) == (504, texts.catalogue("id")["workshop.away"])
        with Workshop(own_stage):
            assert events.until("workshop") == {"up": True}
            assert ask(own_stage, cookie, "flash_stop", job="j1") == (200, {"ok": True})


def test_a_stop_ends_what_waits_for_the_workshop_with_words(own_stage: Stage) -> None:
    cookie = let_in(own_stage)
    came: list[tuple[int, dict[str, Any]]] = []
    # Nobody answers: each would wait for 15 s.
    threads = [
        threading.Thread(
            target=lambda: came.append(ask(own_stage, cookie, "look", board="counter-01"))
        )
        for _ in range(3)
    ]
    workshop = own_stage.rig.client(USER_WORKSHOP)
    workshop.subscribe(topics.PREFIX + "+/" + topics.UP_ASK)
    asked: set[str] = set()
    for thread in threads:
        thread.start()
    try:

        def on_their_way() -> bool:
            asked.update(got["key"] for _, got in workshop.take() if got.get("ask") == "look")
            return len(asked) == len(threads)

        wait_for(on_their_way, what="all asks to be on their way")
        assert own_stage.console
        own_stage.console.terminate()
        assert own_stage.console.wait(timeout=5) == 0
    finally:
        for thread in threads:
            thread.join()
    closing = {"ok": False, "text": texts.catalogue("id")["workshop.closing"]}
    assert came == [(504, closing)] * len(threads)
    assert "Traceback" not in own_stage.log_file.read_text()


def test_the_broker_lets_only_the_workshop_speak_for_it(
    stage: Stage, workshop: Workshop, cookie: str
) -> None:
    workshop.publish("boards", fleet_samples.fleet())
    intruder = stage.rig.client("cli")
    intruder.publish_raw(topics.fleet_part("boards"), {"boards": []}, retain=True)
    intruder.publish_raw(topics.of_board("console", topics.DN_ANSWER), {"key": "x"})
    workshop.publish("update", fleet_samples.plan())
    with stage.events("/teknisi/events", cookie) as events:
        events.until("update", lambda update: update["plan"])
    with stage.events("/teknisi/events", cookie) as events:
        assert len(events.until("fleet")["boards"]) == 8


def test_pages_are_given_while_many_ask_a_workshop_that_is_slow(
    stage: Stage, workshop: Workshop, cookie: str
) -> None:
    go_on = threading.Event()
    done: list[int] = []

    def slowly(fields: dict[str, Any]) -> dict[str, Any]:
        go_on.wait(10)
        return fleet_samples.look()

    def look() -> None:
        done.append(ask(stage, cookie, "look", board="counter-01")[0])

    workshop.answers["look"] = slowly
    threads = [threading.Thread(target=look) for _ in range(24)]
    try:
        for thread in threads:
            thread.start()
        workshop.wait_for_ask("look")
        wait_for(lambda: 504 in done, what="the first that finds no place")
        before = len(done)
        assert stage.get("/").status == 200
        assert stage.get("/layar").status == 200
        # Of those that stand in line for a place none had to end first.
        assert len(done) - before < 3
    finally:
        go_on.set()
        for thread in threads:
            thread.join()
