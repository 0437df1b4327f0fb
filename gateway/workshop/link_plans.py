"""Another network, broker address or certificate for many boards, in stages."""

import base64
import json
import ssl

from firmware.wire import codec
from firmware.wire.codec import BadPayload
from gateway.fleet.staging import LINK, SKIPPED, Plan, Row
from gateway.workshop.change import Change, NoChange
from gateway.workshop.fleet import Fleet
from gateway.workshop.trade import Ask, Now, Quiet, Refused
from gateway.workshop.updates import BOARDS_MOST, Updates

MAKER = "network"
NETWORKS_MOST = 2
_WIRED = "wired"
_CA_CHARS = 8_192
# What a board takes in one file (firmware/update/link.py).
_FILE_MOST_BYTES = 6_144


class LinkPlans(Quiet):
    """The ask `link_start`, and the maker of its changes: the same settings for all."""

    def __init__(self, updates: Updates, fleet: Fleet) -> None:
        self.asks = {"link_start": self._start}
        self._updates = updates
        self._fleet = fleet
        updates.makers[MAKER] = self

    def change(self, plan: Plan, row: Row) -> Change:
        """Give the settings with the board's next number; raises NoChange."""
        if self._fleet.of(row.board).wired:  # it was not known when the plan was made
            raise NoChange(_WIRED)
        return link_change(plan.data["settings"], row, self._fleet)

    def moved(self, plan: Plan, row: Row, now: Now) -> None:
        """Nothing else changes with a board's network."""

    def over(self, plan: Plan) -> None:
        """Nothing is kept but in the plan."""

    def _start(self, ask: Ask, now: Now) -> dict[str, object]:
        settings = read_link(ask.fields)
        boards = named_boards(ask, self._fleet)
        left_out = [board for board in boards if self._fleet.of(board).wired]
        rows = [Row(board, 0) for board in boards if board not in left_out]
        if not rows:
            raise Refused(
                "nothing_to_do",
                f"{', '.join(left_out[:5])}: lewat kabel data, jadi tidak memakai Wi-Fi atau alamat"
                " broker. Tidak ada yang perlu diubah.",
                f"{', '.join(left_out[:5])}: on a cable, so there is no Wi-Fi and no broker address"
                " to change. There is nothing to do.",
            )
        rows += [Row(board, 0, state=SKIPPED, why=_WIRED) for board in left_out]
        data: dict[str, object] = {"settings": settings}
        self._updates.begin(self._updates.new_plan(ask, MAKER, LINK, "", 0, rows, data))
        return {"boards": len(rows)}


def named_boards(ask: Ask, fleet: Fleet) -> tuple[str, ...]:
    """Give the boards that an ask names, all if it names none; raises BadPayload, Refused."""
    asked = codec.read_strs(ask.fields, "boards", BOARDS_MOST, 32)
    registered = fleet.registered or ()
    if unknown := [board for board in asked if board not in registered]:
        raise Refused(
            "unknown_board",
            f"{unknown[0]} tidak terdaftar di sini.",
            f"{unknown[0]} is not registered here.",
        )
    boards = tuple(dict.fromkeys(asked)) or registered
    if not boards:
        raise Refused("nothing_to_do", "Belum ada papan.", "There are no boards yet.")
    return boards


def link_change(settings: object, row: Row, fleet: Fleet) -> Change:
    """Give a change of a board's link settings, numbered after the last that it has."""
    number = row.number or min((fleet.of(row.board).link or 0) + 1, codec.MAX_INT)
    file = json.dumps(settings, sort_keys=True).encode()
    return Change(LINK, number, f"link-{number}", file)


def read_link(fields: dict[str, object]) -> dict[str, object]:
    """Give the settings that an ask changes, checked; raises BadPayload."""
    settings: dict[str, object] = {}
    networks = fields.get("wifi")
    if networks is not None:
        if not isinstance(networks, list) or not 0 < len(networks) <= NETWORKS_MOST:
            raise BadPayload("wifi", "a list of one or two networks is needed")
        settings["wifi"] = [_network(network) for network in networks]
    if fields.get("host") is not None:
        settings["host"] = codec.read_str(fields, "host", 1, 64)
    if fields.get("port") is not None:
        settings["port"] = codec.read_int(fields, "port", 1, 65_535)
    if fields.get("tls") is not None:
        settings["tls"] = codec.read_bool(fields, "tls")
    if fields.get("ca") is not None:
        settings["ca"] = _der(fields["ca"])
    if not settings:
        raise BadPayload("wifi", "one of wifi, host, port, tls, ca is needed")
    if len(json.dumps(settings)) > _FILE_MOST_BYTES:
        raise BadPayload("ca", f"all together at most {_FILE_MOST_BYTES} bytes are needed")
    return settings


def _network(network: object) -> dict[str, object]:
    if not isinstance(network, dict):
        raise BadPayload("wifi", "ssid and password are needed")
    return {
        "ssid": codec.read_str(network, "ssid", 1, 32),
        "password": codec.read_str(network, "password", 0, 64),
    }


def _der(pem: object) -> str:
    if not isinstance(pem, str) or len(pem) > _CA_CHARS:
        raise BadPayload("ca", "a certificate as PEM is needed")
    try:
        return base64.b64encode(ssl.PEM_cert_to_DER_cert(pem.strip())).decode()
    except ValueError as error:
        raise BadPayload("ca", f"a certificate as PEM is needed ({error})") from error
