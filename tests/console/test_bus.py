"""The console's connection to the broker."""

from pathlib import Path

from web_console.bus import Bus


def test_what_a_broken_connection_swallowed_is_not_said_an_hour_later(tmp_path: Path) -> None:
    bus = Bus(("127.0.0.1", 1), "console", tmp_path / "console", lambda *_: None, lambda *_: None)
    assert not bus.say("t", b"never")
    bus._client.publish("t", b"unacknowledged", 1)  # as paho holds it when its broker is killed
    bus._pre_connect(bus._client, None)
    assert bus._client.drop_out_messages() == []
