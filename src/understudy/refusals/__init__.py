"""Refusals: a "no" as a contract documents it."""
