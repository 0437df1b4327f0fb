"""The ranges of a site's numbers, once for the site file and for changes at run time."""

# Lowest and highest allowed value of each setting, named as its field in `gateway.domain.site`.
RANGES: dict[str, tuple[int, int]] = {
    # of the site
    "presence_s": (5, 3_600),
    "undo_s": (0, 300),
    "print_timeout_s": (5, 300),
    "rate_within_s": (10, 3_600),
    "next_lock_ms": (0, 10_000),
    "reading_every_s": (5, 86_400),
    "late_within_min": (0, 1_440),
    "per_link_per_day": (0, 100),
    "capacity": (0, 100_000),
    "ask_in_min": (1, 120),
    "ask_in_hold_min": (1, 120),
    "screening_good_min": (1, 120),
    "fever_c": (36, 40),
    "book_early_min": (0, 240),
    "book_late_min": (0, 240),
    "lease_size": (0, 500),
    # of a policy; the guard is a counter's too
    "normal": (1, 99),
    "priority": (1, 99),
    "guard_min": (1, 480),
    "priority_weight": (1, 100),
    # of appointments
    "every_min": (5, 240),
    "per_slot": (1, 100),
    "days_ahead": (1, 365),
    # of a service, of a person
    "quota_per_day": (1, 9_999),
    "per_day": (1, 1_000),
}
DECIMALS = ("fever_c", "priority_weight")  # these may have a fraction, all others are whole

_UNITS = {"s": "seconds", "min": "minutes", "ms": "milliseconds", "c": "degrees Celsius"}


def in_range(name: str, value: object) -> bool:
    """Give whether `value` is a number of the right kind inside the range of setting `name`."""
    low, high = RANGES[name]
    kinds = (int, float) if name in DECIMALS else (int,)
    return isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high


def allowed(name: str) -> str:
    """Give what setting `name` may be, in words: "whole seconds from 5 to 3600"."""
    low, high = RANGES[name]
    unit = _UNITS.get(name.rsplit("_", 1)[-1])
    if name in DECIMALS:
        return f"{unit or 'a number'} from {low} to {high}"
    return f"{f'whole {unit}' if unit else 'a whole number'} from {low} to {high}"
