"""What boards and gateway say to each other: topics, payloads, closed lists of words.

Pure, in the subset of Python that MicroPython and CPython share; imports nobody.
"""
