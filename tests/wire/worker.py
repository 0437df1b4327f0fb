"""The MicroPython end of conftest.py's Peer: one order a line, one answer a line.

`D<hex>` decodes and answers with the packed value; `R<hex>` decodes and encodes again and
answers with the bytes, both as hex. `B` is BadPayload, `X ...` any other exception.
"""

import binascii
import sys

from firmware.wire import codec
from tests.wire.portable import pack


def answer(order, data):
    try:
        value = codec.decode(data, codec.MAX_DOWN_BYTES)
        if order == "R":
            return binascii.hexlify(codec.encode(value, codec.MAX_DOWN_BYTES)).decode()
        return binascii.hexlify(pack(value)).decode()
    except codec.BadPayload:
        return "B"
    except Exception as e:  # noqa: BLE001 (it is reported)
        return "X " + repr(e).replace("\n", " ")


while True:
    line = sys.stdin.readline().strip()
    if not line:
        break
    print(answer(line[0], binascii.unhexlify(line[1:])))
