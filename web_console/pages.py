"""The pages: an app factory; state in, pages out.

A page is a frame in the reader's language; what is live in it comes over the event stream.
What this module needs of the hall comes in through `Views`, so that it runs without a broker.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import (
    Flask,
    Response,
    jsonify,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from web_console import qr, sign_in_pages, technician_pages, texts, workbench_pages
from web_console.bench_orders import BenchRefusal
from web_console.language import LANGUAGE_COOKIE, language, words
from web_console.sign_in import SignIn, own_path, technician, use
from web_console.workshop import Workshop

PAGES = ("overview", "display", "facilities", "bench")
_COOKIE_S = 365 * 24 * 3600
_FOR_EVER = f"public, max-age={_COOKIE_S}, immutable"


@dataclass(frozen=True, slots=True)
class Views:
    """What pages show and do: `why_down` is empty when the hall is live; `bench_do` may raise
    BenchRefusal, and is None outside a demo hall."""

    site_name: Callable[[], str]
    why_down: Callable[[], str]
    bench_do: Callable[[Any], None] | None = None
    build: str = ""
    sign_in: SignIn = field(default_factory=SignIn)
    workshop: Workshop = field(default_factory=lambda: Workshop(lambda topic, payload: False))


class _Json(DefaultJSONProvider):
    """JSON that is read only if it can be said again: anything else is a bad request (400)."""

    ensure_ascii = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Give what `s` holds; raises ValueError."""
        try:
            got = super().loads(s, **kwargs)
            self.dumps(got).encode()  # half a pair of UTF-16 cannot be
        except RecursionError:
            raise ValueError("nested too deeply") from None
        return got


def create_app(views: Views) -> Flask:
    """Give the Flask app of one hall's console."""
    app = Flask(__name__, static_folder=None)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json = _Json(app)
    use(app, views.sign_in)
    sign_in_pages.add_pages(app)
    technician_pages.add_pages(app, views.workshop)
    workbench_pages.add_pages(app, views.workshop)

    # Pages name their files by what they hold, and what a file loads from beside it is named alike:
    # a browser asks for each once. A page of another build gets the files that there are.
    @app.get("/static/<build>/<path:filename>", endpoint="static")
    def static_file(build: str, filename: str) -> Response:
        answer = send_from_directory("static", filename)
        if views.build and build == views.build:
            answer.headers["Cache-Control"] = _FOR_EVER
        return answer

    @app.url_defaults
    def _named(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("build", views.build or "0")

    @app.context_processor
    def _frame() -> dict[str, Any]:
        return {
            "language": language(),
            "t": words().__getitem__,
            "site_name": views.site_name(),
            "demo": views.bench_do is not None,
            "build": views.build,
            "back_here": back_here,
            "technician": technician(),
            "technician_pages": technician_pages.PAGES,
        }

    def back_here() -> dict[str, str]:
        if request.endpoint in PAGES:
            return {"page": request.endpoint}
        return {"ke": request.full_path.removesuffix("?")}

    @app.get("/")
    def overview() -> str:
        return render_template("overview.html")

    @app.get("/layar")
    def display() -> str:
        return render_template("display.html")

    @app.get("/fasilitas")
    def facilities() -> str:
        return render_template("facilities.html")

    @app.get("/bangku")
    def bench() -> str | tuple[str, int]:
        if views.bench_do is None:
            return render_template("message.html", key="no_bench"), 404
        return render_template("bench.html")

    @app.post("/bangku/do")
    def bench_do() -> Response | tuple[Response, int]:
        if views.bench_do is None:
            return _refusal("bench.refused_away", 404)
        try:
            views.bench_do(request.get_json())
        except BenchRefusal as refusal:
            return _refusal(refusal.why, 409)
        return jsonify(ok=True)

    @app.get("/bangku/qr")
    def bench_qr() -> Response | tuple[str, int]:
        if views.bench_do is None:
            return render_template("message.html", key="no_bench"), 404
        try:
            picture = qr.svg(request.args.get("text", ""))
        except ValueError:
            return render_template("message.html", key="not_found"), 404
        return Response(picture, mimetype="image/svg+xml")

    @app.get("/bahasa/<language>")
    def choose_language(language: str) -> AnyResponse | tuple[str, int]:
        if language not in texts.LANGUAGES:
            return render_template("message.html", key="not_found"), 404
        page = request.args.get("page", "")
        back = own_path(request.args.get("ke", ""), url_for("overview"))
        answer = redirect(url_for(page) if page in PAGES else back, 303)
        answer.set_cookie(
            LANGUAGE_COOKIE, language, max_age=_COOKIE_S, httponly=True, samesite="Lax"
        )
        return answer

    @app.get("/teks/<language>")
    def page_texts(language: str) -> Response | tuple[str, int]:
        if language not in texts.LANGUAGES:
            return render_template("message.html", key="not_found"), 404
        said = app.json.dumps(dict(texts.catalogue(language)))
        # Not a module: what waits for one runs when a page already looks ready.
        answer = Response(f"globalThis.loketTexts = {said};\n", mimetype="text/javascript")
        # Named by what it holds it never changes; otherwise it is asked for again.
        is_named = views.build and request.args.get("build") == views.build
        answer.headers["Cache-Control"] = _FOR_EVER if is_named else "no-cache"
        return answer

    @app.get("/healthz")
    def health() -> tuple[str, int, dict[str, str]]:
        why = views.why_down()
        plain = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
        return (f"{why}\n", 503, plain) if why else ("ok\n", 200, plain)

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> tuple[str, int] | HTTPException:
        if error.code == 404:
            return render_template("message.html", key="not_found"), 404
        return error

    @app.errorhandler(500)
    def broken(error: Exception) -> tuple[str, int]:
        return render_template("message.html", key="broken"), 500

    @app.after_request
    def keep_fresh(response: Response) -> Response:
        # Pages change with language and state.
        if response.mimetype == "text/html":
            response.headers["Cache-Control"] = "no-store"
        return response

    return app


def _refusal(why: str, status: int) -> tuple[Response, int]:
    return jsonify(ok=False, text=words()[why]), status
