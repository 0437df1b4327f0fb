"""A plain, exact form of decoded values, to compare what two interpreters read.

Not JSON, which is what is being tested: each value is a letter, a length, a colon and its bytes.
"""

import struct


def pack(value):
    """Give the bytes of a value that `codec.decode` gave."""
    if value is None:
        return _item(b"n", b"")
    if value is True or value is False:
        return _item(b"b", b"1" if value else b"0")
    if type(value) is int:
        return _item(b"i", str(value).encode())
    if type(value) is float:
        return _item(b"f", struct.pack("<d", value))
    if type(value) is str:
        return _item(b"s", value.encode())
    if type(value) is list:
        return _item(b"l", b"".join([pack(v) for v in value]))
    if type(value) is dict:
        return _item(b"d", b"".join([pack(k) + pack(v) for k, v in value.items()]))
    raise TypeError("a decoded value may not be a " + type(value).__name__)


def _item(letter, data):
    return letter + str(len(data)).encode() + b":" + data


def unpack(data):
    """Give the value that `pack` made `data` of."""
    values = _unpack_all(data)
    assert len(values) == 1, values
    return values[0]


def _unpack_all(data):
    values = []
    at = 0
    while at < len(data):
        letter = data[at : at + 1]
        colon = data.index(b":", at)
        at = colon + 1 + int(data[at + 1 : colon])
        values.append(_value(letter, data[colon + 1 : at]))
    return values


def _value(letter, body):
    if letter == b"n":
        return None
    if letter == b"b":
        return body == b"1"
    if letter == b"i":
        return int(body)
    if letter == b"f":
        return struct.unpack("<d", body)[0]
    if letter == b"s":
        return body.decode("utf-8", "replace")
    flat = _unpack_all(body)
    if letter == b"l":
        return flat
    # A key that is no text can be unhashable here: keep it readable instead.
    keys = [key if isinstance(key, str) else repr(key) for key in flat[::2]]
    return dict(zip(keys, flat[1::2]))  # noqa: B905 (MicroPython has no strict=)
