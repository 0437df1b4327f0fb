"""The exploration does find faults: a guard taken out is found within seconds."""

import pytest

from tests.domain.test_faults import seed
from tests.explore.delivery import DeliveryExplorer
from tests.explore.explorer import Broken, Explorer
from tests.explore.worlds import SMALL_DELIVERIES, WORLDS

_WORLDS = {world.name: world for world in WORLDS}
_STATES_MOST = 20_000  # a fault must show before

# World that finds it; file of gateway/domain, function, what is taken out, what stands there then.
FAULTS: list[tuple[str, str, str, str, str]] = [
    ("calling 2", "calling", "next_", "_ending(hall, counter, by, at_ms) if counter.ticket else",
     ""),
    ("naming 1", "calling", "undo", "hall.tickets[label].rev != rev or ", ""),
    ("calling 2", "calling", "undo", "act is None", "False"),
    ("calling 2", "decide", "_decide", "command.has is not None and", "False and"),
    ("calling 2", "decide", "_decide", "not counter.ticket and", "False and"),
    ("calling 2", "policy", "choose", "line.normal.head()",
     "max(line.normal.places.values(), default=None)"),
    ("calling 2", "evolve_tickets", "_let_go", 'counter.ticket = ""', "pass"),
    ("stopping 2", "calling", "call", "if counter.ticket:", "if False:"),
    ("naming 1", "calling", "reinstate", "not returning.can_come_back(hall, ticket)", "False"),
    ("paper 2", "evolve_lines", "leave", "del hall.printing[ticket.label]", "pass"),
    ("days 1", "evolve", "_day_opened", "t.state not in FINAL", 't.state == "waiting"'),
    ("quotas", "evolve_lines", "use_quota", "+ sign", "+ 1"),
    ("visiting 1", "visits", "elsewhere", "if label != ticket.label and", "if False and"),
    ("visiting 1", "calling", "_call_named", "if other:", "if False:"),
    ("visiting 1", "evolve_lines", "settle", "if other.state == WAITING and", "if False and"),
    ("returning place", "check_in", "_place", "if within_min and", "if False and"),
    ("marking", "evolve_tickets", "reclassed", "if in_line:", "if False:"),
    ("leasing 2", "leases", "offline", "number in block.used", "False"),
    ("closing 1, light", "policy", "line_block", "in (CARRY, EXPIRE)", "in ()"),
    ("strict 4", "policy", "choose", "overdue and", "False and"),
    ("ratio 6", "policy", "_ratio", "done_priority < policy.priority", "True"),
    ("ageing 3", "policy", "choose", "policy.priority_weight", "99"),
]  # fmt: skip


@pytest.mark.parametrize(("world", "file", "name", "old", "new"), FAULTS)
def test_a_fault_is_found(
    world: str, file: str, name: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(monkeypatch, file, name, old, new)
    with pytest.raises(Broken, match=world):
        Explorer(_WORLDS[world]).run(stop_at=_STATES_MOST)


def test_a_ticket_that_can_never_end_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    # Parked for ever: nobody may bring it back, or take it out.
    seed(monkeypatch, "check_in", "_place", "ticket.state == PARKED", "False")
    seed(monkeypatch, "ticket_acts", "cancel", "WAITING, PARKED", "WAITING")
    seed(monkeypatch, "calling", "reinstate", "ticket.state != PARKED", "True")
    with pytest.raises(Broken, match="never ends"):
        Explorer(_WORLDS["naming 1"]).run()


def test_a_gateway_that_forgets_its_answers_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.service.answers.Answers.recall", lambda *_: None)
    with pytest.raises(Broken, match="twice"):
        DeliveryExplorer(SMALL_DELIVERIES[0]).run()


def test_answers_that_are_not_on_disk_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.explore.delivery._plain", lambda answer: ("", "", "", False, "{}"))
    with pytest.raises(Broken):
        DeliveryExplorer(SMALL_DELIVERIES[0]).run()
