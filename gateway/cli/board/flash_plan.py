"""Which board is to be made: what the register, the site file and the flags say of an id."""

from dataclasses import dataclass

from boards.catalog import CatalogError, Kind, load_kind
from firmware.wire import topics
from gateway.config import ConfigError, Settings
from gateway.domain.site import SiteBoard
from gateway.service.register_view import registered_boards
from gateway.service.site_file import read_site

_AT_A_COUNTER = ("counter", "rating")


@dataclass(frozen=True, slots=True)
class Plan:
    """A board to be: its id, kind, and the counter it is mounted at."""

    board: str
    kind: Kind
    counter: int | None
    spare: bool


class Planner:
    """Knows the hall's boards, by its register and its site file."""

    def __init__(self, settings: Settings) -> None:
        self._registered = {str(entry["id"]): entry for entry in registered_boards(settings)}
        site = read_site(settings.site)
        # A site file that is refused is told of elsewhere; the flags then say all that is needed.
        self._site: dict[str, SiteBoard] = (
            {} if isinstance(site, str) else {board.id: board for board in site.boards}
        )

    def open_ids(self) -> list[str]:
        """Give the ids that the site names and nobody has registered yet, in the site's order."""
        return [board for board in self._site if board not in self._registered]

    def plan(self, board: str, kind: str | None, counter: int | None, spare: bool) -> Plan:
        """Give what is to be made; ConfigError with what is missing or does not agree."""
        if not topics.is_board_id(board):
            raise ConfigError(
                f"{board!r} cannot be a board's id: a-z first, then a-z, 0-9, - and _, at most"
                f" {topics.MAX_ID_CHARS}, and not one of {', '.join(topics.RESERVED_IDS)}"
            )
        known, named = self._registered.get(board), self._site.get(board)
        name = kind or (named.kind if named else None)
        if name is None:
            raise ConfigError(f"{board} is not in the site file: say its kind with --kind KIND")
        try:
            found = load_kind(name)
        except CatalogError as error:
            raise ConfigError(str(error)) from error
        if known is not None and known["role"] != found.role:
            raise ConfigError(
                f"{board} is registered as a {known['role']}, and {name} is a {found.role}:"
                f" `loket board retire {board}` first, or choose another id"
            )
        registered = known["counter"] if known is not None else None
        if known is not None and counter is not None and counter != registered:
            raise ConfigError(
                f"{board} is registered at counter {registered}, not {counter}:"
                f" `loket board retire {board}` first"
            )
        at = counter if counter is not None else registered
        if at is None and named is not None and known is None and not spare:
            at = named.counter
        if spare and at is not None:
            raise ConfigError(f"a spare is at no counter, and {board} is at {at}")
        if found.role in _AT_A_COUNTER and at is None and known is None and not spare:
            raise ConfigError(
                f"{board} needs --counter N, the counter it is mounted at, or --spare"
            )
        return Plan(board, found, at if isinstance(at, int) else None, spare)
