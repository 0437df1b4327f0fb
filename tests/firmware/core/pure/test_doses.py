from firmware.core.doses import FILE, Memory
from tests.firmware.fakes import FakePower, MemoryStore


def test_a_new_board_remembers_nothing():
    memory = Memory(MemoryStore(), FakePower(True))
    assert (memory.doses, memory.due_s, memory.pct) == (0, 0, None)
    assert not memory.level_low and not memory.battery_low and not memory.fault


def test_a_sleep_keeps_all_and_costs_no_flash():
    store, power = MemoryStore(), FakePower(True)
    memory = Memory(store, power)
    memory.doses, memory.due_s, memory.pct = 1_000_000_000, 9_999_999_999, 0
    memory.remember()
    woken = Memory(store, power)
    assert (woken.doses, woken.due_s, woken.pct) == (1_000_000_000, 9_999_999_999, 0)
    assert store.writes == []


def test_a_change_of_the_battery_keeps_what_was_told():
    store = MemoryStore()
    memory = Memory(store, FakePower(True))
    memory.doses = 7
    memory.level_low = memory.fault = True
    memory.keep()
    memory.keep()
    assert store.writes == [FILE], "only what has changed"
    memory.doses = 9  # not told yet
    memory.remember()
    changed = Memory(store, FakePower(True))
    assert (changed.doses, changed.pct) == (7, None)
    assert changed.level_low and changed.fault and not changed.battery_low


def test_the_count_never_falls():
    store, power = MemoryStore(), FakePower(True)
    power.kept = b"5 100 81"
    store.files[FILE] = b"8 0 0 0"
    assert Memory(store, power).doses == 8


def test_garbage_is_as_new():
    for data in (b"x", b"1 2", b"1 -2 3", b"1 2 3 4 5", b"\xff 1 2", b"  "):
        store, power = MemoryStore(), FakePower(True)
        store.files[FILE] = power.kept = data
        memory = Memory(store, power)
        assert (memory.doses, memory.due_s, memory.pct, memory.level_low) == (0, 0, None, False)
