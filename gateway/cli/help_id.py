"""The help of the command line in Indonesian, by its English text; `parser` puts it in.

A text that is missing here is shown in English: tests/cli/test_help.py finds it.
"""

HELP_ID = {
    # Of all commands.
    "positional arguments": "yang disebut setelah perintah",
    "options": "pilihan",
    "show this help message and exit": "menampilkan bantuan ini",
    "language (else that of LANG)": "bahasa (kalau tidak disebut: menurut LANG)",
    "Counters, tickets and sensors of a public-service hall.": (
        "Loket, nomor antrean dan sensor ruang layanan publik."
    ),
    "ADDRESS": "ALAMAT",
    "COMMAND": "PERINTAH",
    "DATE": "TANGGAL",
    "DEAD": "MATI",
    "EVENT": "PERISTIWA",
    "FIELD=VALUE": "BIDANG=NILAI",
    "FILE": "BERKAS",
    "FOLDER": "FOLDER",
    "ID": "ID",
    "ID,ID": "ID,ID",
    "IDS": "ID,ID",
    "KEY.pub": "KUNCI.pub",
    "KIND": "JENIS",
    "N": "N",
    "NAME=VALUE": "NAMA=NILAI",
    "NAMES": "NAMA",
    "NEW": "BARU",
    "NUMBER": "NOMOR",
    "OLD": "LAMA",
    "PERSON": "ORANG",
    "PORT": "PORT",
    "PORTS": "PORT",
    "SIZES": "JUMLAH",
    "SPARE": "CADANGAN",
    "SSID": "SSID",
    "URL": "URL",
    "V": "V",
    "VERSION": "VERSI",
    "print it as JSON": "tampilkan sebagai JSON",
    "print them as JSON": "tampilkan sebagai JSON",
    "such as counter-03": "misalnya counter-03",
    "such as /dev/ttyACM0": "misalnya /dev/ttyACM0",
    "do not watch it": "tidak menunggu sampai selesai",
    # loket
    "open the hall and keep it running until Ctrl-C": (
        "membuka ruang layanan, dan menjalankannya sampai Ctrl-C"
    ),
    "add, find, flash, diagnose and retire boards": (
        "mendaftarkan, mencari, mengisi, memeriksa dan memensiunkan papan"
    ),
    "set and take away passwords for the console": "memberi dan mencabut kata sandi konsol",
    "bring firmware, networks and secrets to the boards, in stages": (
        "membawa firmware, jaringan dan rahasia ke papan, bertahap"
    ),
    "check, wire and buy the kinds of boards": (
        "memeriksa jenis papan, gambar kabelnya, daftar belanjanya"
    ),
    "make, check and keep releases of the firmware": (
        "membuat, memeriksa dan menyimpan rilis firmware"
    ),
    "look at site files": "memeriksa berkas site",
    "show whether the machine's clock is believed, or accept it": (
        "menunjukkan apakah jam komputer dipercaya, atau menerimanya"
    ),
    "ask the hall for what a console may ask: close a queue, hold an agency, ...": (
        "meminta yang juga dapat diminta konsol: menutup antrean, menahan instansi, ..."
    ),
    "tell why a number was called when it was, and what passed it": (
        "menjelaskan mengapa sebuah nomor dipanggil saat itu, dan apa yang mendahuluinya"
    ),
    "check the journal and its snapshot, or make a new one": (
        "memeriksa jurnal dan cuplikannya, atau membuat cuplikan baru"
    ),
    # loket run
    "Open the hall and keep it running until Ctrl-C or SIGTERM.": (
        "Membuka ruang layanan, dan menjalankannya sampai Ctrl-C atau SIGTERM."
    ),
    "where the hall keeps everything (default: .loket) [LOKET_HOME]": (
        "tempat ruang layanan menyimpan segalanya (bila tidak disebut: .loket) [LOKET_HOME]"
    ),
    "the site file (default: the demo hall's) [LOKET_SITE]": (
        "berkas site (bila tidak disebut: ruang layanan contoh) [LOKET_SITE]"
    ),
    "port of the pages (default: 8080) [LOKET_HTTP_PORT]": (
        "port halaman web (bila tidak disebut: 8080) [LOKET_HTTP_PORT]"
    ),
    "other names that pages are asked for under [LOKET_HTTP_HOSTS]": (
        "nama lain yang dipakai untuk membuka halaman [LOKET_HTTP_HOSTS]"
    ),
    "port of the broker (default: 18830) [LOKET_MQTT_PORT]": (
        "port broker (bila tidak disebut: 18830) [LOKET_MQTT_PORT]"
    ),
    "address for boards (default: 127.0.0.1) [LOKET_MQTT_LISTEN]": (
        "alamat untuk papan (bila tidak disebut: 127.0.0.1) [LOKET_MQTT_LISTEN]"
    ),
    "port of the broker with TLS [LOKET_MQTT_TLS_PORT]": (
        "port broker dengan TLS [LOKET_MQTT_TLS_PORT]"
    ),
    "where wired boards are: off, usb, /dev/serial0@115200 [LOKET_SERIAL]": (
        "di mana papan berkabel: off, usb, /dev/serial0@115200 [LOKET_SERIAL]"
    ),
    "certificate for boards that are not on loopback [LOKET_TLS_CERT]": (
        "sertifikat untuk papan di luar komputer ini [LOKET_TLS_CERT]"
    ),
    "its private key [LOKET_TLS_KEY]": "kunci pribadinya [LOKET_TLS_KEY]",
    "what hangs at this computer's pins, such as gateway_pi [LOKET_GPIO]": (
        "yang terpasang di pin komputer ini, misalnya gateway_pi [LOKET_GPIO]"
    ),
    "open the hall of virtual boards as well [LOKET_DEMO=1]": (
        "buka juga ruang layanan dengan papan virtual [LOKET_DEMO=1]"
    ),
    "listen without TLS; every page then warns [LOKET_INSECURE_LAN=1]": (
        "tanpa TLS; setiap halaman lalu memberi peringatan [LOKET_INSECURE_LAN=1]"
    ),
    # loket board
    "register a board and make its secret": "mendaftarkan papan dan membuat rahasianya",
    "withdraw a board's secret and clear its topics": (
        "mencabut rahasia papan dan mengosongkan topiknya"
    ),
    "put firmware and settings on a board at USB": (
        "mengisi papan di USB dengan firmware dan pengaturan"
    ),
    "draw the label for a board's case, or for all": (
        "menggambar label untuk kotak papan, atau untuk semua"
    ),
    "let a spare take over a dead board's place": "cadangan menggantikan papan yang mati",
    "give a board another id": "memberi papan id lain",
    "show what a board says, live, until Ctrl-C": (
        "menampilkan langsung apa yang dikatakan papan, sampai Ctrl-C"
    ),
    "show the registered boards and how they are": "menampilkan papan terdaftar dan keadaannya",
    "tell what is wrong with a board and what to do": (
        "menjelaskan apa yang salah pada papan dan apa yang harus dilakukan"
    ),
    "let a board start anew": "memulai ulang papan",
    "let a board show itself for a moment": "papan menunjukkan diri sebentar",
    "let a board walk through its parts with whoever stands there": (
        "papan menguji bagiannya satu per satu bersama orang di depannya"
    ),
    "show a board's settings and where they belong": (
        "menampilkan pengaturan papan dan di mana tempatnya"
    ),
    "such as counter-03: a-z, 0-9, - and _": "misalnya counter-03: a-z, 0-9, - dan _",
    "what it is for": "untuk apa papan ini",
    "the counter it is mounted at": "loket tempatnya dipasang",
    "at no counter: it waits to replace one": "tanpa loket: menunggu untuk menggantikan",
    "print id, secret, host and port as JSON": (
        "tampilkan id, rahasia, alamat dan port sebagai JSON"
    ),
    "every board at USB, side by side": "semua papan di USB, bersamaan",
    "with --all: which (else those of the site)": (
        "bersama --all: yang mana (kalau tidak: yang ada di berkas site)"
    ),
    "such as counter_led (else the site's)": (
        "misalnya counter_led (kalau tidak: menurut berkas site)"
    ),
    "it has no counter yet": "belum punya loket",
    "a network, at most two; the password is asked for, or in LOKET_WIFI_PASSWORD": (
        "jaringan, paling banyak dua; kata sandinya ditanyakan, atau dari LOKET_WIFI_PASSWORD"
    ),
    "keep these networks for the next ones": "simpan jaringan ini untuk papan berikutnya",
    "where the board finds the broker (else this computer)": (
        "alamat broker untuk papan (kalau tidak: komputer ini)"
    ),
    "certificate that signed the broker": "sertifikat yang menandatangani broker",
    "write this MicroPython first (.uf2, .bin)": "tulis MicroPython ini dulu (.uf2, .bin)",
    "the board's BOOTSEL drive": "drive BOOTSEL papan",
    "see `loket release list`": "lihat `loket release list`",
    "delete everything on it first": "hapus dulu semua isinya",
    "do not wait for its hello": "tidak menunggu sapaannya",
    "every registered board, on A4 sheets": "semua papan terdaftar, di lembar A4",
    "write there: .svg, or .html": "tulis ke sana: .svg, atau .html",
    "address of the pages for phones: the code opens the board's page": (
        "alamat halaman untuk ponsel: kodenya membuka halaman papan"
    ),
    "the board that is replaced": "papan yang digantikan",
    "which (else one that is on)": "yang mana (kalau tidak: salah satu yang menyala)",
    "no spare: flash the new board at this port": "tanpa cadangan: isi papan baru di port ini",
    "with --port: the new board's kind": "bersama --port: jenis papan baru",
    "also in service hours": "juga pada jam layanan",
    "over the network: the board": "lewat jaringan: papannya",
    "at the cable (else the only port there is)": "lewat kabel (kalau tidak: satu-satunya port)",
    "print them as JSON, with all that is known": (
        "tampilkan sebagai JSON, dengan semua yang diketahui"
    ),
    "without: the board at the cable, or all": "kalau tidak: papan di kabel, atau semua",
    "the board's port, such as /dev/ttyACM0": "port papan, misalnya /dev/ttyACM0",
    "look into the board at the cable: stops and restarts it": (
        "lihat ke dalam papan di kabel: papan berhenti dan dimulai ulang"
    ),
    "print the findings as JSON": "tampilkan temuan sebagai JSON",
    "tells where that setting is changed": "menjelaskan di mana pengaturan itu diubah",
    "print what it was sent as JSON": "tampilkan yang dikirim sebagai JSON",
    # loket person
    "set a person's password": "memberi kata sandi kepada seseorang",
    "show who has a password": "menampilkan siapa yang punya kata sandi",
    "take a person's password away": "mencabut kata sandi seseorang",
    "Set a person's password: asked for twice, or one line of standard input.": (
        "Memberi kata sandi: ditanyakan dua kali, atau satu baris masukan standar."
    ),
    "as in [[people]] of the site file": "seperti di [[people]] berkas site",
    "(default: technician)": "(bila tidak disebut: technician)",
    # loket update
    "show how far the update is": "menunjukkan sampai di mana pembaruan",
    "bring a release to the boards": "membawa sebuah rilis ke papan",
    "stop: boards that have not restarted yet stay as they are": (
        "berhenti: papan yang belum dimulai ulang tetap seperti semula"
    ),
    "go on after a stop, without the boards that failed": (
        "melanjutkan setelah berhenti, tanpa papan yang gagal"
    ),
    "move boards to another Wi-Fi network": "memindahkan papan ke jaringan Wi-Fi lain",
    "tell boards another address of the broker": "memberi papan alamat broker yang lain",
    "give boards new secrets": "memberi papan rahasia baru",
    "of `loket release list`": "dari `loket release list`",
    "which, with commas (default: all)": "yang mana, dengan koma (bila tidak disebut: semua)",
    "how many boards first, and next; then all others (default: 1,5)": (
        "berapa papan dulu, dan berikutnya; lalu semua lainnya (bila tidak disebut: 1,5)"
    ),
    "also while the hall serves people": "juga selama ruang layanan melayani orang",
    "its name, at most two; passwords are asked for (or read from standard input)": (
        "namanya, paling banyak dua; kata sandi ditanyakan (atau dari masukan standar)"
    ),
    "its certificate's CA, as PEM": "CA sertifikatnya, sebagai PEM",
    # loket boards
    "list every fault, or what a board draws and gives": (
        "menyebut semua kesalahan, atau arus yang dipakai dan diberi papan"
    ),
    "draw the wiring (SVG, A4)": "menggambar pengabelan (SVG, A4)",
    "list what to buy, with rough prices": "daftar belanja, dengan perkiraan harga",
    "a kind, such as counter_led, or the path of a board.toml or its folder; without: all kinds": (
        "jenis, misalnya counter_led, atau letak board.toml atau foldernya; kalau tidak: semua"
    ),
    "a kind, such as counter_led, or the path of a board.toml or its folder": (
        "jenis, misalnya counter_led, atau letak board.toml atau foldernya"
    ),
    "write there, not to the screen": "tulis ke sana, bukan ke layar",
    "print the list as JSON": "tampilkan daftar sebagai JSON",
    # loket release
    "make a release of this installation's firmware": "membuat rilis dari firmware pemasangan ini",
    "show the releases of this hall": "menampilkan rilis ruang layanan ini",
    "check a release and keep it for updates": "memeriksa rilis dan menyimpannya untuk pembaruan",
    "tell whether a release could be used, and why not": (
        "menjelaskan apakah rilis dapat dipakai, dan mengapa tidak"
    ),
    "take releases signed with this key from now on": (
        "mulai sekarang menerima rilis yang ditandatangani kunci ini"
    ),
    "print this hall's own public key, for other halls": (
        "menampilkan kunci publik ruang layanan ini, untuk ruang layanan lain"
    ),
    "its name (default: made from the sources)": "namanya (bila tidak disebut: dari sumbernya)",
    "its rank (default: the next one)": "urutannya (bila tidak disebut: berikutnya)",
    "write it there as a zip, too": "tulis juga ke sana sebagai zip",
    # loket site, clock, order, why, journal
    "list every error and warning of a site file": (
        "menyebut semua kesalahan dan peringatan berkas site"
    ),
    "a site file, such as site.toml": "berkas site, misalnya site.toml",
    "show whether the machine's clock is believed": "menunjukkan apakah jam komputer dipercaya",
    "say that the machine's clock is right as it is": "menyatakan bahwa jam komputer sudah benar",
    "ask the hall for what a console may ask": "meminta yang juga dapat diminta konsol",
    "events and their fields, optional ones in brackets:": (
        "peristiwa dan bidangnya, yang boleh tidak ada dalam kurung:"
    ),
    "such as queue_close, hold or settings": "misalnya queue_close, hold atau settings",
    "lists with commas": "daftar dengan koma",
    "who asks, for the journal": "siapa yang meminta, untuk jurnal",
    "print the receipt as JSON": "tampilkan jawabannya sebagai JSON",
    "such as A012": "misalnya A012",
    "like 2026-11-23": "seperti 2026-11-23",
    "check the journal and its snapshot": "memeriksa jurnal dan cuplikannya",
    "replay all events and compare with the snapshot": (
        "memutar ulang semua peristiwa dan membandingkannya dengan cuplikan"
    ),
    "make a snapshot anew from all events": "membuat cuplikan baru dari semua peristiwa",
}
