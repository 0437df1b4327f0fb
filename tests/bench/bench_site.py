"""The site of the benchmarks: one queue a counter, numbers enough for every press."""

from pathlib import Path


def write_site(file: Path, counters: int) -> Path:
    """Write a site with `counters` counters, each serving a queue of its own, always open."""
    letters = [chr(ord("A") + i) for i in range(26)]
    prefixes = (letters + ["A" + letter for letter in letters])[:counters]
    lines = [
        "[site]",
        'id = "bench"',
        'name = "Bench"',
        'zone = "Asia/Jakarta"',
        "sign_in = false",
        "next_lock_ms = 0",
        "[hours]",
        'open = "always"',
        "[[agencies]]",
        'id = "a"',
        'name = "A"',
    ]
    for prefix in prefixes:
        lines += ["[[queues]]", f'prefix = "{prefix}"', f'name = "{prefix}"', 'agency = "a"']
        lines += ['numbers = "1-9000"', 'lease_numbers = "9001-9999"']
    for number, prefix in enumerate(prefixes, 1):
        lines += ["[[counters]]", f"number = {number}", f'queues = ["{prefix}"]']
    file.write_text("\n".join(lines) + "\n")
    return file
