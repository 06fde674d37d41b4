"""Faults: what goes wrong on purpose."""
