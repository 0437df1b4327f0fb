"""Finding the hall that is running on a home, if one is."""

import json
from dataclasses import replace

from gateway.config import Settings


def as_running(settings: Settings) -> Settings:
    """Give the settings with the ports and address of the hall last started on this home.

    So a command line needs no port: the home says where its hall is.
    """
    try:
        facts = json.loads((settings.paths.run / "hall.json").read_text())
        return replace(
            settings,
            mqtt_port=int(facts["mqtt_port"]),
            mqtt_tls_port=int(facts.get("mqtt_tls_port", settings.mqtt_tls_port)),
            mqtt_listen=str(facts.get("mqtt_listen", settings.mqtt_listen)),
            insecure_lan=bool(facts.get("insecure_lan", settings.insecure_lan)),
        )
    except (FileNotFoundError, ValueError, KeyError):
        return settings  # no hall has run here yet: what the environment says holds
