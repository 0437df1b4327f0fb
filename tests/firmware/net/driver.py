"""A little board that does what it is told in one line of JSON and says what happened in lines.

Runs on MicroPython and on CPython; the order comes on stdin, because MicroPython's unix port
dies of an argument longer than 255 bytes. In it, all optional
but `port`: host, ca (file), server_name, user, password, keepalive_s, timeout_ms,
max_packet_bytes, will [topic, text, retain], connections (how often to connect, default 1),
subscribe [topic], publish [[topic, text, qos, retain]], repeat (how often all of them),
until_messages (then it closes by itself), quiet (count messages, do not print them).
Says `{"ev": "connected"}`, `{"ev": "message", ...}`, `{"ev": "ended", "why", "text", "ms"}` for
each connection, and at the end `{"ev": "done", ...}` with the counters.
"""

import asyncio
import gc
import json
import sys

from firmware.net import tcp
from firmware.net.mqtt import Client, LinkError, TooMany
from firmware.net.ticks import ticks_diff, ticks_ms


def say(**line):
    print(json.dumps(line))


class Driver:
    def __init__(self, order):
        self.order = order
        self.messages = 0
        self.free_bytes_least = None
        ca = None
        if order.get("ca"):
            with open(order["ca"], "rb") as f:
                ca = f.read()
        will = order.get("will")
        user = order.get("user", "driver")
        self.client = Client(
            tcp.opener(
                order.get("host", "127.0.0.1"), order["port"], ca, order.get("server_name", "")
            ),
            user,
            user,
            order.get("password", ""),
            order.get("keepalive_s", 30),
            self.on_message,
            (will[0], will[1].encode(), will[2]) if will else None,
            max_packet_bytes=order.get("max_packet_bytes", 2_304),
            timeout_ms=order.get("timeout_ms", 5_000),
        )

    def on_message(self, topic, payload, retained):
        self.messages += 1
        if not self.order.get("quiet"):
            size = len(payload)
            text = str(payload[:40], "utf-8")
            say(ev="message", topic=topic, text=text, size=size, retained=retained)
        elif hasattr(gc, "mem_free") and self.messages % 100 == 0:
            free_bytes = gc.mem_free()
            if self.free_bytes_least is None or free_bytes < self.free_bytes_least:
                self.free_bytes_least = free_bytes

    async def once(self):
        start_ms = ticks_ms()
        try:
            await self.client.connect()
            say(ev="connected")
            if self.order.get("subscribe"):
                await self.client.subscribe(self.order["subscribe"])
                say(ev="subscribed")
            for _ in range(self.order.get("repeat", 1)):
                for topic, text, qos, retain in self.order.get("publish", ()):
                    await self.publish(topic, text.encode(), qos, retain)
            closing = asyncio.create_task(self.close_at_last())
            try:
                await self.client.run()
            finally:
                closing.cancel()
            why = "closed by us"
            text = ""
        except LinkError as e:
            why = type(e).__name__
            text = str(e)
        say(ev="ended", why=why, text=text, ms=ticks_diff(ticks_ms(), start_ms))

    async def publish(self, topic, payload, qos, retain):
        while True:
            try:
                return self.client.publish(topic, payload, qos, retain)
            except TooMany:
                await self.client.flush()

    async def close_at_last(self):
        enough = self.order.get("until_messages")
        while enough is None or self.messages < enough:
            await asyncio.sleep(0.01)
        await self.client.close()

    async def main(self):
        for _ in range(self.order.get("connections", 1)):
            await self.once()
        gc.collect()
        say(
            ev="done",
            messages=self.messages,
            dropped=self.client.dropped,
            bytes_in=self.client.bytes_in,
            bytes_out=self.client.bytes_out,
            free_bytes=gc.mem_free() if hasattr(gc, "mem_free") else None,
            free_bytes_least=self.free_bytes_least,
        )


asyncio.run(Driver(json.loads(sys.stdin.readline())).main())
