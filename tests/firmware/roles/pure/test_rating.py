from boards.virtual.glass import frame
from firmware.core.ticks import NEVER
from firmware.roles.rating import KEPT_MS, KEYS, THANKS_MS, Rating
from firmware.wire import topics
from tests.firmware.fakes import EPOCH, Bench, FakeBuzzer, FakeHardware, FakeHost, FakeMatrix
from tests.firmware.pure.expect import raises


def made(matrix=FakeMatrix, buzzer=True, host=None):
    host = host or FakeHost()
    hw = FakeHardware(host.store, KEYS, KEYS, matrix)
    hw.buzzer = FakeBuzzer() if buzzer else None
    bench = Bench(Rating, hw, host)
    bench.connect()
    bench.receipt(bench.events()[0])  # the hello
    return bench


def ask(bench, rev, ticket, epoch=EPOCH):
    face = {"epoch": epoch, "rev": rev, "ask": ticket != "", "ticket": ticket}
    bench.hear(topics.DN_FACE, face, True)


def lit(bench):
    return [key for key in KEYS if bench.hw.lamps[key].shows == "on"]


def live(bench, ms, epoch=EPOCH):
    for _ in range(ms // 500):
        bench.beat(epoch)
        bench.pass_ms(500)


def test_keys_are_lit_while_a_visitor_is_asked():
    bench = made()
    assert lit(bench) == []
    ask(bench, 1, "A012")
    assert lit(bench) == list(KEYS)
    assert bench.host.take(topics.UP_FACE)[-1]["rev"] == 1
    ask(bench, 2, "")
    assert lit(bench) == []
    assert bench.role.due_ms == NEVER


def test_a_press_is_a_fact_of_that_ticket_and_is_thanked():
    for i in range(4):
        bench = made()
        ask(bench, 1, "A012")
        assert bench.press(KEYS[i])
        (event,) = bench.events()
        assert (event["ev"], event["score"], event["ticket"]) == ("rate", i + 1, "A012"), event
        assert lit(bench) == [KEYS[i]]
        assert bench.hw.buzzer.played == [(120,)]
        assert bench.glass() == frame("TERIMA KASIH")
        bench.receipt(event, ticket="A012")
        ask(bench, 2, "")
        live(bench, THANKS_MS - 500)
        assert lit(bench) == [KEYS[i]], "thanked for three seconds, whatever the face says"
        live(bench, 500)
        assert lit(bench) == []
        assert bench.glass() == frame("")


def test_one_visitor_rates_once():
    bench = made()
    ask(bench, 1, "A012")
    bench.press("score4")
    bench.events()
    bench.press("score1")
    live(bench, THANKS_MS)
    ask(bench, 2, "A012")  # the fact is still on its way
    bench.press("score1")
    assert bench.events() == []
    assert bench.hw.lamps["score1"].flashes == 2
    assert lit(bench) == []
    ask(bench, 3, "A013")
    assert lit(bench) == list(KEYS)
    bench.press("score1")
    assert bench.events()[0]["ticket"] == "A013"


def test_a_number_that_comes_again_on_another_day_is_asked_again():
    bench = made()
    ask(bench, 1, "A012")
    bench.press("score4")
    ask(bench, 2, "")
    live(bench, THANKS_MS)
    ask(bench, 3, "A012")
    assert lit(bench) == list(KEYS)


def test_the_next_visitor_is_asked_as_soon_as_the_last_one_was_thanked():
    bench = made()
    ask(bench, 1, "A012")
    bench.press("score2")
    ask(bench, 2, "A013")
    assert lit(bench) == ["score2"]
    live(bench, THANKS_MS)
    assert lit(bench) == list(KEYS)
    assert bench.glass() == frame("BERI NILAI")


def test_nobody_asked_is_a_flash_and_nothing_else():
    bench = made()
    bench.press("score3")
    assert bench.events() == []
    assert bench.hw.lamps["score3"].flashes == 1
    assert bench.hw.buzzer.played == []


def test_who_stands_there_when_the_gateway_is_lost_may_still_rate_for_90_s():
    bench = made()
    ask(bench, 1, "A012")
    bench.board.link_is_down(bench.at_ms)
    assert lit(bench) == list(KEYS)
    bench.pass_ms(KEPT_MS - 300)
    bench.press("score4")
    bench.pass_ms(THANKS_MS - 200)
    assert lit(bench) == []
    assert bench.glass() == frame("TIDAK TERHUBUNG", dot=True)
    bench.press("score4")
    bench.connect()
    bench.pass_ms(0)
    rates = [event for event in bench.events() if event["ev"] == "rate"]
    assert len(rates) == 2, "given twice, as sent before and after"
    assert rates[0] == rates[1]
    assert rates[0]["ticket"] == "A012"


def test_nobody_is_asked_for_longer_without_a_gateway():
    bench = made()
    ask(bench, 1, "A012")
    bench.board.link_is_down(bench.at_ms)
    bench.pass_ms(KEPT_MS)
    assert lit(bench) == []
    bench.press("score4")
    assert bench.events() == []
    bench.connect(EPOCH + 1)
    ask(bench, 1, "A012", EPOCH + 1)
    assert lit(bench) == list(KEYS)


def test_matrix_and_buzzer_are_not_needed_and_all_four_keys_are():
    bench = made(None, False)
    ask(bench, 1, "A012")
    bench.press("score1")
    assert bench.events()[0]["score"] == 1
    assert lit(bench) == ["score1"]
    live(bench, THANKS_MS)
    assert lit(bench) == []
    bench.board.link_is_down(bench.at_ms)
    hw = FakeHardware(bench.host.store, KEYS[:3], ())
    assert "parts.keys.score4" in str(raises(ValueError, Rating, bench.board, hw))


def test_a_wrong_face_is_counted_and_changes_nothing():
    bench = made()
    ask(bench, 1, "A012")
    for fields in ({"ask": 1, "ticket": "A"}, {"ask": True, "ticket": ""}, {"ask": True}, {}):
        wrong: "dict[str, object]" = {"epoch": EPOCH, "rev": 2}
        wrong.update(fields)
        before = bench.board.bad
        bench.hear(topics.DN_FACE, wrong)
        assert bench.board.bad == before + 1, fields
    assert lit(bench) == list(KEYS)


def test_the_words_are_the_sites():
    bench = made()
    ask(bench, 1, "A012")
    bench.hear(topics.DN_CONFIG, {"rev": 2, "labels": {"rate": "NILAI", "thanks": "SIP"}})
    assert bench.glass() == frame("NILAI")
    bench.press("score4")
    assert bench.glass() == frame("SIP")
