from boards.virtual.glass import frame
from firmware.roles.counter import Counter
from firmware.wire import topics
from tests.firmware.fakes import EPOCH, Bench, FakeHardware, FakeHost

KEYS = ("next", "recall", "no_show", "park", "pause")


def made(**config):
    host = FakeHost()
    bench = Bench(Counter, FakeHardware(host.store, KEYS, KEYS + ("status",)), host)
    settings = {"rev": 1, "next_lock_ms": 1_500}
    settings.update(config)
    bench.hear(topics.DN_CONFIG, settings)
    return bench


def face(rev, state="called", text="A012", blink=True, lamp="green", ticket=None, epoch=EPOCH):
    return {
        "epoch": epoch,
        "rev": rev,
        "state": state,
        "text": text,
        "blink": blink,
        "lamp": lamp,
        "ticket": text if ticket is None else ticket,
    }


IDLE = face(1, "idle", "--", False, "off", "")


def ready(**config):
    bench = made(**config)
    bench.connect()
    bench.hear(topics.DN_FACE, IDLE, True)
    bench.pass_ms(0)
    bench.receipt(bench.events()[0])  # the hello
    return bench


def pressed(bench, key):
    """Press a key and give the one event that it sent."""
    bench.press(key)
    events = bench.events()
    assert len(events) == 1, events
    return events[0]


def lamp(bench, name):
    return bench.hw.lamps[name].shows


def test_a_face_goes_to_glass_and_lamp():
    bench = ready()
    assert bench.glass() == frame("--")
    bench.hear(topics.DN_FACE, face(2))
    assert bench.glass() == frame("A012"), "at once, without waiting for a tick"
    assert lamp(bench, "status") == "green"


def test_a_press_is_sent_with_the_ticket_that_its_presser_saw():
    bench = ready()
    event = pressed(bench, "next")
    assert (event["ev"], event["has"], event["t_ms"]) == ("next", "", bench.at_ms - 200)
    assert lamp(bench, "next") == "blink"
    bench.receipt(event, ticket="A012")
    assert lamp(bench, "next") == "off"
    bench.hear(topics.DN_FACE, face(2))
    for key in ("recall", "no_show", "park", "pause"):
        event = pressed(bench, key)
        assert (event["ev"], event["has"]) == (key, "A012")
        bench.receipt(event, ticket="A012")


def test_a_bounce_sends_nothing():
    bench = ready()
    assert bench.role.edge("next", True, 1_000)
    assert not bench.role.edge("next", False, 1_002)
    assert not bench.role.edge("next", True, 1_004)
    assert len(bench.events()) == 1


def test_presses_while_one_is_in_flight_flash_and_are_dropped():
    bench = ready()
    first = pressed(bench, "next")
    bench.press("next")
    bench.press("recall")
    assert bench.events() == []
    assert bench.hw.lamps["next"].flashes == 1
    assert bench.hw.lamps["recall"].flashes == 1
    assert lamp(bench, "next") == "blink", "the first still waits"
    bench.receipt(first, ticket="A012")
    assert pressed(bench, "recall")["ev"] == "recall"


def test_next_is_locked_for_a_while_after_a_call():
    bench = ready()
    bench.receipt(pressed(bench, "next"), ticket="A012")
    bench.hear(topics.DN_FACE, face(2))
    bench.pass_ms(1_200)
    bench.press("next")
    assert bench.events() == []
    assert bench.hw.lamps["next"].flashes == 1
    assert pressed(bench, "recall")["ev"] == "recall", "only next is locked"
    bench.pass_ms(300)
    bench.receipt({"boot": bench.board.up.boot, "seq": 3})
    assert pressed(bench, "next")["has"] == "A012"


def test_a_call_by_somebody_else_locks_next_too_and_zero_locks_nothing():
    bench = ready()
    bench.hear(topics.DN_FACE, face(2))
    bench.press("next")
    assert bench.events() == []
    bench = ready(next_lock_ms=0)
    bench.hear(topics.DN_FACE, face(2))
    bench.receipt(pressed(bench, "next"), ticket="A013")
    assert pressed(bench, "next")["ev"] == "next"


def test_pause_toggles():
    bench = ready()
    bench.receipt(pressed(bench, "pause"))
    bench.hear(topics.DN_FACE, face(2, "paused", "JEDA", False, "amber", ""))
    event = pressed(bench, "pause")
    assert event["ev"] == "resume"
    bench.receipt(event)
    assert lamp(bench, "pause") == "off"


def test_a_refusal_is_shown_in_words_and_goes_away():
    bench = ready(labels={"nobody_waiting": "SEPI"})
    bench.receipt(pressed(bench, "next"), "refused", why="nobody_waiting")
    assert bench.glass() == frame("SEPI")
    bench.pass_ms(2_999)
    assert bench.glass() == frame("SEPI")
    bench.pass_ms(1)
    assert bench.glass() == frame("--")


def test_an_accepted_next_that_called_nobody_says_so_too():
    bench = ready()
    bench.hear(topics.DN_FACE, face(2))
    bench.pass_ms(1_500)
    event = pressed(bench, "next")
    bench.receipt(event, ticket=None, why="nobody_waiting", done=["A012", "done"])
    assert bench.glass() == frame("KOSONG")
    assert pressed(bench, "next")["ev"] == "next", "nobody was called: nothing is locked"


def test_a_late_press_says_so():
    bench = ready(labels={"late": "TELAT"})
    bench.receipt(pressed(bench, "next"), "late")
    assert bench.glass() == frame("TELAT")


def test_a_press_without_answer_fails_visibly_and_the_answer_replaces_it():
    bench = ready()
    event = pressed(bench, "next")
    for _ in range(3):
        bench.beat()
        bench.pass_ms(1_700)
    assert bench.glass() == frame("GAGAL")
    assert lamp(bench, "next") == "off"
    bench.receipt(event, ticket="A012")
    assert bench.glass() == frame("--")
    bench.hear(topics.DN_FACE, face(2))
    assert bench.glass() == frame("A012")


def test_a_face_replaces_a_failure_and_so_does_the_next_press():
    for replace in (
        lambda bench: bench.hear(topics.DN_FACE, face(2, blink=False)),
        lambda bench: bench.press("recall"),
    ):
        bench = ready()
        bench.press("next")
        for _ in range(3):
            bench.beat()
            bench.pass_ms(1_700)
        assert bench.glass() == frame("GAGAL")
        replace(bench)
        assert bench.glass() in (frame("A012"), frame("--"))


def blinks(bench, for_ms):
    """Tell whether the glass goes dark within the time."""
    dark = False
    for _ in range(for_ms // 50):
        bench.beat()
        bench.pass_ms(50)
        dark = dark or not any(bench.glass())
    return dark


def test_a_call_blinks_and_a_recall_blinks_again():
    bench = ready()
    bench.hear(topics.DN_FACE, face(2))
    assert blinks(bench, 500)
    blinks(bench, 9_600)
    assert not blinks(bench, 1_000)
    bench.hear(topics.DN_FACE, face(3))
    assert blinks(bench, 500)


def test_a_repeat_or_a_restarted_gateway_does_not_make_it_blink_again():
    bench = ready()
    bench.hear(topics.DN_FACE, face(2))
    blinks(bench, 10_100)
    bench.hear(topics.DN_FACE, face(2), True)
    assert not blinks(bench, 1_000)
    bench.hear(topics.GW_STATE, b'{"s":"lost"}')
    bench.hear(topics.GW_STATE, {"s": "ready", "epoch": EPOCH + 1})
    bench.hear(topics.DN_FACE, face(1, epoch=EPOCH + 1))
    assert bench.glass() == frame("A012")
    bench.at_ms += 10
    bench.pass_ms(240)
    assert bench.glass() == frame("A012")


def test_serving_the_called_ticket_ends_the_blinking():
    bench = ready()
    bench.hear(topics.DN_FACE, face(2))
    bench.hear(topics.DN_FACE, face(3, "serving", blink=False))
    assert not blinks(bench, 1_000)


def test_a_lost_gateway_is_said_instead_of_the_number_with_a_dot():
    bench = ready()
    bench.hear(topics.DN_FACE, face(2))
    bench.hear(topics.GW_STATE, b'{"s":"lost"}')
    assert bench.glass() == frame("TIDAK TERHUBUNG", dot=True)
    assert lamp(bench, "status") == "off"
    bench.hear(topics.GW_STATE, {"s": "ready", "epoch": EPOCH})
    assert bench.glass() == frame("A012")
    assert lamp(bench, "status") == "green"


def test_a_board_that_starts_does_not_cry_wolf():
    bench = made()
    assert bench.glass() == frame("...", dot=True)
    bench.pass_ms(7_000)
    assert bench.glass() == frame("TIDAK TERHUBUNG", dot=True)
    bench.connect()
    assert bench.glass() == frame("..."), "the gateway lives, its face is still to come"


def test_a_press_without_a_gateway_is_tried_and_fails():
    bench = ready()
    bench.hear(topics.DN_FACE, face(2))
    bench.pass_ms(2_000)
    bench.hear(topics.GW_STATE, b'{"s":"lost"}')
    assert pressed(bench, "recall")["has"] == "A012", "what its presser saw last"
    bench.pass_ms(5_000)
    assert bench.glass() == frame("GAGAL", dot=True)


def test_a_wrong_face_changes_nothing():
    bench = ready()
    wrong = (
        {"state": "sleeping"},
        {"text": 12},
        {"text": "x" * 201},
        {"text": "A\n"},
        {"blink": 1},
        {"lamp": "blue"},
        {"ticket": None},
        {"ticket": "A12345678"},
    )
    for change in wrong:
        payload = face(2)
        payload.update(change)
        before = bench.board.bad
        bench.hear(topics.DN_FACE, payload)
        assert bench.board.bad == before + 1, change
    assert bench.glass() == frame("--")


def test_an_unknown_board_says_so():
    bench = made(labels={"unknown_board": "SIAPA"})
    bench.connect()
    bench.hear(topics.DN_FACE, IDLE)
    bench.receipt(bench.events()[0], "refused", why="unknown_board")
    assert bench.glass() == frame("SIAPA")


def test_identify_shows_the_boards_id():
    bench = ready()
    bench.hear(topics.DN_CMD, {"id": "c", "name": "identify"})
    assert bench.glass() == frame("counter-01")
    assert bench.hw.lamps["park"].flashes == 1


def test_brightness_comes_from_the_settings():
    assert ready(brightness=9).hw.matrix.level == 9
