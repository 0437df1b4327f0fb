"""Signing in: who may, who may not, how often one may try, and when it ends."""

import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from gateway.config import Paths
from gateway.fleet.people import people, remove_person, set_password
from web_console import sign_in, texts
from web_console.pages import Views, create_app
from web_console.sign_in import COOKIE, SIGNED_IN_S, NotSignedIn, SignIn, needs_technician, own_path

RIGHT = {"person": "teknisi", "password": "kabel-usb-data"}
WRONG = RIGHT | {"password": "kabel-usb-isi"}


class Clock:
    def __init__(self) -> None:
        self.s = 1_000.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths(tmp_path)
    set_password(paths, RIGHT["person"], RIGHT["password"], "technician")
    return paths


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(paths: Paths, clock: Clock) -> SignIn:
    return SignIn(paths.secrets, clock)


def why(door: SignIn, got: Any) -> str:
    with pytest.raises(NotSignedIn) as caught:
        door.sign_in(got)
    return caught.value.why


@pytest.mark.usefixtures("costly_passwords")
def test_a_password_costs_32_mb_whoever_it_is_tried_for(paths: Paths, door: SignIn) -> None:
    entry = people(paths)[RIGHT["person"]]
    assert entry["hash"].startswith("scrypt:32768:8:1$")
    assert sign_in._NOBODY.startswith("scrypt:32768:8:1$")
    assert why(door, WRONG) == why(door, WRONG | {"person": "nobody"}) == "sign_in.wrong"
    assert door.sign_in(RIGHT)[0].id == RIGHT["person"]


def test_the_right_password_gives_a_cookie_that_is_known_again(door: SignIn) -> None:
    person, cookie = door.sign_in(RIGHT | {"person": " Teknisi "})
    assert person.id == "teknisi"
    assert door.of_cookie(cookie) == person
    assert RIGHT["password"] not in cookie


@pytest.mark.parametrize(
    "got",
    [
        WRONG,
        RIGHT | {"person": "nobody"},
        RIGHT | {"person": ""},
        RIGHT | {"person": "t" * 65},
        RIGHT | {"password": "x" * 10_000},
        RIGHT | {"password": ["kabel-usb-data"]},
        {},
        [],
        None,
    ],
)
def test_anything_else_is_wrong_in_the_same_words(door: SignIn, got: Any) -> None:
    assert why(door, got) == "sign_in.wrong"


def test_a_cookie_outlives_a_restart_of_the_console(paths: Paths, door: SignIn) -> None:
    _, cookie = door.sign_in(RIGHT)
    assert SignIn(paths.secrets).of_cookie(cookie)
    key = paths.secrets / "console_session"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.parametrize("spoil", [str.lower, lambda c: c[:-1], lambda c: c + "x", lambda c: ""])
def test_a_forged_cookie_is_nobody(door: SignIn, spoil: Callable[[str], str]) -> None:
    _, cookie = door.sign_in(RIGHT)
    assert spoil(cookie) != cookie
    assert door.of_cookie(spoil(cookie)) is None


def test_another_halls_cookie_is_nobody(door: SignIn, tmp_path: Path) -> None:
    other = Paths(tmp_path / "other")
    set_password(other, RIGHT["person"], RIGHT["password"], "technician")
    _, cookie = SignIn(other.secrets).sign_in(RIGHT)
    assert door.of_cookie(cookie) is None


def test_a_new_or_removed_password_ends_what_was_signed_in(paths: Paths, door: SignIn) -> None:
    _, cookie = door.sign_in(RIGHT)
    set_password(paths, RIGHT["person"], "kabel-usb-baru", "technician")
    assert door.of_cookie(cookie) is None
    _, cookie = door.sign_in(RIGHT | {"password": "kabel-usb-baru"})
    assert remove_person(paths, RIGHT["person"])
    assert door.of_cookie(cookie) is None


def test_a_session_ends_after_a_shift(door: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    _, cookie = door.sign_in(RIGHT)
    now_s = int(time.time())

    def later(s: int) -> None:
        name = "itsdangerous.timed.TimestampSigner.get_timestamp"
        monkeypatch.setattr(name, lambda _: now_s + s)

    later(SIGNED_IN_S - 5)
    assert door.of_cookie(cookie)
    later(SIGNED_IN_S + 5)
    assert door.of_cookie(cookie) is None


def test_an_officer_has_a_password_and_no_business_here(paths: Paths, door: SignIn) -> None:
    set_password(paths, "petugas", "kabel-usb-data", "officer")
    assert why(door, RIGHT | {"person": "petugas"}) == "sign_in.not_technician"


def test_who_guesses_must_wait_and_ever_longer(door: SignIn, clock: Clock) -> None:
    for _ in range(3):
        assert why(door, WRONG) == "sign_in.wrong"
    assert why(door, RIGHT) == "sign_in.wait"  # is not even looked at
    with pytest.raises(NotSignedIn) as caught:
        door.sign_in(RIGHT)
    assert caught.value.wait_s == 2
    clock.s += 2
    assert why(door, WRONG) == "sign_in.wrong"
    clock.s += 3.5
    with pytest.raises(NotSignedIn) as caught:
        door.sign_in(WRONG)
    assert (caught.value.why, caught.value.wait_s) == ("sign_in.wait", 1)
    clock.s += 0.5
    assert door.sign_in(RIGHT)[0].id == "teknisi"
    assert why(door, WRONG) == "sign_in.wrong"  # all is forgiven


def test_names_that_do_not_exist_share_one_count(door: SignIn) -> None:
    for n in range(3):
        assert why(door, {"person": f"guess{n}", "password": "x" * 9}) == "sign_in.wrong"
    assert why(door, {"person": "guess9", "password": "x" * 9}) == "sign_in.wait"
    assert door.sign_in(RIGHT)  # and hold up nobody who exists


def test_who_guesses_locks_out_nobody_at_another_address(door: SignIn) -> None:
    for _ in range(4):
        with pytest.raises(NotSignedIn) as caught:
            door.sign_in(WRONG, "10.0.0.66")
    assert caught.value.why == "sign_in.wait"
    assert door.sign_in(RIGHT, "10.0.0.7")[0].id == "teknisi"
    with pytest.raises(NotSignedIn) as caught:  # and is not forgiven for it
        door.sign_in(RIGHT, "10.0.0.66")
    assert caught.value.why == "sign_in.wait"


def test_more_addresses_than_are_counted_share_one_count(
    door: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web_console.guesses._MOST_COUNTS", 2)
    for n in range(1 + 3):  # the first fills it, with the count over all addresses
        with pytest.raises(NotSignedIn) as caught:
            door.sign_in(WRONG, f"10.0.0.{n}")
        assert caught.value.why == "sign_in.wrong"
    with pytest.raises(NotSignedIn) as caught:
        door.sign_in(WRONG, "10.0.0.99")
    assert caught.value.why == "sign_in.wait"


def test_guessing_from_many_addresses_is_no_faster_and_keeps_out_no_known_browser(
    door: SignIn, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, _ = door.sign_in(RIGHT, "10.0.0.7")
    known = door.known_browser(person)
    monkeypatch.setattr("web_console.sign_in.check_password_hash", lambda hash_, said: False)
    for n in range(30):
        with pytest.raises(NotSignedIn) as caught:
            door.sign_in(WRONG, f"10.0.1.{n}")
        assert caught.value.why == "sign_in.wrong"
    with pytest.raises(NotSignedIn) as caught:
        door.sign_in(WRONG, "10.0.2.1")
    assert (caught.value.why, caught.value.wait_s) == ("sign_in.wait", 2)
    monkeypatch.undo()
    assert door.sign_in(RIGHT, "10.0.2.2", known)[0] == person
    for forged in (known[:-1], "x", door.sign_in(RIGHT, "10.0.2.2", known)[1]):
        with pytest.raises(NotSignedIn):
            door.sign_in(RIGHT, "10.0.2.2", forged)
    for _ in range(3):
        with pytest.raises(NotSignedIn):
            door.sign_in(WRONG, "10.0.0.7", known)
    with pytest.raises(NotSignedIn) as caught:  # a stolen telephone guesses no faster
        door.sign_in(RIGHT, "10.0.0.8", door.known_browser(person, known))
    assert caught.value.why == "sign_in.wait"


def test_who_was_signed_out_stays_so_over_a_restart(paths: Paths, door: SignIn) -> None:
    person, one = door.sign_in(RIGHT)
    _, other = door.sign_in(RIGHT)
    door.sign_out(one)
    after = SignIn(paths.secrets)
    assert (after.of_cookie(one), after.of_cookie(other)) == (None, person)
    after.sign_out_everywhere(person)
    _, fresh = after.sign_in(RIGHT)
    for console in (after, SignIn(paths.secrets)):
        assert (console.of_cookie(other), console.of_cookie(fresh)) == (None, person)
    kept = paths.secrets / "console_ended.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    kept.write_text("{")
    assert SignIn(paths.secrets).of_cookie(fresh) is None


def test_a_torn_file_lets_nobody_in_and_is_told_once(
    paths: Paths, door: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    _, cookie = door.sign_in(RIGHT)
    (paths.secrets / "people.json").write_text('{"teknisi": {"hash": 3')
    assert door.of_cookie(cookie) is None
    assert door.of_cookie(cookie) is None
    assert len([r for r in caplog.records if "people.json" in r.message]) == 1


def app_of(door: SignIn) -> Flask:
    app = create_app(Views(site_name=str, why_down=str, sign_in=door))
    app.testing = True

    @app.get("/percobaan")
    @needs_technician
    def page() -> str:
        return f"hello {g.technician.id}"

    @app.post("/percobaan")
    @needs_technician
    def act() -> str:
        return "done"

    return app


@pytest.fixture
def client(door: SignIn) -> FlaskClient:
    return app_of(door).test_client()


def test_a_guarded_page_sends_to_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/percobaan?papan=counter-03")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/masuk?ke=%2Fpercobaan%3Fpapan%3Dcounter-03"
    page = client.get(answer.headers["Location"])
    assert 'data-back="/percobaan?papan=counter-03"' in page.text
    done = client.post("/masuk", json=RIGHT)
    assert done.json == {"ok": True}
    assert client.get("/percobaan").text == "hello teknisi"
    back = client.get(answer.headers["Location"]).headers["Location"]
    assert back == "/percobaan?papan=counter-03"


def test_a_guarded_order_says_in_words_that_one_must_sign_in(client: FlaskClient) -> None:
    answer = client.post("/percobaan", json={})
    assert answer.status_code == 401
    assert answer.json == {
        "ok": False, "sign_in": True, "text": texts.catalogue("id")["sign_in.needed"]
    }  # fmt: skip


def test_the_cookie_is_for_the_console_only(client: FlaskClient) -> None:
    cookie = client.post("/masuk", json=RIGHT).headers["Set-Cookie"]
    for said in (f"{COOKIE}=", "HttpOnly", "SameSite=Strict", f"Max-Age={SIGNED_IN_S}", "Path=/"):
        assert said in cookie
    assert "Secure" not in cookie
    over_tls = client.post("/masuk", json=RIGHT, headers={"Origin": "https://mall.example"})
    assert "Secure" in over_tls.headers["Set-Cookie"]


def test_signing_out_ends_it(client: FlaskClient) -> None:
    client.post("/masuk", json=RIGHT)
    assert client.post("/keluar", json={}).json == {"ok": True}
    assert client.get("/percobaan").status_code == 303


def test_signing_out_everywhere_is_for_who_is_signed_in(door: SignIn, client: FlaskClient) -> None:
    assert client.post("/keluar/semua", json={}).status_code == 401
    _, elsewhere = door.sign_in(RIGHT)
    client.post("/masuk", json=RIGHT)
    assert client.post("/keluar/semua", json={}).json == {"ok": True}
    assert client.get("/percobaan").status_code == 303
    assert door.of_cookie(elsewhere) is None
    assert client.post("/masuk", json=RIGHT).json == {"ok": True}
    assert client.get("/percobaan").status_code == 200


def test_signing_out_ends_it_for_other_pages_and_copies_of_the_cookie(
    door: SignIn, client: FlaskClient
) -> None:
    client.post("/masuk", json=RIGHT)
    cookie = client.get_cookie(COOKIE)
    assert cookie
    _, elsewhere = door.sign_in(RIGHT)  # on another phone, in the same second
    client.post("/keluar", json={})
    # An open stream or link looks again with the cookie that it came with.
    came_with = [(b"cookie", f"{COOKIE}={cookie.value}".encode())]
    assert door.technician_of({"headers": came_with}) is None
    client.set_cookie(COOKIE, cookie.value)
    assert client.get("/percobaan").status_code == 303
    assert door.of_cookie(elsewhere)


@pytest.mark.parametrize("raw", ['{"person": "teknisi", "password": "\\ud800"}', "[" * 16_000])
def test_what_is_no_text_or_nested_without_end_is_a_bad_request(
    client: FlaskClient, raw: str
) -> None:
    answer = client.post("/masuk", data=raw, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_refusal_is_in_the_readers_language(client: FlaskClient, language: str) -> None:
    client.set_cookie("bahasa", language)
    answer = client.post("/masuk", json=WRONG)
    assert answer.status_code == 403
    assert answer.json
    assert answer.json["text"] == texts.catalogue(language)["sign_in.wrong"]
    for _ in range(3):
        answer = client.post("/masuk", json=WRONG)
    assert answer.status_code == 429
    assert answer.json
    assert answer.json["text"] == texts.catalogue(language)["sign_in.wait"].format(n=2)


@pytest.mark.parametrize(
    "path", ["https://evil.example", "//evil.example", "/\\evil.example", "papan", "", "/a\nb"]
)
def test_signing_in_leads_to_our_own_pages_only(client: FlaskClient, path: str) -> None:
    assert own_path(path, "/papan") == "/papan"
    assert 'data-back="/papan"' in client.get("/masuk", query_string={"ke": path}).text


def test_a_request_of_the_event_loop_is_known_by_its_cookie(door: SignIn) -> None:
    _, cookie = door.sign_in(RIGHT)
    good = f"bahasa=en; {COOKIE}={cookie}".encode()
    assert door.technician_of({"headers": [(b"host", b"x"), (b"cookie", good)]})
    for bad in (b"", b"bahasa=en", f"{COOKIE}={cookie[:-2]}".encode(), b'loket_sesi="\xff'):
        assert door.technician_of({"headers": [(b"cookie", bad)]}) is None
    assert door.technician_of({"headers": []}) is None


def test_without_a_folder_nobody_is_let_in() -> None:
    assert why(SignIn(), RIGHT) == "sign_in.wrong"
