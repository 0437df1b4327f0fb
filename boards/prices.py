"""What there is to buy for a board: what to look for, and what it costs, roughly.

Street prices in Indonesia, 2025/26, in rupiah, rounded: to be checked before an order. They are
there to compare kinds of boards, not to calculate with.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """A thing to buy: `look_for` says what to mind, `rupiah` is for one piece."""

    name: str
    look_for: str
    rupiah: int


PRICES = {
    # modules
    "pico": Item("Raspberry Pi Pico", "with headers (Pico H) saves soldering", 75_000),
    "pico_w": Item("Raspberry Pi Pico W", "the W is the one with Wi-Fi", 115_000),
    "pico_2": Item("Raspberry Pi Pico 2", "with headers saves soldering", 95_000),
    "pico_2_w": Item("Raspberry Pi Pico 2 W", "the W is the one with Wi-Fi", 140_000),
    "esp32": Item(
        "ESP32-DevKitC V4, 38 pins",
        "ESP32-WROOM-32; count the pins: boards with 30 pins are wired otherwise",
        75_000,
    ),
    "raspberry_pi": Item("Raspberry Pi", "the gateway itself; it is there already", 0),
    # keys
    "arcade": Item(
        "arcade key with LED", "LED without resistor inside, 2 to 3 V; 24 or 28 mm", 18_000
    ),
    "lever": Item(
        "micro switch with lever", "V-15 kind with a roller; contacts COM, NO, NC", 6_000
    ),
    "infrared": Item("E18-D80NK", "infrared, NPN, normally open, 5 V; three wires", 45_000),
    "beam": Item(
        "light barrier, pair",
        "sender and receiver, NPN, 5 V, as far as the door is wide; E18-D80NK up to 80 cm",
        60_000,
    ),
    "touch": Item("TTP223 touch module", "jumpers A and B open: high while touched", 4_000),
    "lamp": Item("LED 5 mm with holder", "clear colour, 2 V (red, amber, green)", 2_000),
    # what shows
    "ws2812": Item("WS2812B LED", "5 V, from a strip or ring, cut to length", 2_500),
    "relay": Item(
        "relay module, 1 channel", "5 V, opto-coupler, jumper JD-VCC, low level trigger", 15_000
    ),
    "max7219": Item(
        "MAX7219 matrix, 4 modules in one", "FC-16, 8 x 32, red; solder side IN", 65_000
    ),
    "p10": Item(
        "P10 panel 32 x 16", "one colour, HUB12, 1/4 scan; outdoor ones are brighter", 110_000
    ),
    "tm1637_4": Item("TM1637, 4 digits", "with decimal points for temperatures", 15_000),
    "tm1637_6": Item("TM1637, 6 digits", "with decimal points", 25_000),
    # paper
    "printer_58": Item(
        "thermal printer 58 mm, panel or kiosk kind",
        "ESC/POS, TTL port, 5 to 9 V, paper sensor, QR code by GS ( k",
        450_000,
    ),
    "printer_80": Item(
        "thermal printer 80 mm, kiosk kind",
        "ESC/POS, RS-232 port, cutter, near-end and end sensor, QR code by GS ( k",
        1_450_000,
    ),
    "max3232": Item("MAX3232 module", "3.3 V, RS-232 to TTL", 12_000),
    # sensors
    "hx711": Item("HX711 module", "the rate pin at 10 Hz", 12_000),
    "load_cell": Item("load cell 1 kg", "bar kind, four wires; 5 kg for large bottles", 35_000),
    "vl53l0x": Item("VL53L0X module", "GY-530, with its regulator; take the foil off", 40_000),
    "mlx90614": Item("MLX90614 module", "GY-906, 3.3 V; BCC or DCI sees a narrower spot", 140_000),
    "buzzer": Item(
        "passive piezo buzzer", "passive: one that beeps by itself cannot be tuned", 3_000
    ),
    # power and small parts
    "usb_5v": Item("USB charger 5 V with cable", "data cable, not a charge-only one", 45_000),
    "adapter_5v": Item("switching supply 5 V", "screws, a known make; up to 5 A", 75_000),
    "adapter_5v_large": Item(
        "switching supply 5 V, large", "10 A and more, with a fan or grille", 130_000
    ),
    "supply_24": Item("supply for the printer", "as its label says, often 24 V, 2.5 A", 130_000),
    "cell": Item("Li-ion cell 18650 with holder", "a known make, protected; true charge", 65_000),
    "charger": Item("TP4056 charger module", "with protection (two chips more)", 6_000),
    "regulator": Item("HT7833 regulator", "3.3 V, 500 mA, 4 uA for itself; not an AMS1117", 5_000),
    "usb_cable": Item(
        "USB cable, shielded", "at most 5 m, data; a powered hub at the gateway", 35_000
    ),
    "usb_serial": Item("USB to serial adapter", "3.3 V logic (CP2102, CH340 with jumper)", 25_000),
    "shifter": Item("74HCT125", "HCT, not HC or LS; DIP-14 with socket", 7_000),
    "diode": Item("1N5817", "Schottky, 1 A", 1_500),
    "resistor": Item("resistor 1/4 W", "values as in the drawing", 200),
    "capacitor_100n": Item("capacitor 100 nF", "ceramic, one next to each chip", 300),
    "capacitor_1000": Item("capacitor 1000 uF", "10 V or more, low ESR", 2_500),
    "small": Item(
        "perfboard, terminals, wire, housing", "JST or screw terminals to every part", 75_000
    ),
}
