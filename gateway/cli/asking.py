"""Asking the hall: a running one over the broker, a stopped one through its writer."""

import fcntl

from gateway.config import Settings


def settings_of_hall() -> Settings:
    """Give the environment's settings, with what a running hall on that home really uses."""
    settings = Settings.from_env()
    from gateway.service.running import as_running

    return as_running(settings)


def has_writer(settings: Settings) -> bool:
    """Tell whether a gateway runs on that home, whether it answers or not."""
    try:
        with open(settings.paths.writer_lock, "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False  # no folder `run`: no hall was ever open here
    return False


def ask_hall(wish: dict[str, object]) -> tuple[Settings, dict[str, object]]:
    """Give the hall's settings and its receipt for a wish; ConfigError if nobody answers."""
    settings = settings_of_hall()
    from gateway.service.errand import ask

    # One command at a time: all share the broker's user `cli`.
    settings.paths.make()
    with open(settings.paths.run / "cli.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return settings, ask(settings, wish)
