"""The doctor: what is wrong with a board, what shows it, and what to do next, in plain words.

Pure but for the texts that are read from files beside it. `diagnose` judges what was found out,
by `fleet/cable` over the cable and by `view.py` over the network; `tell` says it in words.
"""

from gateway.fleet.doctor.diagnose import diagnose
from gateway.fleet.doctor.facts import Facts, HallFacts, NetFacts
from gateway.fleet.doctor.finding import ATTENTION, OK, TROUBLE, Finding
from gateway.fleet.doctor.tell import LANGUAGES, as_dict, text, via

__all__ = [
    "ATTENTION",
    "LANGUAGES",
    "OK",
    "TROUBLE",
    "Facts",
    "Finding",
    "HallFacts",
    "NetFacts",
    "as_dict",
    "diagnose",
    "text",
    "via",
]
