"""`loket why A012`: in a sentence why and when a number was called, and what passed it.

Reads the journal only, so it works while the hall is open and when it is not.
"""

import argparse
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gateway.cli.board.said import fail
from gateway.cli.language import language, said
from gateway.config import Settings

if TYPE_CHECKING:
    from gateway.cli.why_words import Words
    from gateway.domain.why import Passed, Step, Story

    # At run time this name is private to argparse and not subscriptable.
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]

_PASSED_MOST = 12  # named; of more their number is told


def add_parser(subparsers: "SubParsers") -> None:
    """Add `why`, which sets `run`."""
    parser = subparsers.add_parser(
        "why", help="tell why a number was called when it was, and what passed it"
    )
    parser.add_argument("ticket", metavar="NUMBER", help="such as A012")
    parser.add_argument("--day", type=_day, metavar="DATE", help="like 2026-11-23")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the number's story; give 0, or 1 with the reason why there is none."""
    from gateway.domain import BadEvent, decode_event
    from gateway.domain.why import tell
    from gateway.journal import JournalError
    from gateway.journal.days import read_day

    path = Settings.from_env().paths.journal
    if not path.exists():
        return fail(
            said(
                f"tidak ada jurnal di {path}: apakah ruang layanan ini pernah dibuka?",
                f"there is no journal at {path}: has this hall ever been open?",
            )
        )
    try:
        day = read_day(path, args.day or "")
    except JournalError as error:
        return fail(str(error))
    if day is None:
        return fail(
            said(
                f"jurnal tidak punya hari layanan {args.day or 'satu pun'}",
                f"the journal has no business day {args.day or 'yet'}",
            )
        )
    label = args.ticket.upper()
    try:
        story = tell(label, map(decode_event, day.events))
    except BadEvent as error:
        return fail(
            said(
                f"jurnal {path}: {error}; kalau ditulis Loket yang lebih baru, perbarui Loket",
                f"the journal {path}: {error}; if a newer Loket wrote it, update Loket",
            )
        )
    if story is None:
        return fail(
            said(
                f"{label} tidak diberikan pada {day.day}; --day TANGGAL menanyakan hari lain",
                f"{label} was not given on {day.day}; --day DATE asks for another day",
            )
        )
    from gateway.cli.why_words import WORDS

    for line in _Teller(WORDS[language(args)], ZoneInfo(day.zone), day.counter_word).lines(
        story, day.day
    ):
        print(line)
    return 0


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date like 2026-11-23") from error


class _Teller:
    def __init__(self, words: "Words", zone: ZoneInfo, counter_word: str) -> None:
        self._words = words
        self._zone = zone
        self._word = counter_word

    def lines(self, story: "Story", day: str) -> list[str]:
        """Give a sentence for each call (or for the waiting), then every step with its time."""
        words = self._words
        said = [self._called(story, step) for step in story.steps if words.is_call(step.event)]
        if story.state == "waiting":
            said.append(self._waits(story))
        if not said:
            state = words.state(story.state)
            said.append(words.never_called.format(ticket=story.ticket, day=day, state=state))
        steps = [
            f"  {self._clock(step.event.at_ms, seconds=True)}  {words.step(step.event, self._word)}"
            for step in story.steps
        ]
        return [*said, "", words.heading.format(ticket=story.ticket, day=day), *steps]

    def _called(self, story: "Story", step: "Step") -> str:
        words = self._words
        sentence = words.call(story.ticket, step, self._clock(step.event.at_ms), self._word)
        return f"{sentence} {self._passed(step.passed)}"

    def _waits(self, story: "Story") -> str:
        words = self._words
        ahead = ", ".join(story.ahead[:_PASSED_MOST])
        more = words.more.format(n=len(story.ahead) - _PASSED_MOST)
        sentence = words.waits.format(
            ticket=story.ticket, queue=story.queue, since=self._clock(story.joined_ms)
        )
        if story.ahead:
            names = ahead + (more if len(story.ahead) > _PASSED_MOST else "")
            sentence += " " + words.ahead.format(n=len(story.ahead), names=names)
        return f"{sentence} {self._passed(story.passed)}"

    def _passed(self, passed: "Sequence[Passed]") -> str:
        words = self._words
        if not passed:
            return words.nobody_passed
        named = "; ".join(
            words.passing(one, self._clock(one.joined_ms), self._clock(one.at_ms), self._word)
            for one in passed[:_PASSED_MOST]
        )
        more = words.more.format(n=len(passed) - _PASSED_MOST) if len(passed) > _PASSED_MOST else ""
        return words.passed.format(n=len(passed), names=named + more)

    def _clock(self, at_ms: int, *, seconds: bool = False) -> str:
        local = datetime.fromtimestamp(at_ms / 1000, self._zone)
        return local.strftime("%H:%M:%S" if seconds else "%H:%M")
