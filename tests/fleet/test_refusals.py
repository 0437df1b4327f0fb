"""Who was sent away is known for ten minutes, however many they are."""

from gateway.fleet.refusals import PROBE_ADDRESS, Refusals

NOW_MS = 1_795_230_000_000


def test_the_newest_comes_first_with_its_count() -> None:
    refusals = Refusals()
    for n in range(3):
        refusals.refused("192.168.1.33", NOW_MS + n)
    refusals.refused("counter-03", NOW_MS + 5)
    assert refusals.told(NOW_MS + 9) == [
        {"who": "counter-03", "n": 1, "last_ms": NOW_MS + 5},
        {"who": "192.168.1.33", "n": 3, "last_ms": NOW_MS + 2},
    ]
    assert refusals.told(NOW_MS + 700_000) == []


def test_who_was_let_in_is_forgotten_and_our_own_look_is_not_counted() -> None:
    refusals = Refusals()
    refusals.refused("counter-03", NOW_MS)
    refusals.refused(PROBE_ADDRESS, NOW_MS)
    refusals.forget("counter-03")
    refusals.forget("counter-04")
    assert refusals.told(NOW_MS) == []


def test_a_flood_from_everywhere_is_bounded() -> None:
    refusals = Refusals()
    for n in range(10_000):
        refusals.refused(f"10.0.{n // 256}.{n % 256}" + "x" * 100, NOW_MS)
    told = refusals.told(NOW_MS)
    assert len(told) == 8
    assert all(len(str(entry["who"])) <= 45 for entry in told)
    assert len(refusals._of) <= 64


def test_certificates_not_believed_are_counted() -> None:
    refusals = Refusals()
    assert refusals.told_tls(NOW_MS) is None
    for _ in range(50):
        refusals.disbelieved(NOW_MS)
    assert refusals.told_tls(NOW_MS) == {"who": "", "n": 32, "last_ms": NOW_MS}
