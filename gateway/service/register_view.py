"""The register of boards as the journal has it, without being its writer."""

from gateway.config import Settings
from gateway.journal import reading
from gateway.journal.snapshot_file import Unusable
from gateway.service.snapshot import code_mark, usable


def registered_boards(settings: Settings) -> list[dict[str, object]]:
    """Give the boards that were added and not retired: id, role, counter (or None), spare."""
    paths = settings.paths
    if not paths.journal.exists():
        return []
    boards: dict[str, dict[str, object]] = {}
    with reading(paths.journal) as events:
        upto = 0
        try:
            hall, upto = usable(paths, events, code_mark())
            for known in hall.boards.values():
                boards[known.id] = _entry(known.id, known.role, known.counter, known.spare)
        except Unusable:
            pass  # then the whole journal is looked through, which takes longer
        for body in events.of_kinds(("board_added", "board_retired"), upto):
            board = str(body["board"])
            if body["kind"] == "board_added":
                boards[board] = _entry(board, body["role"], body.get("counter"), body.get("spare"))
            else:
                boards.pop(board, None)
    return [boards[board] for board in sorted(boards)]


def _entry(board: str, role: object, counter: object, spare: object) -> dict[str, object]:
    return {"id": board, "role": role, "counter": counter or None, "spare": bool(spare)}
