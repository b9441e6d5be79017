"""The judge of receivers. Its checks arrive with the contract; see docs/architecture.md for its place."""
