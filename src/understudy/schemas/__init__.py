"""Schemas: one reading of them, validators for each direction, and realistic values."""
