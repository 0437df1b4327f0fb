"""The console event by which a board gets its secret."""

from gateway.fleet.secrets import hash_secret


def enrolment(
    board: str, role: str, counter: int | None, secret: str, known: bool
) -> dict[str, object]:
    """Give the console event that makes `secret` the only one of a board."""
    wish: dict[str, object] = {"board": board, "secret_hash": hash_secret(secret)}
    if known:
        return {"ev": "board_secret", **wish}
    if counter is not None:
        wish["counter"] = counter
    return {"ev": "board_add", "role": role, **wish}
