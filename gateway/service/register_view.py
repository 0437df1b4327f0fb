"""The register of boards as the journal has it, without being its writer."""

from gateway.config import Settings
from gateway.journal import read_events


def registered_boards(settings: Settings) -> list[dict[str, object]]:
    """Give the boards that were added and not retired: id, role, counter (None if at none)."""
    boards: dict[str, dict[str, object]] = {}
    if not settings.paths.journal.exists():
        return []
    for body in read_events(settings.paths.journal, ("board_added", "board_retired")):
        board = str(body["board"])
        if body["kind"] == "board_added":
            boards[board] = {
                "id": board,
                "role": body["role"],
                "counter": body.get("counter") or None,
            }
        else:
            boards.pop(board, None)
    return [boards[board] for board in sorted(boards)]
