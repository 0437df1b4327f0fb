"""The site of the benchmarks: one queue a counter, numbers enough for every press."""

from pathlib import Path


def write_site(file: Path, counters: int) -> Path:
    """Write a site with `counters` counters, each serving a queue of its own, always open."""
    letters = [chr(ord("A") + i) for i in range(26)]
    prefixes = (letters + ["A" + letter for letter in letters])[:counters]
    lines = [
        'id = "bench"',
        'name = "Bench"',
        'zone = "Asia/Jakarta"',
        "sign_in = false",
        "next_lock_ms = 0",
        "[[agencies]]",
        'id = "a"',
        'name = "A"',
    ]
    for prefix in prefixes:
        lines += ["[[queues]]", f'prefix = "{prefix}"', f'name = "{prefix}"', 'agency = "a"']
    for number, prefix in enumerate(prefixes, 1):
        lines += ["[[counters]]", f"number = {number}", f'queues = ["{prefix}"]']
    file.write_text("\n".join(lines) + "\n")
    return file
