# mypy: ignore-errors
# (runs inside MicroPython only)
"""What drive.py does with a board; each round gives what came of it, fit for JSON."""

import asyncio
import json

import machine
import network

from firmware.hal import real
from firmware.hal.store import FileStore
from firmware.main import Main


async def until(condition, what=""):
    for _ in range(2_000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("waited in vain for " + what)


def move(parts, name, down):
    """Move a key as a finger does."""
    key = parts["keys"][name]
    high = key.get("active") == "high"
    machine.wires[key["pin"]].drive(int(bool(down) == high))


class Watched:
    """A board whose role runs; `lives` has every state of its life."""

    def __init__(self, backend, settings):
        self.hw = backend(settings)
        self.lives = []
        show = self.hw.status.show

        def note(s):
            self.lives.append(s)
            show(s)

        self.hw.status.show = note
        self.parts = settings["parts"]
        self.main = Main(self.hw, settings)
        self.task = asyncio.create_task(self.main.run())

    async def ready(self):
        await until(lambda: self.lives and self.lives[-1] == "ready", "ready")

    def key(self, name, down):
        move(self.parts, name, down)

    async def told(self):
        """Return once the gateway has acknowledged a fact."""
        await until(lambda: self.hw.store.read("outbox.jsonl") == b"", "the receipt")


def glass():
    """Give the frame that a MAX7219 chain holds: the last word of each of its rows."""
    rows = {}
    for word in machine.spi_words:
        if 1 <= word[0] <= 8:
            rows[word[0]] = bytes([word[i] for i in range(1, len(word), 2)])
    return b"".join([rows[row] for row in range(1, 9)])


def scanned():
    """Give how many LEDs of P10 panels the next four quarters light, by the timer."""
    before = len(machine.spi_words)
    for _ in range(4):
        machine.timers[0].fire()
    dark = 0
    words = machine.spi_words[before:]
    for word in words:
        dark += sum([bin(byte).count("1") for byte in word])
    return 8 * sum([len(word) for word in words]) - dark


async def counter(backend, settings, devices):
    """Press `next` and wait for the number on the glass."""
    board = Watched(backend, settings)
    await board.ready()
    before = glass()
    board.key("next", True)
    await until(lambda: glass() != before and any(glass()[:28]), "the number")
    board.key("next", False)
    lamp = machine.wires[settings["parts"]["keys"]["next"]["lamp_pin"]]
    await until(lambda: not lamp.level, "the lamp to settle")
    return {
        "glass": glass().hex(),
        "asked": network.asked,
        "pm": network.pm,
        "watchdog": machine.fed[:2],
        "strip": machine.strips[-1].hex(),
    }


async def ticket(backend, settings, devices):
    """Take a number of the first queue and wait for its slip."""
    board = Watched(backend, settings)
    await board.ready()
    uart = machine.uarts[settings["parts"]["printer"]["uart"]]
    lamp = machine.wires[settings["parts"]["keys"]["queue1"]["lamp_pin"]]
    await until(lambda: lamp.level, "the lamp of an open queue")
    board.key("queue1", True)
    board.key("queue1", False)
    if machine.UART.there:
        await until(lambda: b"A001" in uart.printed, "the slip")
        await board.told()
    else:
        await until(lambda: board.hw.printer.state == "silent", "the silence")
    return {"state": board.hw.printer.state}


async def dispenser(backend, settings, devices):
    """Live until it sleeps."""
    board = Watched(backend, settings)
    await until(lambda: machine.ended, "the sleep")
    await asyncio.sleep(0.05)
    wakes = []
    if not machine.RP2:
        import esp32

        wakes = esp32.wakes
    return {"ended": machine.ended, "wakes": wakes, "lives": board.lives, "fed": machine.fed[:2]}


async def rating(backend, settings, devices):
    """Rate when the keys are lit."""
    board = Watched(backend, settings)
    await board.ready()
    lamp = machine.wires[settings["parts"]["keys"]["score4"]["lamp_pin"]]
    await until(lambda: lamp.level, "the keys to be lit")
    board.key("score4", True)
    tones = machine.tones[settings["parts"]["buzzer"]["pin"]]
    await until(lambda: len(tones) == 3, "the tone")
    await board.told()
    return {"tone": tones}


async def hall(backend, settings, devices):
    """Let somebody in so fast that the loop sees both beams at once."""
    board = Watched(backend, settings)
    await board.ready()
    await until(lambda: machine.strips[-1] != bytes(len(machine.strips[-1])), "the light")
    for step in (("outer", 1), ("inner", 1), ("outer", 0), ("inner", 0)):
        board.key(*step)
    await board.told()
    memory = bytes(devices.digits.memory).hex() if devices.digits else ""
    return {"strip": machine.strips[-1].hex(), "digits": memory}


async def gate(backend, settings, devices):
    """Check one visitor."""
    board = Watched(backend, settings)
    await board.ready()
    board.key("mask", True)
    board.key("mask", False)
    if any(machine.i2c_parts.values()):
        await until(lambda: any(machine.strips[-1]), "the light")
    else:
        await until(lambda: board.main.role.troubles["sensor_fault"], "the fault")
    memory = bytes(devices.digits.memory).hex() if devices.digits else ""
    return {"strip": machine.strips[-1].hex(), "digits": memory}


async def panel(backend, settings, devices):
    """Show a call."""
    board = Watched(backend, settings)
    await board.ready()
    if settings["parts"]["matrix"]["driver"] == "max7219":
        await until(lambda: any(glass()), "the call")
        return {"lit": sum([bin(byte).count("1") for byte in glass()])}
    await until(lambda: scanned() > 100, "the call")
    oe = machine.tones[settings["parts"]["matrix"]["oe"]]
    return {"lit": scanned(), "duties": oe[-2:], "period_ms": machine.timers[0].period_ms}


async def ports(backend, settings, devices):
    """Use every port that the board has, without a role."""
    hw = backend(settings)
    edges = []
    for name in hw.buttons:
        hw.buttons[name].on_edge = lambda key, down: edges.append((key, down)) or False
    running = asyncio.create_task(hw.run())
    await asyncio.sleep(0.02)
    parts = settings["parts"]
    told = {"lamps": [], "part": []}
    for name in hw.buttons:
        assert not hw.buttons[name].is_down(), name
        move(parts, name, True)
        move(parts, name, False)
    await until(lambda: len(edges) == 2 * len(hw.buttons), "the edges")
    told["edges"] = edges
    for name in hw.lamps:
        hw.lamps[name].show("on")
        entry = parts.get("keys", {}).get(name) or parts["lamps"][name]
        pin = entry.get("lamp_pin", entry["pin"])
        lit = machine.strips[-1] if entry.get("driver") == "ws2812" else machine.wires[pin].level
        told["lamps"].append((name, bool(lit)))
        hw.lamps[name].show("off")
    if hw.level:
        told["level"] = hw.level.read_raw()
        told["part"].append(hw.level.part)
    if hw.thermometer:
        told["temp_c"] = hw.thermometer.read_c()
        told["part"].append(hw.thermometer.part)
    if hw.battery:
        told["battery_mv"] = hw.battery.read_mv()
        told["low_mv"] = hw.battery.low_mv
    if hw.digits:
        hw.digits.show("36.5")
        told["silent"] = hw.digits.silent
    if hw.buzzer:
        hw.buzzer.play((5, 5, 5))
        tones = told["tone"] = machine.tones[parts["buzzer"]["pin"]]
        await until(lambda: len(tones) == 5, "the tones")
    if hw.matrix:
        frame = bytearray(hw.matrix.width * hw.matrix.height // 8)
        frame[0] = 0x81
        hw.matrix.show(frame)
        told["lit"] = (
            scanned() if machine.timers else sum([bin(byte).count("1") for byte in glass()])
        )
    if hw.printer:
        done = []
        hw.printer.print({"ticket": "A012"}, lambda ticket, ok, now_ms: done.append(ok))
        await until(lambda: done, "the slip")
        told["printed"] = done[0]
        told["printer"] = hw.printer.state
    told["reset"] = hw.power.reset_cause()
    told["network"] = type(hw.network).__name__
    assert not running.done()
    return told


async def causes(backend, settings, devices):
    """Start again and again, each time after another end; give what each start says of it."""
    said = []

    def start(cause):
        machine.why["reset"] = cause
        machine.wires.clear()
        hw = backend(settings)
        said.append(hw.power.reset_cause())
        return hw.power

    def end(how, *args):
        try:
            how(*args)
        except asyncio.CancelledError:
            return
        raise AssertionError("it goes on")

    if machine.RP2:
        power = start(1)
        end(power.reset)
        power = start(3)
        power = start(3)  # nobody asked for this one: the watchdog
        end(power.sleep, 100_000)
        power = start(3)
        machine.mem32.words.clear()  # as a power cut does
        start(1)
    else:
        for cause in (1, 2, 3, 4, 5, 0):
            power = start(cause)
        power.remember(b"doses")
        said.append(power.recall().decode())
        for wake in (0, machine.TIMER_WAKE, machine.EXT0_WAKE, machine.EXT1_WAKE):
            machine.why["wake"] = wake
            said.append(power.woken_by_key())
    return {"said": said, "ended": machine.ended, "radio": network.switched}


async def lever(backend, settings, devices):
    """Fall asleep with the lever open, held for a moment, stuck; with a touch key, a bad pin."""
    import esp32

    from firmware.hal.keys import Button

    hw = backend(settings)
    wakes = []
    wire = machine.wires[settings["parts"]["keys"]["dose"]["pin"]]
    looks = [0]

    def held():
        looks[0] += 1
        return 0 if looks[0] < 10 or looks[0] == 12 else 1

    touch = Button("touch", machine.Pin(33, machine.Pin.IN, machine.Pin.PULL_DOWN), 1)
    bad = Button("bad", machine.Pin(22, machine.Pin.IN, machine.Pin.PULL_UP), 0)
    for source, buttons in (
        (lambda: 1, hw.buttons),
        (held, hw.buttons),
        (lambda: 0, hw.buttons),
        (lambda: 1, {"dose": hw.buttons["dose"], "touch": touch}),
        (lambda: 1, {"bad": bad}),
    ):
        wire.source = source
        hw.power.buttons = buttons
        esp32.wakes.clear()
        try:
            hw.power.sleep(60)
        except asyncio.CancelledError:
            wakes.append(list(esp32.wakes))
    return {"wakes": wakes, "looks": looks[0], "ended": len(machine.ended)}


async def radio(backend, settings, devices):
    """Join networks that refuse in different ways; give what was asked and waited."""
    from firmware.hal import wifi

    waits = []

    async def sleep_ms(ms):
        waits.append(ms)

    class Clockwork:
        pass

    Clockwork.sleep_ms = staticmethod(sleep_ms)
    wifi.asyncio = Clockwork
    wifi.SCATTER_MS = 2_000
    network.moods[:] = ["deaf", "raise", "deaf", "deaf", "deaf", "deaf", "deaf"]
    hw = backend(settings)
    await hw.network.up()
    polls = [wait for wait in waits if wait == 250]
    pauses = [wait for wait in waits if wait != 250]
    first = hw.network.rssi_dbm()
    await hw.network.up()  # joined: nothing to do
    again = len(waits)
    machine.why["reset"] = 3
    machine.wires.clear()
    lone = backend(settings)
    waits.clear()
    await lone.network.up()

    def gone(self, what=None):
        raise OSError("Wifi Not Connected")

    network.WLAN.status = gone
    return {
        "gone": hw.network.rssi_dbm(),
        "asked": len(network.asked),
        "polls": len(polls),
        "pauses": pauses,
        "rssi": first,
        "idle": again == len(polls) + len(pauses),
        "alone": waits,
    }


async def sounds(backend, settings, devices):
    """Play a sound in the middle of another."""
    hw = backend(settings)
    hw.buzzer.play((30, 30, 30))
    await asyncio.sleep(0)
    hw.buzzer.play((10,))
    await asyncio.sleep(0.1)
    return {"tone": machine.tones[settings["parts"]["buzzer"]["pin"]]}


async def falls(backend, settings, devices):
    """Let what watches the printer fail, then the way out of the network; give what came of it."""
    board = Watched(backend, settings)

    async def fail(*_):
        raise MemoryError

    board.main.link.leave = fail
    board.main.restart()
    await until(lambda: machine.ended, "the restart, whatever the link does")
    board.hw.printer.watch = fail
    try:
        await board.hw.run()
    except MemoryError:
        return {"ended": "MemoryError"}
    return {"ended": ""}


async def trial(backend, settings, devices):
    """Firmware on trial is kept, and the watchdog that the loader has started is fed."""
    # It runs from source here: that is the slot "", and only what runs is kept.
    about = {"id": "u1", "kind": "firmware", "number": 1, "version": "2.0", "to": "", "tries": 1}
    store = FileStore(real.FLASH)
    store.write("boot.json", json.dumps({"slot": "b", "now": {"trial": about}}).encode())
    board = Watched(backend, settings)
    await board.ready()
    await until(lambda: b"now" not in store.read("boot.json"), "the commit")
    return {"boot": json.loads(store.read("boot.json")), "watchdogs": machine.fed.count(8_000)}
