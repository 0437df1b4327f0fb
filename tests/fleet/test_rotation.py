"""A board's secret changes over the air: whatever fails, it ends with a board that gets in.

A small model of a board, the broker and the workshop goes every way that crashes, lost words and
deadlines can take; from each state that is reached, a while without failures must end well.
"""

import json
import pickle
from collections import deque
from dataclasses import dataclass
from itertools import pairwise

import pytest

from firmware.wire.codec import BadPayload
from gateway.fleet.rotation import NEW, OLD, WINDOW_MS, Rotation, from_json, to_json

_TRIES = 3
_TRIAL_TICKS = 12  # of 10 s
_CRASHES = 2
_OFFER = "p1-1"


def rotation() -> Rotation:
    """Give one that was offered."""
    made = Rotation("counter-01", "h-old", "k-old", "s-new", "h-new", "k-new")
    made.hear_offered(_OFFER)
    return made


@dataclass
class Model:
    """Board, broker and workshop. `pending` is what lies in the board's settings.new."""

    settings: str = OLD
    pending: str = ""  # "", wanted, loaded, trial
    tries: int = 0
    runs: str = OLD  # the secret it runs with
    up: bool = True
    inside: bool = True  # connected
    trial_ticks: int = 0
    word: str = ""  # what `up/update` holds, retained
    untold: str = ""  # what the board has yet to say there
    honours: str = OLD
    kept: str = ""  # the workshop's file
    shop: Rotation | None = None
    crashes: int = 0

    def key(self) -> tuple[object, ...]:
        """Give what tells this state from others."""
        return (
            self.settings, self.pending, self.tries, self.runs, self.up, self.inside, self.word,
            self.untold, self.honours, self.kept, repr(self.shop), self.crashes,
            self.trial_ticks > 0,
        )  # fmt: skip

    # The workshop.

    def keep(self) -> None:
        """Do as the workshop does after all that it hears: keep it."""
        assert self.shop is not None
        self.kept = json.dumps(to_json(self.shop))

    def ask(self) -> None:
        """Let the gateway honour what the workshop asks for."""
        assert self.shop is not None
        if self.shop.asks:
            if self.honours != self.shop.asks:
                self.honours = self.shop.asks
                if self.runs != self.honours and self.inside:
                    self.inside = False  # the broker throws it out, and says its will
                    self.shop.hear_gone()
            self.shop.hear_honoured(self.honours)
            self.keep()

    def ask_and_die(self) -> None:
        """Let the gateway honour it, and the workshop not live to hear so."""
        assert self.shop is not None
        if self.shop.asks:
            self.honours = self.shop.asks
            self.inside = self.inside and self.runs == self.honours
            self.shop = None

    def revive(self) -> None:
        """Start the workshop again; it hears what the broker retained."""
        if self.shop is None:
            self.shop = from_json(json.loads(self.kept))
            if self.word:
                self.shop.hear_said(_OFFER, self.word)
            self.keep()

    def window(self) -> None:
        """Let a window pass at the workshop."""
        if self.shop is not None:
            for _ in range(WINDOW_MS // 5_000):
                self.shop.step(5_000)
            self.keep()

    def sent_away(self) -> None:
        """Let the broker refuse somebody of the board's name, be it the board or not."""
        if self.shop is not None:
            for _ in range(4):
                self.shop.step(5_000)
            self.shop.hear_sent_away()
            self.keep()

    # The board.

    def want(self) -> None:
        """Ask for the file."""
        if self.up and self.inside and (self.pending, self.word, self.settings) == ("", "", OLD):
            self.pending = "wanted"
            if self.shop is not None:
                self.shop.hear_given(_OFFER)
                self.keep()

    def load(self) -> None:
        """Have it, and say so."""
        # A workshop that is away has handed nothing out.
        if self.up and self.inside and self.pending == "wanted" and self.shop is not None:
            self.pending = "loaded"
            self.untold = "loaded"

    def say(self) -> None:
        """Say what is to be said."""
        if self.up and self.inside and self.untold:
            self.word, self.untold = self.untold, ""
            if self.shop is not None:
                self.shop.hear_said(_OFFER, self.word)
                self.keep()

    def offered_again(self) -> None:
        """Answer an offer that the workshop said twice."""
        if self.up and self.inside and self.shop is not None and self.pending != "wanted":
            if self.settings == NEW and not self.pending:
                self.shop.hear_said(_OFFER, "refused", "already")
            elif self.pending:
                self.shop.hear_said(_OFFER, "refused", "busy")
            self.keep()

    def breathe(self) -> None:
        """Send anything."""
        if self.up and self.inside and self.shop is not None:
            self.shop.hear_live()

    def go_away(self, told: bool) -> None:
        """End this run; the workshop is told, unless that is lost with it."""
        was, self.up, self.inside, self.trial_ticks = self.inside, False, False, 0
        if was and told and self.shop is not None:
            self.shop.hear_gone()
            self.keep()

    def start(self) -> None:
        """Start as the loader does: a trial at most three times."""
        if self.up:
            return
        self.up = True
        self.runs = self.settings
        if self.pending == "wanted":
            self.pending = ""  # what was half there is asked for again
        if self.pending in ("loaded", "trial"):
            if self.tries < _TRIES:
                self.pending, self.tries, self.runs = "trial", self.tries + 1, NEW
                self.trial_ticks = 1
            else:
                self.roll_back()

    def roll_back(self) -> None:
        """Give the new settings up."""
        self.pending, self.untold, self.runs = "", "rolled_back", self.settings

    def restart(self) -> None:
        """Leave for the trial, when nobody is being served."""
        if self.up and self.pending == "loaded":
            self.go_away(told=True)

    def connect(self) -> None:
        """Try to get in."""
        if self.up and not self.inside and self.runs == self.honours:
            self.inside = True

    def commit(self) -> None:
        """Keep what the accepted hello proved."""
        if self.up and self.inside and self.pending == "trial":
            self.settings, self.pending, self.untold, self.trial_ticks = NEW, "", "committed", 0

    def give_up(self) -> None:
        """Start into the old: no accepted hello in time."""
        if self.up and self.pending == "trial":
            self.go_away(told=True)
            self.roll_back()

    # What may go wrong.

    def board_crash(self, told: bool) -> None:
        """Cut the board's power."""
        if self.up:
            self.crashes += 1
            self.go_away(told)
            self.untold = ""  # said anew, from boot.json
            if self.settings == NEW:
                self.untold = "committed"
            elif self.pending == "" and self.word in ("loaded", "trial"):
                self.untold = "rolled_back"

    def shop_crash(self) -> None:
        """Kill the workshop."""
        if self.shop is not None:
            self.crashes += 1
            self.shop = None

    def moves(self, crashes: int) -> "list[Model]":
        """Give every state that may come next."""
        names = ["ask", "revive", "window", "want", "load", "say", "breathe", "start", "restart",
                 "connect", "commit", "give_up", "offered_again", "sent_away"]  # fmt: skip
        if self.shop is None:
            for name in ("ask", "window"):
                names.remove(name)
        found: list[Model] = []
        as_it_is = pickle.dumps(self)
        for name in names:
            after = pickle.loads(as_it_is)
            getattr(after, name)()
            found.append(after)
        if self.crashes < crashes:
            for told in (True, False):
                after = pickle.loads(as_it_is)
                after.board_crash(told)
                found.append(after)
            for name in ("shop_crash", "ask_and_die"):
                if self.shop is not None:
                    after = pickle.loads(as_it_is)
                    getattr(after, name)()
                    found.append(after)
        return found

    def live_on(self, told: bool) -> int:
        """Let time pass without failures; give after how many seconds all was well for good.
        `told`: the broker's log names whom it sends away."""
        for tick in range(120):
            self.revive()
            assert self.shop is not None
            if self.up and self.pending == "trial":
                self.trial_ticks += 1
                if self.trial_ticks > _TRIAL_TICKS:
                    self.give_up()
            self.start()
            self.connect()
            self.want()
            self.load()
            self.commit()
            self.say()
            self.breathe()
            self.restart()
            self.shop.step(5_000)
            self.shop.step(5_000)
            if told and self.up and not self.inside and self.runs != self.honours:
                self.shop.hear_sent_away()
            self.ask()
            if self.shop.is_over and self.inside and not self.pending:
                assert self.shop.outcome == self.settings == self.runs == self.honours
                return tick * 10
        raise AssertionError(f"the board is still out after 20 min: {self}")


def test_every_way_ends_with_a_board_that_gets_in() -> None:
    first = Model(shop=rotation())
    first.keep()
    seen: set[object] = {first.key()}
    todo: deque[Model] = deque([first])
    longest_s, told_s, ends = 0, 0, {OLD: 0, NEW: 0}
    while todo:
        state = todo.popleft()
        as_it_is = pickle.dumps(state)
        again, once_more = pickle.loads(as_it_is), pickle.loads(as_it_is)
        longest_s = max(longest_s, again.live_on(told=False))
        told_s = max(told_s, once_more.live_on(told=True))
        ends[again.settings] += 1
        for after in state.moves(crashes=_CRASHES):
            if after.shop is not None:
                after.shop.turns = 0  # how often is of no matter, and would never end
                after.shop.waited_ms = after.shop.knocks = 0
            key = after.key()
            if key not in seen:
                seen.add(key)
                todo.append(after)
    assert len(seen) > 1_000
    assert min(ends.values()) > 100
    assert longest_s <= 600
    assert told_s <= 300


def test_a_stranger_that_knocks_in_its_name_for_ever_keeps_no_board_out() -> None:
    for runs in (OLD, NEW):
        model = Model(shop=rotation(), runs=runs, settings=runs, inside=False)
        assert model.shop is not None
        model.shop.hear_given(_OFFER)
        model.keep()
        passed_s = 0
        while not model.inside:
            model.sent_away()
            model.ask()
            passed_s += 20
            model.connect()
        assert passed_s <= 40
        changes = model.shop.knocks
        model.breathe()
        model.sent_away()  # it is in: whoever is sent away is another one
        assert (model.shop.asks, model.shop.knocks) == ("", changes)


def test_a_refused_board_changes_the_secret_only_when_all_is_settled() -> None:
    made = rotation()
    made.hear_given(_OFFER)
    made.hear_sent_away()
    assert made.asks == ""
    changes = 0
    for _ in range(100):
        for _ in range(3):
            made.step(5_000)
        made.hear_sent_away()
        if made.asks:
            changes += 1
            made.hear_honoured(made.asks)
    assert 8 < changes < 20  # by the windows from then on


def test_nothing_is_tried_before_the_board_asked_for_it() -> None:
    made = rotation()
    made.hear_gone()
    for _ in range(1_000):
        made.step(60_000)
    assert (made.wanted, made.asks) == (OLD, "")


def test_the_new_one_is_honoured_when_the_board_leaves_for_its_trial() -> None:
    made = rotation()
    made.hear_given(_OFFER)
    made.hear_said(_OFFER, "loaded")
    assert made.asks == ""
    made.hear_gone()
    assert made.asks == NEW
    made.hear_live()  # of before: the broker does not honour it yet
    made.hear_honoured(NEW)
    assert (made.asks, made.of(NEW)) == ("", ("h-new", "k-new"))
    made.hear_said(_OFFER, "committed")
    assert made.is_over


@pytest.mark.parametrize("state", ["rolled_back", "failed", "cancelled"])
def test_the_old_one_is_put_back_when_the_board_is_as_before(state: str) -> None:
    made = rotation()
    made.hear_given(_OFFER)
    made.hear_said(_OFFER, "loaded")
    made.hear_gone()
    made.hear_honoured(NEW)
    made.hear_said(_OFFER, state)
    assert (made.asks, made.is_over) == (OLD, False)
    made.hear_honoured(OLD)
    assert made.is_over


def test_a_board_that_never_asked_for_it_cannot_have_it_already() -> None:
    made = rotation()
    made.hear_said(_OFFER, "refused", "already")  # its number was given to something else
    assert made.outcome == OLD


def test_the_word_of_another_update_is_no_news() -> None:
    made = rotation()
    made.hear_said("p0-9", "committed")
    made.hear_given("p0-9")
    assert (made.outcome, made.given) == ("", False)
    made.hear_offered("p1-2")
    made.hear_said(_OFFER, "cancelled")  # of an offer that was made anew
    assert made.outcome == ""
    made.hear_said(_OFFER, "committed")
    assert made.outcome == NEW


def test_a_board_that_is_away_for_long_is_waited_for_with_fewer_changes() -> None:
    made = rotation()
    made.hear_given(_OFFER)
    changes, passed_s = [], 0
    while passed_s < 7_200:
        made.step(5_000)
        passed_s += 5
        if made.asks:
            made.hear_honoured(made.asks)
            changes.append(passed_s)
    apart = [after - before for before, after in pairwise(changes)]
    assert (apart[0], apart[-1]) == (150, 600)
    assert len(changes) < 20


@pytest.mark.parametrize(
    "change",
    [
        {"board": ""}, {"board": 3}, {"offers": "x"}, {"wanted": "both"}, {"turns": -1},
        {"given": 1}, {"new_secret": None},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_rotation_is_not_read(change: dict[str, object]) -> None:
    kept = to_json(rotation())
    assert from_json(json.loads(json.dumps(kept))).asks == OLD  # once again, to be sure
    with pytest.raises(BadPayload):
        from_json({**kept, **change})
