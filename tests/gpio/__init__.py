"""The gateway's own pins: what they do in time, through Blinka, and in a real hall."""
