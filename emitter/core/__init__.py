"""The pure floor: what Zoom does, as values and functions.

Nothing here does I/O, reads a clock, draws a random number or keeps state between calls.
Time, randomness and secrets arrive as arguments; import-linter holds the door.
"""
