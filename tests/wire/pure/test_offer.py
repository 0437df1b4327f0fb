"""The keyed hash of an offer, on both interpreters."""

from binascii import hexlify

from firmware.wire import offer

OFFER = {
    "id": "u1",
    "kind": "firmware",
    "number": 7,
    "version": "1.2.0",
    "size": 4100,
    "sha": "ab" * 32,
    "mac": "not covered",
}


def test_the_hash_is_that_of_rfc_4231():
    for key, text, wanted in (
        (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c7"),
        (b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f"),
    ):  # fmt: skip
        got = hexlify(offer._hmac(key, text)).decode()
        assert got[:32] == wanted, got


def test_each_field_and_the_board_count_and_nothing_else():
    key = offer.update_key("rahasia")
    assert len(key) == 32
    mac = offer.offer_mac(key, "counter-03", OFFER)
    assert len(mac) == 64, mac
    assert offer.offer_mac(key, "counter-03", dict(OFFER, mac="x", more=1)) == mac
    for change in ({"id": "u2"}, {"kind": "link"}, {"number": 8}, {"version": "1.2"},
                   {"size": 1}, {"sha": "cd" * 32}):  # fmt: skip
        changed = dict(OFFER)
        changed.update(change)
        assert offer.offer_mac(key, "counter-03", changed) != mac, change
    assert offer.offer_mac(key, "counter-04", OFFER) != mac
    assert offer.offer_mac(offer.update_key("lain"), "counter-03", OFFER) != mac


def test_key_and_hash_are_these_for_ever():
    # Boards out there and gateways of other versions have the same.
    key = offer.update_key("rahasia")
    got = hexlify(key).decode()
    assert got == "29282614971a6a39c73847582d1e0cd132ea9df748b25e43af9caeb8f3e10d52", got
    mac = offer.offer_mac(key, "counter-03", OFFER)
    assert mac == "3b3e73f345a1eeb9bc31617ae423a7a8148b3faaf8c8ede76c0436db96d5e156", mac
