"""Runs in MicroPython with a terminal as stdin and stdout, as a board's USB is: `BOARD_ID`.

Says hello over MQTT, answers each message with its text reversed, and prints as programs do.
"""

import gc

# As boards do: the garbage of compiling must not lie between what stays.
gc.threshold(4_096)  # type: ignore[attr-defined]

import asyncio  # noqa: E402
import sys  # noqa: E402

from firmware.hal.clock import Clock  # noqa: E402
from firmware.hal.wired import wired  # noqa: E402
from firmware.net.mqtt import Client  # noqa: E402

board = sys.argv[1]
topic = "loket/1/" + board


def message(name, payload, retained):
    text = str(payload, "utf-8")
    print("got", len(text), "letters ~ and a half li", end="")
    client.publish(topic + "/up/echo", b"%d" % len(text), 1)


client = Client(wired({"driver": "usb"}, Clock().now_ms).open, board, board, "", 10, message)


async def main():
    print("MicroPython starts \x01\x02 here")
    await client.connect()
    await client.subscribe([topic + "/dn/say"])
    client.publish(topic + "/up/hello", b'"hello"', 1)
    await client.run()


asyncio.run(main())
