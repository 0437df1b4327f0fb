"""What `loket why` says, in Indonesian and in English."""

import re
from dataclasses import dataclass

from gateway.domain import events as e
from gateway.domain.why import Passed, Step

_RATIO = re.compile(r"ratio (\d+):(\d+): (priority|normal)")
_GUARDED = re.compile(r"waited over (\d+) min at this counter's queues")
_APPOINTMENT = "appointment "
_MINUTE_MS = 60_000


@dataclass(frozen=True)
class Words:
    """The sentences of one language; `{…}` are filled in."""

    heading: str
    never_called: str
    waits: str
    ahead: str
    nobody_passed: str
    passed: str
    more: str
    called: str
    called_by_hand: str
    by: str
    reason: str
    passing_line: str
    priority: str
    appointment: str
    ratio: dict[str, str]
    guarded: str
    rules: dict[str, str]
    states: dict[str, str]
    steps: dict[str, str]

    def is_call(self, event: e.Event) -> bool:
        """Tell whether the event is a call (not its repetition)."""
        return isinstance(event, e.Called)

    def rule(self, rule: str, word: str) -> str:
        """Give a journalled rule in plain words; parts that are not known stay as they are."""
        return ", ".join(self._part(part).replace("{word}", word) for part in rule.split("; "))

    def _part(self, part: str) -> str:
        match = _RATIO.fullmatch(part)
        if match:
            return self.ratio[match[3]].format(normal=match[1], priority=match[2])
        match = _GUARDED.fullmatch(part)
        if match:
            return self.guarded.replace("{minutes}", match[1])
        if part.startswith(_APPOINTMENT):
            return self.appointment.format(at=part.removeprefix(_APPOINTMENT))
        return self.rules.get(part, part)

    def state(self, state: str) -> str:
        """Give the word for a ticket's state."""
        return self.states.get(state, state)

    def call(self, ticket: str, step: Step, at: str, word: str) -> str:
        """Give the sentence that tells of a call."""
        event = step.event
        assert isinstance(event, e.Called)
        text = (self.called if event.act == "next" else self.called_by_hand).format(
            ticket=ticket, at=at, counter=event.counter, why=self.rule(event.rule, word), word=word,
            waited=step.waited_ms // _MINUTE_MS,
            who=self.by.format(who=event.by) if event.by else "",
        )  # fmt: skip
        return text + (self.reason.format(reason=event.reason) if event.reason else "")

    def passing(self, one: Passed, joined: str, at: str, word: str) -> str:
        """Give how one ticket passed."""
        return self.passing_line.format(
            ticket=one.ticket, joined=joined, at=at, counter=one.counter, word=word,
            why=self.rule(one.rule, word), whose=self.priority if one.priority else "",
        )  # fmt: skip

    def step(self, event: e.Event, word: str) -> str:
        """Give one line of the ticket's day; a counter is a `word` (loket, gerai, meja)."""
        about = {name: getattr(event, name, "") for name in _ABOUT}
        about["word"] = word
        about["how"] = self.state(str(about["how"]))
        text = self.steps.get(event.kind, event.kind).format(**about)
        if isinstance(event, e.Called | e.Recalled | e.CheckedIn | e.Cancelled | e.Expired):
            reason = getattr(event, "reason", "")
            text += self.reason.format(reason=reason) if reason else ""
        return text + (self.by.format(who=event.by) if event.by else "")


_ABOUT = ("booking", "queue", "counter", "how", "times", "act", "board", "klass", "state")

_INDONESIAN = Words(
    heading="{ticket}, {day}:",
    never_called="{ticket} tidak dipanggil pada {day}; keadaannya: {state}.",
    waits="{ticket} masih menunggu di antrean {queue} sejak {since}.",
    ahead="Di depannya, dari golongan yang sama: {n} nomor ({names}).",
    nobody_passed="Tidak ada nomor yang datang kemudian tetapi dipanggil lebih dahulu.",
    passed="Yang datang kemudian tetapi dipanggil lebih dahulu ({n}): {names}.",
    more=", dan {n} lagi",
    called="{ticket} dipanggil ke {word} {counter} pukul {at}, sesudah menunggu {waited} menit,"
    " karena {why}.",
    called_by_hand="{ticket} dipanggil ke {word} {counter} pukul {at}{who}: {why}.",
    by=" (oleh {who})",
    reason=" Alasan: {reason}.",
    passing_line="{ticket} (datang {joined}{whose}) pukul {at} ke {word} {counter}, {why}",
    priority=", prioritas",
    appointment="dengan janji temu pukul {at}",
    ratio={
        "priority": "giliran prioritas ({normal} biasa untuk {priority} prioritas)",
        "normal": "giliran biasa ({normal} biasa untuk {priority} prioritas)",
    },
    guarded="sudah menunggu lebih dari {minutes} menit di antara antrean {word} itu",
    rules={
        "first come": "datang paling dahulu",
        "strict: priority": "prioritas didahulukan",
        "strict: waited too long": "sudah menunggu terlalu lama",
        "ageing: priority": "waktu tunggunya, dengan bobot prioritas, paling panjang",
        "ageing: normal": "waktu tunggunya paling panjang, juga terhadap prioritas",
        "named": "dipanggil menurut nomornya",
        "reinstated": "dipanggil kembali",
        "waits longest of this counter's queues": "paling lama di antara antrean {word} itu",
        "this counter's first queue with somebody waiting": "antrean yang didahulukan {word} itu",
    },
    states={
        "reserved": "sedang dicetak", "booked": "menunggu kedatangan", "waiting": "menunggu",
        "called": "dipanggil", "serving": "dilayani", "parked": "ditunda", "done": "selesai",
        "implied": "selesai (tersirat)", "no_show": "tidak hadir", "void": "batal cetak",
        "cancelled": "dibatalkan", "expired": "kedaluwarsa",
    },
    steps={
        "ticket_issued": "nomor diambil untuk antrean {queue}",
        "ticket_printed": "kertas keluar",
        "ticket_voided": "kertas gagal: nomor batal",
        "ticket_checked_in": "masuk antrean",
        "ticket_called": "dipanggil ke {word} {counter}",
        "ticket_recalled": "panggil ulang di {word} {counter}, yang ke-{times}",
        "ticket_started": "mulai dilayani di {word} {counter}",
        "ticket_ended": "berakhir di {word} {counter}: {how}",
        "ticket_parked": "ditunda di {word} {counter}",
        "ticket_transferred": "dialihkan ke antrean {queue}",
        "ticket_reclassed": "golongan diubah",
        "ticket_asked_in": "dipersilakan masuk",
        "ticket_caught_up": "dilayani tanpa sistem, dicatat kemudian",
        "booking_ended": "lapor kedatangan untuk janji temu {booking}",
        "ticket_cancelled": "dibatalkan",
        "ticket_expired": "kedaluwarsa",
        "act_undone": "perintah terakhir {word} {counter} ditarik kembali ({act})",
    },
)  # fmt: skip

_ENGLISH = Words(
    heading="{ticket}, {day}:",
    never_called="{ticket} was not called on {day}; its state: {state}.",
    waits="{ticket} is waiting in queue {queue} since {since}.",
    ahead="Before it in its class: {n} numbers ({names}).",
    nobody_passed="Nobody who came later was called earlier.",
    passed="Came later and were called earlier ({n}): {names}.",
    more=", and {n} more",
    called="{ticket} was called to counter {counter} at {at}, after waiting {waited} minutes:"
    " {why}.",
    called_by_hand="{ticket} was called to counter {counter} at {at}{who}: {why}.",
    by=" (by {who})",
    reason=" Reason: {reason}.",
    passing_line="{ticket} (came {joined}{whose}) at {at} to counter {counter}, {why}",
    priority=", priority",
    appointment="with its appointment at {at}",
    ratio={
        "priority": "the turn of priority ({normal} normal for {priority} priority)",
        "normal": "the turn of normal numbers ({normal} normal for {priority} priority)",
    },
    guarded="it had waited over {minutes} minutes at that counter's queues",
    rules={
        "first come": "it came first",
        "strict: priority": "priority goes first",
        "strict: waited too long": "it had waited too long",
        "ageing: priority": "its wait, weighed as priority, was the longest",
        "ageing: normal": "its wait was the longest, priority's weight included",
        "named": "called by its number",
        "reinstated": "called back",
        "waits longest of this counter's queues": "the longest wait of that counter's queues",
        "this counter's first queue with somebody waiting": "that counter takes this queue first",
    },
    states={"no_show": "did not come", "implied": "done (implied)"},
    steps={
        "ticket_issued": "number taken for queue {queue}",
        "ticket_printed": "paper out",
        "ticket_voided": "paper failed: number void",
        "ticket_checked_in": "joined the line",
        "ticket_called": "called to counter {counter}",
        "ticket_recalled": "called again at counter {counter}, time {times}",
        "ticket_started": "being served at counter {counter}",
        "ticket_ended": "ended at counter {counter}: {how}",
        "ticket_parked": "set aside at counter {counter}",
        "ticket_transferred": "sent on to queue {queue}",
        "ticket_reclassed": "given another class",
        "ticket_asked_in": "asked in",
        "ticket_caught_up": "served by hand, entered later",
        "booking_ended": "came for appointment {booking}",
        "ticket_cancelled": "cancelled",
        "ticket_expired": "expired",
        "act_undone": "the last act of counter {counter} was taken back ({act})",
    },
)

WORDS = {"id": _INDONESIAN, "en": _ENGLISH}
