"""Metrics: what a server counts, and what Prometheus reads of it."""
