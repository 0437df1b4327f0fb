"""The workbench's pages: for technicians only, the project's own files and nothing else."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from boards.catalog import kinds
from boards.image import modules_of
from firmware.wire.words import ROLES
from gateway.config import Paths
from gateway.fleet.people import set_password
from tests.support.tools import ROOT
from web_console import texts
from web_console.guard import CSP, security_headers
from web_console.pages import Views, create_app
from web_console.sign_in import SignIn
from web_console.workbench_files import bench_kinds
from web_console.workshop import NoAnswer, Workshop

PERSON = {"person": "teknisi", "password": "kabel-usb-data"}
ORIGIN = {"Origin": "http://localhost", "Content-Type": "application/json"}


class StandIn(Workshop):
    """A workshop that answers as a test says, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(lambda topic, payload: False)
        self.asked: list[tuple[str, str, dict[str, object]]] = []
        self.answer: dict[str, Any] | None = {"key": "k", "st": "accepted"}

    def ask(
        self, name: str, by: str = "", within_s: float = 1.0, **fields: object
    ) -> dict[str, Any]:
        self.asked.append((name, by, fields))
        if self.answer is None:
            raise NoAnswer("bench.unreachable")
        return self.answer


@pytest.fixture
def workshop() -> StandIn:
    return StandIn()


@pytest.fixture
def anybody(tmp_path: Path, workshop: StandIn) -> FlaskClient:
    paths = Paths(tmp_path)
    set_password(paths, PERSON["person"], PERSON["password"], "technician")
    app = create_app(
        Views(lambda: "Mal", lambda: "", sign_in=SignIn(paths.secrets), workshop=workshop)
    )
    app.testing = True
    return app.test_client()


@pytest.fixture
def technician(anybody: FlaskClient) -> FlaskClient:
    assert anybody.post("/masuk", json=PERSON).status_code == 200
    return anybody


@pytest.mark.parametrize(
    "path",
    [
        "/bengkel",
        "/bengkel/kabel/counter_led",
        "/bengkel/qr?text=A001",
        "/bengkel/firmware/counter",
        "/bengkel/firmware/counter/firmware/main.py",
    ],
)
def test_everything_is_for_technicians_only(anybody: FlaskClient, path: str) -> None:
    answer = anybody.get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/masuk?")
    assert anybody.post("/masuk", json=PERSON).status_code == 200
    assert anybody.get(path).status_code == 200


def test_a_stranger_gets_no_board(anybody: FlaskClient, workshop: StandIn) -> None:
    answer = anybody.post("/bengkel/papan", json={"do": "add", "kind": "panel_p10"})
    assert answer.status_code == 401
    assert workshop.asked == []


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_kind_with_firmware_can_be_chosen_by_its_name(language: str) -> None:
    found = {kind.kind for kind in bench_kinds()}
    assert found == set(kinds()) - {"gateway_pi"}
    assert all(f"kind.{kind}" in texts.catalogue(language) for kind in found)


@pytest.mark.parametrize("role", ROLES)
def test_the_firmware_is_the_projects_own_files(technician: FlaskClient, role: str) -> None:
    answer = technician.get(f"/bengkel/firmware/{role}")
    assert answer.headers["Cache-Control"] == "no-store"
    files = {file["path"]: file["sha"] for file in answer.get_json()["files"]}
    assert len(files) == len(modules_of(role, "browser"))
    assert {"firmware/main.py", f"firmware/roles/{role}.py", "firmware/hal/browser.py"} <= set(
        files
    )
    for path, sha in files.items():
        got = technician.get(f"/bengkel/firmware/{role}/{path}?sha={sha}")
        assert got.data == (ROOT / path).read_bytes()
        assert hashlib.sha256(got.data).hexdigest() == sha
        assert "immutable" in got.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/bengkel/firmware/baker",
        "/bengkel/firmware/gateway",
        "/bengkel/firmware/counter/firmware/roles/ticket.py",
        "/bengkel/firmware/counter/gateway/config.py",
        "/bengkel/firmware/counter/firmware/../gateway/config.py",
        "/bengkel/firmware/counter//etc/passwd",
        "/bengkel/kabel/gateway_pi",
        "/bengkel/kabel/baker",
        "/bengkel/kabel/..%2fcounter_led",
        "/bengkel/qr?text=",
    ],
)
def test_nothing_else_is_given_away(technician: FlaskClient, path: str) -> None:
    assert technician.get(path, follow_redirects=True).status_code == 404


def test_what_a_page_asks_goes_to_the_workshop_with_the_persons_name(
    technician: FlaskClient, workshop: StandIn
) -> None:
    workshop.answer = {
        "key": "k",
        "st": "accepted",
        "board": "meja-1",
        "settings": {"id": "meja-1"},
    }
    answer = technician.post(
        "/bengkel/papan", json={"do": "add", "kind": "counter_led", "counter": 2}
    )
    assert answer.get_json() == {"ok": True, "board": "meja-1", "settings": {"id": "meja-1"}}
    assert answer.headers["Cache-Control"] == "no-store"
    for wish in ("keep", "end"):
        technician.post("/bengkel/papan", json={"do": wish, "board": "meja-1"})
    assert workshop.asked == [
        ("bench_board", "teknisi", {"kind": "counter_led", "counter": 2}),
        ("bench_keep", "teknisi", {"board": "meja-1"}),
        ("bench_end", "teknisi", {"board": "meja-1"}),
    ]


@pytest.mark.parametrize(
    "wish",
    [
        [],
        "add",
        {},
        {"do": "board_secret"},
        {"do": "add"},
        {"do": "add", "kind": "panel_p10", "counter": "1"},
        {"do": "end", "board": "x" * 33},
    ],
)
def test_a_wrong_wish_goes_nowhere(
    technician: FlaskClient, workshop: StandIn, wish: object
) -> None:
    assert technician.post("/bengkel/papan", json=wish).status_code == 400
    assert workshop.asked == []


def test_a_refusal_comes_in_the_readers_language(
    technician: FlaskClient, workshop: StandIn
) -> None:
    workshop.answer = {"st": "refused", "why": "too_many", "text_id": "Penuh.", "text_en": "Full."}
    wish = {"do": "add", "kind": "panel_p10"}
    answer = technician.post("/bengkel/papan", json=wish)
    assert (answer.status_code, answer.get_json()["text"]) == (409, "Penuh.")
    technician.set_cookie("bahasa", "en")
    assert technician.post("/bengkel/papan", json=wish).get_json()["text"] == "Full."


def test_a_workshop_that_is_away_is_told(technician: FlaskClient, workshop: StandIn) -> None:
    workshop.answer = None
    answer = technician.post("/bengkel/papan", json={"do": "keep", "board": "meja-1"})
    assert answer.status_code == 409
    assert answer.get_json()["text"]


def test_webassembly_runs_in_the_worker_and_nowhere_else() -> None:
    def policy(path: str) -> str:
        return dict(security_headers(path))[b"content-security-policy"].decode()

    assert "'wasm-unsafe-eval'" not in CSP
    for path in (
        "/",
        "/bengkel",
        "/static/0/js/workbench.js",
        "/static/0/micropython/micropython.mjs",
    ):
        assert policy(path) == CSP
    worker = policy("/static/0/js/workbench_worker.js")
    assert worker == CSP.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")


def test_micropython_is_the_one_that_its_readme_names() -> None:
    folder = ROOT / "web_console" / "static" / "micropython"
    readme = (folder / "README.md").read_text()
    for name in ("micropython.mjs", "micropython.wasm"):
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() in readme
