"""Why an update waits, was refused or failed: in a word for programs, in a sentence for people."""

# Word -> Indonesian, English: what happened, and what to do.
_WHY = {
    # Why it waits.
    "hours": (
        "Menunggu sampai jam layanan selesai.",
        "Waits until service hours are over.",
    ),
    "gateway": (
        "Gateway tidak menyala, jadi papan tidak bisa mencoba apa pun; dilanjutkan begitu gateway"
        " kembali.",
        "The gateway is away, so no board can try anything; it goes on when the gateway is back.",
    ),
    "absent": (
        "Papan tidak terhubung; dilanjutkan begitu papan kembali.",
        "The board is not connected; it goes on when the board is back.",
    ),
    "busy": ("Papan sedang sibuk; dicoba lagi sebentar.", "The board is busy; tried again soon."),
    "disk": (
        "Disk komputer ini penuh atau rusak: sediakan ruang. Pembaruan dilanjutkan sendiri.",
        "This computer's disk is full or broken: make room. The update goes on by itself.",
    ),
    "release_gone": (
        "Rilis ini sudah tidak ada atau tidak sah lagi di sini.",
        "This release is no longer here, or no longer good.",
    ),
    "by_hand": ("Dihentikan oleh teknisi.", "Stopped by a technician."),
    # What a board refuses.
    "older": (
        "Papan menolak: firmware ini lebih lama dari yang sedang berjalan.",
        "The board refuses: this firmware is older than what it runs.",
    ),
    "downgrade": (
        "Firmware papan ini lebih baru dari rilis ini.",
        "This board's firmware is newer than this release.",
    ),
    "foreign": (
        "Papan menolak: ini untuk jenis papan atau chip lain.",
        "The board refuses: this is for another kind of board or chip.",
    ),
    "interpreter": (
        "MicroPython papan ini lain versi dari rilis ini. Pasang ulang dengan kabel.",
        "This board's MicroPython is of another version than the release. Flash it over the cable.",
    ),
    "bad_mac": (
        "Papan menolak: kunci pembaruannya berbeda. Pasang ulang dengan kabel.",
        "The board refuses: its update key differs. Flash it over the cable.",
    ),
    "bad_manifest": (
        "Papan menolak: daftar berkas rilis ini tidak dimengerti.",
        "The board refuses: it does not understand this release's list of files.",
    ),
    "retained": (
        "Papan menolak tawaran yang tersimpan di broker.",
        "The board refuses an offer that the broker kept.",
    ),
    "no_space": (
        "Memori flash papan tidak cukup.",
        "There is no room on the board's flash.",
    ),
    "no_memory": (
        "Memori papan tidak cukup untuk pembaruan. Mulai ulang papan, lalu coba lagi.",
        "The board has too little memory for an update. Restart it, then try again.",
    ),
    "flash": (
        "Flash papan tidak mau ditulisi. Ganti papan.",
        "The board's flash takes nothing any more. Replace the board.",
    ),
    "error": (
        "Ada kesalahan di firmware papan; lihat log-nya.",
        "A fault in the board's firmware; see its log.",
    ),
    # What came of it.
    "no_answer": (
        "Papan terhubung tetapi tidak menjawab tawaran. Mulai ulang papan, lalu coba lagi.",
        "The board is connected but does not answer the offer. Restart it, then try again.",
    ),
    "unheard": (
        "Papan ini terlalu singkat menyala untuk menjawab. Perbarui dengan kabel.",
        "This board is awake too short a time to answer. Update it over the cable.",
    ),
    "stuck": (
        "Pengiriman berhenti di tengah jalan. Periksa sinyal atau kabel papan, lalu coba lagi.",
        "The transfer stopped midway. Look at the board's signal or cable, then try again.",
    ),
    "endless": (
        "Papan memuat satu jam tanpa selesai. Periksa sinyalnya, atau pasang dengan kabel.",
        "The board loaded for an hour and did not finish. Look at its signal, or flash it over the"
        " cable.",
    ),
    "unknown": (
        "Papan meminta berkas yang tidak ada di sini.",
        "The board asked for a file that is not here.",
    ),
    "garbled": (
        "Kiriman rusak di jalan. Periksa sinyal atau kabel papan, lalu coba lagi.",
        "What was sent arrived broken. Look at the board's signal or cable, then try again.",
    ),
    "hash": (
        "Berkas tidak utuh setelah ditulis tiga kali. Flash papan mungkin rusak.",
        "A file was not whole after it was written three times. The board's flash may be worn.",
    ),
    "no_restart": (
        "Papan sudah menerima semuanya tetapi tidak mulai ulang.",
        "The board has all of it but did not restart.",
    ),
    "no_outcome": (
        "Papan tidak mengatakan hasilnya. Periksa papan ini.",
        "The board does not say what came of it. Look at this board.",
    ),
    "not_back": (
        "Papan tidak kembali setelah mulai ulang. Periksa papan ini.",
        "The board did not come back after its restart. Look at this board.",
    ),
    "no_key": (
        "Kunci pembaruan papan ini tidak ada di sini. Pasang ulang dengan kabel.",
        "This board's update key is not here. Flash it over the cable.",
    ),
    "not_for": (
        "Rilis ini tidak berisi firmware untuk papan ini.",
        "This release has no firmware for this board.",
    ),
    "unknown_chip": (
        "Papan ini belum pernah menyebut chip-nya. Pasang firmware dengan kabel.",
        "This board never said which chip it has. Flash it over the cable.",
    ),
    "wired": (
        "Papan ini lewat kabel data: tidak memakai Wi-Fi atau alamat broker, jadi tidak perlu.",
        "This board is on a cable: it has no use for Wi-Fi or a broker's address.",
    ),
    "unknown_board": ("Papan ini tidak terdaftar.", "This board is not registered."),
    "crash": (
        "Firmware baru berhenti sendiri; papan kembali ke yang lama.",
        "The new firmware crashed; the board is back on the old one.",
    ),
    "no_hello": (
        "Papan tidak tersambung dalam 120 detik; papan kembali ke yang lama.",
        "The board did not get through within 120 s; it is back on the old one.",
    ),
}


def in_words(why: str) -> dict[str, object]:
    """Give `why` with its texts; of a word that is not known here, the word itself."""
    if not why:
        return {"why": ""}
    text_id, text_en = _WHY.get(why, (why, why))
    return {"why": why, "why_id": text_id, "why_en": text_en}
