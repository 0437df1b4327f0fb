from boards.virtual.glass import frame
from firmware.core.sign import BLINK_HALF_MS, SCROLL_HOLD_MS, SCROLL_STEP_MS
from firmware.roles.panel import BLINK_MS, SHOWN_MS, Panel
from firmware.wire import topics
from tests.firmware.fakes import EPOCH, Bench, FakeHardware, FakeHost, FakeMatrix
from tests.firmware.pure.expect import raises

UTC_MS = 1_700_000_000_000  # 22:13:20, what Bench.beat says
A12 = ("A012", 3, 1)
B07 = ("B007", 2, 1)
C01 = ("C001", 11, 1)


def made(width=96, height=16, word="", offset_min=0):
    host = FakeHost()
    hw = FakeHardware(host.store, matrix=None)
    hw.matrix = FakeMatrix(width, height)
    bench = Bench(Panel, hw, host)
    bench.connect()
    bench.hear(topics.DN_CONFIG, {"rev": 1, "word": word, "utc_offset_min": offset_min})
    bench.receipt(bench.events()[0])  # the hello
    return bench


def face(bench, rev, calls=(), pause="", notices=(), epoch=EPOCH):
    listed = [{"t": t, "c": c, "n": n} for t, c, n in calls]
    payload = {"epoch": epoch, "rev": rev, "calls": listed, "break": pause, "notices": notices}
    bench.hear(topics.DN_FACE, payload, True)


def live(bench, ms, epoch=EPOCH):
    for _ in range(ms // 500):
        bench.hear(topics.GW_BEAT, {"epoch": epoch, "utc_ms": UTC_MS + bench.at_ms})
        bench.pass_ms(500)


def shows(bench, text):
    matrix = bench.hw.matrix
    return bench.glass() == frame(text, matrix.width, False, matrix.height)


def dark(bench):
    return not any(bench.glass())


def test_the_newest_call_stands_and_the_first_face_blinks_nothing():
    bench = made()
    face(bench, 1, [A12, B07])
    assert shows(bench, "A012 > 3")
    live(bench, BLINK_MS)
    assert shows(bench, "A012 > 3")
    assert bench.host.take(topics.UP_FACE)[-1]["rev"] == 1


def test_a_new_call_blinks_for_three_seconds():
    bench = made()
    face(bench, 1, [A12])
    live(bench, 1_000)
    face(bench, 2, [B07, A12])
    assert shows(bench, "B007 > 2"), "at once"
    bench.pass_ms(BLINK_HALF_MS)
    assert dark(bench)
    bench.pass_ms(BLINK_HALF_MS)
    assert shows(bench, "B007 > 2")
    live(bench, BLINK_MS - 2 * BLINK_HALF_MS)
    bench.pass_ms(BLINK_HALF_MS)
    assert shows(bench, "B007 > 2"), "then it stands"


def test_a_call_that_is_repeated_blinks_again():
    bench = made()
    face(bench, 1, [A12])
    live(bench, 1_000)
    face(bench, 2, [("A012", 3, 2)])
    assert shows(bench, "A012 > 3")
    bench.pass_ms(BLINK_HALF_MS)
    assert dark(bench)


def test_calls_at_the_same_moment_each_get_their_blink_in_their_order():
    bench = made()
    face(bench, 1)
    live(bench, 1_000)
    face(bench, 2, [A12])
    assert shows(bench, "A012 > 3")
    bench.pass_ms(100)
    face(bench, 3, [C01, B07, A12])
    assert shows(bench, "A012 > 3"), "it has its three seconds"
    live(bench, SHOWN_MS)
    assert shows(bench, "B007 > 2"), bench.role._now
    live(bench, SHOWN_MS)
    assert shows(bench, "C001\n> 11"), "too wide for large characters"


def test_the_last_calls_and_the_notices_take_turns():
    bench = made()
    face(bench, 1, [A12, B07], "", ["TUTUP"])
    seen = []
    for _ in range(6):
        seen.append([text for text in ("A012 > 3", "B007 > 2", "TUTUP") if shows(bench, text)])
        live(bench, SHOWN_MS)
    assert seen == [["A012 > 3"], ["B007 > 2"], ["TUTUP"]] * 2, seen


def test_a_long_notice_is_shown_to_its_end():
    bench = made(128, 8)
    text = "ANTREAN A DITUTUP, YANG MENUNGGU TETAP DILAYANI"
    face(bench, 1, [A12], "", [text])
    live(bench, SHOWN_MS)
    assert shows(bench, text)
    to_end_ms = SCROLL_HOLD_MS + (len(text) * 6 - 128) * SCROLL_STEP_MS
    assert to_end_ms == 6_960
    live(bench, 7_500)
    assert not shows(bench, "A012 > 3")
    live(bench, 500)
    assert shows(bench, "A012 > 3")


def test_a_break_comes_before_the_notices():
    bench = made()
    face(bench, 1, [], "JEDA", ["TUTUP"])
    assert shows(bench, "JEDA")
    live(bench, SHOWN_MS)
    assert shows(bench, "TUTUP")


def test_what_no_longer_holds_leaves_at_once_and_what_holds_has_its_time():
    bench = made()
    face(bench, 1, [A12, B07], "", ["TUTUP"])
    live(bench, SHOWN_MS)
    assert shows(bench, "B007 > 2")
    live(bench, 2_000)
    face(bench, 2, [A12, B07])
    assert shows(bench, "B007 > 2")
    face(bench, 3, [A12])
    assert shows(bench, "A012 > 3")


def test_a_call_that_comes_back_at_the_end_of_the_list_is_not_new():
    bench = made()
    face(bench, 1, [B07, A12])
    live(bench, 1_000)
    face(bench, 2, [A12, C01])
    bench.pass_ms(BLINK_HALF_MS)
    assert shows(bench, "C001\n> 11"), "in its turn, without a blink"


def test_with_nothing_to_say_it_shows_the_time_there():
    bench = made(offset_min=420)
    face(bench, 1)
    assert dark(bench), "nobody has told the time"
    live(bench, 5_500)
    assert shows(bench, "05:13")
    live(bench, 40_000)
    assert shows(bench, "05:14")
    face(bench, 2, [A12])
    assert shows(bench, "A012 > 3")


def test_a_lost_gateway_is_said_and_no_number_stays():
    bench = made(128, 8)
    face(bench, 1, [A12, B07])
    bench.board.link_is_down(bench.at_ms)
    assert bench.glass() == frame("TIDAK TERHUBUNG", 128, True)
    bench.pass_ms(60_000)
    assert bench.glass() == frame("TIDAK TERHUBUNG", 128, True)
    bench.connect(EPOCH + 1)
    face(bench, 1, [A12, B07], epoch=EPOCH + 1)
    bench.pass_ms(BLINK_HALF_MS)
    assert shows(bench, "A012 > 3"), "told again is no new call"
    bench.board.link_is_down(bench.at_ms)
    bench.connect(EPOCH + 2)
    face(bench, 1, [C01, A12, B07], epoch=EPOCH + 2)
    assert shows(bench, "C001 > 11")
    bench.pass_ms(BLINK_HALF_MS)
    assert dark(bench), "but one that was called meanwhile is"


def test_a_call_is_as_wordy_as_the_panel_is_wide():
    for width, height, text in (
        (128, 8, "A012 LOKET 3"),
        (64, 8, "A012 > 3"),
        (32, 8, "A012>3"),
        (128, 16, "A012 > 3"),
        (96, 16, "A012 > 3"),
        (64, 16, "A012\n> 3"),
        (32, 16, "A012\n> 3"),
    ):
        bench = made(width, height, "LOKET")
        face(bench, 1, [A12])
        assert shows(bench, text), (width, height)


def test_a_wrong_face_or_config_is_counted_and_changes_nothing():
    bench = made(word="LOKET")
    face(bench, 1, [A12])
    good = {"epoch": EPOCH, "rev": 2, "calls": [], "break": "", "notices": []}
    call = {"t": "A001", "c": 1, "n": 1}
    for field, value in (
        ("calls", None),
        ("calls", [call] * 7),
        ("calls", ["A001"]),
        ("calls", [{"t": "A001", "c": 0, "n": 1}]),
        ("calls", [{"t": "", "c": 1, "n": 1}]),
        ("calls", [{"t": "A001", "c": 1}]),
        ("break", None),
        ("notices", ["x"] * 5),
        ("notices", ["x" * 81]),
        ("notices", [""]),
    ):
        wrong = dict(good)
        wrong[field] = value
        before = bench.board.bad
        bench.hear(topics.DN_FACE, wrong)
        assert bench.board.bad == before + 1, (field, value)
    for fields in ({"word": 3}, {"utc_offset_min": 9_999}, {"word": "X" * 17}):
        wrong = {"rev": 9}
        wrong.update(fields)
        before = bench.board.bad
        bench.hear(topics.DN_CONFIG, wrong)
        assert bench.board.bad == before + 1, fields
    assert bench.board.config.rev == 1
    assert shows(bench, "A012 > 3")


def test_a_panel_needs_a_matrix():
    bench = made()
    hw = FakeHardware(bench.host.store, matrix=None)
    assert "parts.matrix" in str(raises(ValueError, Panel, bench.board, hw))


def test_a_number_too_long_for_one_panel_scrolls_and_is_never_cut():
    bench = made(32, 16)
    for ticket, text in (("A012", "A012\n> 3"), ("ABC012", "ABC012 > 3")):
        assert bench.role._call((ticket, 3, 1)) == text
