from boards.virtual.glass import frame
from firmware.core.ticks import NEVER
from firmware.roles.hall import EVERY_MS, LONE_BREAKS, LOST_EVERY_MS, Hall
from firmware.wire import topics
from tests.firmware.fakes import (
    EPOCH,
    Bench,
    FakeBuzzer,
    FakeDigits,
    FakeHardware,
    FakeHost,
    FakeMatrix,
)
from tests.firmware.pure.expect import raises

BLOCKED = topics.UP_ALERT + "/beam_blocked"
FAULT = topics.UP_ALERT + "/sensor_fault"
KEYS = ("outer", "inner", "in", "out")


def made(keys=KEYS, lamps=("light", "in", "out"), matrix=FakeMatrix, signals=True):
    host = FakeHost()
    hw = FakeHardware(host.store, keys, lamps, matrix)
    if signals:
        hw.buzzer = FakeBuzzer()
        hw.digits = FakeDigits()
    bench = Bench(Hall, hw, host)
    bench.connect()
    bench.receipt(bench.events()[0])  # the hello
    return bench


def face(bench, rev, light, inside, epoch=EPOCH):
    payload = {"epoch": epoch, "rev": rev, "light": light, "inside": inside}
    bench.hear(topics.DN_FACE, payload, True)


def live(bench, ms):
    for _ in range(ms // 500):
        bench.beat()
        bench.pass_ms(500)


def walk(bench, first, second, step_ms=40):
    """Somebody walks through; give whether he was counted."""
    counted = False
    for key, down in ((first, True), (second, True), (first, False), (second, False)):
        counted = bench.role.edge(key, down, bench.at_ms)
        bench.pass_ms(step_ms)
    return counted


def counts(bench):
    """Give (in, out) of each new fact, and answer all."""
    found = {}  # by seq: what is resent counts once
    for event in bench.events():
        if event["ev"] == "count":
            found[event["seq"]] = (event["in"], event["out"])
            bench.receipt(event, inside=0)
    return list(found.values())


def test_the_first_is_told_at_once_and_the_next_ones_together():
    bench = made()
    face(bench, 1, "green", 0)
    assert walk(bench, "outer", "inner")
    assert counts(bench) == [(1, 0)]
    walk(bench, "outer", "inner")
    walk(bench, "outer", "inner")
    walk(bench, "inner", "outer")
    live(bench, 4_000)
    assert counts(bench) == []
    live(bench, 1_000)
    assert counts(bench) == [(2, 1)]
    live(bench, 60_000)
    assert counts(bench) == [], "nobody is told of nobody"
    assert bench.role.due_ms == NEVER


def test_beams_are_no_touches_and_turning_back_counts_nothing():
    bench = made()
    for key, down in (("outer", True), ("inner", True), ("inner", False), ("outer", False)):
        assert not bench.role.edge(key, down, bench.at_ms)
    live(bench, 700_000)
    assert bench.events() == [], "neither a count nor touches"


def test_the_guard_counts_by_hand_one_a_tap():
    bench = made(("in", "out"))
    face(bench, 1, "green", 3)
    bench.press("in")
    assert counts(bench) == [(1, 0)]
    assert bench.hw.lamps["in"].flashes == 1
    bench.press("out")
    bench.press("in")
    live(bench, EVERY_MS)
    assert counts(bench) == [(1, 1)]
    assert BLOCKED not in [leaf for leaf, _, _, _ in bench.host.sent]


def test_the_light_is_the_gateways_and_dark_without_it():
    bench = made()
    assert bench.hw.digits.text == ""
    face(bench, 1, "green", 12)
    assert (bench.hw.lamps["light"].shows, bench.hw.digits.text) == ("green", "12")
    assert bench.glass() == frame("12")
    face(bench, 2, "red", 13)
    assert (bench.hw.lamps["light"].shows, bench.hw.digits.text) == ("red", "13")
    assert bench.glass() == frame("PENUH")
    bench.board.link_is_down(bench.at_ms)
    assert (bench.hw.lamps["light"].shows, bench.hw.digits.text) == ("off", "--")
    assert bench.glass() == frame("TIDAK TERHUBUNG", dot=True)


def test_two_relays_are_a_light_too():
    bench = made(lamps=("light_red", "light_green"))
    shown = []
    for rev, light in ((1, "green"), (2, "red")):
        face(bench, rev, light, 1)
        shown.append([bench.hw.lamps[name].shows for name in ("light_red", "light_green")])
    bench.board.link_is_down(bench.at_ms)
    shown.append([bench.hw.lamps[name].shows for name in ("light_red", "light_green")])
    assert shown == [["off", "on"], ["on", "off"], ["off", "off"]], shown


def test_who_comes_in_while_it_is_red_hears_two_tones():
    bench = made()
    face(bench, 1, "green", 1)
    walk(bench, "outer", "inner")
    assert bench.hw.buzzer.played == []
    face(bench, 2, "red", 2)
    walk(bench, "inner", "outer")
    assert bench.hw.buzzer.played == [], "who leaves may leave"
    walk(bench, "outer", "inner")
    assert bench.hw.buzzer.played == [(120, 120, 120)]


def test_a_beam_that_something_stands_in_is_an_alert_until_it_is_free():
    bench = made()
    bench.connect()
    assert bench.host.take(BLOCKED)[-1] is None
    bench.role.edge("inner", True, bench.at_ms)
    live(bench, 59_500)
    assert bench.host.take(BLOCKED) == []
    live(bench, 2_000)
    (alert,) = bench.host.take(BLOCKED)
    assert (alert["code"], alert["part"]) == ("beam_blocked", "inner")
    bench.press("in")
    assert counts(bench) == [(1, 0)], "the guard still counts"
    live(bench, 120_000)
    assert bench.host.take(BLOCKED) == []
    bench.role.edge("inner", False, bench.at_ms)
    bench.pass_ms(0)
    assert bench.host.take(BLOCKED) == [None]
    assert walk(bench, "outer", "inner")
    live(bench, 180_000)
    assert bench.role.keys_ms == NEVER


def test_a_beam_blocked_after_others_have_passed_is_noticed_too():
    bench = made()
    walk(bench, "outer", "inner")
    live(bench, 50_000)
    bench.role.edge("outer", True, bench.at_ms)
    live(bench, 61_000)
    assert bench.host.take(BLOCKED)[-1]["part"] == "outer"


def test_an_outage_of_hours_fits_the_outbox():
    bench = made()
    face(bench, 1, "green", 0)
    bench.board.link_is_down(bench.at_ms)
    for _ in range(60):
        walk(bench, "outer", "inner")
        bench.pass_ms(59_840)
        bench.host.sent = []
    kept = len(bench.board.outbox)
    assert kept == 3_600_000 // LOST_EVERY_MS, kept
    bench.connect(EPOCH + 1)
    face(bench, 1, "green", 0, EPOCH + 1)
    told = []
    for _ in range(8):
        told += counts(bench)
        bench.hear(topics.GW_BEAT, {"epoch": EPOCH + 1, "utc_ms": 1_700_000_000_000})
        bench.pass_ms(1_000)
    assert sum([came for came, _ in told]) == 60, told
    assert bench.board.outbox.dropped == 0


def test_what_an_hour_of_visitors_writes_to_flash():
    # 1,000 visitors of an eight-hour day pass the beams 250 times an hour. Each fact is written
    # when it is kept, and again when the outbox is empty.
    bench = made()
    face(bench, 1, "green", 0)
    before = len(bench.host.store.writes)
    chance = 7
    passed = told = 0
    for _ in range(3_600):
        bench.beat()
        chance = chance * 1_103_515_245 + 12_345 & 0x3FFFFFFF
        if (chance >> 12) % 3_600 < 250:
            walk(bench, "outer", "inner", 10)
            passed += 1
        bench.pass_ms(960)
        told += sum([came for came, _ in counts(bench)])
        bench.host.sent = []
    live(bench, EVERY_MS)
    told += sum([came for came, _ in counts(bench)])
    writes = len(bench.host.store.writes) - before
    assert told == passed
    assert 200 < passed < 300, passed
    assert writes < 2 * passed, (writes, passed)


def test_without_digits_matrix_and_buzzer_it_counts_all_the_same():
    bench = made(("outer", "inner"), ("light",), None, False)
    face(bench, 1, "red", 1)
    assert walk(bench, "outer", "inner")
    assert counts(bench) == [(1, 0)]
    assert bench.hw.lamps["light"].shows == "red"
    hw = FakeHardware(bench.host.store, ("outer", "in"))
    assert "outer and inner" in str(raises(ValueError, Hall, bench.board, hw))


def test_a_wrong_face_is_counted_and_changes_nothing():
    bench = made()
    face(bench, 1, "red", 1)
    for light, inside in (("blue", 1), ("green", None), ("green", -1)):
        before = bench.board.bad
        face(bench, 2, light, inside)
        assert bench.board.bad == before + 1, (light, inside)
    assert bench.hw.lamps["light"].shows == "red"


def test_a_beam_that_is_broken_from_the_start_is_told_and_counts_nobody():
    host = FakeHost()
    hw = FakeHardware(host.store, KEYS, ())
    hw.buttons["inner"].down = True
    bench = Bench(Hall, hw, host)
    bench.connect()
    bench.host.take(BLOCKED)
    live(bench, 62_000)
    (alert,) = bench.host.take(BLOCKED)
    assert alert["part"] == "inner"
    assert bench.role.edge("inner", False, bench.at_ms) is False
    live(bench, 1_000)
    assert bench.host.take(BLOCKED) == [None]
    assert walk(bench, "outer", "inner")


def test_a_beam_that_nobody_ever_breaks_while_the_other_one_works_is_a_fault_of_its_own():
    bench = made()
    bench.host.take(FAULT)

    def half_pass(times):
        for _ in range(times):
            bench.role.edge("outer", True, bench.at_ms)
            live(bench, 500)
            bench.role.edge("outer", False, bench.at_ms)
            live(bench, 500)

    half_pass(LONE_BREAKS - 1)
    assert walk(bench, "outer", "inner"), "some look in and turn back"
    half_pass(LONE_BREAKS - 1)
    assert bench.host.take(FAULT) == []
    half_pass(2)
    (alert,) = bench.host.take(FAULT)
    assert (alert["code"], alert["part"]) == ("sensor_fault", "inner")
    half_pass(LONE_BREAKS)
    assert bench.host.take(FAULT) == [], "once"
    assert walk(bench, "outer", "inner")
    assert bench.host.take(FAULT) == [None]
