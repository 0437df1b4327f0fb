"""The floor: a bare gateway that writes one row and answers a fixed face. No queue, no rules.

Same broker, same client library driven the same way, same fsync: what any durable answer costs.
`python -m tests.bench.echo_gateway PORT SECRET DATABASE`
"""

import sqlite3
import sys

from firmware.wire import topics
from gateway.bus import Door

FACE = b'{"epoch":1,"rev":1,"state":"called","text":"A001","blink":true,"lamp":"green"}'
RECEIPT = b'{"boot":1,"seq":1,"st":"accepted","ticket":"A001"}'


def main() -> None:
    """Echo until killed. The answer goes to the topic that the sender waits at."""
    port, secret, database, answer = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    leaf, payload = (topics.DN_FACE, FACE) if answer == "face" else (topics.DN_RECEIPT, RECEIPT)
    db = sqlite3.connect(database, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, topic TEXT, body BLOB)")
    will = (topics.GW_STATE, b'{"s":"lost"}')
    door = Door("127.0.0.1", port, "gw", secret, (topics.ALL_UP,), will)
    event_end = "/" + topics.UP_EVENT
    while True:
        batch = [m for m in door.wait(1.0) if m.topic.endswith(event_end)]
        if door.took_ready():
            door.publish(topics.GW_STATE, b'{"s":"ready","epoch":1}', retain=True)
        if not batch:
            continue
        db.execute("BEGIN IMMEDIATE")
        db.executemany(
            "INSERT INTO event (topic, body) VALUES (?, ?)", [(m.topic, m.payload) for m in batch]
        )
        db.execute("COMMIT")
        for message in batch:
            board = message.topic[len(topics.PREFIX) : -len(event_end)]
            door.publish(topics.of_board(board, leaf), payload)


if __name__ == "__main__":
    main()
