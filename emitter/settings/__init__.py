"""The settings file: which keys there are, what it says, and its JSON Schema."""
