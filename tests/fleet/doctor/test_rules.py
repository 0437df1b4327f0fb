"""Every finding, from the facts that make it; what hides what; the order; contradictions."""

import itertools
import random
from typing import Any

import pytest

from gateway.facility import alerts
from gateway.fleet.cable import facts as cable
from gateway.fleet.cable.facts import CableFacts
from gateway.fleet.doctor import ATTENTION, LANGUAGES, OK, TROUBLE, Facts, diagnose, text
from gateway.fleet.doctor.diagnose import FINDINGS_MOST
from gateway.fleet.doctor.table import ALERTS, HIDES, ORDER
from gateway.fleet.doctor.tell import PIECES
from tests.fleet.doctor.samples import (
    ADDRESS,
    BOARD,
    at_cable,
    away,
    hall,
    net,
    of,
    only_port,
    reading,
    refused,
    said,
    update,
)

WIFI = "wifi: cannot join Loket status"
UNOPENED = "link: the stream could not be opened: "
TRACEBACK = (
    "Traceback (most recent call last):",
    '  File "firmware/roles/counter.py", line 40, in face',
    "KeyError: text",
)

# (facts, the findings in their order: what is to be found, and nothing else but notes).
CASES: list[tuple[Facts, list[str]]] = [
    # The gateway itself.
    (of(hall=hall(state="closed"), net=net(state="")), ["hall_closed"]),
    (of(hall=hall(state="no_broker"), net=away()), ["broker_down"]),
    (of(hall=hall(state="no_beat", beat_ago_ms=61_000), net=away()), ["writer_silent"]),
    (of(hall=hall(clock="behind", clock_off_ms=-7_200_000), net=net()), ["clock_doubted"]),
    # The cable.
    (of(cable=CableFacts(cable.NO_PORT, detail="Raspberry Pi RP2 Boot")), ["no_port"]),
    (of(cable=CableFacts(cable.NO_PORT)), ["cable_charges_only"]),
    (of(cable=only_port(cable.NO_PORT)), ["port_not_there"]),
    (of(cable=only_port(cable.NO_PORT, detail="Raspberry Pi RP2 Boot")),
     ["port_not_there", "no_port"]),
    (of(cable=only_port(cable.SEVERAL, ports=("/dev/ttyACM0", "/dev/ttyACM1"))),
     ["several_ports"]),
    (of(cable=only_port(cable.NO_PERMISSION, group="dialout")), ["no_permission"]),
    (of(cable=only_port(cable.TAKEN, holder="mpremote", holder_pid=42)), ["port_taken"]),
    (of(cable=only_port(cable.SERVED, board="counter-05"), net=net(), hall=hall()),
     ["other_board"]),
    (of(cable=only_port(cable.GONE, detail="[Errno 5]")), ["port_gone"]),
    (of(cable=at_cable(board="counter-05"), net=net(), hall=hall()), ["other_board"]),
    (of(cable=only_port(cable.GARBAGE)), ["garbage"]),
    (of(cable=only_port(cable.HANGS)), ["hangs"]),
    (of(cable=only_port(cable.SILENT, heard_ms=5_000)), ["silent"]),
    # What keeps it from starting.
    (of(cable=at_cable(micropython=(1, 19, 1))), ["interpreter_old"]),
    (of(cable=at_cable(mpy=5)), ["interpreter_other"]),
    (of(cable=at_cable(firmware="", settings=cable.OK)), ["no_firmware"]),
    (of(cable=at_cable(settings=cable.MISSING, board="", role="")), ["settings_missing"]),
    (of(cable=at_cable(settings=cable.TORN)), ["settings_torn"]),
    (of(cable=said(TRACEBACK[0], '  File "main", line 1, in read_settings',
                   "ValueError: syntax error in JSON")), ["settings_torn"]),
    (of(cable=said(TRACEBACK[0], '  File "roles/x", line 1, in face',
                   "ValueError: syntax error in JSON")), ["crash_loop"]),
    (of(cable=at_cable(settings_lack=("host", "secret"))), ["settings_lack"]),
    (of(cable=said(*TRACEBACK[:2], "ValueError: settings.json: role is barber: no module")),
     ["settings_lack"]),
    (of(cable=at_cable(role="selftest")), ["self_test_only"]),
    (of(cable=at_cable(ca=False)), ["ca_missing"]),
    (of(cable=said(*TRACEBACK[:2],
                   "ValueError: settings.json asks for TLS, and ca.der is not on this board")),
     ["ca_missing"]),
    # Starts again and again.
    (of(cable=said(*TRACEBACK, "MicroPython v1.26.1", *TRACEBACK), net=away(), hall=hall()),
     ["crash_loop"]),
    (of(cable=at_cable(crashes=4)), ["crash_loop"]),
    (of(net=net(boots=9, reset="soft", readies=9), hall=hall()), ["crash_loop"]),
    (of(net=net(boots=5, reset="watchdog", readies=5), hall=hall()), ["watchdog"]),
    (of(net=net(boots=5, reset="power_on", readies=5), hall=hall()), ["power_fails"]),
    # Its starts lately do not tell why a board that works is refused.
    (of(net=away(boots=7, reset="power_on"),
        hall=hall(away=(BOARD, "counter-09"), refused=(refused(),))),
     ["power_fails", "secret_perhaps"]),
    # The network.
    (of(cable=said(f"{WIFI} -3"), net=away(), hall=hall()), ["wifi_password"]),
    (of(cable=said(f"{WIFI} 202")), ["wifi_password"]),
    (of(cable=at_cable(wifi_status=-3)), ["wifi_password"]),
    (of(cable=said("wifi: cannot join Aula 2 status -2", f"{WIFI} -3")), ["wifi_password"]),
    (of(cable=said(f"{WIFI} -2")), ["wifi_not_seen"]),
    (of(cable=said(f"{WIFI} 201")), ["wifi_not_seen"]),
    (of(cable=said(f"{WIFI} 2")), ["wifi_no_address"]),
    (of(cable=said("wifi: cannot join Loket OSError('Wifi Internal Error',)")), ["wifi_failed"]),
    # The way to the broker.
    (of(cable=at_cable(host="192.168.7.7"), net=away(), hall=hall()), ["wrong_address"]),
    (of(cable=at_cable(host_port=1883, lines=(UNOPENED + "OSError(111,)",)), hall=hall()),
     ["wrong_address"]),
    (of(cable=said(UNOPENED + "OSError(113,)"), net=away(), hall=hall()), ["broker_unreachable"]),
    (of(cable=said(UNOPENED + "OSError(111,)")), ["broker_unreachable"]),
    (of(cable=said(UNOPENED + "OSError(-2,)")), ["broker_unreachable"]),
    (of(cable=said("link: the stream did not open in 10000 ms")), ["broker_unreachable"]),
    (of(cable=said(UNOPENED + "OSError('nobody at the other end of the cable: no answer',)"),
        net=away(wired=True), hall=hall()), ["no_bridge"]),
    (of(cable=said(UNOPENED + "OSError(-29184, 'MBEDTLS_ERR_SSL_INVALID_RECORD')")),
     ["tls_mismatch"]),
    (of(cable=said("link: the stream broke: OSError(-9984, "
                   "'MBEDTLS_ERR_X509_CERT_VERIFY_FAILED')")), ["ca_wrong"]),
    (of(cable=said(UNOPENED + "ValueError('invalid cert',)")), ["ca_wrong"]),
    (of(cable=said("link: the stream broke: OSError(104,)"), net=away(), hall=hall()),
     ["broker_hangs_up"]),
    # Who it is.
    (of(net=net(registered=False, state=""), hall=hall()), ["unknown_board"]),
    (of(net=net(registered=False, state="", retired=True), hall=hall()), ["retired_board"]),
    (of(cable=said("link: wrong user name or secret (4)"), net=away(), hall=hall()),
     ["secret_refused"]),
    (of(cable=said("link: this user may not connect: is the board known to this hall, is its "
                   "secret this hall's? (5)")), ["secret_refused"]),
    (of(cable=at_cable(), secret_fits=False, net=away(), hall=hall()), ["secret_refused"]),
    (of(net=away(), hall=hall(away=(BOARD,), refused=(refused(),))), ["secret_refused"]),
    (of(net=away(addresses=()), hall=hall(away=(BOARD,), refused=(refused(),))),
     ["secret_refused"]),
    (of(net=away(), hall=hall(away=(BOARD, "gate-01"), refused=(refused(BOARD),))),
     ["secret_refused"]),
    (of(net=away(), hall=hall(away=(BOARD, "gate-01"), refused=(refused(),))),
     ["secret_perhaps"]),
    (of(net=net(twins=4, boots=2, readies=9), hall=hall()), ["twins"]),
    (of(cable=at_cable(role="ticket"), net=net(), hall=hall()), ["role_differs"]),
    # Updates.
    (of(net=net(fw="0.1.0", update=update("rolled_back", why="no_hello")), hall=hall()),
     ["update_rolled_back"]),
    (of(net=net(update=update("failed", why="no_space")), hall=hall()), ["update_failed"]),
    (of(net=net(update=update("refused", why="foreign")), hall=hall()), ["update_refused"]),
    (of(net=net(update=update("loading", ago_ms=300_000)), hall=hall()), ["update_stuck"]),
    # Not there.
    (of(net=away(state="never", seen_ago_ms=None), hall=hall()), ["never_seen"]),
    (of(net=away(rssi_dbm=-60), hall=hall()), ["lost"]),
    (of(net=away(wired=True, rssi_dbm=None), hall=hall()), ["cable_lost"]),
    # It was looked into over the cable over which it serves; one that was lost before is lost.
    (of(net=away(wired=True, seen_ago_ms=9_000), hall=hall(), cable=at_cable()), []),
    (of(net=away(wired=True), hall=hall(), cable=at_cable()), ["cable_lost"]),
    (of(net=away(state="gone"), hall=hall()), ["gone"]),
    (of(net=net(state="init", seen_ago_ms=200_000, shown=None), hall=hall()), ["starting"]),
    # What it complains of itself.
    *((of(net=net(alerts={code: "outer"}), hall=hall()), [code]) for code in ALERTS),
    (of(net=net(alerts={"smoke": "attic"}), hall=hall()), ["alert_other"]),
    # Its state.
    (of(net=net(settings_applied=7), hall=hall()), ["settings_not_applied"]),
    (of(net=net(settings_applied=None), hall=hall()), ["settings_not_applied"]),
    (of(net=net(shown=False), hall=hall()), ["face_not_shown"]),
    (of(net=net(readings=(reading("stale"),)), hall=hall()), ["reading_stale"]),
    (of(net=net(readings=(reading("none"),)), hall=hall()), ["reading_none"]),
    (of(net=net(minor=3), hall=hall()), ["contract_newer"]),
    (of(net=net(fw="0.1.9"), hall=hall(firmware="0.1.10")), ["firmware_old"]),
    (of(net=net(number=3), hall=hall(number=4)), ["firmware_old"]),
    # Its health.
    (of(net=net(flash_failures=2), hall=hall()), ["flash_failing"]),
    (of(net=net(dropped=3), hall=hall()), ["facts_dropped"]),
    (of(net=net(free_bytes=8_191), hall=hall()), ["memory_low"]),
    (of(net=net(rssi_dbm=-76), hall=hall()), ["signal_weak"]),
    (of(net=net(readies=4), hall=hall()), ["reconnects_often"]),
    (of(net=net(readies=4, wired=True), hall=hall()), ["cable_loose"]),
    (of(net=net(ahead=2), hall=hall()), ["board_clock"]),
    (of(net=net(bad={"denied": 1}), hall=hall()), ["messages_denied"]),
    (of(net=net(bad={"oversize": 1}), hall=hall()), ["messages_oversize"]),
    (of(net=net(bad={"bad_payload": 2, "unknown_topic": 1}), hall=hall()), ["messages_bad"]),
    (of(net=net(bad={"order_refused": 3}), hall=hall()), ["orders_refused"]),
    (of(board="", hall=hall(refused=(refused("10.0.0.9"),))), ["somebody_refused"]),
    (of(board="", hall=hall(disbelieved=refused(""))), ["somebody_disbelieves"]),
]  # fmt: skip
NOTES = {
    "firmware_newer": of(net=net(fw="0.3.0"), hall=hall()),
    "updating": of(net=net(fw="0.1.0", update=update("loading")), hall=hall()),
    "served_here": of(net=net(wired=True), hall=hall(), cable=only_port(cable.SERVED, board=BOARD)),
    "spare": of(net=net(counter=None, spare=True), hall=hall()),
    "well": of(net=net(), hall=hall()),
}


def codes(facts: Facts, *, notes: bool = False) -> list[str]:
    return [f.code for f in diagnose(facts) if notes or f.level != OK]


@pytest.mark.parametrize(("facts", "found"), CASES, ids=[",".join(case[1]) for case in CASES])
def test_each_finding_is_made_of_its_facts_and_alone(facts: Facts, found: list[str]) -> None:
    assert codes(facts) == found


@pytest.mark.parametrize("code", NOTES)
def test_notes_are_no_trouble(code: str) -> None:
    found = codes(NOTES[code], notes=True)
    assert code in found
    assert found[0] == "well"
    assert codes(NOTES[code]) == []


def test_there_is_a_case_for_every_finding() -> None:
    assert {code for _, found in CASES for code in found} | set(NOTES) == set(ORDER)
    assert len(set(ORDER)) == len(ORDER)
    assert set(HIDES) | {code for codes in HIDES.values() for code in codes} <= set(ORDER)


def test_no_cause_hides_itself_or_is_hidden_by_what_it_explains() -> None:
    for code, hidden in HIDES.items():
        assert code not in hidden
        assert not [other for other in hidden if code in HIDES.get(other, ())]


def test_the_boards_alerts_are_those_of_the_gateway_in_their_order() -> None:
    assert alerts.CODES == ALERTS


@pytest.mark.parametrize("facts", [case[0] for case in CASES], ids=[",".join(c[1]) for c in CASES])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_case_can_be_told_in_every_language(facts: Facts, language: str) -> None:
    for finding in diagnose(facts):
        for piece in PIECES:
            told = text(finding, piece, language)
            assert told.strip() == told != ""
            assert "{" not in told


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        (of(net=net(rssi_dbm=-75), hall=hall()), OK),
        (of(net=net(rssi_dbm=-80), hall=hall()), ATTENTION),
        (of(net=net(rssi_dbm=-81), hall=hall()), TROUBLE),
        (of(net=net(free_bytes=8_192), hall=hall()), OK),
        (of(net=net(free_bytes=4_096), hall=hall()), ATTENTION),
        (of(net=net(free_bytes=4_095), hall=hall()), TROUBLE),
        (of(net=net(boots=3, readies=3), hall=hall()), OK),
        (of(net=net(state="sleeping", boots=20, readies=20, reset="sleep"), hall=hall()), OK),
        (of(net=net(settings_wanted=None, settings_applied=7), hall=hall()), OK),
        (of(net=net(bad={"order_refused": 2, "bad_payload": 2}), hall=hall()), OK),
        (of(net=net(update=update("refused", why="already")), hall=hall()), OK),
        (of(net=net(update=update("committed")), hall=hall()), OK),
        (of(net=net(update=update("loading", ago_ms=None)), hall=hall()), OK),
        (of(net=net(alerts={"paper_low": ""}), hall=hall()), ATTENTION),
        (of(net=net(alerts={"paper_out": ""}), hall=hall()), TROUBLE),
        # Where the network tells, a cable that cannot be used is a side matter.
        (of(cable=only_port(cable.NO_PERMISSION), net=net(), hall=hall()), ATTENTION),
        (of(cable=only_port(cable.NO_PERMISSION)), TROUBLE),
        # mpremote's own board of the tests: one version behind, and good enough.
        (of(cable=at_cable(chip="linux", micropython=(1, 25, 0))), OK),
    ],
)
def test_how_bad_it_is(facts: Facts, level: str) -> None:
    assert diagnose(facts)[0].level == level


def test_what_to_do_first_comes_first() -> None:
    facts = of(
        net=net(rssi_dbm=-90, alerts={"paper_out": "", "level_low": ""}, settings_applied=1,
                boots=5, reset="power_on"),
        hall=hall(clock="ahead"),
    )  # fmt: skip
    assert codes(facts) == [
        "power_fails", "paper_out", "signal_weak", "clock_doubted", "level_low",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        # A board that works as the hall hears it is neither stuck, silent nor cut off, whatever
        # its old lines say.
        (of(cable=said(f"{WIFI} -3", UNOPENED + "OSError(113,)"), net=net(), hall=hall()), []),
        (of(cable=only_port(cable.SILENT), net=net(), hall=hall()), []),
        (of(cable=only_port(cable.HANGS), net=net(), hall=hall()), []),
        (of(cable=said("link: wrong user name or secret (4)"), net=net(), hall=hall()), []),
        # What came after counts: it has joined since, and is refused.
        (of(cable=said(f"{WIFI} -3", "link: wrong user name or secret (4)")), ["secret_refused"]),
        (of(cable=said(UNOPENED + "OSError(113,)", f"{WIFI} -2")), ["wifi_not_seen"]),
        # The secret is the hall's: whoever is refused is somebody else.
        (of(net=away(), cable=at_cable(), secret_fits=True,
            hall=hall(away=(BOARD,), refused=(refused(),))), ["lost", "somebody_refused"]),
        # Refused long ago, or once, says nothing.
        (of(net=away(), hall=hall(away=(BOARD,), refused=(refused(ago_ms=400_000),))), ["lost"]),
        (of(net=away(), hall=hall(away=(BOARD,), refused=(refused(n=1),))), ["lost"]),
        (of(net=away(), hall=hall(away=(BOARD,), refused=(refused(ago_ms=-1),))), ["lost"]),
        # Refused from elsewhere than this board was seen.
        (of(net=away(), hall=hall(away=(BOARD,), refused=(refused("10.0.0.9"),))),
         ["lost", "somebody_refused"]),
        # A lost board's last words stay: its weak signal may be why.
        (of(net=away(rssi_dbm=-88, settings_applied=1, readings=(reading("stale"),)), hall=hall()),
         ["lost", "signal_weak"]),
        # An unknown board is refused because it is unknown.
        (of(net=net(registered=False, state=""), hall=hall(refused=(refused(BOARD),)),
            cable=said("link: wrong user name or secret (4)")), ["unknown_board"]),
        # What a writer that is silent said last of others is no news.
        (of(net=net(), hall=hall(state="no_beat", refused=(refused("10.0.0.9"),),
                                 disbelieved=refused(""))), ["writer_silent"]),
        # One who asks for a board while another one is refused hears of the own board only.
        (of(net=net(), hall=hall(refused=(refused("10.0.0.9"),))), []),
    ],
)  # fmt: skip
def test_contradictions_are_settled(facts: Facts, found: list[str]) -> None:
    assert codes(facts) == found


def test_nothing_known_is_no_good_news() -> None:
    assert diagnose(Facts()) == []
    assert codes(Facts(hall=hall())) == []


def test_the_address_counts_for_the_board_that_had_it_last() -> None:
    moved = net(state="lost", seen_ago_ms=90_000, addresses=("10.0.0.9", ADDRESS))
    assert codes(of(net=moved, hall=hall(away=(BOARD,), refused=(refused("10.0.0.9"),)))) == [
        "lost", "somebody_refused",
    ]  # fmt: skip


STRANGE: dict[str, list[Any]] = {
    "cable": [None, *(only_port(state) for state in cable.STATES), at_cable(),
              at_cable(micropython=(), mpy=None, firmware=None, settings="", crashes=None),
              said(f"{WIFI} 99999999999", "link: ", "Traceback (most recent call last)", "\x1b[2J"),
              at_cable(lines=tuple(TRACEBACK) * 3, wifi_status=-3, host="", host_port=None)],
    "hall": [None, hall(), hall(state="closed"), hall(state="?", beat_ago_ms=None),
             hall(away=(BOARD,), refused=(refused(), refused(BOARD)), disbelieved=refused(""),
                  clock="sideways", clock_off_ms=None, minor=None, firmware="")],
    "net": [None, net(), away(), net(registered=False), net(state="asleep"),
            net(seen_ago_ms=None, fw="", minor=None, rssi_dbm=None, free_bytes=None, reset=""),
            net(alerts=dict.fromkeys((*ALERTS, "{x}"), "{y}"), bad={"denied": 9, "{z}": 1},
                boots=32, readies=32, twins=32, ahead=32, fw="x.y", update=update("?", kind="?"),
                readings=(reading("?"), reading("none", ago_ms=None, every_s=None)))],
    "secret_fits": [None, True, False],
    "board": ["", BOARD],
}  # fmt: skip


def test_whatever_the_facts_are_nothing_raises_and_all_can_be_told() -> None:
    every = list(itertools.product(*STRANGE.values()))
    random.Random(7).shuffle(every)
    for values in every[:600]:
        facts = Facts(**dict(zip(STRANGE, values, strict=True)))
        found = diagnose(facts)
        assert len(found) <= FINDINGS_MOST
        for finding in found:
            for piece in PIECES:
                assert text(finding, piece, "id").isprintable()
