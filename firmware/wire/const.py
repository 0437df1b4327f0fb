"""Numbers that cost a board no memory."""


def const(value: int) -> int:
    """Give `value`. MicroPython's compiler knows the name: `_X = const(5)` puts 5 wherever `_X`
    stands and keeps no `_X`, and `if TYPE_CHECKING` with `TYPE_CHECKING = const(0)` leaves no
    code. This function is what CPython calls."""
    return value
