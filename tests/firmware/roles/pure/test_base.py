from firmware.core.ticks import NEVER
from firmware.roles.base import Role
from firmware.wire import topics
from tests.firmware.fakes import Bench, FakeHardware, FakeHost

STUCK = topics.UP_ALERT + "/key_stuck"


def made():
    host = FakeHost()
    return Bench(Role, FakeHardware(host.store, ("one", "two"), matrix=None), host)


def test_an_idle_board_does_not_watch_its_keys():
    bench = made()
    assert bench.role.keys_ms == NEVER
    bench.press("one")
    bench.pass_ms(5_000)
    assert bench.role.keys_ms == NEVER


def test_a_key_that_is_held_is_one_press_and_after_a_minute_an_alert_until_it_is_let_go():
    bench = made()
    bench.board.link_is_up(0)
    assert bench.host.take(STUCK) == [None], "whatever another life said"
    assert bench.role.edge("two", True, 0)
    bench.pass_ms(59_999)
    assert bench.host.take(STUCK) == []
    bench.pass_ms(1_001)
    (alert,) = bench.host.take(STUCK)
    assert (alert["code"], alert["part"]) == ("key_stuck", "two")
    bench.pass_ms(300_000)
    assert bench.host.take(STUCK) == [], "once"
    bench.board.link_is_up(bench.at_ms)
    assert bench.host.take(STUCK)[0]["part"] == "two", "told at every connection"
    assert not bench.role.edge("two", False, bench.at_ms)
    bench.pass_ms(1_000)
    assert bench.host.take(STUCK) == [None]
    assert bench.role.keys_ms == NEVER
    assert bench.role.edge("two", True, bench.at_ms), "it works again"


def test_a_key_that_chatters_is_an_alert_until_it_is_quiet():
    bench = made()
    for _ in range(100):
        bench.role.edge("one", True, bench.at_ms)
        bench.pass_ms(8)
        bench.role.edge("one", False, bench.at_ms)
        bench.pass_ms(8)
    (alert,) = bench.host.take(STUCK)
    assert alert["part"] == "one"
    bench.pass_ms(5_000)
    assert bench.host.take(STUCK) == [None]


def test_a_key_that_is_closed_from_the_start_is_no_press_and_after_a_minute_an_alert():
    host = FakeHost()
    hw = FakeHardware(host.store, ("one", "two"), matrix=None)
    hw.buttons["two"].down = True
    bench = Bench(Role, hw, host)
    bench.board.link_is_up(0)
    assert host.take(STUCK) == [None]
    bench.pass_ms(59_000)
    assert host.take(STUCK) == []
    bench.pass_ms(2_000)
    (alert,) = host.take(STUCK)
    assert alert["part"] == "two"
    assert not bench.role.edge("two", False, bench.at_ms)
    bench.pass_ms(1_000)
    assert host.take(STUCK) == [None]
    assert bench.role.keys_ms == NEVER
    assert bench.role.edge("two", True, bench.at_ms)
