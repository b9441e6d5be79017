"""Realistic data from one seed. No clock, no network, no global random state."""
