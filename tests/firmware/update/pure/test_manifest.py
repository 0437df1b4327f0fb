"""The manifest, line by line: what is read, and that nothing else is."""

from firmware.update.manifest import BadManifest, read_files, read_head
from tests.firmware.pure.expect import raises

HEAD = ["loket-firmware 1", "version 1.2.0", "number 7", "role counter", "chip rp2", "mpy 6",
        "kind counter_led"]  # fmt: skip
SHA = "ab" * 32
FILES = [SHA + " 812 firmware/main.mpy", SHA + " 0 firmware/net/link.mpy", "end 2"]


def lines(text):
    return iter([line + "\n" for line in text])


def read(text):
    found = lines(text)
    return read_head(found), list(read_files(found))


def changed(at, line):
    text = HEAD + FILES
    text[at] = line
    return text


def test_a_manifest_is_read():
    head, files = read(HEAD + FILES)
    assert head == {"version": "1.2.0", "number": "7", "role": "counter", "chip": "rp2",
                    "mpy": "6", "kind": "counter_led"}, head  # fmt: skip
    assert files == [(SHA, 812, "firmware/main.mpy"), (SHA, 0, "firmware/net/link.mpy")], files


def test_whatever_is_wrong_is_found():
    for text in (
        [],
        changed(0, "loket-firmware 2"),
        changed(1, "versions 1"),
        changed(1, "version"),
        changed(1, "version 1 2"),
        changed(2, "number x"),
        changed(2, "number -1"),
        changed(7, SHA + " 812"),
        changed(7, SHA + " x firmware/main.mpy"),
        changed(7, SHA + " 99999999 firmware/main.mpy"),
        changed(7, SHA[1:] + " 812 firmware/main.mpy"),
        changed(7, SHA.upper() + " 812 firmware/main.mpy"),
        changed(7, SHA + " 812 zz/main.mpy"),  # not sorted
        changed(9, "end 3"),
        changed(9, "end"),
        HEAD + FILES[:2],
        HEAD + FILES + ["more"],
    ):
        raises(BadManifest, read, text)
    found = iter([line + "\n" for line in HEAD + FILES[:2]] + ["end 2"])
    read_head(found)
    raises(BadManifest, list, read_files(found))  # its last line is cut


def test_a_path_never_leads_out_of_its_slot():
    for path in ("/boot.json", "../boot.json", "a/../../b", "a//b", "a/", "manifest",
                 "manifest.new", "a\\b", "x" * 65, ""):  # fmt: skip
        raises(BadManifest, read, HEAD + [SHA + " 1 " + path, "end 1"])
