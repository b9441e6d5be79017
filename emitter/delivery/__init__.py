"""The floor of effects: sockets, time, files. It does what the core decides."""
