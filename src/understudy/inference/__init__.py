"""Inference: what operations do where nobody wrote it."""
