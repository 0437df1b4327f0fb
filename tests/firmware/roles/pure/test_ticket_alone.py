"""A ticket board while its gateway is lost."""

from boards.virtual.glass import frame
from firmware.net.link import MAX_IN_FLIGHT
from firmware.roles.ticket import Ticket
from firmware.wire import topics
from firmware.wire.leases import write_leases
from tests.firmware.fakes import (
    BOOT,
    EPOCH,
    Bench,
    FakeHardware,
    FakeHost,
    FakePrinter,
    MemoryStore,
)
from tests.firmware.pure.expect import collect

MICROPYTHON_HEAP_KB = 192  # this file is compiled there, too
KEYS = ("queue1", "queue2", "queue3", "priority")
DAY = "2026-11-23"
UTC_MS = 1_700_000_000_000  # what fakes' beats say
UNTIL_MS = UTC_MS + 3_600_000
BLOCKS = (("A", 700, 702, DAY, UNTIL_MS), ("B", 800, 801, DAY, UNTIL_MS))
LOST = b'{"s":"lost"}'


def start(store=None, boot=BOOT, printer=True, keys=KEYS):
    """Give a board that has its settings, and nobody to talk to yet."""
    host = FakeHost(store)
    hw = FakeHardware(host.store, keys, keys)
    if printer:
        hw.printer = FakePrinter()
    bench = Bench(Ticket, hw, host, boot)
    bench.hear(topics.DN_CONFIG, {"rev": 1, "queues": ["A", "B", "C"]})
    return bench


def come(bench, epoch=EPOCH, rev=1, blocks=BLOCKS):
    """Let the gateway come: link, face, leases, the time; and its hello have its answer."""
    bench.connect(epoch)
    queues = [{"q": q, "open": True, "waiting": 0} for q in ("A", "B", "C")]
    bench.hear(topics.DN_FACE, {"epoch": epoch, "rev": rev, "queues": queues})
    if blocks is not None:
        bench.hear(topics.DN_LEASE, write_leases(epoch, rev, UTC_MS, list(blocks)))
    bench.pass_ms(0)
    (hello,) = [entry for entry in bench.host.sent if entry[1] and entry[1].get("ev") == "hello"]
    bench.host.sent.remove(hello)
    bench.receipt(hello[1])


def alone(**how):
    bench = start(**how)
    come(bench)
    bench.hear(topics.GW_STATE, LOST)
    bench.host.sent = []
    return bench


def take(bench, key, ok=True):
    """Press a key and give the slip that comes out, None if none does."""
    bench.press(key)
    if not bench.hw.printer.slips:
        return None
    return bench.hw.printer.finish(ok, bench.at_ms)


def numbers(bench, *keys):
    slips = [take(bench, key) for key in keys]
    return [slip and slip["ticket"] for slip in slips]


def lamps(bench):
    return [bench.hw.lamps[key].shows for key in KEYS]


def handed_in(bench, st="accepted", got=None, **more):
    """Let a gateway that is there take all; give what it got."""
    got = [] if got is None else got
    while True:
        bench.pass_ms(0)
        events = [event for event in bench.events() if event["ev"] == "offline"]
        if not events:
            return got
        for event in events:
            got.append(event)
            bench.receipt(event, st, **more)


def test_it_gives_its_own_numbers_and_hands_them_in():
    bench = alone()
    assert lamps(bench) == ["on", "on", "off", "off"]
    assert bench.glass() == frame("AMBIL", dot=True)
    first_ms = bench.at_ms
    assert numbers(bench, "queue1", "queue2", "queue1") == ["A700", "B800", "A701"]
    assert bench.glass() == frame("A701", dot=True)
    assert bench.events() == [], "there is nobody to tell"
    bench.pass_ms(60_000)
    come(bench, EPOCH + 1, blocks=None)
    bench.pass_ms(0)
    got = handed_in(bench)
    assert [(e["ticket"], e["queue"], e["day"]) for e in got] == [
        ("A700", "A", DAY),
        ("B800", "B", DAY),
        ("A701", "A", DAY),
    ]
    assert got[0]["t_ms"] == first_ms
    assert got[0]["age_ms"] == bench.at_ms - first_ms
    assert [e["seq"] for e in got] == sorted(e["seq"] for e in got)
    assert len({e["seq"] for e in got}) == 3
    bench.pass_ms(5_000)
    assert handed_in(bench) == []
    bench.press("queue1")
    assert [e["ev"] for e in bench.events()] == ["take"], "as always"


def test_used_up_is_said_queue_by_queue():
    bench = alone()
    assert numbers(bench, "queue2", "queue2", "queue2") == ["B800", "B801", None]
    assert bench.glass() == frame("NOMOR HABIS", dot=True)
    assert lamps(bench) == ["on", "off", "off", "off"]
    bench.pass_ms(10_000)
    assert bench.glass() == frame("AMBIL", dot=True), "of others there are some"
    assert numbers(bench, "queue1", "queue1", "queue1", "queue1")[3] is None
    bench.pass_ms(10_000)
    assert bench.role.display._text == "NOMOR HABIS"
    assert lamps(bench) == ["off", "off", "off", "off"]
    assert numbers(bench, "queue3") == [None], "of this one there never were any"


def test_as_long_as_the_gateway_is_there_its_own_numbers_stay():
    bench = start()
    bench.press("queue1")
    assert bench.hw.printer.slips == [], "nobody knows yet whether it is there"
    come(bench)
    bench.press("queue1")
    assert bench.hw.printer.slips == []


def test_a_gateway_that_falls_silent_is_lost():
    bench = start()
    come(bench)
    bench.pass_ms(6_000)
    assert lamps(bench)[2] == "on", "the gateway's"
    bench.pass_ms(1_000)
    assert lamps(bench) == ["on", "on", "off", "off"]
    assert numbers(bench, "queue1") == ["A700"]


def test_without_the_time_it_gives_nothing():
    bench = start(alone().host.store, BOOT + 1)
    bench.board.link_is_up(0)
    bench.hear(topics.GW_STATE, LOST, True)
    bench.hear(topics.DN_LEASE, write_leases(EPOCH, 1, UTC_MS, list(BLOCKS)), True)
    bench.pass_ms(10_000)
    assert bench.role.display._text == "TIDAK TERHUBUNG"
    assert lamps(bench) == ["off", "off", "off", "off"]
    assert numbers(bench, "queue1") == [None], "it does not know which day it is"
    bench.connect()
    bench.beat()
    bench.hear(topics.GW_STATE, LOST)
    assert numbers(bench, "queue1") == ["A700"]


def test_a_lease_ends_with_its_day():
    bench = alone()
    bench.pass_ms(3_600_000 - bench.at_ms - 1_000)
    assert numbers(bench, "queue1") == ["A700"]
    bench.pass_ms(61_000)
    assert lamps(bench) == ["off", "off", "off", "off"], "seen within a minute"
    assert numbers(bench, "queue1") == [None]


def test_a_lease_taken_back_is_no_longer_good():
    bench = start()
    come(bench)
    bench.hear(topics.DN_LEASE, write_leases(EPOCH, 2, UTC_MS, [BLOCKS[1]]))
    bench.hear(topics.GW_STATE, LOST)
    assert lamps(bench) == ["off", "on", "off", "off"]
    before = bench.board.bad
    bench.hear(topics.DN_LEASE, b'{"epoch":7,"rev":3}')
    assert bench.board.bad == before + 1
    assert numbers(bench, "queue2") == ["B800"]


def test_what_failed_to_be_printed_counts_for_nobody():
    bench = alone()
    slip = take(bench, "queue1", ok=False)
    assert slip["ticket"] == "A700"
    assert bench.glass() == frame("A700 BATAL - GAGAL", dot=True)
    bench.hw.printer.be("paper_out", bench.at_ms)
    assert numbers(bench, "queue1") == [None]
    bench.hw.printer.be("ready", bench.at_ms)
    assert numbers(bench, "queue1") == ["A701"]
    come(bench, EPOCH + 1, blocks=None)
    assert [e["ticket"] for e in handed_in(bench)] == ["A701"]


def test_it_prints_one_at_a_time_and_hands_in_what_is_printed():
    bench = alone()
    bench.press("queue1")
    bench.press("queue2")
    assert len(bench.hw.printer.slips) == 1
    assert bench.hw.lamps["queue2"].flashes == 1
    come(bench, EPOCH + 1, blocks=None)
    assert handed_in(bench) == [], "it is not on paper yet"
    bench.hw.printer.finish(True, bench.at_ms)
    assert [e["ticket"] for e in handed_in(bench)] == ["A700"]


def test_priority_is_kept_and_stands_on_the_slip():
    bench = alone()
    bench.press("priority")
    assert take(bench, "queue1")["lines"] == ["Prioritas"]
    assert lamps(bench)[3] == "off"
    take(bench, "queue1")
    come(bench, EPOCH + 1, blocks=None)
    assert [e.get("class") for e in handed_in(bench)] == ["priority", None]


def test_who_asked_when_the_gateway_went_gets_nothing_twice():
    bench = start()
    come(bench)
    bench.press("queue1")
    (order,) = bench.events()
    bench.hear(topics.GW_STATE, LOST)
    assert numbers(bench, "queue1") == [None], "the order is still under way"
    bench.pass_ms(5_000)
    assert numbers(bench, "queue1") == ["A700"]
    bench.events()
    bench.receipt(order, ticket="A001", queue="A")
    assert bench.hw.printer.slips == []
    bench.pass_ms(0)
    (fact,) = bench.events()
    assert (fact["ev"], fact["ticket"], fact["ok"]) == ("paper", "A001", False)


def test_what_the_gateway_has_already_is_settled():
    bench = alone()
    numbers(bench, "queue1", "queue2")
    come(bench, EPOCH + 1, blocks=None)
    bench.host.take(topics.UP_ALERT + "/not_leased")
    assert len(handed_in(bench, "refused", why="duplicate")) == 2
    assert bench.host.take(topics.UP_ALERT + "/not_leased") == []


def test_not_leased_is_an_alert_that_stands_until_a_restart():
    bench = alone()
    numbers(bench, "queue1", "queue1")
    come(bench, EPOCH + 1, blocks=None)
    bench.host.take(topics.UP_ALERT + "/not_leased")
    assert len(handed_in(bench, "refused", why="not_leased")) == 2
    (alert,) = bench.host.take(topics.UP_ALERT + "/not_leased")
    assert (alert["code"], alert["since_ms"]) == ("not_leased", bench.at_ms)
    bench.board.link_is_down(bench.at_ms)
    bench.board.link_is_up(bench.at_ms)
    assert bench.host.take(topics.UP_ALERT + "/not_leased") == [alert]
    again = start(bench.host.store, BOOT + 1)
    again.board.link_is_up(0)
    assert again.host.take(topics.UP_ALERT + "/not_leased") == [None]


def test_without_a_printer_the_number_on_the_glass_counts():
    bench = alone(printer=False)
    bench.press("queue1")
    assert bench.glass() == frame("A700", dot=True)
    come(bench, EPOCH + 1, blocks=None)
    assert [e["ticket"] for e in handed_in(bench)] == ["A700"]


def test_when_flash_is_full_it_gives_no_more():
    bench = alone()
    bench.host.store.broken = True
    assert numbers(bench, "queue1") == [None]
    assert bench.glass() == frame("GAGAL", dot=True)
    bench.host.store.broken = False
    assert numbers(bench, "queue1") == ["A700"], "it is nobody's yet"
    bench.role._offline.is_full = lambda: True
    bench.pass_ms(60_000)
    assert bench.role.display._text == "NOMOR HABIS"
    assert numbers(bench, "queue1") == [None]


def test_where_memory_is_scarce_it_hands_in_later():
    bench = alone()
    numbers(bench, "queue1", "queue2")
    read = bench.host.store.read

    def fails(*_):
        bench.host.store.read = read
        raise MemoryError

    bench.host.store.read = fails
    come(bench, EPOCH + 1, blocks=None)
    assert handed_in(bench) == []
    bench.pass_ms(5_000)
    assert [e["ticket"] for e in handed_in(bench)] == ["A700", "B800"]


def test_eight_queues_have_eight_keys_and_a_ninth_key_does_nothing():
    keys = tuple("queue%d" % n for n in range(1, 10)) + ("priority",)
    bench = start(keys=keys)
    bench.hear(topics.DN_CONFIG, {"rev": 2, "queues": list("ABCDEFGH")})
    blocks = [(q, 10 * (i + 1), 10 * (i + 1) + 1, DAY, UNTIL_MS) for i, q in enumerate("ABCDEFGH")]
    come(bench, blocks=blocks)
    bench.hear(topics.GW_STATE, LOST)
    assert [bench.hw.lamps[key].shows for key in keys] == ["on"] * 8 + ["off"] * 2
    given = numbers(bench, *keys[:9])
    assert given == ["A010", "B020", "C030", "D040", "E050", "F060", "G070", "H080", None]
    assert bench.hw.lamps["queue9"].flashes == 1


class PowerCut(Exception):
    """The power is gone."""


class CutStore(MemoryStore):
    """Loses its power before, or just after, the write that is `left` writes away."""

    left: "int | None" = None
    after = False

    def write(self, name, data):
        if self.left == 0 and not self.after:
            raise PowerCut
        MemoryStore.write(self, name, data)
        if self.left == 0:
            raise PowerCut
        if self.left is not None:
            self.left -= 1
        return True


def story(store, printed, got):
    # Two outages; what comes out of the printer is in `printed`, what is handed in in `got`.
    bench = start(store)
    come(bench)
    bench.hear(topics.GW_STATE, LOST)
    for key, ok in (("queue1", True), ("queue2", True), ("queue1", False), ("queue1", True)):
        bench.press(key)
        if ok:
            printed.append(bench.hw.printer.slips[0][0]["ticket"])
        bench.hw.printer.finish(ok, bench.at_ms)
    come(bench, EPOCH + 1, blocks=(BLOCKS[1], ("A", 720, 729, DAY, UNTIL_MS)))
    handed_in(bench, got=got)
    bench.hear(topics.GW_STATE, LOST)
    for key in ("queue2", "queue1"):
        printed.append(take(bench, key)["ticket"])


def test_wherever_the_power_is_cut_no_number_is_printed_twice_and_none_is_lost():
    store = CutStore()
    story(store, [], [])
    writes = len(store.writes)
    assert writes >= 10, store.writes
    for cut in range(2 * writes):
        collect()
        store = CutStore()
        store.left = cut // 2
        store.after = cut % 2 == 1
        printed: "list[str]" = []
        got: "list[dict[str, object]]" = []
        try:
            story(store, printed, got)
        except PowerCut:
            pass
        store.left = None
        bench = start(store, BOOT + 1)
        come(bench, EPOCH + 2, 1, (BLOCKS[1], ("A", 740, 749, DAY, UNTIL_MS)))
        handed_in(bench, got=got)
        bench.hear(topics.GW_STATE, LOST)
        printed += numbers(bench, "queue1", "queue1")
        come(bench, EPOCH + 3, blocks=None)
        came = [e["ticket"] for e in handed_in(bench, got=got)]
        assert len(set(printed)) == len(printed), (cut, printed)
        for ticket in printed:
            assert ticket in came, (cut, ticket, came)
        assert len([ticket for ticket in set(came) if ticket not in printed]) <= 1, (cut, came)


def test_a_number_for_whose_paper_there_is_no_memory_is_used_up_and_not_handed_in():
    def full(slip, done):
        raise MemoryError

    bench = alone()
    prints = bench.hw.printer.print
    bench.hw.printer.print = full
    bench.press("queue1")
    bench.hw.printer.print = prints
    assert numbers(bench, "queue1") == ["A701"]
    come(bench, EPOCH + 1, blocks=None)
    assert [event["ticket"] for event in handed_in(bench)] == ["A701"]


def test_what_it_says_at_a_connection_at_once_fits_what_may_be_on_its_way():
    bench = alone()
    assert numbers(bench, "queue1", "queue1", "queue1") == ["A700", "A701", "A702"]
    for n in range(4):
        bench.board.fact("touch", {"n": n}, bench.at_ms)
    come(bench, blocks=None)
    bench.board.link_is_down(bench.at_ms)
    bench.pass_ms(60_000)
    bench.host.sent = []
    bench.connect()
    bench.press("queue1")  # before the gateway's first face it is an order
    bench.hear(topics.DN_CONFIG, {"rev": 2, "queues": ["A", "B", "C"]})
    queues = [{"q": "A", "open": True, "waiting": 0}]
    bench.hear(topics.DN_FACE, {"epoch": EPOCH, "rev": 9, "queues": queues})
    bench.board.tick(bench.at_ms)
    assert len([entry for entry in bench.host.sent if entry[2]]) < MAX_IN_FLIGHT, bench.host.sent
