"""The workbench: a board in the page, for a technician with no hardware at hand.

The page runs the firmware; what it asks of us is files, and a board to be: the workshop registers
one, and retires it when the page closes.
"""

from flask import Flask, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from web_console import qr
from web_console import workbench_files as files
from web_console.language import language, words
from web_console.shapes import Misfit, integer, one_of, record, text
from web_console.sign_in import needs_technician
from web_console.workshop import NoAnswer, Workshop

# What the page may ask for, and the workshop's ask behind it.
_ASKS = {"add": "bench_board", "keep": "bench_keep", "end": "bench_end"}
_SHAPES = {
    "add": record({"kind": text(32)}, {"counter": (integer(1, 999), None)}),
    "keep": record({"board": text(32)}),
    "end": record({"board": text(32)}),
}
_YEAR_S = 365 * 24 * 3600

# Registering a board waits until the broker honours it.
_WITHIN_S = 15.0


def add_pages(app: Flask, workshop: Workshop) -> None:
    """Add `/bengkel` and what its page loads to an app that has a sign-in."""

    @app.get("/bengkel")
    @needs_technician
    def workbench() -> ResponseReturnValue:
        return render_template("workbench.html", kinds=files.bench_kinds())

    @app.post("/bengkel/papan")
    @needs_technician
    def workbench_board() -> ResponseReturnValue:
        try:
            wish = one_of(_ASKS)((request.get_json() or {}).get("do"), "do")
            fields = _SHAPES[wish](request.get_json(), "papan")
        except (Misfit, AttributeError) as misfit:
            return jsonify(ok=False, text=str(misfit)), 400
        fields = {name: value for name, value in fields.items() if value is not None}
        try:
            said = workshop.ask(_ASKS[wish], g.technician.id, _WITHIN_S, **fields)
        except NoAnswer as error:
            return jsonify(ok=False, text=words()[error.why]), 409
        if said.get("st") != "accepted":
            return jsonify(
                ok=False, text=said.get(f"text_{language()}", ""), why=said.get("why")
            ), 409
        answer = jsonify(ok=True, **{k: v for k, v in said.items() if k not in ("key", "st")})
        answer.headers["Cache-Control"] = "no-store"  # it may hold a secret
        return answer

    @app.get("/bengkel/kabel/<kind>")
    @needs_technician
    def workbench_wiring(kind: str) -> ResponseReturnValue:
        drawing = files.drawing(kind)
        if drawing is None:
            return _not_found()
        return Response(drawing, mimetype="image/svg+xml")

    @app.get("/bengkel/qr")
    @needs_technician
    def workbench_qr() -> ResponseReturnValue:
        try:
            picture = qr.svg(request.args.get("text", ""))
        except ValueError:
            return _not_found()
        return Response(picture, mimetype="image/svg+xml")

    @app.get("/bengkel/firmware/<role>")
    @needs_technician
    def workbench_firmware(role: str) -> ResponseReturnValue:
        found = files.firmware_files(role)
        if found is None:
            return _not_found()
        answer = jsonify(files=[{"path": path, "sha": sha} for path, sha in found.items()])
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @app.get("/bengkel/firmware/<role>/<path:path>")
    @needs_technician
    def workbench_file(role: str, path: str) -> ResponseReturnValue:
        found = files.firmware_file(role, path)
        if found is None:
            return _not_found()
        answer = Response(found, mimetype="text/plain")
        if request.args.get("sha"):  # which names its content: it never changes
            answer.headers["Cache-Control"] = f"private, max-age={_YEAR_S}, immutable"
        return answer


def _not_found() -> ResponseReturnValue:
    return render_template("message.html", key="not_found"), 404
