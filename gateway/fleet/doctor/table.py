"""Every finding there is, in the order in which to do something about it; and what explains what.

What is found is told with its cause only: a board whose Wi-Fi password is wrong is lost as well,
and nobody needs to hear it. `HIDES` names, for each cause, what follows from it.
"""

GATEWAY = ("hall_closed", "broker_down", "writer_silent", "clock_doubted")
CABLE = (
    "port_not_there", "no_port", "cable_charges_only", "several_ports", "no_permission",
    "port_taken", "port_gone", "other_board", "garbage", "hangs", "silent",
)  # fmt: skip
# What keeps a board from starting.
START = (
    "interpreter_old", "interpreter_other", "no_firmware", "settings_missing", "settings_torn",
    "settings_lack", "self_test_only", "ca_missing",
)  # fmt: skip
CRASH = ("crash_loop", "watchdog", "power_fails")
WIFI = ("wifi_password", "wifi_not_seen", "wifi_no_address", "wifi_failed")
BROKER = (
    "wrong_address", "broker_unreachable", "no_bridge", "tls_mismatch", "ca_wrong",
    "broker_hangs_up",
)  # fmt: skip
IDENTITY = (
    "unknown_board", "retired_board", "secret_refused", "secret_perhaps", "twins", "role_differs",
)  # fmt: skip
UPDATE = ("update_rolled_back", "update_failed", "update_refused", "update_stuck")
ABSENT = ("never_seen", "lost", "cable_lost", "gone", "starting")
# The boards' own alerts, as gateway/facility/alerts.py orders them (a test compares).
ALERTS = (
    "printer_silent", "paper_out", "cover_open", "sensor_fault", "key_stuck", "beam_blocked",
    "level_low", "battery_low", "paper_low", "not_leased",
)  # fmt: skip
STATE = (
    "alert_other", "settings_not_applied", "face_not_shown", "reading_stale", "reading_none",
    "contract_newer", "firmware_old", "firmware_newer",
)  # fmt: skip
HEALTH = (
    "flash_failing", "facts_dropped", "memory_low", "signal_weak", "reconnects_often",
    "cable_loose", "board_clock", "messages_denied", "messages_oversize", "messages_bad",
    "orders_refused", "somebody_refused", "somebody_disbelieves",
)  # fmt: skip
NOTES = ("updating", "served_here", "spare", "well")

ORDER = (
    *GATEWAY, *CABLE, *START, *CRASH, *WIFI, *BROKER, *IDENTITY, *UPDATE, *ABSENT, *ALERTS,
    *STATE, *HEALTH, *NOTES,
)  # fmt: skip

_IF_ABSENT = frozenset(
    ("settings_not_applied", "face_not_shown", "reading_stale", "reading_none", "update_stuck",
     "firmware_old", "reconnects_often", "cable_loose", "updating")
)  # fmt: skip
# A board that cannot work is not there, and a cable to it may be silent.
_IF_STUCK = frozenset((*ABSENT, "silent")) | _IF_ABSENT
# Without the gateway nothing is known of now, and no board can reach it.
_IF_NO_HALL = _IF_STUCK - {"silent"} | {
    "broker_unreachable", "no_bridge", "broker_hangs_up", "tls_mismatch", "ca_wrong",
    "secret_perhaps", "somebody_refused", "somebody_disbelieves", "twins",
}  # fmt: skip
_NO_PORT_YET = frozenset(("silent",))

HIDES: dict[str, frozenset[str]] = {
    **dict.fromkeys(("hall_closed", "broker_down", "writer_silent"), _IF_NO_HALL),
    **{code: _NO_PORT_YET for code in CABLE if code != "silent"},
    **{
        code: _IF_STUCK | frozenset((*CRASH, *WIFI, *BROKER))
        for code in START
        if code != "interpreter_other"
    },
    "interpreter_other": _IF_STUCK,
    "hangs": _IF_STUCK,
    **{
        code: _IF_STUCK | frozenset((*BROKER, "secret_perhaps", "somebody_refused"))
        for code in (*CRASH, *WIFI)
    },
    **{
        code: _IF_STUCK | frozenset(("secret_perhaps", "somebody_refused", "somebody_disbelieves"))
        for code in BROKER
    },
    # A wrong address is why it is not reached; to an unknown board every secret is wrong.
    "wrong_address": _IF_STUCK
    | {"broker_unreachable", "broker_hangs_up", "tls_mismatch", "secret_perhaps"},
    **{
        code: _IF_STUCK
        | {"secret_refused", "secret_perhaps", "somebody_refused", "role_differs", "twins"}
        for code in ("unknown_board", "retired_board")
    },
    "secret_refused": _IF_STUCK | {"secret_perhaps", "somebody_refused"},
    "secret_perhaps": _IF_STUCK | {"somebody_refused"},
    "twins": _IF_STUCK | {*CRASH, "messages_bad", "board_clock"},
    "role_differs": frozenset(("settings_not_applied", "messages_bad", "face_not_shown")),
    **{code: frozenset(("firmware_old", "updating")) for code in UPDATE},
    "updating": frozenset(("firmware_old",)),
    **dict.fromkeys(ABSENT, _IF_ABSENT),
    "printer_silent": frozenset(("paper_out", "paper_low", "cover_open")),
    "paper_out": frozenset(("paper_low",)),
    "sensor_fault": frozenset(("reading_none",)),
    "contract_newer": frozenset(("firmware_newer", "messages_bad")),
    "signal_weak": frozenset(("reconnects_often",)),
}
# A crash has its own word for why; the more exact one counts.
HIDES["crash_loop"] |= {"watchdog", "power_fails"}
# Starts that were counted lately, as of a tool at the cable, do not tell why it is away now.
for _code in ("watchdog", "power_fails"):
    HIDES[_code] -= {"secret_perhaps"}
