"""Texts cut to what a message has room for."""


def fitting(text: str, most_bytes: int) -> str:
    """Give the beginning of a text that has at most so many bytes as JSON."""
    size = 0
    for n, sign in enumerate(text):
        size += 2 if sign in '"\\' else len(sign.encode()) if sign.isprintable() else 6
        if size > most_bytes:
            return text[:n]
    return text
