from firmware.core.slip import local_time, read_texts, slip
from firmware.wire.codec import BadPayload
from tests.firmware.pure.expect import raises

UTC_MS = 1_795_396_500_000  # 2026-11-23 01:15 UTC
TEXTS = {
    "head": "MPP Contoh",
    "names": {"A": "Kependudukan", "B": "Pajak"},
    "url": "https://mpp.example/t/{ticket}",
    "foot": "Terima kasih.",
    "utc_offset_min": 420,
}


def label(word, default):
    return default


def test_everything_that_a_visitor_wants_to_know_is_on_it():
    texts = read_texts(TEXTS)
    receipt = {"ahead": 4, "wait_s": [300, 601]}
    assert slip(texts, label, "A012", "A", True, UTC_MS, receipt) == {
        "ticket": "A012",
        "head": "MPP Contoh",
        "lines": [
            "Kependudukan",
            "Prioritas",
            "23-11-2026 08.15",
            "4 di depan Anda",
            "kira-kira 5-11 menit",
        ],
        "qr": "https://mpp.example/t/A012",
        "foot": "Terima kasih.",
    }


def test_what_is_not_known_is_not_on_it():
    assert slip(read_texts({}), label, "A012", "A", False, None, {}) == {
        "ticket": "A012",
        "head": "",
        "lines": [],
        "qr": "",
        "foot": "Silakan menunggu panggilan.",
    }
    texts = read_texts(TEXTS)
    assert slip(texts, label, "C001", "C", False, None, {"wait_s": None})["lines"] == []
    for strange in ([], [1], [1, "2"], "12", [None, None]):
        assert slip(texts, label, "C001", "C", False, None, {"wait_s": strange})["lines"] == []


def test_a_short_wait_is_told_by_its_end():
    receipt = {"ahead": 0, "wait_s": [0, 900]}
    lines = slip({}, label, "A012", "A", False, None, receipt)["lines"]
    assert lines == ["0 di depan Anda", "kira-kira sampai 15 menit"]


def test_its_words_are_the_sites():
    words = {"slip_ahead": "{n} ahead of you", "slip_priority": "Priority"}
    lines = slip({}, words.get, "A1", "A", True, None, {"ahead": 2})["lines"]
    assert lines == ["Priority", "2 ahead of you"]


def test_time_is_local_over_midnight_leap_days_and_new_year():
    for utc_ms, offset_min, text in (
        (0, 0, "01-01-1970 00.00"),
        (1_709_164_800_000, 0, "29-02-2024 00.00"),
        (1_709_164_800_000 - 60_000, 0, "28-02-2024 23.59"),
        (1_709_251_200_000 - 60_000, 0, "29-02-2024 23.59"),
        (1_767_200_400_000, 420, "01-01-2026 00.00"),
        (1_767_200_400_000 - 1, 420, "31-12-2025 23.59"),
        (1_767_200_400_000, 540, "01-01-2026 02.00"),
        (951_782_400_000, -60, "28-02-2000 23.00"),
        (4_107_542_400_000, 0, "01-03-2100 00.00"),
    ):
        assert local_time(utc_ms, offset_min) == text, (text, local_time(utc_ms, offset_min))


def test_wrong_texts_are_refused():
    wrong: "tuple[dict[str, object], ...]" = (
        {"head": 1},
        {"head": "x" * 81},
        {"url": "x" * 201},
        {"foot": "a\nb"},
        {"names": []},
        {"names": {"A": 1}},
        {"names": {"A": "x" * 81}},
        {"names": {str(n): "x" for n in range(17)}},
        {"utc_offset_min": 1_441},
        {"utc_offset_min": "420"},
    )
    for payload in wrong:
        raises(BadPayload, read_texts, payload)
