"""The journal: what was called, and what came of it."""
