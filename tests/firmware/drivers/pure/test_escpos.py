from firmware.drivers.escpos import ASK_PAPER, has_paper, slip_bytes


def test_a_slip_has_the_number_large_and_who_is_ahead():
    slip = {"ticket": "A012", "queue": "A", "ahead": 4, "wait_s": [300, 610]}
    assert slip_bytes(slip) == (
        b"\x1b@\x1ba\x01"
        b"\x1d!\x33A012\n\x1d!\x00"
        b"4 di depan Anda\nkira-kira 5-11 menit\nSilakan menunggu panggilan.\n"
        b"\x1bd\x04\x1dV\x01"
    ), slip_bytes(slip)


def test_a_wait_from_nothing_on_is_told_by_its_end():
    slip = slip_bytes({"ticket": "A012", "ahead": 1, "wait_s": [0, 420]})
    assert b"kira-kira sampai 7 menit\n" in slip


def test_what_is_not_known_is_not_printed():
    assert b"A012\n\x1d!\x00Silakan" in slip_bytes({"ticket": "A012"})
    assert b"0 di depan" in slip_bytes({"ticket": "A012", "ahead": 0, "wait_s": None})


def test_paper_is_there_only_if_the_printer_says_so():
    assert ASK_PAPER == b"\x10\x04\x04"
    assert has_paper(b"\x12")
    assert has_paper(b"\x1e"), "near its end is not at its end"
    assert not has_paper(b"\x72")
    assert not has_paper(b"\x7e")
    assert not has_paper(b"")
    assert not has_paper(None)
    assert not has_paper(b"\x00"), "noise is no answer"
    assert not has_paper(b"\xff")
