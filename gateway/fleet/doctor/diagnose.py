"""From facts to findings: every rule is asked, then what is explained is left out. Pure."""

from gateway.fleet.doctor import rules_board, rules_cable, rules_hall
from gateway.fleet.doctor.facts import Facts
from gateway.fleet.doctor.finding import LEVELS, OK, Finding
from gateway.fleet.doctor.table import HIDES, ORDER

_RULES = (*rules_hall.RULES, *rules_cable.RULES, *rules_board.RULES)
_RANK = {code: rank for rank, code in enumerate(ORDER)}
FINDINGS_MOST = 24  # so that an answer over the wire keeps its size


def diagnose(facts: Facts) -> list[Finding]:
    """Give what is wrong, what to do first being first; if nothing is, one finding that says so.

    A finding that another one explains is left out. Never raises for what facts hold.
    """
    found: dict[str, Finding] = {}
    for rule in _RULES:
        for finding in rule(facts):
            found.setdefault(finding.code, finding)
    hidden = {code for cause in found for code in HIDES.get(cause, ())}
    left = [finding for code, finding in found.items() if code not in hidden]
    left.sort(key=lambda finding: (LEVELS.index(finding.level), _RANK[finding.code]))
    if not any(finding.level != OK for finding in left) and _known(facts):
        left.insert(0, rules_board.well(facts))
    return left[:FINDINGS_MOST]


def _known(facts: Facts) -> bool:
    # Nothing found out is no good news.
    return facts.net is not None or facts.cable is not None
