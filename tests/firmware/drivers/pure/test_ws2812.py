from firmware.drivers.ws2812 import COLOURS, Ws2812, colour_bytes


def test_a_colour_is_sent_green_first_for_every_led():
    red, green, blue = COLOURS["amber"]
    assert colour_bytes("amber", 3) == bytes((green, red, blue)) * 3
    assert colour_bytes("off", 2) == bytes(6)
    assert colour_bytes("never heard of", 1) == bytes(3)


def test_the_three_states_differ():
    assert len({colour_bytes(show, 1) for show in ("off", "green", "red", "amber")}) == 4


def test_a_strip_is_dark_until_it_is_told():
    sent: "list[bytes]" = []
    strip = Ws2812(sent.append, 8)
    assert sent == [bytes(24)]
    strip.light("green")
    assert sent[-1] == colour_bytes("green", 8)
