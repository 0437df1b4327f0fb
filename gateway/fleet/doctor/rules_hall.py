"""Rules about the gateway itself, and about who the board is to it. Pure."""

from collections.abc import Iterator

from gateway.fleet.doctor import facts as known
from gateway.fleet.doctor.facts import Facts, HallFacts, Refused
from gateway.fleet.doctor.finding import ATTENTION, TROUBLE, Figure, Finding, Span, Word
from gateway.fleet.doctor.rules_cable import works

# A board that is refused asks again every 2.5 to 5 s (firmware/net/link.py).
REFUSED_AT_LEAST = 3
_REFUSED_WITHIN_MS = 60_000
TWINS_AT_LEAST = 2
_AWAY = ("never", "lost", "gone", "")


def gateway(facts: Facts) -> Iterator[Finding]:
    """Whether the hall is open and its clock right."""
    hall = facts.hall
    if hall is None:
        return
    if hall.state == known.CLOSED:
        yield Finding("hall_closed", TROUBLE)
    elif hall.state == known.NO_BROKER:
        yield Finding("broker_down", TROUBLE)
    elif hall.state == known.NO_BEAT:
        yield Finding("writer_silent", TROUBLE, {"ago": Span(hall.beat_ago_ms)})
    if hall.clock:
        off = None if hall.clock_off_ms is None else abs(hall.clock_off_ms)
        figures: dict[str, Figure] = {"state": Word("clock", hall.clock), "off": Span(off)}
        yield Finding("clock_doubted", ATTENTION, figures)


def register(facts: Facts) -> Iterator[Finding]:
    """Whether the hall knows the board."""
    net = facts.net
    if net is None or net.registered or not facts.board:
        return
    yield Finding("retired_board" if net.retired else "unknown_board", TROUBLE)


def refused(facts: Facts) -> Iterator[Finding]:
    """Whether the broker refuses the board's secret, as far as its log tells."""
    hall, net = facts.hall, facts.net
    if hall is None or net is None or net.state not in _AWAY or facts.secret_fits:
        return
    for sent in _asking(hall):
        if sent.who == facts.board:
            yield Finding("secret_refused", TROUBLE, {"said": _said(sent)})
            return
    if not net.registered or facts.board not in hall.away:
        return
    for sent in _asking(hall):
        own = net.addresses[-1:] == (sent.who,)
        alone = len(hall.away) == 1
        if (own or not net.addresses) and alone:
            yield Finding("secret_refused", TROUBLE, {"said": _said(sent)})
            return
        if own or not net.addresses:
            figures: dict[str, Figure] = {
                "who": sent.who,
                "n": sent.n,
                "away": len(hall.away),
                "ago": Span(sent.ago_ms),
            }
            yield Finding("secret_perhaps", TROUBLE, figures)
            return


def strangers(facts: Facts) -> Iterator[Finding]:
    """Whom else the broker refuses: shown where nobody asked for one board."""
    hall = facts.hall
    if hall is None or (facts.board and works(facts)):
        return
    for sent in _asking(hall):
        if sent.who != facts.board:
            figures: dict[str, Figure] = {
                "who": sent.who,
                "n": sent.n,
                "ago": Span(sent.ago_ms),
            }
            yield Finding("somebody_refused", ATTENTION, figures)
            break
    if hall.disbelieved is not None and hall.disbelieved.ago_ms < _REFUSED_WITHIN_MS:
        figures = {"n": hall.disbelieved.n, "ago": Span(hall.disbelieved.ago_ms)}
        yield Finding("somebody_disbelieves", ATTENTION, figures)


def twins(facts: Facts) -> Iterator[Finding]:
    """Whether two boards go by this id: then each throws the other out."""
    net = facts.net
    if net is not None and net.twins >= TWINS_AT_LEAST:
        where = ", ".join(net.addresses) or "?"
        yield Finding("twins", TROUBLE, {"n": net.twins, "addresses": where})


def _asking(hall: HallFacts) -> list[Refused]:
    return [
        sent
        for sent in hall.refused
        if sent.n >= REFUSED_AT_LEAST and 0 <= sent.ago_ms < _REFUSED_WITHIN_MS
    ]


def _said(sent: Refused) -> str:
    return f"{sent.n}x, {sent.who}"


RULES = (gateway, register, refused, twins, strangers)
