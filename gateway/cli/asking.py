"""Asking the hall: a running one over the broker, a stopped one through its writer."""

import fcntl

from gateway.config import Settings


def settings_of_hall() -> Settings:
    """Give the environment's settings, with what a running hall on that home really uses."""
    settings = Settings.from_env()
    from gateway.service.running import as_running

    return as_running(settings)


def ask_hall(wish: dict[str, object]) -> tuple[Settings, dict[str, object]]:
    """Give the hall's settings and its receipt for a wish; ConfigError if nobody answers."""
    settings = settings_of_hall()
    from gateway.service.errand import ask

    # One command at a time: all share the broker's user `cli`.
    settings.paths.make()
    with open(settings.paths.run / "cli.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return settings, ask(settings, wish)
