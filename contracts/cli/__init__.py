"""The judge's own face: the command, and the only modules that share options with `emitter.cli`."""
