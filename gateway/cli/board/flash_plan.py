"""Which board is to be made: what the register, the site file and the flags say of an id."""

from contextlib import suppress
from dataclasses import dataclass

from boards.catalog import CatalogError, Kind, load_kind
from firmware.wire import topics
from firmware.wire.events import MAX_COUNTER
from gateway.cli.board.said import no_id
from gateway.config import ConfigError, Settings
from gateway.domain.site import SiteBoard
from gateway.fleet.flash.texts import flash_error
from gateway.service.register_view import registered_boards
from gateway.site import SiteError, load_site

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
        self._site: dict[str, SiteBoard] = {}
        # A site file that is refused is told of elsewhere; the flags then say all that is needed.
        with suppress(SiteError):
            self._site = {board.id: board for board in load_site(settings.site).boards}

    def open_ids(self) -> list[str]:
        """Give the ids that the site names and nobody has registered yet, in the site's order."""
        return [board for board in self._site if board not in self._registered]

    def plan(self, board: str, kind: str | None, counter: int | None, spare: bool) -> Plan:
        """Give what is to be made; ConfigError with what is missing or does not agree."""
        if not topics.is_board_id(board):
            raise _not(*no_id(board))
        if counter is not None and not 1 <= counter <= MAX_COUNTER:
            raise _not(
                f"loket {counter} tidak ada: nomor loket dari 1 sampai {MAX_COUNTER}",
                f"there is no counter {counter}: counters are from 1 to {MAX_COUNTER}",
            )
        known, named = self._registered.get(board), self._site.get(board)
        name = kind or (named.kind if named else None)
        if name is None:
            raise _not(
                f"{board} tidak ada di berkas site: sebutkan jenisnya dengan --kind JENIS"
                " (`loket boards check` menunjukkan semuanya)",
                f"{board} is not in the site file: say its kind with --kind KIND"
                " (`loket boards check` shows them)",
            )
        try:
            found = load_kind(name)
        except CatalogError as error:
            raise flash_error("bad_kind", why=error) from error
        if known is not None and known["role"] != found.role:
            raise _not(
                f"{board} terdaftar sebagai {known['role']}, sedangkan {name} adalah {found.role}:"
                f" `loket board retire {board}` dulu, atau pilih id lain",
                f"{board} is registered as a {known['role']}, and {name} is a {found.role}:"
                f" `loket board retire {board}` first, or choose another id",
            )
        registered = known["counter"] if known is not None else None
        if known is not None and counter is not None and counter != registered:
            raise _not(
                f"{board} terdaftar di loket {registered or '-'}, bukan {counter}:"
                f" `loket board retire {board}` dulu",
                f"{board} is registered at counter {registered or '-'}, not {counter}:"
                f" `loket board retire {board}` first",
            )
        at = counter if counter is not None else registered
        if at is None and named is not None and known is None and not spare:
            at = named.counter
        if spare and at is not None:
            raise _not(
                f"cadangan tidak punya loket, sedangkan {board} di loket {at}",
                f"a spare is at no counter, and {board} is at {at}",
            )
        if found.role in _AT_A_COUNTER and at is None and known is None and not spare:
            raise _not(
                f"{board} perlu --counter N, loket tempatnya dipasang, atau --spare",
                f"{board} needs --counter N, the counter it is mounted at, or --spare",
            )
        return Plan(board, found, at if isinstance(at, int) else None, spare)


def _not(text_id: str, text_en: str) -> ConfigError:
    return ConfigError(text_en, text_id)
