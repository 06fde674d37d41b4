"""Matching: which calls something is about, one way for faults and for answers."""
