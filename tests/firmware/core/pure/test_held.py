from firmware.core.held import is_held_at_start
from tests.firmware.fakes import FakeHardware


def test_who_holds_the_first_key_at_power_on_asks_for_it():
    keys = {"outer": {"pin": 1}, "recall": {"pin": 3}, "next": {"pin": 2}}

    def asked(held_ms, cause="power_on", key="next", of=keys):
        hw = FakeHardware(None, keys, ("next",), None)
        hw.power.cause = cause
        hw.buttons[key].down = True
        passed = [0]

        def sleep_ms(ms):
            passed[0] += ms
            if passed[0] >= held_ms:
                hw.buttons[key].down = False

        answer = is_held_at_start(hw, of, sleep_ms)
        return answer, passed[0], hw.lamps["next"].shows

    assert asked(6_000) == (True, 6_000, "on")
    assert asked(4_900) == (False, 4_900, "off")
    assert asked(99_000) == (False, 20_000, "on"), "stuck: it serves"
    assert asked(6_000, cause="watchdog")[:2] == (False, 0)
    assert asked(6_000, key="recall")[:2] == (False, 0)
    assert asked(6_000, key="outer")[:2] == (False, 0)
    assert asked(6_000, of={})[:2] == (False, 0)
