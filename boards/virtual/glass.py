"""Reading and writing what stands on a virtual board's matrix."""

from firmware.core.sign import Sign


def frame(text: str, width: int = 32, dot: bool = False, height: int = 8) -> bytes:
    """Give the frame of a text that fits or begins to scroll."""
    sign = Sign(width, height)
    sign.show(text, 0)
    sign.dot(dot, 0)
    return bytes(sign.render(0) or b"")


def px(text: str, width: int = 32, dot: bool = False, height: int = 8) -> str:
    """Give the same as a board shows it in `px`."""
    return frame(text, width, dot, height).hex()


def picture(pixels: str, width: int = 32) -> str:
    """Give the rows of `px` as lines of "#" and "."; for people and error messages."""
    bits = f"{int(pixels, 16):0{len(pixels) * 4}b}"
    rows = [bits[at : at + width] for at in range(0, len(bits), width)]
    return "\n".join(row.replace("0", ".").replace("1", "#") for row in rows)
