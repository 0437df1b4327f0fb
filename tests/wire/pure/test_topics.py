"""Topics are built and taken apart alike, and nothing foreign is taken for ours."""

from firmware.wire import topics

LEAVES = (
    topics.UP_STATE,
    topics.UP_ABOUT,
    topics.UP_EVENT,
    topics.UP_FACE,
    topics.UP_ACK,
    topics.UP_HEALTH,
    topics.UP_UPDATE,
    topics.UP_WANT,
    topics.DN_RECEIPT,
    topics.DN_FACE,
    topics.DN_LEASE,
    topics.DN_CMD,
    topics.DN_CONFIG,
    topics.DN_UPDATE,
    topics.DN_CHUNK,
)
IDS = ("a", "counter-01", "d_2", "gw", "console", "cli", "z" * topics.MAX_ID_CHARS)


def test_build_and_split_round_trip():
    for board in IDS:
        for leaf in LEAVES:
            topic = topics.of_board(board, leaf)
            assert topic == "loket/1/" + board + "/" + leaf
            assert topics.split(topic) == (board, leaf, "")
        for name in ("soap", "level", "a-b_c"):
            assert topics.split(topics.reading(board, name)) == (board, topics.UP_READING, name)
            assert topics.split(topics.alert(board, name)) == (board, topics.UP_ALERT, name)


def test_fixed_topics():
    assert topics.split(topics.GW_STATE) is None  # no leaf of a board
    assert topics.split(topics.GW_BEAT) is None
    for part in topics.HALL_PARTS:
        assert topics.split(topics.hall_part(part)) == ("gw", "hall/" + part, "")


def test_foreign_topics_are_not_ours():
    for topic in (
        "",
        "loket",
        "loket/1",
        "loket/1/",
        "loket/1/a",
        "loket/1/a/up",
        "loket/1//up/event",
        "loket/2/a/up/event",
        "/loket/1/a/up/event",
        "Loket/1/a/up/event",
        "$SYS/broker/uptime",
    ):
        assert topics.split(topic) is None, topic


def test_odd_topics_of_ours_come_apart_without_an_error():
    assert topics.split("loket/1/a/up/reading/soap/left") == ("a", "up/reading", "soap/left")
    assert topics.split("loket/1/a/up/") == ("a", "up/", "")
    assert topics.split("loket/1/a//") == ("a", "/", "")
    assert topics.split("loket/1/é/up/event") == ("é", "up/event", "")


def test_names():
    for name in IDS:
        assert topics.is_name(name), name
    for name in (
        "",
        "A",
        "1a",
        "-a",
        "_a",
        "a b",
        "a/b",
        "a+",
        "a#",
        "é",
        "a\n",
        "a\x00",
        "z" * (topics.MAX_ID_CHARS + 1),
    ):
        assert not topics.is_name(name), name
    for name in topics.RESERVED_IDS:
        assert topics.is_name(name) and not topics.is_board_id(name)
    assert topics.is_board_id("counter-01")


def test_what_is_retained_of_a_board_is_a_leaf():
    for leaf in topics.RETAINED_OF_BOARD:
        assert leaf in LEAVES
