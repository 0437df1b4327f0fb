"""What `flash` says when it cannot go on: what happened, what it means, what to do; id and en."""

from typing import NamedTuple


class FlashError(Exception):
    """Why a board could not be made ready: `code` is a word, the texts are for people."""

    def __init__(
        self, code: str, text_id: str, text_en: str, next_id: str = "", next_en: str = ""
    ) -> None:
        super().__init__(f"{text_en} {next_en}".strip())
        self.code = code
        self.text_id = text_id
        self.text_en = text_en
        self.next_id = next_id
        self.next_en = next_en


class _Said(NamedTuple):
    text_id: str
    text_en: str
    next_id: str
    next_en: str


_AGAIN_ID = "Pasang lagi kabelnya, lalu jalankan perintah yang sama: yang sudah ditulis tetap ada."
_AGAIN_EN = "Plug it in again and give the same command: what was written stays."

_SAID = {
    "no_port": _Said(
        "Tidak ada papan di port USB mana pun.",
        "There is no board at any USB port.",
        "Periksa kabelnya: banyak kabel hanya mengisi daya dan tidak membawa data. Coba kabel"
        " lain, colokkan langsung ke komputer ini, atau sebutkan port dengan --port.",
        "Check the cable: many only charge and carry no data. Try another cable, plug it straight"
        " into this computer, or name the port with --port.",
    ),
    "several_ports": _Said(
        "Ada beberapa papan: {ports}.",
        "There are several boards: {ports}.",
        "Sebutkan yang mana dengan --port, atau cabut yang lain.",
        "Say which with --port, or unplug the others.",
    ),
    "not_there": _Said(
        "Port {port} tidak ada di komputer ini.",
        "This computer has no port {port}.",
        "Colokkan papannya, atau sebutkan port yang ada: {ports_id}.",
        "Plug the board in, or name a port that is there: {ports_en}.",
    ),
    "gone": _Said(
        "Port {port} hilang: kabelnya tercabut atau papannya mati.",
        "The port {port} is gone: the cable was pulled out or the board lost its power.",
        _AGAIN_ID,
        _AGAIN_EN,
    ),
    "no_permission": _Said(
        "Komputer ini tidak mengizinkan Anda membuka {port}.",
        "This computer does not let you open {port}.",
        "Jalankan `sudo usermod -aG {group} $USER`, lalu keluar dan masuk lagi.",
        "Run `sudo usermod -aG {group} $USER`, then log out and in again.",
    ),
    "taken": _Said(
        "Port {port} sedang dipakai program lain: {by}.",
        "Another program has the port {port}: {by}.",
        "Tutup program itu, lalu ulangi.",
        "Close that program, then try again.",
    ),
    "claimed": _Said(
        "Papan di {port} sedang dikerjakan oleh {by}.",
        "The board at {port} is being worked on by {by}.",
        "Tunggu sampai selesai, atau hentikan di sana.",
        "Wait until that is done, or stop it there.",
    ),
    "hangs": _Said(
        "Papan di {port} tidak menjawab: programnya berputar terus, atau ini bukan MicroPython.",
        "The board at {port} does not answer: its program hangs, or it has no MicroPython.",
        "Tekan RESET pada papan atau cabut dan pasang lagi kabelnya. Kalau tetap diam, papan ini"
        " perlu MicroPython: tambahkan --interpreter BERKAS.",
        "Press RESET on the board, or unplug it and plug it in again. If it stays silent it needs"
        " MicroPython: add --interpreter FILE.",
    ),
    "garbage": _Said(
        "Jawaban papan di {port} rusak berkali-kali.",
        "What the board at {port} answers was garbled again and again.",
        "Kabel atau hub-nya buruk: coba kabel lain yang lebih pendek, tanpa hub.",
        "The cable or the hub is bad: try another, shorter cable, and no hub.",
    ),
    "too_old": _Said(
        "Papan ini memakai MicroPython {has}; yang diperlukan {needs} atau lebih baru.",
        "This board has MicroPython {has}; {needs} or newer is needed.",
        "Unduh MicroPython untuk {chip} dari micropython.org/download, lalu tambahkan"
        " --interpreter BERKAS{ending}.",
        "Get MicroPython for {chip} from micropython.org/download, then add"
        " --interpreter FILE{ending}.",
    ),
    "wrong_mpy": _Said(
        "MicroPython {has} di papan ini membaca berkas .mpy versi {mpy}; firmware ini versi"
        " {needs}.",
        "MicroPython {has} on this board reads .mpy files of version {mpy}; this firmware has"
        " version {needs}.",
        "Pasang MicroPython {least} atau lebih baru untuk {chip}: --interpreter BERKAS{ending}.",
        "Put MicroPython {least} or newer for {chip} on it: --interpreter FILE{ending}.",
    ),
    "wrong_chip": _Said(
        "Papan ini {has}, sedangkan jenis {kind} memakai {needs}.",
        "This board is a {has}, and the kind {kind} is built on a {needs}.",
        "Pakai modul yang benar, atau pilih jenis lain dengan --kind.",
        "Take the right module, or choose another kind with --kind.",
    ),
    "no_firmware_for": _Said(
        "Tidak ada firmware untuk chip {chip}.",
        "There is no firmware for the chip {chip}.",
        "Loket berjalan di Raspberry Pi Pico (W, 2, 2 W) dan ESP32.",
        "Loket runs on Raspberry Pi Pico (W, 2, 2 W) and ESP32.",
    ),
    "bad_kind": _Said(
        "Jenis papan tidak dapat dipakai: {why}",
        "The kind of board cannot be used: {why}",
        "Lihat daftar jenis dengan `loket boards check`.",
        "See the kinds with `loket boards check`.",
    ),
    "no_build": _Said(
        "Firmware tidak dapat disiapkan: {why}",
        "The firmware cannot be made ready: {why}",
        "Pakai rilis jadi, atau jalankan `make setup` di komputer yang punya mpy-cross.",
        "Take a ready-made release, or run `make setup` on a computer that has mpy-cross.",
    ),
    "no_wifi": _Said(
        "Papan ini memakai Wi-Fi, dan jaringan Wi-Fi belum disebutkan.",
        "This board uses Wi-Fi, and no network was named.",
        "Tambahkan --wifi SSID; dengan --keep jaringan itu diingat untuk papan berikutnya.",
        "Add --wifi SSID; with --keep it is remembered for the next boards.",
    ),
    "loopback": _Said(
        "Broker hanya mendengar di {host}: papan lewat Wi-Fi tidak dapat mencapainya.",
        "The broker listens at {host} only: a board on Wi-Fi cannot reach it.",
        "Buka ruang layanan dengan `loket run --mqtt-listen ALAMAT`, atau sebutkan --host.",
        "Open the hall with `loket run --mqtt-listen ADDRESS`, or give --host.",
    ),
    "no_ca": _Said(
        "Broker memakai TLS, dan sertifikat penandatangannya tidak diketahui: {why}",
        "The broker uses TLS, and the certificate that signed it is not known: {why}",
        "Sebutkan berkasnya dengan --ca BERKAS (PEM atau DER).",
        "Name its file with --ca FILE (PEM or DER).",
    ),
    "full": _Said(
        "Flash papan ini penuh: kurang {kb} KB.",
        "The board's flash is full: {kb} KB are missing.",
        "Berkas lain di sana memakai {others_kb} KB. Hapus semuanya dengan --erase.",
        "Other files on it take {others_kb} KB. Delete them all with --erase.",
    ),
    "not_verified": _Said(
        "{path} tidak terbaca kembali seperti yang ditulis, tiga kali.",
        "{path} did not read back as it was written, three times.",
        "Coba kabel lain. Kalau terulang, flash modul ini rusak: pakai modul lain.",
        "Try another cable. If it happens again the module's flash is broken: take another one.",
    ),
    "board_error": _Said(
        "Papan melaporkan kesalahan: {why}",
        "The board reports an error: {why}",
        "Jalankan perintah yang sama sekali lagi; kalau terulang, tambahkan --erase.",
        "Give the same command once more; if it happens again, add --erase.",
    ),
    "not_serial": _Said(
        "{port} bukan port serial.",
        "{port} is no serial port.",
        "Sebutkan port papannya, misalnya /dev/ttyACM0.",
        "Name the board's port, such as /dev/ttyACM0.",
    ),
    "other_board": _Said(
        "Di port ini ada {has}, papan ruang layanan ini: tidak dijadikan {board}.",
        "The board at this port is {has}, one of this hall's: it is not made {board}.",
        "Kalau memang itu maksudnya: `loket board flash {board} --port PORT`.",
        "If that is meant: `loket board flash {board} --port PORT`.",
    ),
    "overtaken": _Said(
        "Papan lain dijadikan {board} pada saat yang sama; rahasia papan ini tidak berlaku lagi.",
        "Another board was made {board} at the same time; this one's secret is good no longer.",
        "Beri papan ini id lain, atau jalankan perintah yang sama sekali lagi.",
        "Give this board another id, or give the same command once more.",
    ),
    "hall": _Said(
        "Ruang layanan tidak dapat ditanya: {why}",
        "The hall cannot be asked: {why}",
        "Lihat log/gateway.log di folder ruang layanan, lalu ulangi.",
        "Look at log/gateway.log in the hall's folder, then try again.",
    ),
    "fault": _Said(
        "Terjadi kesalahan yang tidak terduga: {why}",
        "Something happened that nobody expected: {why}",
        "Jalankan perintah yang sama sekali lagi; kalau terulang, laporkan baris ini.",
        "Give the same command once more; if it happens again, report this line.",
    ),
    "refused": _Said(
        "Ruang layanan menolak mendaftarkan {board}: {why_id}",
        "The hall refused to register {board}: {why_en}",
        "Lihat `loket board list`.",
        "See `loket board list`.",
    ),
    "not_ready": _Said(
        "{board} sudah ditulis, tetapi belum menyapa ruang layanan dalam {within_s} detik."
        "{heard_id}",
        "{board} is written, but has not greeted the hall within {within_s} s.{heard_en}",
        "Cari sebabnya dengan `loket board doctor {board}`.",
        "Find out why with `loket board doctor {board}`.",
    ),
    "stopped": _Said(
        "Dihentikan.",
        "Stopped.",
        "Jalankan perintah yang sama untuk melanjutkan.",
        "Give the same command to go on.",
    ),
    "bad_file": _Said(
        "{file} tidak dapat dipakai: {why_id}.",
        "{file} cannot be used: {why_en}.",
        "Unduh berkas MicroPython untuk {chip} dari micropython.org/download.",
        "Get the MicroPython file for {chip} from micropython.org/download.",
    ),
    "no_drive": _Said(
        "Tidak ada drive {drives}: papan tidak sedang menunggu MicroPython.",
        "There is no drive {drives}: the board is not waiting for MicroPython.",
        "Cabut papan, tahan tombol BOOTSEL, pasang lagi kabelnya sambil menahan, lalu ulangi."
        " Kalau drive-nya ada di tempat lain: --drive FOLDER.",
        "Unplug the board, hold its BOOTSEL button, plug it in while holding it, then try again."
        " If the drive is somewhere else: --drive FOLDER.",
    ),
    "several_drives": _Said(
        "Ada beberapa drive papan: {drives}.",
        "There are several boards' drives: {drives}.",
        "Sebutkan yang mana dengan --drive.",
        "Say which with --drive.",
    ),
    "drive_failed": _Said(
        "{file} tidak dapat disalin ke {drive}: {why}",
        "{file} cannot be copied to {drive}: {why}",
        "Cabut papan, tahan BOOTSEL sambil memasangnya lagi, lalu ulangi.",
        "Unplug the board, hold BOOTSEL while plugging it in again, then try again.",
    ),
    "no_esptool": _Said(
        "MicroPython untuk ESP32 ditulis oleh esptool, dan esptool tidak ada.",
        "MicroPython for an ESP32 is written by esptool, and esptool is not there.",
        "Pasang sekali: {install}",
        "Get it, once: {install}",
    ),
    "esptool_failed": _Said(
        "esptool gagal: {why}",
        "esptool failed: {why}",
        "Tahan tombol BOOT pada papan, tekan sebentar EN, lepaskan BOOT, lalu ulangi.",
        "Hold the board's BOOT button, press EN for a moment, release BOOT, then try again.",
    ),
    "not_back": _Said(
        "Papan tidak kembali dalam {within_s} detik setelah MicroPython ditulis.",
        "The board did not come back within {within_s} s after MicroPython was written.",
        "Cabut dan pasang lagi kabelnya, lalu jalankan tanpa --interpreter.",
        "Unplug it and plug it in again, then give the command without --interpreter.",
    ),
}


def flash_error(code: str, **fields: object) -> FlashError:
    """Give the error of this code, its words filled in; KeyError for an unknown code."""
    said = _SAID[code]
    return FlashError(code, *(text.format(**fields) for text in said))


# What a step is called while it is under way.
STEPS = {
    "port": ("membuka port", "opening the port"),
    "interpreter": ("menulis MicroPython", "writing MicroPython"),
    "recognise": ("mengenali papan", "recognising the board"),
    "register": ("mendaftarkan", "registering"),
    "files": ("menulis firmware", "writing the firmware"),
    "settings": ("menulis setelan", "writing the settings"),
    "restart": ("memulai ulang", "restarting"),
    "hello": ("menunggu sapaan pertama", "waiting for its first hello"),
}
# What a person is asked to do meanwhile.
PLEASE = {
    "reset": (
        "Papan tidak menjawab. Tekan RESET, atau cabut dan pasang lagi kabelnya. Menunggu ...",
        "The board does not answer. Press RESET, or unplug it and plug it in again. Waiting ...",
    ),
    "bootsel": (
        "Tahan tombol BOOTSEL sambil memasang kabelnya. Menunggu drive-nya ...",
        "Hold the BOOTSEL button while plugging the board in. Waiting for its drive ...",
    ),
}
