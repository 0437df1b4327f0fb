"""Why the hall did not take a board in, in words for technicians."""

from collections.abc import Mapping

from firmware.wire import words

# What a refusal means to a technician: `{board}` and `{counter}` are filled in.
_WHY = {
    words.DUPLICATE: (
        "{board} sudah terdaftar: `loket board retire {board}` dulu, atau pilih id lain",
        "{board} is registered already: `loket board retire {board}` first, or choose another id",
    ),
    words.UNKNOWN_COUNTER: (
        "tidak ada loket {counter} di berkas site: lihat [[counters]]-nya",
        "the site has no counter {counter}: look at its [[counters]]",
    ),
    words.UNKNOWN_BOARD: (
        "{board} tidak terdaftar: `loket board list` menunjukkan yang terdaftar",
        "{board} is not registered: `loket board list` shows which are",
    ),
    words.WRONG_STATE: ("{board} sekarang tidak dapat melakukannya", "{board} cannot do that now"),
    words.NOT_ALLOWED: ("ruang layanan tidak mengizinkannya", "the hall does not allow it"),
}
_ELSE = ("ruang layanan menolak: {why}", "the hall refused: {why}")


def why_refused(receipt: Mapping[str, object], board: str, counter: int | None) -> tuple[str, str]:
    """Give in words, id and en, why the hall refused a change of its register."""
    why = str(receipt.get("why") or receipt["st"])
    detail = receipt.get("detail") or receipt.get("text")
    more = f" ({detail})" if detail else ""  # the hall's own words are English
    text_id, text_en = (
        text.format(board=board, counter=counter, why=why) for text in _WHY.get(why, _ELSE)
    )
    return text_id if why in _WHY else text_id + more, text_en + more
