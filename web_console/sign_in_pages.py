"""The page to sign in at, and the doors in and out."""

from flask import Flask, Response, g, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from web_console.language import words
from web_console.sign_in import (
    COOKIE,
    KNOWN_COOKIE,
    KNOWN_S,
    SIGNED_IN_S,
    NotSignedIn,
    needs_technician,
    own_path,
    technician,
    the_sign_in,
)

FIRST_PAGE = "/papan"


def add_pages(app: Flask) -> None:
    """Add `/masuk` and `/keluar` to an app that has a sign-in (`sign_in.use`)."""

    @app.get("/masuk")
    def sign_in_page() -> str | AnyResponse:
        back = own_path(request.args.get("ke", ""), FIRST_PAGE)
        if technician() is not None:
            return redirect(back, 303)
        return render_template("sign_in.html", back=back)

    @app.post("/masuk")
    def sign_in() -> Response | tuple[Response, int]:
        door, known = the_sign_in(), request.cookies.get(KNOWN_COOKIE)
        try:
            person, cookie = door.sign_in(request.get_json(), request.remote_addr or "", known)
        except NotSignedIn as why:
            text = words()[why.why].format(n=why.wait_s)
            status = 429 if why.why in ("sign_in.wait", "sign_in.busy") else 403
            return jsonify(ok=False, text=text, wait_s=why.wait_s), status
        answer = jsonify(ok=True)
        _set(answer, COOKIE, cookie, SIGNED_IN_S)
        _set(answer, KNOWN_COOKIE, door.known_browser(person, known), KNOWN_S)
        return answer

    @app.post("/keluar")
    def sign_out() -> Response:
        the_sign_in().sign_out(request.cookies.get(COOKIE))
        return _signed_out()

    @app.post("/keluar/semua")
    @needs_technician
    def sign_out_everywhere() -> Response:
        the_sign_in().sign_out_everywhere(g.technician)
        return _signed_out()


def _signed_out() -> Response:
    answer = jsonify(ok=True)
    _set(answer, COOKIE, "", 0)
    return answer


def _set(answer: Response, name: str, value: str, for_s: int) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=for_s,
        httponly=True,
        samesite="Strict",
        # Behind a proxy with TLS the browser says so where it says whence it comes.
        secure=request.headers.get("Origin", "").startswith("https:"),
    )
    answer.headers["Cache-Control"] = "no-store"
