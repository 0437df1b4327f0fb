"""The topics that a board loads only while it is updated or watched; topics.py has all."""

# Topics of one board, below `loket/1/<board>/`.
UP_UPDATE = "up/update"
UP_WANT = "up/want"
UP_LOG = "up/log"
DN_UPDATE = "dn/update"
DN_CHUNK = "dn/chunk"
