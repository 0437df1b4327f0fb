"""boot.json: what the loader goes by, and what an update has to remember over a restart.

`slot` runs ("" from source), `id` is the last update's. `now` is there only while there is
something to do at the next start:

- `offer`: an update is being loaded; it goes on
- `trial`: {kind, to, tries, id, number, version}: slot `to`, or settings.new, is tried
- `done`: what became of an update, not yet told
- `crashes`: starts of the running slot in a row that failed
"""

import json

from firmware.update.begin import place
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

    from firmware.hal.ports import Store

    State = dict[str, Any]

FILE = "boot.json"
NAMES = ("id", "kind", "number", "version")


def load(store: "Any") -> "State":
    """Give the state; what cannot be read says no more than which slot runs."""
    try:
        state = json.loads(store.read(FILE) or b"")
        if type(state) is dict and type(state.setdefault("now", {})) is dict:
            state.setdefault("slot", place(store)["slot"])
            now = state["now"]
            if type(now.get("offer", {})) is not dict:
                del now["offer"]
            done = now.get("done")
            if type(done) is not dict or not {"st", "why"}.union(NAMES).issubset(done):
                now.pop("done", None)
            return state
    except ValueError:
        pass
    return {"slot": place(store)["slot"], "id": "", "now": {}}


def keep(store: "Store", state: "State") -> bool:
    """Write the state, whole or not at all; tell whether the flash took it."""
    if not state["now"]:
        del state["now"]
    kept = store.write(FILE, json.dumps(state).encode())
    state.setdefault("now", {})
    return kept


def end(
    store: "Store", state: "State", slot: str, about: "dict[str, Any]", st: str, why: str
) -> bool:
    """Keep that `slot` runs from now on, and what is to be told of the update `about`."""
    done = {name: about[name] for name in NAMES}
    done["st"] = st
    done["why"] = why
    ended = {"slot": slot, "id": about["id"], "now": {"done": done}}
    if not keep(store, ended):
        return False  # nor is it so for us
    state.update(ended)
    return True
