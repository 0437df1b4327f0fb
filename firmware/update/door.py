"""What stays of all this in a board that is not being updated."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Data = bytes | memoryview


class Door:
    """Stands before a running board, `main`: `hook` is what its update has loaded, if there is
    one; `lines` its last lines, if somebody reads them or there is room; `_command` its role's."""

    hook: "Any" = None
    lines: "Any" = None

    def __init__(self, main: "Any") -> None:
        self.main = main
        self._command = main.role.command

    def heard(self, data: "Data", now_ms: int, retained: bool) -> None:
        """Take an offer or a piece of an update."""
        if not self.hook:
            from firmware.update.hook import Hook

            self.hook = Hook(self)
        self.hook.heard(data, now_ms, retained)

    def command(self, *order: "Any") -> "tuple[str, str]":
        """Do an order, if the role does not know it (see its `command`); give (code, detail)."""
        answer: "tuple[str, str]" = self._command(*order)
        if answer[0] == "unknown_command":
            from firmware.update.orders import obey

            answer = obey(self, *order)
        return answer
