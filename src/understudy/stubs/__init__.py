"""Stubs: what calls are answered with in the place of what a sandbox would say."""
