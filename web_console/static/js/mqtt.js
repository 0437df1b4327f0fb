// What is said on an MQTT connection, packet by packet, for people who watch. It never judges.

const NAMES = [
  "", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP",
  "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT",
];
const MOST_BYTES = 65_536; // what a hall never sends: the stream is no MQTT then

/** Cuts one direction of a connection into packets. */
export class Packets {
  rest = new Uint8Array(0);

  /** Take bytes; give the packets that are whole: {name, bytes}, and what they say. */
  take(bytes) {
    const all = new Uint8Array(this.rest.length + bytes.length);
    all.set(this.rest);
    all.set(bytes, this.rest.length);
    const packets = [];
    let at = 0;
    for (;;) {
      const found = measure(all, at);
      if (!found || at + found.bytes > all.length) break;
      packets.push(read(all.subarray(at, at + found.bytes), found.head));
      at += found.bytes;
    }
    this.rest = all.length - at > MOST_BYTES ? new Uint8Array(0) : all.slice(at);
    return packets;
  }
}

/** Give how long the packet at `at` is, and its head; nothing while that is not known. */
function measure(all, at) {
  let length = 0;
  for (let i = 0; i < 4; i += 1) {
    const byte = all[at + 1 + i];
    if (byte === undefined) return null;
    length += (byte & 0x7f) << (7 * i);
    if (byte < 0x80) return { head: 2 + i, bytes: 2 + i + length };
  }
  return { head: 5, bytes: 5 + length };
}

function read(packet, head) {
  const name = NAMES[packet[0] >> 4] ?? "";
  const what = { name, bytes: packet.length };
  if (name === "PUBLISH") return { ...what, ...publish(packet, head) };
  if (name === "CONNACK") return { ...what, code: packet[head + 1] };
  if (name === "SUBSCRIBE") return { ...what, text: topics(packet, head + 2) };
  if (name === "CONNECT") return { ...what, text: string(packet, head + 10) }; // the name, no secret
  return what;
}

function publish(packet, head) {
  const topic = string(packet, head);
  const qos = (packet[0] >> 1) & 3;
  const from = head + 2 + size(packet, head) + (qos ? 2 : 0);
  return { topic, qos, retained: Boolean(packet[0] & 1), text: utf8(packet.subarray(from)) };
}

function topics(packet, at) {
  const found = [];
  while (at + 2 < packet.length) {
    found.push(string(packet, at));
    at += 2 + size(packet, at) + 1;
  }
  return found.join(" ");
}

const size = (packet, at) => (packet[at] << 8) | packet[at + 1];
const string = (packet, at) => utf8(packet.subarray(at + 2, at + 2 + size(packet, at)));
const utf8 = (bytes) => new TextDecoder().decode(bytes);
