"""Which firmware this is; a release puts its own file in the place of this one."""

VERSION = "0.1.0"
NUMBER = 0  # grows with each release; 0: from source
