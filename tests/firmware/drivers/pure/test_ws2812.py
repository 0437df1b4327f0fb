from firmware.drivers.ws2812 import COLOURS, TIMING_NS, Ws2812, colour_bytes


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


def test_pulses_are_within_the_data_sheets_of_both_makes():
    # High and low of a 0, high and low of a 1, each +-150 ns; a whole bit 1,250 +-600.
    for told in ((400, 850, 800, 450), (350, 800, 700, 600)):  # WS2812B, WS2812
        for got, ideal in zip(TIMING_NS, told):
            assert abs(got - ideal) <= 150, (got, ideal)
    zero_high, zero_low, one_high, one_low = TIMING_NS
    for period in (zero_high + zero_low, one_high + one_low):
        assert 650 <= period <= 1_850
    assert one_high - zero_high >= 300, "a chip that is 100 ns late still tells them apart"


def test_no_colour_is_brighter_than_the_supply_allows():
    # At 20 mA a colour at full, 8 LEDs draw at most 120 mA.
    for show in COLOURS:
        assert sum(COLOURS[show]) * 20 / 255 * 8 <= 120, show
