"""`python -m gateway.site FILE`: the site of a file as JSON, or its problems; for the gateway.

In a process of its own, because checking a file takes time and memory that the process which
answers presses does not have to spare. Prints `{"site": {...}}` or `{"problem": "..."}`.
"""

import json
import sys
from pathlib import Path

from gateway.domain.site_json import site_to_dict
from gateway.site import SiteError, load_site


def main(file: str) -> dict[str, object]:
    """Give what is printed."""
    try:
        return {"site": site_to_dict(load_site(Path(file)))}
    except SiteError as e:
        return {"problem": str(e)}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
