import json

from firmware.roles.base import Role
from firmware.wire import topics, words
from tests.firmware.fakes import BOOT, EPOCH, Bench, FakeHost, MemoryStore

ABOUT, ACK, EVENT, FACE = topics.UP_ABOUT, topics.UP_ACK, topics.UP_EVENT, topics.UP_FACE


class Notes(Role):
    """A role that notes what it is told."""

    def __init__(self, board, hw):
        Role.__init__(self, board, hw)
        self.told = []

    def face(self, face, now_ms):
        self.told.append(("face", face["epoch"], face["rev"]))

    def away(self, status, now_ms):
        self.told.append(("away", status))

    def receipt(self, name, st, why, receipt, now_ms):
        self.told.append(("receipt", name, st, why))

    def failed(self, name, now_ms):
        self.told.append(("failed", name))

    def greeted(self, st, why, now_ms):
        self.told.append(("greeted", st))

    def configured(self, now_ms):
        self.told.append(("configured", self.board.config.rev))

    def identify(self, now_ms):
        self.told.append(("identify",))

    def news(self):
        told, self.told = self.told, []
        return told


def connected():
    bench = Bench(Notes)
    bench.connect()
    bench.role.news()
    bench.host.sent = []
    return bench


def test_a_board_says_who_it_is_and_then_that_it_is_ready():
    bench = Bench(Notes)
    bench.board.link_is_up(0)
    leaves = [entry[0] for entry in bench.host.sent]
    assert leaves == [ABOUT, EVENT, topics.UP_STATE], leaves
    assert bench.host.sent[0][2:] == (1, True)
    (hello,) = bench.events()
    assert hello == {"ev": "hello", "boot": BOOT, "seq": 1, "t_ms": 0}, hello
    (state,) = bench.host.take(topics.UP_STATE)
    assert state == {"s": "ready", "boot": BOOT}
    assert bench.host.lives == ["ready"]
    bench.pass_ms(0)
    (health,) = bench.host.take(topics.UP_HEALTH)
    assert health["boot"] == BOOT
    assert health["free_bytes"] == 50_000
    assert (health["reconnects"], health["dropped"], health["bad"]) == (0, 0, 0)


def test_the_will_names_this_life():
    bench = Bench(Notes)
    assert bench.board.up.state_topic == "loket/1/counter-01/up/state"
    assert json.loads(bench.board.up.state(words.LOST)) == {"s": "lost", "boot": BOOT}


def test_the_hello_is_resent_until_its_answer_and_blocks_no_order():
    bench = connected()
    bench.pass_ms(2_500)
    hellos = bench.events()
    assert [event["ev"] for event in hellos] == ["hello", "hello"]
    assert hellos[0] == hellos[1]
    assert bench.board.order("next", {}, bench.at_ms)
    bench.receipt(hellos[0])
    assert bench.role.news() == [("greeted", "accepted")]
    bench.pass_ms(3_000)
    assert [event["ev"] for event in bench.events()] == ["next"] * 4


def test_health_comes_every_thirty_seconds_with_jitter():
    for scatter, expected_ms in ((0, 27_000), (5_999, 32_999)):
        bench = connected()
        bench.host.scatters = scatter
        bench.pass_ms(0)
        bench.host.take(topics.UP_HEALTH)
        bench.pass_ms(expected_ms - 1)
        assert bench.host.take(topics.UP_HEALTH) == []
        bench.beat()
        bench.pass_ms(1)
        assert len(bench.host.take(topics.UP_HEALTH)) == 1
        assert bench.host.sent == [] or bench.host.sent[-1][2] == 1, "health goes at QoS 0"


def test_without_a_link_nothing_is_reported():
    bench = connected()
    bench.pass_ms(10)
    bench.board.link_is_down(bench.at_ms)
    bench.host.sent = []
    bench.pass_ms(120_000)
    assert bench.host.take(topics.UP_HEALTH) == []
    bench.board.link_is_up(bench.at_ms)
    bench.pass_ms(0)
    assert bench.host.take(topics.UP_HEALTH)[0]["reconnects"] == 1


def test_one_order_at_a_time_and_its_receipt_is_matched_by_boot_and_seq():
    bench = connected()
    assert bench.board.order("next", {"has": ""}, 5)
    assert not bench.board.order("recall", {"has": ""}, 6), "one is in flight"
    (event,) = bench.events()
    assert event == {"ev": "next", "boot": BOOT, "seq": 2, "t_ms": 5, "has": ""}, event
    bench.hear(topics.DN_RECEIPT, {"boot": BOOT - 1, "seq": 2, "st": "accepted"})
    bench.hear(topics.DN_RECEIPT, {"boot": BOOT, "seq": 3, "st": "accepted"})
    assert bench.role.news() == []
    bench.receipt(event, "refused", why="nobody_waiting")
    assert bench.role.news() == [("receipt", "next", "refused", "nobody_waiting")]
    assert bench.board.order("recall", {"has": ""}, 7)


def test_an_order_keeps_the_time_of_its_press_and_is_given_up_after_five_seconds():
    bench = connected()
    bench.receipt({"boot": BOOT, "seq": 1})
    bench.role.news()
    bench.pass_ms(100)
    bench.board.order("next", {}, 100)
    for _ in range(4):
        bench.beat()
        bench.pass_ms(1_500)
    sent = bench.events()
    assert len(sent) == 5, "at once and after 1, 2, 3 and 4 seconds"
    for event in sent:
        assert event == sent[0]
    assert bench.role.news() == [("failed", "next")]
    bench.receipt(sent[0])
    assert bench.role.news() == [("receipt", "next", "accepted", "")], "it still came"


def test_an_order_is_resent_at_once_when_the_link_comes_back():
    bench = connected()
    bench.board.order("next", {}, 0)
    bench.board.link_is_down(10)
    bench.host.sent = []
    bench.at_ms = 300
    bench.board.link_is_up(300)
    bench.pass_ms(0)
    assert [event["ev"] for event in bench.events()] == ["hello", "next"]


def test_a_fact_waits_for_its_receipt_across_a_restart():
    store = MemoryStore()
    bench = Bench(Notes, host=FakeHost(store))
    bench.board.fact("paper", {"ticket": "A001", "ok": True}, 0)
    assert bench.host.store.files["outbox.jsonl"]
    bench.connect()
    bench.pass_ms(0)
    (first,) = [event for event in bench.events() if event["ev"] == "paper"]
    again = Bench(Notes, host=FakeHost(store), boot=BOOT + 1)
    again.connect()
    again.pass_ms(0)
    (second,) = [event for event in again.events() if event["ev"] == "paper"]
    assert second == first, "the boot and seq it was born with"
    again.receipt(second)
    assert len(again.board.outbox) == 0
    assert store.files["outbox.jsonl"] == b""


def test_a_fact_that_nobody_answered_is_told_at_once_to_a_gateway_that_is_back():
    bench = connected()
    bench.board.fact("paper", {"ticket": "A001", "ok": True}, 0)
    bench.pass_ms(100)
    bench.hear(topics.GW_STATE, {"s": "lost"}, True)
    bench.pass_ms(100)
    told = len([event for event in bench.events() if event["ev"] == "paper"])
    assert told == 1, told
    bench.hear(topics.GW_STATE, {"s": "ready", "epoch": EPOCH + 1}, False)
    bench.pass_ms(0)
    assert [event["ev"] for event in bench.events()] == ["paper"]


def test_a_live_face_is_shown_and_then_confirmed():
    bench = connected()
    bench.at_ms = 40
    bench.hear(topics.DN_FACE, {"epoch": EPOCH, "rev": 3})
    assert bench.role.news() == [("face", EPOCH, 3)]
    assert bench.host.sent == [(FACE, {"epoch": EPOCH, "rev": 3, "t_ms": 40}, 1, True)]


def test_an_older_face_is_ignored_and_a_repeated_one_confirmed_again():
    bench = connected()
    bench.hear(topics.DN_FACE, {"epoch": EPOCH, "rev": 3})
    bench.hear(topics.DN_FACE, {"epoch": EPOCH, "rev": 2})
    assert bench.role.news() == [("face", EPOCH, 3)]
    bench.host.sent = []
    bench.hear(topics.DN_FACE, {"epoch": EPOCH, "rev": 3})
    assert [entry[0] for entry in bench.host.sent] == [FACE]


def test_a_face_of_another_epoch_is_not_live_until_its_gateway_is():
    bench = connected()
    bench.hear(topics.DN_FACE, {"epoch": EPOCH + 1, "rev": 1})
    assert bench.role.news() == []
    assert bench.host.sent == []
    bench.hear(topics.GW_STATE, {"s": "ready", "epoch": EPOCH + 1})
    assert bench.role.news() == [("face", EPOCH + 1, 1)]
    assert len(bench.host.take(FACE)) == 1


def test_no_old_number_stands_when_the_gateway_goes():
    gone = (b'{"s":"lost"}', b'{"s":"gone"}', b"")
    for payload in gone:
        bench = connected()
        bench.hear(topics.DN_FACE, {"epoch": EPOCH, "rev": 3})
        bench.role.news()
        bench.hear(topics.GW_STATE, payload)
        assert bench.role.news() == [("away", "lost")], payload
        bench.hear(topics.GW_STATE, {"s": "ready", "epoch": EPOCH})
        assert bench.role.news() == [("face", EPOCH, 3)], "it was the same gateway after all"


def test_missed_beats_take_the_face_away_and_a_beat_gives_it_back():
    bench = connected()
    bench.hear(topics.DN_FACE, {"epoch": EPOCH, "rev": 3})
    bench.role.news()
    bench.pass_ms(4_000)
    bench.beat()
    bench.pass_ms(6_400)
    assert bench.role.news() == []
    bench.pass_ms(200)
    assert bench.role.news() == [("away", "lost")]
    bench.beat()
    assert bench.role.news() == [("face", EPOCH, 3)]


def test_a_fresh_face_is_a_sign_of_life_and_a_retained_one_is_not():
    bench = connected()
    bench.pass_ms(7_000)
    bench.role.news()
    bench.hear(topics.DN_FACE, {"epoch": EPOCH, "rev": 3}, True)
    assert bench.role.news() == []
    assert bench.host.take(FACE) == [], "not on glass, not confirmed"
    bench.hear(topics.DN_FACE, {"epoch": EPOCH, "rev": 4})
    assert bench.role.news() == [("face", EPOCH, 4)]


def test_a_lost_link_takes_the_face_away():
    bench = connected()
    bench.hear(topics.DN_FACE, {"epoch": EPOCH, "rev": 3})
    bench.role.news()
    bench.board.link_is_down(10)
    assert bench.role.news() == [("away", "lost")]
    assert bench.host.lives[-1] == "lost"


def test_new_settings_are_kept_and_reported():
    store = MemoryStore()
    bench = Bench(Notes, host=FakeHost(store))
    bench.connect()
    bench.host.sent = []
    for _ in range(2):
        bench.hear(topics.DN_CONFIG, {"rev": 4, "next_lock_ms": 0}, True)
    assert store.writes == ["config.json"], "flash wears out: once is enough"
    (about,) = bench.host.take(ABOUT)
    assert about["settings_rev"] == 4
    bench.hear(topics.DN_CONFIG, b"", True)
    assert bench.board.config.rev == 4, "cleared settings stay in force"
    again = Bench(Notes, host=FakeHost(store))
    assert again.board.config.next_lock_ms == 0
    again.connect()
    assert again.host.take(ABOUT)[0]["settings_rev"] == 4


def test_kept_settings_that_cannot_be_read_are_no_obstacle():
    store = MemoryStore()
    store.files["config.json"] = b'{"rev":'
    bench = Bench(Notes, host=FakeHost(store))
    assert bench.board.config.rev == 0
    assert bench.board.bad == 1


def command(bench, retained=False, **fields):
    order = {"id": "c1", "name": "identify", "arg": {}, "boot": BOOT, "ttl_ms": 5_000}
    order.update(fields)
    bench.hear(topics.DN_CMD, order, retained)
    (ack,) = bench.host.take(ACK)
    return ack


def test_an_order_to_identify_is_done_once_and_acknowledged_each_time():
    bench = connected()
    assert command(bench) == {"id": "c1", "st": "ok"}
    assert command(bench) == {"id": "c1", "st": "ok"}
    assert bench.role.news() == [("identify",)]


def test_orders_that_may_not_be_carried_out_are_answered_with_the_reason():
    bench = connected()
    assert command(bench, True)["code"] == "retained"
    assert command(bench, boot=BOOT + 1)["code"] == "wrong_boot"
    assert command(bench, name="explode") == {
        "id": "c1",
        "st": "error",
        "code": "unknown_command",
        "detail": "explode",
    }
    assert bench.role.news() == []


GARBAGE = (
    b"\x00",
    b"{}",
    b"[]",
    b"null",
    b'"x"',
    b"{" * 200,
    b'{"a":' + b"[" * 2_000,
    b"\xff\xfe",
    b'{"epoch":',
    b"x" * 5_000,
)
RECEIPT, FACES, CONFIG, CMD = topics.DN_RECEIPT, topics.DN_FACE, topics.DN_CONFIG, topics.DN_CMD
WRONG = (
    (RECEIPT, b'{"boot":1,"seq":0,"st":"accepted"}'),
    (RECEIPT, b'{"boot":true,"seq":1,"st":"accepted"}'),
    (RECEIPT, b'{"boot":1,"seq":1,"st":"perhaps"}'),
    (RECEIPT, b'{"boot":1,"seq":1,"st":"accepted","why":7}'),
    (FACES, b'{"epoch":"7","rev":9}'),
    (FACES, b'{"epoch":7,"rev":-1}'),
    (FACES, b'{"epoch":7.5,"rev":9}'),
    (topics.GW_STATE, b'{"s":"ready"}'),
    (topics.GW_STATE, b'{"s":"ready","epoch":null}'),
    (topics.GW_STATE, b'{"s":"asleep","epoch":8}'),
    (topics.GW_BEAT, b'{"epoch":"8"}'),
    (CMD, b'{"id":7,"name":"identify"}'),
    (CMD, b'{"id":"7"}'),
    (CONFIG, b'{"rev":1,"labels":{"a":[]}}'),
    (CONFIG, b'{"rev":99999999999999999999}'),
)


def test_garbage_is_counted_and_changes_nothing():
    bench = connected()
    bench.hear(topics.DN_FACE, {"epoch": EPOCH, "rev": 3})
    bench.role.news()
    bench.host.sent = []
    wrong = list(WRONG)
    for topic in bench.board.subscriptions():
        for data in GARBAGE:
            wrong.append((topic, data))
    for topic, data in wrong:
        before = bench.board.bad
        bench.hear(topic, data)
        assert bench.board.bad == before + 1, (topic, data)
    bench.hear("dn/unheard", b"{}")
    assert bench.role.news() == []
    assert bench.host.sent == []
    assert bench.board.config.rev == 0
    bench.beat()
    bench.pass_ms(31_000)
    assert bench.host.take(topics.UP_HEALTH)[-1]["bad"] == len(wrong) + 1


def test_random_bytes_never_raise():
    bench = connected()
    seed = 12_345
    alphabet = b'{}[]":,0123456789truefalsn\\uepochrevsboot\xff '
    for _ in range(2_000):
        data = bytearray()
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
        for _ in range(seed >> 16 & 31):
            seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
            data.append(alphabet[(seed >> 16) % len(alphabet)])
        for topic in bench.board.subscriptions():
            bench.hear(topic, bytes(data))
    assert bench.board.bad > 1_000
