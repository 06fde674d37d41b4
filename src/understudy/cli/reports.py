"""What is said to the person at the terminal, beside what a command prints."""

from __future__ import annotations

import sys


def warn(said: object) -> None:
    """Say something on the standard error."""
    print(f"understudy: {said}", file=sys.stderr, flush=True)
