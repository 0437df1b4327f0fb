"""The app factory: state in, pages out. No broker, no server."""

import html
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from web_console import texts
from web_console.bench_orders import BenchRefusal
from web_console.language import LANGUAGE_COOKIE
from web_console.pages import Views, create_app

PAGES = ("/", "/layar", "/fasilitas", "/bangku")


def client(**changes: Any) -> FlaskClient:
    views: dict[str, Any] = {
        "site_name": lambda: "Mal <Contoh>",
        "why_down": lambda: "",
        "bench_do": lambda got: None,
        "build": "abc123",
    }
    app = create_app(Views(**(views | changes)))
    app.testing = True
    return app.test_client()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_page_is_there_in_every_language(page: str, language: str) -> None:
    pages = client()
    pages.set_cookie(LANGUAGE_COOKIE, language)
    answer = pages.get(page)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'<html lang="{language}" data-build="abc123">' in answer.text
    words = texts.catalogue(language)
    titles = {"/": "overview", "/layar": "display", "/fasilitas": "facilities", "/bangku": "bench"}
    assert f"<title>{words[titles[page] + '.title']} · Mal &lt;Contoh&gt;</title>" in answer.text


@pytest.mark.parametrize("cookie", [None, "", "fr", "../en"])
def test_an_unknown_language_is_indonesian(cookie: str | None) -> None:
    pages = client()
    if cookie is not None:
        pages.set_cookie(LANGUAGE_COOKIE, cookie)
    assert '<html lang="id"' in pages.get("/").text


@pytest.mark.parametrize("page", PAGES)
def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(page: str) -> None:
    text = client().get(page).text
    for link in re.findall(r'(?:src|href)="([^"]*)"', text):
        assert link.startswith(("/", "#")), link
        assert not link.startswith("//"), link
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    scripts = re.findall(r"<script([^>]*)>", text)
    assert scripts
    assert all('src="/static/' in tag or 'defer src="/teks/' in tag for tag in scripts)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_pages_words_are_one_file_that_a_browser_keeps(language: str) -> None:
    pages = client()
    pages.set_cookie(LANGUAGE_COOKIE, language)
    page = pages.get("/").text
    assert len(page) < 5_000  # 28 KB of words came with every page
    [address] = set(re.findall(r'"(/teks/[^"]*)"', page))
    assert address == f"/teks/{language}?build=abc123"
    words = pages.get(address)
    assert words.mimetype == "text/javascript"
    assert "immutable" in words.headers["Cache-Control"]
    assert page.index(address) < page.index('type="module"')
    said = words.text.removeprefix("globalThis.loketTexts = ").removesuffix(";\n")
    assert json.loads(said) == texts.catalogue(language)
    for other in (f"/teks/{language}", f"/teks/{language}?build=old"):
        assert pages.get(other).headers["Cache-Control"] == "no-cache"
    assert pages.get("/teks/fr").status_code == 404


def test_every_file_that_a_page_names_is_there() -> None:
    pages = client()
    for page in PAGES:
        for link in re.findall(r'(?:src|href)="(/static/[^"#]*)', pages.get(page).text):
            with pages.get(link) as answer:
                assert answer.status_code == 200, link
                assert "immutable" in answer.headers["Cache-Control"]
    for path, status in (("0/js/live.js", 200), ("abc123/../pages.py", 404), ("0/%2e%2e/x", 404)):
        with pages.get(f"/static/{path}") as answer:
            assert answer.status_code == status, path
            assert "immutable" not in answer.headers["Cache-Control"]


def test_the_switch_keeps_the_language_and_the_page() -> None:
    pages = client()
    answer = pages.get("/bahasa/en?page=facilities")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/fasilitas"
    cookie = answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in cookie
    assert "HttpOnly" in cookie
    assert '<html lang="en"' in pages.get("/").text


@pytest.mark.parametrize("page", ["https://elsewhere.example/", "//elsewhere.example", "healthz"])
def test_the_switch_leads_to_our_own_pages_only(page: str) -> None:
    answer = client().get("/bahasa/en", query_string={"page": page})
    assert answer.headers["Location"] == "/"


def test_a_language_that_is_not_there_is_a_page_that_is_not_there() -> None:
    assert client().get("/bahasa/fr").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_the_switch_offers_the_other_language(page: str) -> None:
    text = client().get(page).text
    if page == "/layar":  # a display is read from afar; its visitors choose nothing
        assert "/bahasa/" not in text
    else:
        assert html.unescape(re.findall(r'href="(/bahasa/[^"]*)"', text)[0]).startswith(
            "/bahasa/en?page="
        )


def test_a_hall_with_real_boards_has_no_bench_and_says_why() -> None:
    pages = client(bench_do=None)
    answer = pages.get("/bangku")
    assert answer.status_code == 404
    assert texts.catalogue("id")["message.no_bench.title"] in answer.text
    assert "/bangku" not in pages.get("/").text
    assert pages.post("/bangku/do", json={}).status_code == 404


def test_an_unknown_page_is_kind() -> None:
    answer = client().get("/bangkuu")
    assert answer.status_code == 404
    assert texts.catalogue("id")["message.not_found.text"] in answer.text


def test_a_fault_in_a_page_says_that_the_line_goes_on() -> None:
    def broken() -> str:
        raise RuntimeError("seeded")

    app = create_app(Views(site_name=lambda: "", why_down=broken))
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 500
    assert texts.catalogue("id")["message.broken.title"] in answer.text


@pytest.mark.parametrize(("why", "status"), [("", 200), ("the gateway is lost", 503)])
def test_health_is_a_plain_sentence(why: str, status: int) -> None:
    answer = client(why_down=lambda: why).get("/healthz")
    assert answer.status_code == status
    assert answer.mimetype == "text/plain"
    assert answer.text == (why or "ok") + "\n"


def test_an_order_for_a_virtual_board_is_passed_on() -> None:
    taken: list[Any] = []
    answer = client(bench_do=taken.append).post("/bangku/do", json={"board": "counter-01"})
    assert answer.json == {"ok": True}
    assert taken == [{"board": "counter-01"}]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_refused_order_says_why_in_the_readers_language(language: str) -> None:
    def refuse(got: Any) -> None:
        raise BenchRefusal("bench.refused_key")

    pages = client(bench_do=refuse)
    pages.set_cookie(LANGUAGE_COOKIE, language)
    answer = pages.post("/bangku/do", json={})
    assert answer.status_code == 409
    assert answer.json == {"ok": False, "text": texts.catalogue(language)["bench.refused_key"]}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
def test_an_order_that_is_no_json_is_a_bad_request(body: bytes) -> None:
    answer = client().post("/bangku/do", data=body, content_type="application/json")
    assert answer.status_code == 400
