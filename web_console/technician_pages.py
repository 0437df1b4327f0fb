"""The technicians' pages: the fleet, one board, setting boards up, updates; and what they ask."""

from typing import Any

from flask import Flask, Response, g, jsonify, render_template, request, url_for

from firmware.wire import topics, words
from web_console import qr
from web_console.asks import RETIRE, Ask, read_ask
from web_console.language import language
from web_console.language import words as texts
from web_console.shapes import Misfit
from web_console.sign_in import needs_technician
from web_console.workshop import NoAnswer, Workshop

# Endpoints of the pages that stand in the technicians' own row, in its order.
PAGES = ("fleet", "flash", "update", "workbench")


def add_pages(app: Flask, workshop: Workshop) -> None:
    """Add the pages to an app that has a sign-in (`sign_in.use`)."""

    @app.get("/papan")
    @needs_technician
    def fleet() -> str:
        return render_template("fleet.html")

    @app.get("/papan/<board>")
    @needs_technician
    def board(board: str) -> str | tuple[str, int]:
        if not topics.is_board_id(board):
            return render_template("message.html", key="not_found"), 404
        return render_template("fleet_board.html", board=board)

    @app.get("/papan/<board>/label")
    @needs_technician
    def label(board: str) -> str | tuple[str, int]:
        if not topics.is_board_id(board):
            return render_template("message.html", key="not_found"), 404
        return render_template("label.html", board=board)

    @app.get("/papan/<board>/qr")
    @needs_technician
    def label_qr(board: str) -> Response | tuple[str, int]:
        if not topics.is_board_id(board):
            return render_template("message.html", key="not_found"), 404
        address = request.url_root.rstrip("/") + url_for("board", board=board)
        return Response(qr.svg(address), mimetype="image/svg+xml")

    @app.get("/pasang")
    @needs_technician
    def flash() -> str:
        return render_template("flash.html")

    @app.get("/pembaruan")
    @needs_technician
    def update() -> str:
        return render_template("update.html")

    @app.post("/teknisi/tanya")
    @needs_technician
    def ask() -> Response | tuple[Response, int]:
        try:
            name, asked, fields = read_ask(request.get_json())
        except Misfit as misfit:
            return _refusal(texts()["workshop.misfit"].format(what=str(misfit)), 400)
        try:
            return _answer(_send(workshop, name, asked, fields), asked)
        except NoAnswer as nobody:
            return _refusal(texts()[nobody.why], 504)
        except Misfit as misfit:
            app.logger.warning("the answer to %s cannot be shown: %s", name, misfit)
            return _refusal(texts()["workshop.strange"], 502)


def _send(workshop: Workshop, name: str, asked: Ask, fields: dict[str, Any]) -> dict[str, Any]:
    by = g.technician.id
    if name == RETIRE:
        return workshop.order("board_retire", by, asked.within_s, **fields)
    return workshop.ask(name, by, asked.within_s, **fields)


def _answer(got: dict[str, Any], asked: Ask) -> Response | tuple[Response, int]:
    if got["st"] == words.ACCEPTED:
        return jsonify({**asked.answer(got, "answer"), "ok": True})
    why = str(got.get("why", got["st"]))[:64]
    said = got.get(f"text_{language()}") or got.get("text")
    if isinstance(said, str) and said:
        return _refusal(said[:1_000], 409, why)
    known = texts().get(f"refused.{why}")
    return _refusal(known or texts()["workshop.refused"].format(why=why), 409, why)


def _refusal(text: str, status: int, why: str = "") -> tuple[Response, int]:
    return jsonify(ok=False, text=text, **({"why": why} if why else {})), status
