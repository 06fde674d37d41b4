"""From the options to the recipe they describe, and what is said on the way."""

from __future__ import annotations

import argparse
import sys

from understudy.recipe import Recipe


def recipe_of(options: argparse.Namespace) -> Recipe:
    """Return what the options of `serve` or `explain` ask for."""
    started = {"seed": options.seed, "populate": options.populate} if options.command == "serve" else {}
    return Recipe(
        tuple(options.contracts),
        tuple(options.overlay),
        options.handlers,
        options.unknown_ids or "",
        **started,
    )


def warn(said: object) -> None:
    """Say something to the person at the terminal, beside what the command prints."""
    print(f"understudy: {said}", file=sys.stderr, flush=True)
