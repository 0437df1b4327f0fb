from boards.virtual.glass import frame
from firmware.roles.ticket import Ticket
from firmware.wire import topics
from tests.firmware.fakes import EPOCH, Bench, FakeHardware, FakeHost, FakePrinter

MICROPYTHON_HEAP_KB = 192  # this file is compiled there, too
KEYS = ("queue1", "queue2", "queue3", "priority")


def ready(printer=False, **config):
    host = FakeHost()
    hw = FakeHardware(host.store, KEYS, KEYS)
    if printer:
        hw.printer = FakePrinter()
    bench = Bench(Ticket, hw, host)
    settings = {"rev": 1, "queues": ["A", "B"]}
    settings.update(config)
    bench.hear(topics.DN_CONFIG, settings)
    bench.connect()
    bench.hear(topics.DN_FACE, face(1, A=True, B=False))
    bench.pass_ms(0)
    bench.receipt(bench.events()[0])
    bench.host.sent = []
    return bench


def face(rev, **is_open):
    queues = [{"q": q, "open": is_open[q], "waiting": 4} for q in is_open]
    return {"epoch": EPOCH, "rev": rev, "queues": queues}


def lamps(bench):
    return [bench.hw.lamps[key].shows for key in KEYS]


def pressed(bench, key):
    bench.press(key)
    events = bench.events()
    assert len(events) == 1, events
    return events[0]


def test_keys_of_open_queues_are_lit():
    bench = ready()
    assert lamps(bench) == ["on", "off", "off", "off"]
    assert bench.glass() == frame("AMBIL")
    bench.hear(topics.DN_FACE, face(2, A=False, B=False))
    assert lamps(bench) == ["off", "off", "off", "off"]
    assert bench.glass() == frame("TUTUP")
    bench.hear(topics.DN_CONFIG, {"rev": 2, "queues": ["B", "A"], "labels": {"closed": "NUTUP"}})
    assert bench.glass() == frame("NUTUP")


def test_a_key_takes_a_number_of_its_queue_and_shows_it():
    bench = ready()
    event = pressed(bench, "queue1")
    assert (event["ev"], event["queue"], "class" in event) == ("take", "A", False)
    assert lamps(bench)[0] == "blink"
    bench.receipt(event, ticket="A001", queue="A", ahead=4, wait_s=[60, 120])
    assert bench.glass() == frame("A001")
    assert lamps(bench)[0] == "on"
    bench.hear(topics.DN_FACE, face(2, A=True, B=True))
    assert bench.glass() == frame("A001"), "others come and go, the number stays"
    bench.beat()
    bench.pass_ms(4_000)
    bench.beat()
    bench.pass_ms(4_000)
    assert bench.glass() == frame("AMBIL")
    assert bench.events() == [], "without a printer there is no paper to report"


def test_a_key_without_a_queue_flashes():
    bench = ready()
    bench.press("queue3")
    assert bench.events() == []
    assert bench.hw.lamps["queue3"].flashes == 1


def test_the_priority_key_makes_the_next_number_a_priority_one():
    bench = ready()
    bench.press("priority")
    assert lamps(bench)[3] == "blink"
    assert bench.glass() == frame("PRIORITAS")
    first = pressed(bench, "queue1")
    assert first["class"] == "priority"
    assert lamps(bench)[3] == "off"
    bench.receipt(first, ticket="A001", queue="A")
    assert "class" not in pressed(bench, "queue1"), "only the next one"


def test_priority_lapses_and_can_be_taken_back():
    bench = ready()
    bench.press("priority")
    for _ in range(3):
        bench.beat()
        bench.pass_ms(3_500)
    assert lamps(bench)[3] == "off"
    assert bench.glass() == frame("AMBIL")
    bench.press("priority")
    bench.press("priority")
    assert bench.glass() == frame("AMBIL")
    assert "class" not in pressed(bench, "queue1")


def test_a_refusal_is_shown_and_a_text_goes_first():
    bench = ready(labels={"quota_reached": "HABIS"})
    bench.receipt(pressed(bench, "queue1"), "refused", why="quota_reached")
    assert bench.glass() == frame("HABIS")
    bench.receipt(pressed(bench, "queue2"), "refused", why="walk_in_closed", text="DARING")
    assert bench.glass() == frame("DARING")
    assert lamps(bench)[0] == "on"


def test_no_gateway_is_shown_and_a_press_fails():
    bench = ready()
    bench.hear(topics.GW_STATE, b'{"s":"lost"}')
    assert bench.glass() == frame("TIDAK TERHUBUNG", dot=True)
    assert lamps(bench) == ["off", "off", "off", "off"]
    bench.press("queue1")
    assert bench.events() == [], "nobody would hear"
    assert bench.hw.lamps["queue1"].flashes == 1
    assert bench.glass() == frame("TIDAK TERHUBUNG", dot=True)


def test_a_press_without_an_answer_fails():
    bench = ready()
    bench.press("queue1")
    bench.beat()
    bench.pass_ms(2_500)
    assert lamps(bench)[0] == "blink"
    bench.beat()
    bench.pass_ms(2_500)
    assert bench.glass() == frame("GAGAL")
    assert lamps(bench)[0] == "on"


def test_a_number_counts_once_its_paper_is_out():
    bench = ready(printer=True)
    assert bench.role.caps == ("printer",)
    bench.receipt(pressed(bench, "queue1"), ticket="A001", queue="A", ahead=4, wait_s=[60, 120])
    assert bench.events() == [], "not yet"
    bench.press("queue1")
    bench.press("queue2")
    assert bench.events() == [], "nor another one as long as it prints"
    slip = bench.hw.printer.finish(True, bench.at_ms)
    assert slip["ticket"] == "A001"
    assert slip["lines"] == ["4 di depan Anda", "kira-kira 1-2 menit"]
    bench.pass_ms(0)
    (paper,) = bench.events()
    assert (paper["ev"], paper["ticket"], paper["ok"]) == ("paper", "A001", True)
    bench.receipt(paper, ticket="A001")
    bench.pass_ms(0)
    assert len(bench.board.outbox) == 0


def test_a_repeated_receipt_prints_nothing_twice():
    bench = ready(printer=True)
    event = pressed(bench, "queue1")
    bench.receipt(event, ticket="A001")
    bench.receipt(event, ticket="A001")
    assert len(bench.hw.printer.slips) == 1


def test_without_paper_no_number_is_taken_and_everybody_knows():
    bench = ready(printer=True)
    bench.receipt(pressed(bench, "queue1"), ticket="A001")
    bench.pass_ms(300)
    bench.hw.printer.be("paper_out", bench.at_ms)
    bench.hw.printer.finish(False, bench.at_ms)
    bench.pass_ms(0)
    (fact,) = bench.events()
    assert fact["ok"] is False
    bench.receipt(fact, ticket="A001")
    assert bench.glass() == frame("A001 BATAL - KERTAS HABIS"), "that number is nobody's"
    assert lamps(bench) == ["off", "off", "off", "off"]
    (alert,) = bench.host.take(topics.UP_ALERT + "/paper_out")
    assert alert["code"] == "paper_out"
    bench.press("queue1")
    assert bench.events() == []
    bench.hw.printer.be("ready", bench.at_ms)
    bench.hw.printer.be("ready", bench.at_ms)
    assert bench.host.take(topics.UP_ALERT + "/paper_out") == [None], "cleared, once"
    assert lamps(bench)[0] == "on"
    assert pressed(bench, "queue1")["ev"] == "take"


def test_every_trouble_of_the_printer_is_shown_and_told():
    bench = ready(printer=True, labels={"cover_open": "BUKA"})
    shown = (
        ("paper_low", "paper_low", "AMBIL"),
        ("cover_open", "cover_open", "BUKA"),
        ("silent", "printer_silent", "PRINTER MATI"),
        ("paper_out", "paper_out", "KERTAS HABIS"),
    )
    for state, code, text in shown:
        bench.hw.printer.be(state, bench.at_ms)
        assert bench.glass() == frame(text), state
        (alert,) = bench.host.take(topics.UP_ALERT + "/" + code)
        assert (alert["code"], alert["since_ms"]) == (code, bench.at_ms)
        assert (lamps(bench)[0] == "on") == (state == "paper_low")
        bench.pass_ms(100)
        bench.hw.printer.be("ready", bench.at_ms)
        assert bench.host.take(topics.UP_ALERT + "/" + code) == [None]
        assert bench.glass() == frame("AMBIL")
        bench.beat()


def test_troubles_are_told_again_at_every_connection_and_that_the_others_are_none():
    bench = ready(printer=True)
    bench.hw.printer.be("paper_out", bench.at_ms)
    bench.pass_ms(500)
    bench.host.sent = []
    bench.board.link_is_down(bench.at_ms)
    bench.board.link_is_up(bench.at_ms)
    (alert,) = bench.host.take(topics.UP_ALERT + "/paper_out")
    assert alert["code"] == "paper_out"
    for code in ("paper_low", "cover_open", "printer_silent", "not_leased"):
        assert bench.host.take(topics.UP_ALERT + "/" + code) == [None], code


def test_a_printer_that_only_failed_is_tried_again():
    bench = ready(printer=True)
    bench.receipt(pressed(bench, "queue1"), ticket="A001")
    bench.hw.printer.finish(False, bench.at_ms)
    assert bench.glass() == frame("A001 BATAL - GAGAL")
    bench.events()
    bench.press("queue1")
    assert "take" in [event["ev"] for event in bench.events()]


def test_the_slip_says_what_the_config_says():
    bench = ready(
        printer=True,
        head="MPP Contoh",
        names={"A": "Kependudukan"},
        url="https://mpp.example/t/{ticket}",
        foot="Terima kasih.",
        utc_offset_min=420,
    )
    bench.beat()
    bench.press("priority")
    bench.receipt(pressed(bench, "queue1"), ticket="A001", queue="A", ahead=0)
    slip = bench.hw.printer.finish(True, bench.at_ms)
    assert slip == {
        "ticket": "A001",
        "head": "MPP Contoh",
        "lines": ["Kependudukan", "Prioritas", "15-11-2023 05.13", "0 di depan Anda"],
        "qr": "https://mpp.example/t/A001",
        "foot": "Terima kasih.",
    }


def test_a_wrong_config_changes_nothing():
    bench = ready(printer=True, foot="Terima kasih.")
    before = bench.board.bad
    bench.hear(topics.DN_CONFIG, {"rev": 2, "queues": ["B"], "foot": 3})
    assert bench.board.bad == before + 1
    event = pressed(bench, "queue1")
    assert event["queue"] == "A"
    bench.receipt(event, ticket="A001", queue="A")
    assert bench.hw.printer.finish(True, bench.at_ms)["foot"] == "Terima kasih."


def test_a_wrong_face_or_receipt_changes_nothing():
    bench = ready(printer=True)
    wrong: "tuple[dict[str, object], ...]" = (
        {"queues": {}},
        {"queues": [1]},
        {"queues": [{"q": "A", "open": 1, "waiting": 4}]},
        {"queues": [{"q": "A", "open": True}]},
        {"queues": [{"q": "ABCD", "open": True, "waiting": 4}]},
        {"queues": [{"q": "A", "open": True, "waiting": 0}] * 17},
    )
    for change in wrong:
        payload: "dict[str, object]" = {"epoch": EPOCH, "rev": 9}
        payload.update(change)
        before = bench.board.bad
        bench.hear(topics.DN_FACE, payload)
        assert bench.board.bad == before + 1, change
    before = bench.board.bad
    bench.receipt(pressed(bench, "queue1"), ticket=12)
    assert bench.board.bad == before + 1
    assert bench.hw.printer.slips == []
    assert pressed(bench, "queue1")["ev"] == "take", "the order is settled all the same"


def test_a_slip_for_which_there_is_no_memory_is_void_and_the_next_one_prints():
    def full(slip, done):
        raise MemoryError

    bench = ready(printer=True)
    prints = bench.hw.printer.print
    bench.hw.printer.print = full
    bench.receipt(pressed(bench, "queue1"), ticket="A001", queue="A")
    bench.pass_ms(0)
    (paper,) = bench.events()
    assert (paper["ev"], paper["ticket"], paper["ok"]) == ("paper", "A001", False)
    assert bench.role.display.sign.text == "A001 BATAL - GAGAL"
    bench.receipt(paper)
    bench.hw.printer.print = prints
    assert pressed(bench, "queue1")["ev"] == "take"
