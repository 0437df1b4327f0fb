"""QR codes as pictures: what a ticket's paper carries, so that a telephone can read it."""

import io

import segno

MOST_CHARS = 300
_BORDER_MODULES = 4  # the quiet zone that ISO/IEC 18004 asks for


def svg(text: str) -> bytes:
    """Give the QR code of `text` as an SVG without size. Raises ValueError if there is none."""
    if not text or len(text) > MOST_CHARS:
        raise ValueError(f"a text of 1 to {MOST_CHARS} characters is needed")
    picture = io.BytesIO()
    code = segno.make_qr(text, error="m")
    code.save(picture, kind="svg", border=_BORDER_MODULES, xmldecl=False, omitsize=True)
    return picture.getvalue()
