"""The floor: a bare gateway that writes one row and answers a fixed text. No queue, no rules.

The same broker, the same client library as it comes, driven by the same single thread, and the
same fsync: what any durable answer costs.
`python -m tests.bench.echo_gateway PORT SECRET DATABASE (face | receipt)`
"""

import select
import sqlite3
import sys
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from firmware.wire import topics
from gateway.bus import no_delay

FACE = b'{"epoch":1,"rev":1,"state":"called","text":"A001","blink":true,"lamp":"green"}'
RECEIPT = b'{"boot":1,"seq":1,"st":"accepted","ticket":"A001"}'
EVENT_END = "/" + topics.UP_EVENT
BATCH_MOST = 200


def main(port: int, secret: str, database: str, answer: str) -> None:
    """Echo until killed; presses that have arrived together share one commit."""
    leaf, payload = (topics.DN_FACE, FACE) if answer == "face" else (topics.DN_RECEIPT, RECEIPT)
    db = sqlite3.connect(database, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, topic TEXT, body BLOB)")
    inbox: list[Any] = []

    def subscribe(*_: Any) -> None:
        client.subscribe(topics.ALL_UP, 1)

    def say_ready(*_: Any) -> None:
        client.publish(topics.GW_STATE, b'{"s":"ready","epoch":1}', 1, True)

    client = mqtt.Client(CallbackAPIVersion.VERSION2, "gw", protocol=mqtt.MQTTv311)
    client.username_pw_set("gw", secret)
    client.max_inflight_messages_set(0)
    client.on_socket_open = no_delay
    client.on_connect = subscribe
    client.on_subscribe = say_ready
    client.on_message = lambda _c, _d, message: inbox.append(message)
    client.connect("127.0.0.1", port)
    poll = select.epoll()
    sock: Any = client.socket()
    poll.register(sock, select.EPOLLIN)
    while True:
        if poll.poll(1.0):
            client.loop_read()
            while len(inbox) < BATCH_MOST and poll.poll(0):
                client.loop_read()
        client.loop_misc()
        batch = [m for m in inbox if m.topic.endswith(EVENT_END)]
        inbox.clear()
        if batch:
            db.execute("BEGIN IMMEDIATE")
            db.executemany(
                "INSERT INTO event (topic, body) VALUES (?, ?)",
                [(m.topic, m.payload) for m in batch],
            )
            db.execute("COMMIT")
        for message in batch:
            board = message.topic[len(topics.PREFIX) : -len(EVENT_END)]
            client.publish(topics.of_board(board, leaf), payload, 1)
        while client.want_write():
            client.loop_write()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:5])
