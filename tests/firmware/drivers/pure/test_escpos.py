from firmware.drivers import escpos
from firmware.drivers.escpos import ASK_DONE, ASKS, is_done, plain, slip_bytes, state_of, wrapped

URL = "https://loket.example/t/7f3a9c"


def test_a_whole_slip_is_what_the_command_reference_says():
    slip = {
        "ticket": "A012",
        "head": "MPP Kota Contoh",
        "lines": ["Kependudukan", "4 di depan Anda", "kira-kira 5-11 menit"],
        "qr": URL,
        "foot": "Silakan menunggu panggilan.",
    }
    assert (
        slip_bytes(slip)
        == (
            b"\x1b@"  # ESC @: initialize
            b"\x1ba\x01"  # ESC a 1: centred
            b"\x1bE\x01MPP Kota Contoh\n\x1bE\x00"  # ESC E: emphasized
            b"\x1d!\x55A012\n\x1d!\x00"  # GS ! : six times as wide and as tall
            b"Kependudukan\n4 di depan Anda\nkira-kira 5-11 menit\n"
            b"\x1d\x28\x6b\x04\x00\x31\x41\x32\x00"  # GS ( k, function 165: model 2
            b"\x1d\x28\x6b\x03\x00\x31\x43\x06"  # function 167: size of a module
            b"\x1d\x28\x6b\x03\x00\x31\x45\x31"  # function 169: correction level M
            b"\x1d\x28\x6b\x21\x00\x31\x50\x30"
            + URL.encode()  # function 180: store
            + b"\x1d\x28\x6b\x03\x00\x31\x51\x30"  # function 181: print
            b"Silakan menunggu panggilan.\n"
            b"\x1bd\x04"  # ESC d: feed four lines
            b"\x1dV\x01"  # GS V: cut
            b"\x1dr\x01"  # GS r: tell when you are here
        )
    ), slip_bytes(slip)
    assert len(URL) + 3 == 0x21


def test_what_is_not_there_is_not_printed():
    assert slip_bytes({"ticket": "A012"}) == (
        b"\x1b@\x1ba\x01\x1d!\x55A012\n\x1d!\x00\x1bd\x04\x1dV\x01" + ASK_DONE
    )
    empty = {"ticket": "A012", "head": "", "lines": [], "qr": "", "foot": ""}
    assert slip_bytes(empty) == slip_bytes({"ticket": "A012"})


def test_a_long_code_says_its_length_in_two_bytes():
    assert b"\x1d(k\x03\x011P0" + b"x" * 256 + b"\x1d(k" in slip_bytes(
        {"ticket": "A1", "qr": "x" * 256}
    )


def test_the_number_is_as_large_as_the_paper_is_wide():
    for ticket, paper_mm, scale in (
        ("A012", 58, 6),
        ("A012", 80, 6),
        ("AB-0123", 58, 4),
        ("AB-0123", 80, 6),
        ("ABCD0123", 58, 4),
        ("A" * 40, 58, 1),
        ("", 58, 6),
    ):
        code = (scale - 1) * 0x11
        start = b"\x1d!" + bytes((code,)) + ticket.encode() + b"\n"
        assert start in slip_bytes({"ticket": ticket}, paper_mm), ticket
        assert scale == 1 or scale * len(ticket) <= (32 if paper_mm == 58 else 48)


def test_lines_break_between_words():
    assert wrapped("", 32) == b""
    assert wrapped("  ", 32) == b""
    assert wrapped("satu dua tiga", 13) == b"satu dua tiga\n"
    assert wrapped("satu dua tiga", 12) == b"satu dua\ntiga\n"
    assert wrapped("satu dua tiga", 4) == b"satu\ndua\ntiga\n"
    assert wrapped("abcdefghij kl", 4) == b"abcd\nefgh\nij\nkl\n"
    assert wrapped("ab abcdefgh", 4) == b"ab\nabcd\nefgh\n"
    line = "Silakan menunggu panggilan di ruang tunggu lantai dua."
    for columns in range(1, 60):
        lines = wrapped(line, columns).split(b"\n")
        assert lines.pop() == b""
        assert max([len(part) for part in lines]) <= columns, columns
        if columns >= 9:
            assert b" ".join(lines).decode() == line, columns
    assert b"tunggu lantai dua.\n" in slip_bytes({"ticket": "A1", "foot": line})
    assert b"lantai dua.\n" in slip_bytes({"ticket": "A1", "foot": line}, 80)
    assert b"tunggu lantai" not in slip_bytes({"ticket": "A1", "foot": line}, 80)


def test_texts_are_plain_ascii():
    assert plain("Loket 3 & 4") == b"Loket 3 & 4"
    assert plain("Jos\xe9 \xc5ngstr\xf6m") == b"Jose Angstrom"
    assert plain("\u201cA\u201d \u2013 \u2018b\u2019 \u2014") == b"\"A\" - 'b' -"
    assert plain("\u20ac5") == b"?5"
    assert plain("\u2026!") == b"?!"
    assert plain("\u4e2d\u6587") == b"??"
    assert plain("\U0001f600!") == b"?!"
    assert plain("\u0105x") == b"?x"
    assert plain("\xb0C") == b"?C"


def test_a_text_cannot_command_the_printer():
    assert plain("a\x1b@\x10\x14b\x7f\n") == b"a @  b  "
    got = slip_bytes({"ticket": "A\x1d1", "lines": ["x\x1dV\x00y"], "foot": "\x10\x14\x08"})
    assert got.count(b"\x1d") == 4, got
    assert b"\x00x V y\n" in got
    assert b"\x10" not in got


NONE_WRONG = (b"\x12", b"\x12", b"\x12")


def test_a_printer_is_asked_why_what_and_how_much():
    assert ASKS == (b"\x10\x04\x02", b"\x10\x04\x03", b"\x10\x04\x04")


def test_the_answers_are_a_state():
    for answers, state in (
        (NONE_WRONG, escpos.READY),
        ((b"\x12", b"\x12", b"\x1e"), escpos.PAPER_LOW),
        ((b"\x12", b"\x12", b"\x72"), escpos.PAPER_OUT),
        ((b"\x12", b"\x12", b"\x7e"), escpos.PAPER_OUT),
        ((b"\x32", b"\x12", b"\x12"), escpos.PAPER_OUT),
        ((b"\x16", b"\x12", b"\x12"), escpos.COVER_OPEN),
        ((b"\x36", b"\x12", b"\x7e"), escpos.COVER_OPEN),  # open, so without paper as well
        ((b"\x1a", b"\x12", b"\x12"), escpos.READY),  # somebody feeds paper with the button
        ((b"\x52", b"\x16", b"\x12"), escpos.COVER_OPEN),  # jam
        ((b"\x52", b"\x1a", b"\x12"), escpos.COVER_OPEN),  # cutter
        ((b"\x52", b"\x32", b"\x12"), escpos.COVER_OPEN),  # hardware
        ((b"\x52", b"\x52", b"\x12"), escpos.READY),  # a hot head: it prints once it is cool
        ((None, None, None), escpos.SILENT),
        ((b"", b"", b""), escpos.SILENT),
        ((None, None, b"\x12"), escpos.READY),  # a printer that knows only this one
        ((None, None, b"\x72"), escpos.PAPER_OUT),
        ((b"\x12", None, None), escpos.READY),
    ):
        assert state_of(answers) == state, (answers, state)


def test_noise_is_no_answer():
    for noise in (b"\x00", b"\xff", b"\x10", b"\x13", b"\x92", b"\x80\x01\x02", b"\x0c", b"\x14"):
        assert state_of((noise, noise, noise)) == escpos.SILENT, noise
    assert state_of((b"\x00\x12", b"\x11\x12", b"\x12\xff")) == escpos.READY
    assert state_of((b"\x00\x16", b"\x12", b"\x12")) == escpos.COVER_OPEN


def test_ready_and_low_print():
    assert escpos.PRINTS == (escpos.READY, escpos.PAPER_LOW)


def test_the_end_of_a_slip_answers_for_itself():
    assert is_done(b"\x00")
    assert is_done(b"\x03"), "near its end"
    assert is_done(b"\x12\x00"), "after a late answer to another question"
    assert not is_done(None)
    assert not is_done(b"")
    assert not is_done(b"\x12\x1e\x72"), "answers to ASKS, which overtake what is printing"
    assert not is_done(b"\x11\x13"), "XON, XOFF"
    assert not is_done(b"\xff\x80\x90")
