"""The faces on the terminal: one file a command, each importing its heavy parts when it runs."""
