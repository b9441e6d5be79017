"""The version, alone, so that `--version` can read it and import nothing else."""

__version__ = "0.1.0"
