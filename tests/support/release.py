"""Releases for tests of updates: files of a slot, their manifest, a workshop that serves them."""

import base64
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt

from boards.image import build_image
from firmware.wire import topics
from firmware.wire.offer import offer_mac, update_key
from tests.boards.scripted import Payload, ScriptedGateway

SECRET = "not needed here"  # of scripted.make_flash


def manifest_of(files: dict[str, bytes], **head: object) -> bytes:
    """Give the manifest of some files."""
    fields = {"version": "2.0", "number": 1, "role": "counter", "chip": "virtual", "mpy": 6}
    lines = ["loket-firmware 1"]
    lines += [f"{name} {value}" for name, value in {**fields, "kind": "-", **head}.items()]
    for path, data in sorted(files.items()):
        lines.append(f"{hashlib.sha256(data).hexdigest()} {len(data)} {path}")
    lines.append(f"end {len(files)}")
    return "".join(line + "\n" for line in lines).encode()


def compiled(folder: Path, role: str = "counter", **changed: str) -> dict[str, bytes]:
    """Give the files of a virtual board's firmware; `changed` is new source of modules, with "_"
    between their names and "__" for "_"."""
    image = build_image(role, "virtual", folder)
    files = {name: (folder / name).read_bytes() for name in image.files}
    shutil.rmtree(folder)
    for name, source in changed.items():
        path = name.replace("__", "\0").replace("_", "/").replace("\0", "_")
        files.pop(path + ".mpy", None)
        files[path + ".py"] = source.encode()
    return files


def version(number: int, text: str) -> str:
    """Give the source of firmware/version."""
    return f'VERSION = "{text}"\nNUMBER = {number}\n'


def offer_of(update_id: str, board: str, data: bytes, **fields: Any) -> Payload:
    """Give the offer of what `data` is to a board."""
    offer: Payload = {"id": update_id, "kind": "firmware", "number": 1, "version": "2.0"}
    offer.update(size=len(data), sha=hashlib.sha256(data).hexdigest(), **fields)
    offer["mac"] = offer_mac(update_key(SECRET), board, offer)
    return offer


def piece_of(blobs: dict[str, bytes], want: Payload) -> Payload:
    """Give the answer to a want; `blobs` is what there is, by its hash."""
    answer: Payload = {"id": want["id"], "sha": want["sha"]}
    blob = blobs.get(want["sha"])
    if blob is None:
        return {**answer, "why": "unknown"}
    data = blob[want["at"] : want["at"] + want["n"]]
    return {**answer, "at": want["at"], "data": base64.b64encode(data).decode()}


class ScriptedWorkshop(ScriptedGateway):
    """Also offers updates, and serves what it has of them; `wants` is every piece asked for,
    `pieces` how many it gives (None: all)."""

    def __init__(self, port: int, board: str) -> None:
        self.pieces: int | None = None
        self.blobs: dict[str, bytes] = {}
        self.wants: list[Payload] = []
        super().__init__(port, board)

    def offer(self, update_id: str, data: bytes, **fields: Any) -> Payload:
        """Offer what `data` is, and serve it."""
        self.has(data)
        offer = offer_of(update_id, self.board, data, **fields)
        self.publish(topics.DN_UPDATE, offer)
        return offer

    def offer_release(self, update_id: str, files: dict[str, bytes], **head: object) -> Payload:
        """Offer a release."""
        for data in files.values():
            self.has(data)
        named = {name: head[name] for name in ("version", "number") if name in head}
        return self.offer(update_id, manifest_of(files, **head), **named)

    def offer_link(self, update_id: str, number: int, **settings: object) -> Payload:
        """Offer settings of the link."""
        data = json.dumps(settings).encode()
        return self.offer(update_id, data, kind="link", number=number, version="-")

    def has(self, data: bytes) -> None:
        """Serve `data`."""
        self.blobs[hashlib.sha256(data).hexdigest()] = data

    def outcome(self, update_id: str, timeout_s: float = 20.0) -> Payload:
        """Give what became of an update."""
        going = ("loading", "loaded", "trial")
        told: Payload = self.wait(
            topics.UP_UPDATE,
            lambda p: p is not None and p["id"] == update_id and p["st"] not in going,
            timeout_s,
        )
        return told

    def _take(self, client: mqtt.Client, data: object, message: mqtt.MQTTMessage) -> None:
        if message.topic == topics.of_board(self.board, topics.UP_WANT):
            want = json.loads(message.payload)
            self.wants.append(want)
            if self.pieces is None or len(self.wants) <= self.pieces:
                self.publish(topics.DN_CHUNK, piece_of(self.blobs, want))
        else:
            super()._take(client, data, message)
